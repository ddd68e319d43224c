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
import {State, StateLib} from "./libraries/StateLib.sol";
import {Commitment, Terms} from "./types/Commitment.sol";
import {Answer, Leaf, Request, RequestState, RequestStatus} from "./types/Market.sol";
import {ProgramHeader} from "./types/Program.sol";

/// @title Requests and published answers: request → claim → commit → window → finalize.
/// @dev Holds no tokens; fees and slashed locks lie in this module's escrow in the vault. Trusts the vault, the registry,
/// the parameters and its modules. The worker's side is here; the requester's is in `Requests`, the readers' in `Answers`.
contract InferenceMarket is Answers {
    using StateLib for mapping(bytes32 requestId => State);

    /// @dev What the answers of one batch have in common, or as long as the program repeats.
    struct Batch {
        uint256 claimed; // worker and status of the words that are answered
        uint256 committed; // the words that they become, flags aside
        uint256 outputBytes;
        uint256 maxPasses;
        uint256 preimage; // where the ids of requests are hashed
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

        uint96 lock = _lockOf(asked);
        uint40 commitBy = _in(_rules[asked.version].deliverySeconds);
        state.status = RequestStatus.Claimed;
        state.deadline = commitBy;
        state.worker = worker;
        _states.store(requestId, state);
        emit Claimed(requestId, worker, lock, commitBy);
        _move(VAULT.lock, worker, lock);
    }

    /// @inheritdoc IInferenceMarket
    function commit(Answer[] calldata answers) external returns (uint40 number) {
        uint256 count = answers.length;
        // INVARIANT (I-41): the loop is bounded.
        _requireBatch(count > 0 && count <= MAX_BATCH, count);
        number = _nextBatch++;
        Terms memory terms = IdLib.newTerms(address(this));
        Batch memory batch = _open(answers[0].request, number, terms);
        uint256 level = BatchLib.newLevel(count);
        for (uint256 i = 0; i < count; ++i) {
            BatchLib.setLeaf(level, i, _commit(BatchLib.answerAt(answers, i), batch, terms));
        }
        _batchRoots[number] = BatchLib.root(level, count);
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
            _requireAuthorized(of_ == worker, of_);
            fees += asked.fee;
            locks += lock;
        }
        // INVARIANT (I-50): an operator key works for its worker and never takes its money elsewhere.
        // GUARD: I-50
        _requireAuthorized(to == worker || msg.sender == worker, worker);
        _requireOperator(worker, msg.sender);
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
        (uint32 inputSeconds, ) = _inputTerms(asked.version);
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
        (, uint32 recheckSeconds) = _inputTerms(asked.version);
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

    /// @dev Opens a batch with what its first answer has in common with all others: worker and tier.
    function _open(
        Request calldata first,
        uint40 number,
        Terms memory terms
    ) internal returns (Batch memory batch) {
        (, RequestState memory state) = _load(first, RequestStatus.Claimed);
        _requireOperator(state.worker, msg.sender);
        (terms.worker, terms.version) = (state.worker, first.version);
        batch.preimage = IdLib.newPreimage(address(this));
        batch.claimed = StateLib.pack(state) & StateLib.WORKER_AND_STATUS;
        // INVARIANT (S-07): the window starts with the transaction that publishes the output.
        // GUARD: S-07
        state.deadline = _in(_rules[terms.version].windowSeconds);
        state.status = RequestStatus.Committed;
        state.flags = 0;
        state.batch = number;
        batch.committed = StateLib.pack(state);
        emit BatchPublished(number, terms.worker, terms.version, state.deadline);
    }

    /// @dev Publishes one answer. What does not change from one to the next stays in `batch` and `terms`.
    function _commit(
        Answer calldata answer,
        Batch memory batch,
        Terms memory terms
    ) internal returns (bytes32 commitId) {
        Request calldata asked = answer.request;
        bytes32 requestId = IdLib.requestIdIn(batch.preimage, asked);
        State storage state = _states[requestId];
        uint256 word = state.word;
        if (word & StateLib.WORKER_AND_STATUS != batch.claimed || block.timestamp > StateLib.deadlineOf(word))
            _refuse(asked, terms.worker);
        (bytes32 programId, bytes32 inputRoot, uint256 version) = BatchLib.questionOf(asked);
        require(version == terms.version, MixedBatch(version, terms.version));
        if (programId != terms.programId) _setProgram(batch, terms, programId);
        (uint256 passes, bytes calldata output) = BatchLib.answerOf(answer);
        require(output.length == batch.outputBytes, WrongLength(output.length, batch.outputBytes));
        unchecked {
            // One comparison: no passes are as many as can be.
            require(passes - 1 < batch.maxPasses, WrongPasses(passes, batch.maxPasses));
        }

        terms.subject = requestId;
        terms.inputRoot = inputRoot;
        terms.outputRoot = MerkleLib.byteRoot(output);
        // SAFETY: a program's passes have 32 bits.
        terms.passes = uint32(passes);
        commitId = IdLib.commitIdIn(terms);
        state.word = (word & StateLib.FLAGS) | batch.committed;
        BatchLib.emitCommitted(requestId, commitId, passes, output);
    }

    /// @dev Says why a request cannot be answered.
    function _refuse(Request calldata asked, address worker) internal view {
        (, RequestState memory state) = _load(asked, RequestStatus.Claimed);
        _requireAuthorized(state.worker == worker, state.worker);
        _requireInTime(state.deadline);
    }

    function _setProgram(Batch memory batch, Terms memory terms, bytes32 programId) internal view {
        ProgramHeader memory header = REGISTRY.header(programId);
        batch.outputBytes = header.outputBytes;
        batch.maxPasses = header.maxPasses;
        terms.programId = programId;
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

    function _inputTerms(uint16 version) internal view returns (uint32 inputSeconds, uint32 recheckSeconds) {
        return PARAMETERS.inputTerms(version);
    }

    function _requireBatch(bool valid, uint256 count) internal pure {
        require(valid, InvalidBatch(count, MAX_BATCH));
    }

    function _requireInputRequests() internal view {
        // GUARD: I-50.inputs
        require(msg.sender == _inputRequests, NotModuleOfSource(msg.sender));
    }

    function _requireOperator(address worker, address by) internal view {
        // INVARIANT (I-50): only a worker's own keys take on, answer or collect for it.
        // GUARD: I-50.operator
        require(by == worker || VAULT.hasRole(worker, by, OPERATOR), NotAuthorized(by, worker));
    }

    /// @dev INVARIANT (S-05): nothing is taken on or becomes final on a retired program; `refundRetired` ends it.
    function _requireActive(bytes32 programId) internal view {
        require(!_isRetired(programId), IProgramRegistry.ProgramNotActive(programId));
    }
}
