// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InputRequest, InputStatus} from "../types/InputRequest.sol";
import {Request} from "../types/Market.sol";

/// @title Input availability: who keeps an input off the chain must post it when asked, or loses.
/// @notice A worker that claimed a request and cannot get the input suspends its claim; the requester then posts the input or
/// forfeits. Anyone who wants to check a commitment or receipt asks its worker, who posts it or is slashed. Either is asked
/// once, with a bond that pays for posting every byte. Whoever has the input may post it, in chunks of 16 KiB, in order.
/// @dev Times are unix seconds, amounts stake-token units. A post at the deadline is in time; a timeout needs it to have
/// passed. Warning: what is posted is public for ever.
interface IInputRequests {
    /// @notice Thrown when an address is neither of the two sources of commitments.
    error UnknownSource(address source);

    /// @notice Thrown when the input stands on the chain already.
    error InputOnChain(bytes32 id);

    /// @notice Thrown when the input was asked for before, whatever came of it.
    error AlreadyAsked(bytes32 id, InputStatus status);

    /// @notice Thrown when there is no open request for this input.
    error NotAsked(bytes32 id, InputStatus status);

    /// @notice Thrown when an input is empty, or too large to be posted in time.
    error InputNotPostable(uint256 inputBytes, uint256 maximum);

    /// @notice Thrown when chunks come out of order (a re-org, or another poster was faster).
    error UnexpectedChunk(uint256 given, uint256 next);

    /// @notice Thrown when posted bytes are no whole chunks, or more than what is left of the input.
    error WrongChunkLength(uint256 given, uint256 left);

    /// @notice Thrown when a posted chunk does not open to the input's root.
    error WrongInput(bytes32 computedRoot, bytes32 inputRoot);

    /// @notice Thrown with the last chunk when the root holds leaves beyond the input's bytes, so that nobody could find it.
    error RootCoversMore(bytes32 inputRoot);

    /// @notice Thrown when the input is posted too late.
    error PostingOver(bytes32 id, uint64 deadline);

    /// @notice Thrown when a timeout comes too early.
    error PostingOpen(bytes32 id, uint64 deadline);

    /// @notice An input was asked for; every byte must be posted by `postBy`. `source` is zero for a claimed request.
    event InputRequested(
        bytes32 indexed id,
        address indexed source,
        address indexed asker,
        bytes32 inputRoot,
        uint32 inputBytes,
        uint96 bond,
        uint64 postBy
    );
    /// @notice Chunks `firstChunk` and following were posted.
    event InputPosted(bytes32 indexed id, uint256 firstChunk, address by, bytes data);
    /// @notice An input request ended; `paid` of the bond went to `to`, the rest was burned.
    event InputRequestEnded(bytes32 indexed id, InputStatus status, address indexed to, uint96 paid);

    // Before the commitment

    /// @notice Suspends a claimed request whose input its worker cannot get; the bond is pulled from the caller, who is the
    /// worker or its operator key.
    /// @dev Warning: once the input is posted, the bond is the requester's.
    function inputUnavailable(Request calldata asked) external returns (bytes32 requestId);

    /// @notice As `postInput`, for a suspended claim; the last chunk resumes it and pays the bond to the requester.
    function postRequestInput(
        Request calldata asked,
        uint256 firstChunk,
        bytes calldata data,
        bytes32[] calldata path
    ) external;

    /// @notice Ends a suspended claim whose input was not posted in time, or gives the bond back where the request ended
    /// otherwise. Anyone.
    function timeoutRequestInput(Request calldata asked) external;

    // After the commitment, and for receipts

    /// @notice Asks for the input of a commitment inside its window, which stays open until the input is posted or missed. The
    /// bond is pulled from the caller.
    /// @param opening What the source needs to recognise the commitment; ignored once it is recorded.
    /// @dev Warning: once the input is posted, the bond is the worker's.
    function requestInput(address source, bytes32 commitId, bytes calldata opening) external;

    /// @notice Posts the next chunks of an input that was asked for. Anyone. The last chunk moves the end of the window to
    /// at least the time that re-execution needs, and pays the bond to the worker.
    /// @param firstChunk Number of the first chunk, which must be the next.
    /// @param data Whole chunks of 16 KiB; only the input's last may be shorter.
    /// @param path For each chunk, its siblings up to the input's root, bottom to top, 15 a level.
    function postInput(
        bytes32 commitId,
        uint256 firstChunk,
        bytes calldata data,
        bytes32[] calldata path
    ) external;

    /// @notice Slashes a commitment whose input was not posted in time, or gives the bond back where it ended otherwise.
    /// Anyone.
    function timeoutInput(bytes32 commitId) external;

    // Views

    /// @notice An input request by the id of the claimed request or of the commitment.
    function getInputRequest(bytes32 id) external view returns (InputRequest memory);

    /// @notice The bond for asking for an input of so many bytes.
    function inputBond(uint16 version, uint32 inputBytes) external view returns (uint96);
}
