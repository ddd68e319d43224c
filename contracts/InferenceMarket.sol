// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConsumer} from "./interfaces/IConsumer.sol";
import {IDisputeGame} from "./interfaces/IDisputeGame.sol";
import {IInferenceMarket} from "./interfaces/IInferenceMarket.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {IProgramRegistry} from "./interfaces/IProgramRegistry.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {IdLib} from "./libraries/IdLib.sol";
import {MerkleLib} from "./libraries/MerkleLib.sol";
import {SplitLib} from "./libraries/SplitLib.sol";
import {Commitment, FinalityLevel, Method, Request, RequestParams, RequestStatus} from "./types/Market.sol";
import {Program, ProgramHeader, ProgramStatus} from "./types/Program.sol";
import {Tier} from "./types/Tier.sol";
import {Claim} from "./types/Trace.sol";

/// @title Requests and commitments: request → claim → commit → window → finalize.
/// @dev Holds no tokens; fees and slashed locks lie in this module's escrow in the vault. Trusts the vault, the registry,
/// the parameters and the one dispute game. A request has at most one commitment, kept under the request's id.
contract InferenceMarket is IInferenceMarket {
    struct Answer {
        bytes32 outputRoot;
        uint96 lock;
        uint32 passes;
        uint32 openDisputes;
        uint40 committedAt;
        uint40 slashedAt;
        bool settled;
        address reporter;
    }

    uint8 internal constant OPERATOR = 1;
    uint32 internal constant MAX_CALLBACK_GAS = 500_000;
    /// @dev What `deliver` needs around the call itself: the cold account, then the event.
    uint256 internal constant DELIVERY_RESERVE = 10_000;

    IStakeVault internal immutable VAULT;
    IProgramRegistry internal immutable REGISTRY;
    IParameters internal immutable PARAMETERS;
    address internal immutable DEPLOYER;

    IDisputeGame internal _game;
    mapping(address requester => uint256) internal _nonces;
    mapping(bytes32 requestId => Request) internal _requests; // `commitId` is derived, not stored
    mapping(bytes32 requestId => Answer) internal _answers;
    mapping(bytes32 commitId => bytes32 requestId) internal _requestOf;

    modifier onlyGame() {
        // INVARIANT (I-50): nothing but the rules of the game slashes or holds up a commitment.
        // GUARD: I-50
        require(msg.sender == address(_game), NotDisputeGame(msg.sender));
        _;
    }

    constructor(IStakeVault vault, IProgramRegistry registry, IParameters parameters) {
        VAULT = vault;
        REGISTRY = registry;
        PARAMETERS = parameters;
        DEPLOYER = msg.sender;
    }

    /// @inheritdoc IInferenceMarket
    function setGame(address game) external {
        // INVARIANT (I-50): the deployer's one call, then nobody is privileged.
        require(msg.sender == DEPLOYER && address(_game) == address(0), GameAlreadySet());
        _game = IDisputeGame(game);
        emit GameSet(game);
    }

    // REQUEST

    /// @inheritdoc IInferenceMarket
    function request(RequestParams calldata params) external returns (bytes32 requestId) {
        Tier memory tier = PARAMETERS.tier(params.version);
        _checkParams(params, tier);
        _checkProgram(params.programId, params.input.length, tier);

        // INVARIANT (S-07): the root is computed from the posted bytes, so whoever reads the chain can check the answer.
        bytes32 inputRoot = MerkleLib.byteRoot(params.input);
        requestId = _nextId(params, inputRoot);
        Request storage posted = _requests[requestId];
        uint64 claimBy = uint64(block.timestamp) + tier.claimSeconds;
        posted.requester = msg.sender;
        posted.status = RequestStatus.Open;
        posted.method = params.method;
        posted.version = params.version;
        posted.deadline = claimBy;
        posted.worker = params.worker;
        posted.fee = params.fee;
        if (params.consumer != address(0)) {
            posted.consumer = params.consumer;
            posted.callbackGas = params.callbackGas;
        }
        posted.programId = params.programId;
        posted.inputRoot = inputRoot;
        _emitRequested(requestId, params, claimBy, inputRoot);
        VAULT.escrowFrom(msg.sender, params.fee);
    }

    /// @inheritdoc IInferenceMarket
    function cancel(bytes32 requestId) external {
        Request storage posted = _requests[requestId];
        _requireStatus(requestId, posted.status, RequestStatus.Open);
        require(msg.sender == posted.requester, NotAuthorized(msg.sender, posted.requester));
        _close(requestId, posted, RequestStatus.Cancelled, 0);
    }

    /// @inheritdoc IInferenceMarket
    function expire(bytes32 requestId) external {
        Request storage posted = _requests[requestId];
        _requireStatus(requestId, posted.status, RequestStatus.Open);
        require(block.timestamp > posted.deadline, DeadlineNotReached(posted.deadline));
        _close(requestId, posted, RequestStatus.Expired, 0);
    }

    // CLAIM AND COMMIT

    /// @inheritdoc IInferenceMarket
    function claim(bytes32 requestId, address worker) external {
        Request storage posted = _requests[requestId];
        _requireStatus(requestId, posted.status, RequestStatus.Open);
        require(block.timestamp <= posted.deadline, DeadlinePassed(posted.deadline));
        address named = posted.worker;
        require(named == address(0) || named == worker, NotAuthorized(worker, named));
        _requireOperator(worker);
        // INVARIANT (S-05): no new work on a retired program.
        require(REGISTRY.isActive(posted.programId), IProgramRegistry.ProgramNotActive(posted.programId));

        Tier memory tier = PARAMETERS.tier(posted.version);
        uint96 lock = SplitLib.lockFor(posted.fee, tier.minLock, tier.lockPerFee);
        uint64 commitBy = uint64(block.timestamp) + tier.deliverySeconds;
        posted.status = RequestStatus.Claimed;
        posted.deadline = commitBy;
        posted.worker = worker;
        emit Claimed(requestId, worker, lock, commitBy);
        VAULT.lock(worker, lock);
    }

    /// @inheritdoc IInferenceMarket
    function commit(
        bytes32 requestId,
        uint32 passes,
        bytes calldata output
    ) external returns (bytes32 commitId) {
        Request storage posted = _requests[requestId];
        _requireStatus(requestId, posted.status, RequestStatus.Claimed);
        require(block.timestamp <= posted.deadline, DeadlinePassed(posted.deadline));
        _requireOperator(posted.worker);
        ProgramHeader memory header = REGISTRY.header(posted.programId);
        require(output.length == header.outputBytes, WrongLength(output.length, header.outputBytes));
        require(passes > 0 && passes <= header.maxPasses, WrongPasses(passes, header.maxPasses));

        Tier memory tier = PARAMETERS.tier(posted.version);
        // INVARIANT (S-07): the window starts with the transaction that publishes the output.
        // GUARD: S-07
        uint64 challengeUntil = uint64(block.timestamp) + tier.windowSeconds;
        bytes32 outputRoot = MerkleLib.byteRoot(output);
        posted.status = RequestStatus.Committed;
        posted.deadline = challengeUntil;
        Answer storage answer = _answers[requestId];
        answer.outputRoot = outputRoot;
        answer.lock = SplitLib.lockFor(posted.fee, tier.minLock, tier.lockPerFee);
        answer.passes = passes;
        answer.committedAt = uint40(block.timestamp);
        commitId = _commitIdOf(requestId, posted, answer);
        _requestOf[commitId] = requestId;
        emit Committed(requestId, commitId, posted.worker, outputRoot, passes, challengeUntil, output);
    }

    /// @inheritdoc IInferenceMarket
    function timeoutDelivery(bytes32 requestId) external {
        Request storage posted = _requests[requestId];
        _requireStatus(requestId, posted.status, RequestStatus.Claimed);
        require(block.timestamp > posted.deadline, DeadlineNotReached(posted.deadline));

        Tier memory tier = PARAMETERS.tier(posted.version);
        uint96 lock = SplitLib.lockFor(posted.fee, tier.minLock, tier.lockPerFee);
        uint96 penalty = VAULT.slashToEscrow(posted.worker, SplitLib.bps(lock, tier.deliveryPenaltyBps));
        VAULT.creditFromEscrow(posted.requester, penalty);
        VAULT.unlock(posted.worker, lock - penalty);
        _close(requestId, posted, RequestStatus.Refunded, penalty);
    }

    // END

    /// @inheritdoc IInferenceMarket
    function finalize(bytes32 requestId) external {
        Request storage posted = _requests[requestId];
        Answer storage answer = _answers[requestId];
        _requireStatus(requestId, posted.status, RequestStatus.Committed);
        require(block.timestamp > posted.deadline, DeadlineNotReached(posted.deadline));
        bytes32 commitId = _commitIdOf(requestId, posted, answer);
        // INVARIANT (I-29): nothing is final while a dispute is open.
        // GUARD: I-29
        require(answer.openDisputes == 0, DisputesOpen(commitId, answer.openDisputes));
        // INVARIANT (S-05): nothing becomes final on a retired program; `refundRetired` ends it.
        require(REGISTRY.isActive(posted.programId), IProgramRegistry.ProgramNotActive(posted.programId));

        posted.status = RequestStatus.Finalized;
        emit Finalized(requestId, commitId, posted.worker, posted.fee);
        VAULT.creditFromEscrow(posted.worker, posted.fee);
        VAULT.unlock(posted.worker, answer.lock);
    }

    /// @inheritdoc IInferenceMarket
    function refundRetired(bytes32 requestId) external {
        Request storage posted = _requests[requestId];
        RequestStatus status = posted.status;
        require(
            status == RequestStatus.Claimed || status == RequestStatus.Committed,
            WrongStatus(requestId, status, RequestStatus.Committed)
        );
        require(_isRetired(posted.programId), ProgramNotRetired(posted.programId));
        if (status == RequestStatus.Committed) {
            _game.voidDisputes(_commitIdOf(requestId, posted, _answers[requestId]));
        }
        _refund(requestId, posted);
    }

    /// @inheritdoc IInferenceMarket
    function settle(bytes32 commitId) external {
        bytes32 requestId = _requestOf[commitId];
        Request storage posted = _requests[requestId];
        Answer storage answer = _answers[requestId];
        _requireStatus(requestId, posted.status, RequestStatus.Slashed);
        // INVARIANT (I-30): a slash pays out once.
        // GUARD: I-30
        require(!answer.settled, AlreadySettled(commitId));
        Tier memory tier = PARAMETERS.tier(posted.version);
        uint64 airgapUntil = uint64(answer.slashedAt) + tier.airgapSeconds;
        require(block.timestamp > airgapUntil, DeadlineNotReached(airgapUntil));

        // INVARIANT (I-04, I-05): the shares sum to the lock, and at least half of it burns.
        SplitLib.Slash memory split = SplitLib.slash(answer.lock, posted.fee);
        answer.settled = true;
        emit SlashSettled(commitId, split.reporter, split.gasPot, split.compensation, split.burned);
        VAULT.creditFromEscrow(answer.reporter, split.reporter);
        VAULT.creditFromEscrow(posted.requester, split.compensation);
        VAULT.burnFromEscrow(split.burned);
        VAULT.moveEscrow(address(_game), split.gasPot);
        _game.fundGas(commitId, split.gasPot, tier.gasPrice);
    }

    /// @inheritdoc IInferenceMarket
    function deliver(bytes32 requestId, bytes calldata output) external {
        Request storage posted = _requests[requestId];
        _requireStatus(requestId, posted.status, RequestStatus.Finalized);
        (address consumer, uint32 callbackGas) = (posted.consumer, posted.callbackGas);
        require(consumer != address(0), InvalidCallback(consumer, callbackGas, MAX_CALLBACK_GAS));
        require(!posted.delivered, AlreadyDelivered(requestId));
        (bytes32 computed, bytes32 committed) = (MerkleLib.byteRoot(output), _answers[requestId].outputRoot);
        require(computed == committed, WrongRoot(computed, committed));

        // Written before the call: a consumer that calls back finds the delivery done.
        posted.delivered = true;
        bytes memory data = abi.encodeCall(IConsumer.onInference, (requestId, output));
        // INVARIANT (I-43): the consumer gets all the gas it was promised, or nothing happens. A call passes on at most
        // 63/64 of what is left.
        uint256 required = uint256(callbackGas) + callbackGas / 63 + DELIVERY_RESERVE;
        require(gasleft() >= required, InsufficientGas(gasleft(), required));
        bool success;
        assembly ("memory-safe") {
            success := call(callbackGas, consumer, 0, add(data, 0x20), mload(data), 0, 0)
        }
        emit Delivered(requestId, consumer, success);
    }

    // DISPUTE GAME ONLY

    /// @inheritdoc IInferenceMarket
    function disputeOpened(
        bytes32 commitId
    ) external onlyGame returns (uint16 version, uint64 challengeUntil) {
        bytes32 requestId = _requestOf[commitId];
        Request storage posted = _requests[requestId];
        require(posted.status == RequestStatus.Committed, NotDisputable(commitId));
        ++_answers[requestId].openDisputes;
        return (posted.version, posted.deadline);
    }

    /// @inheritdoc IInferenceMarket
    function disputeLost(bytes32 commitId) external onlyGame {
        --_answers[_requestOf[commitId]].openDisputes;
    }

    /// @inheritdoc IInferenceMarket
    function slash(bytes32 commitId, address reporter) external onlyGame returns (bool slashed) {
        bytes32 requestId = _requestOf[commitId];
        Request storage posted = _requests[requestId];
        Answer storage answer = _answers[requestId];
        // INVARIANT (I-24): a commitment ends once.
        require(posted.status == RequestStatus.Committed, NotDisputable(commitId));
        // INVARIANT (S-05): nobody is slashed over a program that was proven malformed.
        // GUARD: S-05
        if (_isRetired(posted.programId)) {
            _refund(requestId, posted);
            return false;
        }
        // INVARIANT (I-10): what was locked is still there; should it ever not be, the rest is slashed all the same.
        uint96 amount = VAULT.slashToEscrow(posted.worker, answer.lock);
        answer.lock = amount;
        answer.slashedAt = uint40(block.timestamp);
        answer.reporter = reporter;
        emit CommitmentSlashed(requestId, commitId, posted.worker, amount, reporter);
        _close(requestId, posted, RequestStatus.Slashed, 0);
        return true;
    }

    // VIEWS

    /// @inheritdoc IInferenceMarket
    function getRequest(bytes32 requestId) external view returns (Request memory found) {
        found = _requests[requestId];
        Answer storage answer = _answers[requestId];
        if (answer.committedAt != 0) {
            found.commitId = _commitIdOf(requestId, _requests[requestId], answer);
        }
    }

    /// @inheritdoc IInferenceMarket
    function getCommitment(bytes32 commitId) external view returns (Commitment memory) {
        bytes32 requestId = _requestOf[commitId];
        Answer storage answer = _answers[requestId];
        return
            Commitment({
                requestId: requestId,
                outputRoot: answer.outputRoot,
                worker: _requests[requestId].worker,
                lock: answer.lock,
                passes: answer.passes,
                openDisputes: answer.openDisputes,
                committedAt: answer.committedAt,
                slashedAt: answer.slashedAt,
                settled: answer.settled
            });
    }

    /// @inheritdoc IInferenceMarket
    function termsOf(bytes32 commitId) external view returns (address worker, uint16 version) {
        Request storage posted = _requests[_requestOf[commitId]];
        return (posted.worker, posted.version);
    }

    /// @inheritdoc IInferenceMarket
    function commitmentStatus(bytes32 commitId) external view returns (RequestStatus) {
        return _requests[_requestOf[commitId]].status;
    }

    /// @inheritdoc IInferenceMarket
    function claimOf(bytes32 commitId) external view returns (Claim memory found) {
        bytes32 requestId = _requestOf[commitId];
        Request storage posted = _requests[requestId];
        Program memory program = REGISTRY.program(posted.programId);
        found.descriptorsRoot = program.descriptorsRoot;
        found.constantsRoot = program.constantsRoot;
        found.inputRoot = posted.inputRoot;
        found.slots = program.header.slots;
        found.constants = program.header.constants;
        found.maxPasses = program.header.maxPasses;
        found.passes = _answers[requestId].passes;
        found.inputBytes = program.header.inputBytes;
        found.outputBytes = program.header.outputBytes;
    }

    /// @inheritdoc IInferenceMarket
    function result(
        bytes32 requestId
    ) external view returns (RequestStatus status, FinalityLevel level, bytes32 outputRoot) {
        status = _requests[requestId].status;
        level = status == RequestStatus.Finalized ? FinalityLevel.Final : FinalityLevel.Provisional;
        outputRoot = _answers[requestId].outputRoot;
    }

    /// @inheritdoc IInferenceMarket
    function nonces(address requester) external view returns (uint256) {
        return _nonces[requester];
    }

    // INTERNAL

    function _checkParams(RequestParams calldata params, Tier memory tier) internal pure {
        require(params.method == Method.Optimistic, MethodNotOffered(params.method));
        require(params.fee >= tier.minFee, FeeTooLow(params.fee, tier.minFee));
        bool called = params.consumer != address(0);
        require(
            params.callbackGas <= MAX_CALLBACK_GAS && called == (params.callbackGas > 0),
            InvalidCallback(params.consumer, params.callbackGas, MAX_CALLBACK_GAS)
        );
    }

    function _checkProgram(bytes32 programId, uint256 inputLength, Tier memory tier) internal view {
        require(REGISTRY.isActive(programId), IProgramRegistry.ProgramNotActive(programId));
        uint256 inputBytes = REGISTRY.header(programId).inputBytes;
        require(inputLength == inputBytes, WrongLength(inputLength, inputBytes));
        (uint8 traceDepth, uint8 tensorDepth) = REGISTRY.depths(programId);
        // INVARIANT (S-14): a dispute takes no longer than the tier's formula says.
        // GUARD: S-14
        require(
            traceDepth <= tier.maxTraceDepth && tensorDepth <= tier.maxTensorDepth,
            ProgramTooDeep(traceDepth, tensorDepth, tier.maxTraceDepth, tier.maxTensorDepth)
        );
    }

    /// @dev INVARIANT (A18, I-20): the id binds the question, so that a re-organisation cannot put another one under an answer.
    function _nextId(RequestParams calldata params, bytes32 inputRoot) internal returns (bytes32) {
        return
            IdLib.requestId(
                address(this),
                IdLib.RequestParts({
                    requester: msg.sender,
                    nonce: _nonces[msg.sender]++,
                    programId: params.programId,
                    inputRoot: inputRoot,
                    fee: params.fee,
                    version: params.version,
                    method: uint8(params.method)
                })
            );
    }

    function _requireStatus(bytes32 requestId, RequestStatus status, RequestStatus required) internal pure {
        require(status == required, WrongStatus(requestId, status, required));
    }

    function _requireOperator(address worker) internal view {
        require(
            msg.sender == worker || VAULT.hasRole(worker, msg.sender, OPERATOR),
            NotAuthorized(msg.sender, worker)
        );
    }

    function _isRetired(bytes32 programId) internal view returns (bool) {
        return REGISTRY.program(programId).status == ProgramStatus.Retired;
    }

    function _emitRequested(
        bytes32 requestId,
        RequestParams calldata params,
        uint64 claimBy,
        bytes32 inputRoot
    ) internal {
        emit Requested(
            requestId,
            params.programId,
            msg.sender,
            params.worker,
            params.fee,
            params.version,
            params.method,
            claimBy,
            inputRoot,
            params.input
        );
    }

    /// @dev Ends a request without a result: the fee goes back.
    function _close(
        bytes32 requestId,
        Request storage posted,
        RequestStatus status,
        uint96 penalty
    ) internal {
        posted.status = status;
        emit RequestClosed(requestId, status, posted.fee, penalty);
        VAULT.creditFromEscrow(posted.requester, posted.fee);
    }

    /// @dev Ends a claimed or committed request without blame: the lock goes back too.
    function _refund(bytes32 requestId, Request storage posted) internal {
        Tier memory tier = PARAMETERS.tier(posted.version);
        VAULT.unlock(posted.worker, SplitLib.lockFor(posted.fee, tier.minLock, tier.lockPerFee));
        _close(requestId, posted, RequestStatus.Refunded, 0);
    }

    function _commitIdOf(
        bytes32 requestId,
        Request storage posted,
        Answer storage answer
    ) internal view returns (bytes32) {
        return
            IdLib.commitId(
                address(this),
                IdLib.CommitmentParts({
                    requestId: requestId,
                    programId: posted.programId,
                    inputRoot: posted.inputRoot,
                    outputRoot: answer.outputRoot,
                    passes: answer.passes,
                    worker: posted.worker,
                    version: posted.version
                })
            );
    }
}
