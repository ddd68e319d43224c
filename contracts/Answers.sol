// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {Requests} from "./Requests.sol";
import {ICommitments} from "./interfaces/ICommitments.sol";
import {IConsumer} from "./interfaces/IConsumer.sol";
import {IInferenceMarket} from "./interfaces/IInferenceMarket.sol";
import {IdLib} from "./libraries/IdLib.sol";
import {MerkleLib} from "./libraries/MerkleLib.sol";
import {State, StateLib} from "./libraries/StateLib.sol";
import {Terms} from "./types/Commitment.sol";
import {FinalityLevel, Leaf, Request, RequestState, RequestStatus} from "./types/Market.sol";

/// @title Published answers as others see them: where they lie, how sure they are, and their way to consumers.
/// @dev A batch is one root; an answer is shown to lie in it. Consumers are strangers: nothing depends on what they do.
abstract contract Answers is Requests {
    using StateLib for mapping(bytes32 requestId => State);

    /// @dev What a delivery needs around the call itself: the cold account, then the event.
    uint256 internal constant DELIVERY_RESERVE = 10_000;

    uint40 internal _nextBatch = 1; // its number
    mapping(uint256 batch => bytes32) internal _batchRoots;

    // CONSUMERS

    /// @inheritdoc IInferenceMarket
    function deliver(Request calldata asked, Leaf calldata leaf, bytes calldata output) external {
        (bytes32 requestId, RequestState memory state) = _published(asked, leaf);
        _requireRoot(MerkleLib.byteRoot(output), leaf.outputRoot);
        bool isFinal = state.status == RequestStatus.Finalized;
        // INVARIANT (I-43): a consumer hears of a result at the level that it asked for, not before.
        // GUARD: I-43.level
        require(
            isFinal || (state.status == RequestStatus.Committed && asked.level == FinalityLevel.Provisional),
            NothingToDeliver(requestId, state.status)
        );
        FinalityLevel level = isFinal ? FinalityLevel.Final : FinalityLevel.Provisional;
        bytes memory data = abi.encodeCall(IConsumer.onInference, (requestId, level, output));
        _call(asked, requestId, state, StateLib.DELIVERED, level, data);
    }

    /// @inheritdoc IInferenceMarket
    function deliverFailure(Request calldata asked) external {
        bytes32 requestId = IdLib.requestId(address(this), asked);
        RequestState memory state = _states.load(requestId);
        RequestStatus status = state.status;
        // The statuses past `Finalized` are the ends without a result.
        require(status > RequestStatus.Finalized, NothingToDeliver(requestId, status));
        // What was delivered and did not end final was delivered as provisional.
        bytes memory data =
            state.flags & StateLib.DELIVERED != 0
                ? abi.encodeCall(IConsumer.onOverturned, (requestId))
                : abi.encodeCall(IConsumer.onFailed, (requestId, status));
        _call(asked, requestId, state, StateLib.FAILURE_DELIVERED, FinalityLevel.Final, data);
    }

    // VIEWS

    /// @inheritdoc IInferenceMarket
    function commitIdOf(
        Request calldata asked,
        uint32 passes,
        bytes32 outputRoot,
        address worker
    ) external view returns (bytes32) {
        bytes32 requestId = IdLib.requestId(address(this), asked);
        return IdLib.commitId(address(this), _termsOf(asked, requestId, passes, outputRoot, worker));
    }

    /// @inheritdoc IInferenceMarket
    function batchRoot(uint40 batch) external view returns (bytes32) {
        return _batchRoots[batch];
    }

    /// @inheritdoc IInferenceMarket
    function finalityOf(Request calldata asked, Leaf calldata leaf) external view returns (FinalityLevel) {
        (bytes32 requestId, RequestState memory state) = _published(asked, leaf);
        if (state.status == RequestStatus.Finalized) return FinalityLevel.Final;
        require(
            state.status == RequestStatus.Committed,
            WrongStatus(requestId, state.status, RequestStatus.Committed)
        );
        return FinalityLevel.Provisional;
    }

    /// @inheritdoc ICommitments
    function proven(bytes calldata opening) external view returns (bytes32 commitId, Terms memory terms) {
        (Request calldata asked, Leaf calldata leaf) = _decode(opening);
        bytes32 requestId = IdLib.requestId(address(this), asked);
        return _prove(asked, requestId, _states.load(requestId), leaf);
    }

    // INTERNAL

    /// @dev The request's id and state, if `leaf` is its published answer.
    function _published(
        Request calldata asked,
        Leaf calldata leaf
    ) internal view returns (bytes32 requestId, RequestState memory state) {
        requestId = IdLib.requestId(address(this), asked);
        state = _states.load(requestId);
        _prove(asked, requestId, state, leaf);
    }

    function _prove(
        Request calldata asked,
        bytes32 requestId,
        RequestState memory state,
        Leaf calldata leaf
    ) internal view returns (bytes32 commitId, Terms memory terms) {
        terms = _termsOf(asked, requestId, leaf.passes, leaf.outputRoot, state.worker);
        commitId = IdLib.commitId(address(this), terms);
        // INVARIANT (S-07): an answer counts only as it was published, in the batch that its request was answered in.
        // GUARD: S-07
        require(
            state.batch != 0 && MerkleProof.verifyCalldata(leaf.proof, _batchRoots[state.batch], commitId),
            NotInBatch(commitId, state.batch)
        );
    }

    /// @dev An opening is `abi.encode(Request, Leaf)`, read where it lies. It need not be checked: what it says counts only
    /// if it hashes into a batch.
    function _decode(
        bytes calldata opening
    ) internal pure returns (Request calldata asked, Leaf calldata leaf) {
        assembly ("memory-safe") {
            asked := opening.offset
            leaf := add(opening.offset, calldataload(add(opening.offset, 384)))
        }
    }

    function _termsOf(
        Request calldata asked,
        bytes32 requestId,
        uint32 passes,
        bytes32 outputRoot,
        address worker
    ) internal pure returns (Terms memory) {
        return
            Terms({
                subject: requestId,
                programId: asked.programId,
                inputRoot: asked.inputRoot,
                outputRoot: outputRoot,
                passes: passes,
                worker: worker,
                version: asked.version
            });
    }

    /// @dev Calls the consumer once for `flag`; a call that fails leaves no trace but its event and may be made again.
    function _call(
        Request calldata asked,
        bytes32 requestId,
        RequestState memory state,
        uint8 flag,
        FinalityLevel level,
        bytes memory data
    ) internal {
        (address consumer, uint32 callbackGas) = (asked.consumer, asked.callbackGas);
        require(consumer != address(0), NothingToDeliver(requestId, state.status));
        require(state.flags & flag == 0, AlreadyDelivered(requestId));
        // Written before the call: a consumer that calls back finds the delivery done.
        state.flags |= flag;
        _states.store(requestId, state);
        // INVARIANT (I-43): the consumer gets all the gas it was promised, or nothing happens. A call passes on at most
        // 63/64 of what is left. Nothing that it returns is copied.
        uint256 required = uint256(callbackGas) + callbackGas / 63 + DELIVERY_RESERVE;
        // GUARD: I-43
        require(gasleft() >= required, InsufficientGas(gasleft(), required));
        bool success;
        assembly ("memory-safe") {
            success := call(callbackGas, consumer, 0, add(data, 0x20), mload(data), 0, 0)
        }
        if (!success) {
            // What the consumer did was undone, so the state is the one from before the call.
            state.flags ^= flag;
            _states.store(requestId, state);
        }
        emit Delivered(requestId, consumer, state.status, level, success);
    }
}
