// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICommitments} from "./interfaces/ICommitments.sol";
import {IInferenceMarket} from "./interfaces/IInferenceMarket.sol";
import {IInputRequests} from "./interfaces/IInputRequests.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {IProgramRegistry} from "./interfaces/IProgramRegistry.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {PostingLib} from "./libraries/PostingLib.sol";
import {SplitLib} from "./libraries/SplitLib.sol";
import {Commitment, CommitmentStatus} from "./types/Commitment.sol";
import {InputRequest, InputStatus} from "./types/InputRequest.sol";
import {Request, RequestStatus} from "./types/Market.sol";

/// @title Input availability: who keeps an input off the chain must post it when asked, or loses.
/// @dev Holds no tokens; bonds lie in this module's escrow in the vault. Trusts the market and the channels on what is claimed
/// and committed, and the registry on how long an input is. Loops only over the bytes that a call brings.
contract InputRequests is IInputRequests {
    IStakeVault internal immutable VAULT;
    IProgramRegistry internal immutable REGISTRY;
    IParameters internal immutable PARAMETERS;
    IInferenceMarket internal immutable MARKET;
    ICommitments internal immutable CHANNELS;

    mapping(bytes32 id => InputRequest) internal _asked;

    constructor(
        IStakeVault vault,
        IProgramRegistry registry,
        IParameters parameters,
        IInferenceMarket market,
        ICommitments channels
    ) {
        VAULT = vault;
        REGISTRY = registry;
        PARAMETERS = parameters;
        MARKET = market;
        CHANNELS = channels;
    }

    // BEFORE THE COMMITMENT

    /// @inheritdoc IInputRequests
    function inputUnavailable(Request calldata asked) external returns (bytes32 requestId) {
        uint64 postBy;
        (requestId, postBy) = MARKET.suspend(asked, msg.sender);
        _open(requestId, address(0), asked.inputRoot, asked.programId, asked.version, postBy);
    }

    /// @inheritdoc IInputRequests
    function postRequestInput(
        Request calldata asked,
        uint256 firstChunk,
        bytes calldata data,
        bytes32[] calldata path
    ) external {
        bytes32 requestId = MARKET.requestIdOf(asked);
        InputRequest storage input = _openInput(requestId);
        if (!_post(requestId, input, firstChunk, data, path)) return;
        if (_isSuspended(requestId)) {
            MARKET.resume(asked);
            _endShown(requestId, input, asked.requester);
        } else {
            _endWithBond(requestId, input, InputStatus.Void);
        }
    }

    /// @inheritdoc IInputRequests
    function timeoutRequestInput(Request calldata asked) external {
        bytes32 requestId = MARKET.requestIdOf(asked);
        InputRequest storage input = _openInput(requestId);
        if (_isSuspended(requestId)) {
            _requireOver(requestId, input);
            MARKET.forfeit(asked);
            _endWithBond(requestId, input, InputStatus.Missed);
        } else {
            _endWithBond(requestId, input, InputStatus.Void);
        }
    }

    // AFTER THE COMMITMENT, AND FOR RECEIPTS

    /// @inheritdoc IInputRequests
    function requestInput(address source, bytes32 commitId, bytes calldata opening) external {
        require(source == address(MARKET) || source == address(CHANNELS), UnknownSource(source));
        (uint16 version, uint64 challengeUntil) = ICommitments(source).hold(commitId, opening, msg.sender);
        // INVARIANT (I-29): nothing holds a commitment up after its window.
        // GUARD: I-29
        require(block.timestamp <= challengeUntil, ICommitments.WindowClosed(commitId, challengeUntil));
        Commitment memory held = ICommitments(source).getCommitment(commitId);
        // INVARIANT (S-09): what stands on the chain is not asked for.
        // GUARD: S-09.posted
        require(!held.inputPosted, InputOnChain(commitId));
        (uint32 inputSeconds, ) = PARAMETERS.inputTerms(version);
        uint64 postBy = uint64(block.timestamp) + inputSeconds;
        _open(commitId, source, held.terms.inputRoot, held.terms.programId, version, postBy);
    }

    /// @inheritdoc IInputRequests
    function postInput(
        bytes32 commitId,
        uint256 firstChunk,
        bytes calldata data,
        bytes32[] calldata path
    ) external {
        InputRequest storage input = _openInput(commitId);
        ICommitments source = _sourceOf(commitId, input);
        if (!_post(commitId, input, firstChunk, data, path)) return;
        if (!_stands(source, commitId)) return _endWithBond(commitId, input, InputStatus.Void);

        (address worker, uint16 version) = source.termsOf(commitId);
        (, uint32 recheckSeconds) = PARAMETERS.inputTerms(version);
        source.release(commitId);
        // INVARIANT (S-09): whoever saw the input now has the time to execute again and to challenge.
        // GUARD: S-09
        source.extend(commitId, uint64(block.timestamp) + recheckSeconds);
        _endShown(commitId, input, worker);
    }

    /// @inheritdoc IInputRequests
    function timeoutInput(bytes32 commitId) external {
        InputRequest storage input = _openInput(commitId);
        ICommitments source = _sourceOf(commitId, input);
        if (!_stands(source, commitId)) return _endWithBond(commitId, input, InputStatus.Void);

        _requireOver(commitId, input);
        bool slashed = source.slash(commitId, input.asker);
        _endWithBond(commitId, input, slashed ? InputStatus.Missed : InputStatus.Void);
    }

    // VIEWS

    /// @inheritdoc IInputRequests
    function getInputRequest(bytes32 id) external view returns (InputRequest memory) {
        return _asked[id];
    }

    /// @inheritdoc IInputRequests
    function inputBond(uint16 version, uint32 inputBytes) external view returns (uint96) {
        return _bond(version, inputBytes);
    }

    // INTERNAL

    function _open(
        bytes32 id,
        address source,
        bytes32 inputRoot,
        bytes32 programId,
        uint16 version,
        uint64 postBy
    ) internal {
        InputRequest storage input = _asked[id];
        // INVARIANT (S-09): one request covers every chunk, so nobody pays or waits for an input twice.
        // GUARD: S-09.once
        require(input.status == InputStatus.None, AlreadyAsked(id, input.status));
        uint32 inputBytes = REGISTRY.header(programId).inputBytes;
        // INVARIANT (I-20): nobody is asked for more than it can post in time.
        // GUARD: I-20
        require(
            inputBytes > 0 && inputBytes <= PostingLib.MAX_BYTES,
            InputNotPostable(inputBytes, PostingLib.MAX_BYTES)
        );
        uint96 bond = _bond(version, inputBytes);
        _asked[id] = InputRequest({
            asker: msg.sender,
            bond: bond,
            inputRoot: inputRoot,
            source: source,
            // SAFETY: 40 bits hold unix seconds for 30,000 years.
            deadline: uint40(postBy),
            status: InputStatus.Open,
            posted: 0,
            inputBytes: inputBytes
        });
        emit InputRequested(id, source, msg.sender, inputRoot, inputBytes, bond, postBy);
        VAULT.escrowFrom(msg.sender, bond);
    }

    function _openInput(bytes32 id) internal view returns (InputRequest storage input) {
        input = _asked[id];
        // INVARIANT (I-24): ended input requests accept nothing.
        // GUARD: I-24
        require(input.status == InputStatus.Open, NotAsked(id, input.status));
    }

    function _sourceOf(bytes32 commitId, InputRequest storage input) internal view returns (ICommitments) {
        address source = input.source;
        // A claimed request moves by its own calls, which name it.
        require(source != address(0), NotAsked(commitId, InputStatus.None));
        return ICommitments(source);
    }

    /// @dev Takes the next chunks; returns whether they were the last.
    function _post(
        bytes32 id,
        InputRequest storage input,
        uint256 firstChunk,
        bytes calldata data,
        bytes32[] calldata path
    ) internal returns (bool complete) {
        // INVARIANT (S-09): the wait ends; who posts later has missed it.
        // GUARD: S-09.late
        require(block.timestamp <= input.deadline, PostingOver(id, input.deadline));
        (uint256 next, uint256 inputBytes) = (input.posted, input.inputBytes);
        require(firstChunk == next, UnexpectedChunk(firstChunk, next));
        uint256 left = inputBytes - next * PostingLib.CHUNK_BYTES;
        complete = data.length == left;
        require(
            complete || (data.length > 0 && data.length < left && data.length % PostingLib.CHUNK_BYTES == 0),
            WrongChunkLength(data.length, left)
        );
        _check(input.inputRoot, next, inputBytes, data, path);
        // SAFETY: an input has at most 256 chunks.
        input.posted = uint16(next + PostingLib.chunkCount(data.length));
        emit InputPosted(id, firstChunk, msg.sender, data);
    }

    function _check(
        bytes32 inputRoot,
        uint256 number,
        uint256 inputBytes,
        bytes calldata data,
        bytes32[] calldata path
    ) internal view {
        bool last = (number + PostingLib.chunkCount(data.length)) * PostingLib.CHUNK_BYTES >= inputBytes;
        while (data.length > 0) {
            uint256 size = data.length < PostingLib.CHUNK_BYTES ? data.length : PostingLib.CHUNK_BYTES;
            uint256 siblings = PostingLib.pathLength(size, inputBytes);
            if (siblings > path.length) siblings = path.length; // refused by its length
            bytes32 computed = PostingLib.rootOf(data[:size], number, inputBytes, path[:siblings]);
            // INVARIANT (S-09): what is posted is the input that was committed to, every byte of it.
            // GUARD: S-09.bytes
            require(computed == inputRoot, WrongInput(computed, inputRoot));
            data = data[size:];
            if (data.length == 0 && last) {
                // INVARIANT (S-09): the root is the one root of these bytes, so whoever has them can find it.
                // GUARD: S-09.root
                require(PostingLib.endsWith(size, number, path[:siblings]), RootCoversMore(inputRoot));
            }
            path = path[siblings:];
            ++number;
        }
    }

    /// @dev The input is on the chain: whoever had to post it is paid, and the rest of the bond burns.
    function _endShown(bytes32 id, InputRequest storage input, address to) internal {
        input.status = InputStatus.Shown;
        (uint96 paid, uint96 burned) = SplitLib.bond(input.bond);
        emit InputRequestEnded(id, InputStatus.Shown, to, paid);
        VAULT.creditFromEscrow(to, paid);
        VAULT.burnFromEscrow(burned);
    }

    /// @dev Nobody had to post anything in vain: the bond goes back.
    function _endWithBond(bytes32 id, InputRequest storage input, InputStatus status) internal {
        input.status = status;
        emit InputRequestEnded(id, status, input.asker, input.bond);
        VAULT.creditFromEscrow(input.asker, input.bond);
    }

    function _bond(uint16 version, uint32 inputBytes) internal view returns (uint96) {
        (, uint64 gasPrice) = PARAMETERS.settleTerms(version);
        return PostingLib.bond(inputBytes, gasPrice);
    }

    function _requireOver(bytes32 id, InputRequest storage input) internal view {
        // INVARIANT (I-20, S-09): a post at the deadline is in time, so only a later time ends the wait.
        // GUARD: I-20.deadline
        require(block.timestamp > input.deadline, PostingOpen(id, input.deadline));
    }

    function _isSuspended(bytes32 requestId) internal view returns (bool) {
        return MARKET.requestState(requestId).status == RequestStatus.InputMissing;
    }

    function _stands(ICommitments source, bytes32 commitId) internal view returns (bool) {
        return source.getCommitment(commitId).status == CommitmentStatus.Open;
    }
}
