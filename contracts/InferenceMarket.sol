// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Answers} from "./Answers.sol";
import {Commitments} from "./Commitments.sol";
import {IInferenceMarket} from "./interfaces/IInferenceMarket.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {IProgramRegistry} from "./interfaces/IProgramRegistry.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {BatchLib} from "./libraries/BatchLib.sol";
import {IdLib} from "./libraries/IdLib.sol";
import {MerkleLib} from "./libraries/MerkleLib.sol";
import {SplitLib} from "./libraries/SplitLib.sol";
import {StateLib} from "./libraries/StateLib.sol";
import {Commitment, Terms} from "./types/Commitment.sol";
import {Answer, Leaf, Request, RequestState, RequestStatus} from "./types/Market.sol";
import {ProgramHeader} from "./types/Program.sol";

/// @title Requests and published answers: request → claim → commit → window → finalize.
/// @dev Holds no tokens; fees and slashed locks lie in this module's escrow in the vault. Trusts the vault, the registry,
/// the parameters and its modules. The worker's side is here; the requester's is in `Requests`, the readers' in `Answers`.
contract InferenceMarket is Answers {
    using StateLib for mapping(bytes32 requestId => uint256);

    /// @dev What answers of one batch have in common as long as it repeats.
    struct Common {
        uint16 version;
        uint40 challengeUntil;
        bytes32 programId;
        uint32 outputBytes;
        uint32 maxPasses;
    }

    uint8 internal constant OPERATOR = 1;
    uint256 internal constant MAX_BATCH = 64;

    mapping(bytes32 requestId => bytes32 commitId) internal _recorded;

    modifier onlyInputRequests() {
        _requireInputRequests();
        _;
    }

    constructor(
        IStakeVault vault,
        IProgramRegistry registry,
        IParameters parameters,
        address guardian,
        address auditPool
    ) Commitments(vault, registry, parameters, guardian, auditPool) {}

    // WORKER

    /// @inheritdoc IInferenceMarket
    function claim(Request calldata asked, address worker) external whileNotPaused {
        (bytes32 requestId, RequestState memory state) = _load(asked, RequestStatus.Open);
        _requireInTime(state.deadline);
        address named = asked.worker;
        require(named == address(0) || named == worker, NotAuthorized(worker, named));
        _requireOperator(worker, msg.sender);
        // INVARIANT (S-05): no new work on a retired program.
        // GUARD: S-05
        _requireActive(asked.programId);

        (uint96 minLock, uint16 lockPerFee, uint32 deliverySeconds, ) = _workTerms(asked.version);
        uint96 lock = SplitLib.lockFor(asked.fee, minLock, lockPerFee);
        uint40 commitBy = _in(deliverySeconds);
        state.status = RequestStatus.Claimed;
        state.deadline = commitBy;
        state.worker = worker;
        _states.store(requestId, state);
        emit Claimed(requestId, worker, lock, commitBy);
        _move(VAULT.lock, worker, lock);
    }

    /// @inheritdoc IInferenceMarket
    function commit(Answer[] calldata answers) external returns (uint40 batch) {
        uint256 count = answers.length;
        // INVARIANT (I-41): the loop is bounded.
        _requireBatch(count > 0 && count <= MAX_BATCH, count);
        batch = ++_batches;
        bytes32[] memory leaves = new bytes32[](count);
        Common memory common;
        Terms memory terms;
        address worker;
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = _commit(answers[i], batch, common, terms);
            if (i == 0) worker = terms.worker;
            _requireBatch(terms.worker == worker, count);
        }
        _requireOperator(worker, msg.sender);
        _batchRoots[batch] = BatchLib.root(leaves);
    }

    /// @inheritdoc IInferenceMarket
    function collect(Request[] calldata finished, address to) external returns (uint256) {
        uint256 count = finished.length;
        _requireBatch(count > 0, count);
        address worker = address(0);
        bytes32 programId = 0;
        uint96 fees = 0;
        uint96 locks = 0;
        for (uint256 i = 0; i < count; ++i) {
            Request calldata asked = finished[i];
            if (asked.programId != programId) _requireActive(programId = asked.programId);
            (address of_, uint96 lock) = _finish(asked, to);
            if (i == 0) worker = of_;
            _requireBatch(of_ == worker, count);
            fees += asked.fee;
            locks += lock;
        }
        // INVARIANT (I-50): an operator key works for its worker and never takes its money elsewhere.
        // GUARD: I-50
        if (to == worker) _requireOperator(worker, msg.sender);
        else _requireAuthorized(msg.sender == worker, worker);
        _move(VAULT.unlock, worker, locks);
        _move(VAULT.payFromEscrow, to, fees);
        return fees;
    }

    // ANYONE

    /// @inheritdoc IInferenceMarket
    function finalize(Request calldata asked) external {
        _requireActive(asked.programId);
        (address worker, uint96 lock) = _finish(asked, address(0));
        _credit(worker, asked.fee);
        _move(VAULT.unlock, worker, lock);
    }

    /// @inheritdoc IInferenceMarket
    function timeoutDelivery(Request calldata asked) external {
        (bytes32 requestId, RequestState memory state) = _load(asked, RequestStatus.Claimed);
        _requireOver(state.deadline);
        uint96 lock = _lockOf(asked);
        uint16 share = PARAMETERS.deliveryPenaltyBps(asked.version);
        uint96 penalty = VAULT.slashToEscrow(state.worker, SplitLib.bps(lock, share));
        _credit(asked.requester, penalty);
        _move(VAULT.unlock, state.worker, lock - penalty);
        _close(requestId, state, RequestStatus.Refunded, asked.requester, asked.fee, penalty);
    }

    /// @inheritdoc IInferenceMarket
    function refundRetired(Request calldata asked) external {
        bytes32 requestId = IdLib.requestId(address(this), asked);
        RequestState memory state = _states.load(requestId);
        require(
            state.status >= RequestStatus.Claimed && state.status <= RequestStatus.Committed,
            WrongStatus(requestId, state.status, RequestStatus.Committed)
        );
        require(_isRetired(asked.programId), ProgramNotRetired(asked.programId));
        if (state.flags & StateLib.RECORDED != 0) {
            bytes32 commitId = _recorded[requestId];
            _refund(commitId, _commitments[commitId]);
        } else {
            _move(VAULT.unlock, state.worker, _lockOf(asked));
            _close(requestId, state, RequestStatus.Refunded, asked.requester, asked.fee, 0);
        }
    }

    // INPUT REQUESTS ONLY

    /// @inheritdoc IInferenceMarket
    function suspend(
        Request calldata asked,
        address by
    ) external onlyInputRequests returns (bytes32 requestId, uint64 postBy) {
        RequestState memory state;
        (requestId, state) = _load(asked, RequestStatus.Claimed);
        _requireInTime(state.deadline);
        _requireOperator(state.worker, by);
        // INVARIANT (S-09): what stands on the chain is not asked for, and nothing is asked for twice.
        // GUARD: S-09
        require(!asked.inputPosted && state.flags & StateLib.INPUT_SHOWN == 0, InputIsPosted(requestId));
        (uint32 inputSeconds, ) = PARAMETERS.inputTerms(asked.version);
        state.status = RequestStatus.InputMissing;
        state.deadline = _in(inputSeconds);
        _states.store(requestId, state);
        postBy = state.deadline;
        emit InputAsked(requestId, postBy);
    }

    /// @inheritdoc IInferenceMarket
    function resume(Request calldata asked) external onlyInputRequests {
        (bytes32 requestId, RequestState memory state) = _load(asked, RequestStatus.InputMissing);
        _requireInTime(state.deadline);
        // INVARIANT (S-14): what the formula allows for after an input was shown, and no more.
        (, uint32 recheckSeconds) = PARAMETERS.inputTerms(asked.version);
        state.status = RequestStatus.Claimed;
        state.deadline = _in(recheckSeconds);
        state.flags |= StateLib.INPUT_SHOWN;
        _states.store(requestId, state);
        emit InputShown(requestId, state.deadline);
    }

    /// @inheritdoc IInferenceMarket
    function forfeit(Request calldata asked) external onlyInputRequests {
        (bytes32 requestId, RequestState memory state) = _load(asked, RequestStatus.InputMissing);
        _requireOver(state.deadline);
        uint96 toWorker = asked.fee / 2;
        _end(requestId, state, RequestStatus.Expired, 0, 0);
        _credit(state.worker, toWorker);
        // INVARIANT (I-07): dust goes to nobody.
        _burn(asked.fee - toWorker);
        _move(VAULT.unlock, state.worker, _lockOf(asked));
    }

    // COMMITMENTS

    /// @inheritdoc Commitments
    /// @dev An opening is `abi.encode(Request, Leaf)`.
    function _recognise(bytes calldata opening, address) internal override returns (Commitment memory found) {
        (Request calldata asked, Leaf calldata leaf) = _decode(opening);
        (bytes32 requestId, RequestState memory state) = _load(asked, RequestStatus.Committed);
        bytes32 commitId;
        (commitId, found.terms) = _prove(asked, requestId, state, leaf);
        found.beneficiary = asked.requester;
        found.fee = asked.fee;
        found.lock = _lockOf(asked);
        found.challengeUntil = state.deadline;
        found.inputPosted = asked.inputPosted || state.flags & StateLib.INPUT_SHOWN != 0;
        state.flags |= StateLib.RECORDED;
        _states.store(requestId, state);
        _recorded[requestId] = commitId;
    }

    /// @inheritdoc Commitments
    function _onSlashed(bytes32, Commitment storage held) internal override {
        _closeHeld(held, RequestStatus.Slashed);
    }

    /// @inheritdoc Commitments
    function _onRefunded(bytes32, Commitment storage held) internal override {
        _move(VAULT.unlock, held.terms.worker, held.lock);
        _closeHeld(held, RequestStatus.Refunded);
    }

    /// @inheritdoc Commitments
    /// @dev The fee went back with the slash.
    function _onFlipped(bytes32, Commitment storage held) internal override {
        bytes32 requestId = held.terms.subject;
        _end(requestId, _states.load(requestId), RequestStatus.Refunded, 0, 0);
    }

    /// @inheritdoc Commitments
    function _onExtended(bytes32, Commitment storage held) internal override {
        bytes32 requestId = held.terms.subject;
        RequestState memory state = _states.load(requestId);
        state.deadline = held.challengeUntil;
        _states.store(requestId, state);
    }

    // INTERNAL

    /// @dev Publishes one answer of a batch; leaves what it stands for in `terms`.
    function _commit(
        Answer calldata answer,
        uint40 batch,
        Common memory common,
        Terms memory terms
    ) internal returns (bytes32 commitId) {
        Request calldata asked = answer.request;
        (bytes32 requestId, RequestState memory state) = _load(asked, RequestStatus.Claimed);
        _requireInTime(state.deadline);
        _share(common, asked.version, asked.programId);
        uint32 passes = answer.passes;
        bytes calldata output = answer.output;
        require(output.length == common.outputBytes, WrongLength(output.length, common.outputBytes));
        require(passes > 0 && passes <= common.maxPasses, WrongPasses(passes, common.maxPasses));

        terms.subject = requestId;
        terms.programId = asked.programId;
        terms.inputRoot = asked.inputRoot;
        terms.outputRoot = MerkleLib.byteRoot(output);
        terms.passes = passes;
        terms.worker = state.worker;
        terms.version = asked.version;
        commitId = IdLib.commitId(address(this), terms);
        state.status = RequestStatus.Committed;
        state.deadline = common.challengeUntil;
        state.batch = batch;
        _states.store(requestId, state);
        emit Committed(requestId, commitId, batch, passes, common.challengeUntil, output);
    }

    function _share(Common memory common, uint16 version, bytes32 programId) internal view {
        if (version != common.version) {
            (, , , uint32 windowSeconds) = _workTerms(version);
            // INVARIANT (S-07): the window starts with the transaction that publishes the output.
            // GUARD: S-07
            common.challengeUntil = _in(windowSeconds);
            common.version = version;
        }
        if (programId != common.programId) {
            ProgramHeader memory header = REGISTRY.header(programId);
            common.outputBytes = header.outputBytes;
            common.maxPasses = header.maxPasses;
            common.programId = programId;
        }
    }

    /// @dev Makes a published answer final; the caller pays its worker and has held its program to be active (S-05).
    function _finish(Request calldata asked, address to) internal returns (address worker, uint96 lock) {
        bytes32 requestId;
        RequestState memory state;
        (requestId, state) = _load(asked, RequestStatus.Committed);
        // INVARIANT (I-29): nothing is final before its window's end.
        // GUARD: I-29
        _requireOver(state.deadline);
        if (state.flags & StateLib.RECORDED != 0) _finalizeRecorded(_recorded[requestId]);
        worker = state.worker;
        lock = _lockOf(asked);
        state.status = RequestStatus.Finalized;
        _states.store(requestId, state);
        emit Finalized(requestId, worker, asked.fee, to);
    }

    function _closeHeld(Commitment storage held, RequestStatus status) internal {
        bytes32 requestId = held.terms.subject;
        _close(requestId, _states.load(requestId), status, held.beneficiary, held.fee, 0);
    }

    function _workTerms(
        uint16 version
    )
        internal
        view
        returns (uint96 minLock, uint16 lockPerFee, uint32 deliverySeconds, uint32 windowSeconds)
    {
        return PARAMETERS.workTerms(version);
    }

    function _lockOf(Request calldata asked) internal view returns (uint96) {
        (uint96 minLock, uint16 lockPerFee, , ) = _workTerms(asked.version);
        return SplitLib.lockFor(asked.fee, minLock, lockPerFee);
    }

    function _requireBatch(bool valid, uint256 count) internal pure {
        require(valid, InvalidBatch(count, MAX_BATCH));
    }

    function _requireInputRequests() internal view {
        // GUARD: I-50
        require(msg.sender == _inputRequests, NotModuleOfSource(msg.sender));
    }

    function _requireOperator(address worker, address by) internal view {
        require(by == worker || VAULT.hasRole(worker, by, OPERATOR), NotAuthorized(by, worker));
    }

    /// @dev INVARIANT (S-05): nothing is taken on or becomes final on a retired program; `refundRetired` ends it.
    function _requireActive(bytes32 programId) internal view {
        require(!_isRetired(programId), IProgramRegistry.ProgramNotActive(programId));
    }
}
