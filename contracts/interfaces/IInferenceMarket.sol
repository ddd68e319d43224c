// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    Answer,
    FinalityLevel,
    Leaf,
    Method,
    Permit,
    Request,
    RequestState,
    RequestStatus
} from "../types/Market.sol";
import {ICommitments} from "./ICommitments.sol";

/// @title Requests and published answers: request → claim → commit → window → finalize.
/// @notice Every state that is not terminal has a deadline and a call by which anyone moves it on. Money is never pushed:
/// fees and refunds are credited in the vault. A consumer is called at the level that its request names and cannot block
/// anything. A request is its own id: it is not stored, whoever acts on it brings it along.
/// @dev Times are unix seconds, amounts stake-token units. A call at a deadline is in time; a poke needs it to have passed.
/// Warning: until a result is final it may turn out wrong. `finalityOf` says how sure it is; act on `Final` only.
interface IInferenceMarket is ICommitments {
    /// @notice Thrown when a request is not in the status that the call needs.
    error WrongStatus(bytes32 requestId, RequestStatus status, RequestStatus required);

    /// @notice Thrown when the fee is below the tier's minimum.
    error FeeTooLow(uint256 given, uint256 minimum);

    /// @notice Thrown when the input or output has another length than the program declares.
    error WrongLength(uint256 given, uint256 required);

    /// @notice Thrown when the program's trees are deeper than the tier's time formula allows.
    error ProgramTooDeep(uint8 traceDepth, uint8 tensorDepth, uint8 maxTraceDepth, uint8 maxTensorDepth);

    /// @notice Thrown when a verification method is not offered by this deployment.
    error MethodNotOffered(Method method);

    /// @notice Thrown when the caller lacks the role it needs for `account`.
    error NotAuthorized(address caller, address account);

    /// @notice Thrown when a call comes after the deadline of the present status.
    error DeadlinePassed(uint64 deadline);

    /// @notice Thrown when a call comes before the deadline of the present status has passed.
    error DeadlineNotReached(uint64 deadline);

    /// @notice Thrown when the number of passes is outside 1 .. maxPasses.
    error WrongPasses(uint256 given, uint256 maximum);

    /// @notice Thrown when bytes do not hash to the committed root.
    error WrongRoot(bytes32 computed, bytes32 committed);

    /// @notice Thrown when a delivery carries too little gas to give the consumer what it was promised.
    error InsufficientGas(uint256 given, uint256 required);

    /// @notice Thrown when a callback is asked for without a consumer, or with more gas than allowed.
    error InvalidCallback(address consumer, uint32 callbackGas, uint32 maximum);

    /// @notice Thrown when a result was delivered already.
    error AlreadyDelivered(bytes32 requestId);

    /// @notice Thrown when a refund is asked for over a program that was not proven malformed.
    error ProgramNotRetired(bytes32 programId);

    /// @notice Thrown when a request was made before: its salt is used up.
    error RequestExists(bytes32 requestId);

    /// @notice Thrown when a finality level is not offered for the request's method.
    error LevelNotOffered(Method method, FinalityLevel level);

    /// @notice Thrown when a batch has no answers, or too many.
    error InvalidBatch(uint256 answers, uint256 maximum);

    /// @notice Thrown when a batch has answers of two tiers.
    error MixedBatch(uint256 version, uint256 versionOfBatch);

    /// @notice Thrown when a leaf does not lie in the batch that the request was answered in.
    error NotInBatch(bytes32 commitId, uint40 batch);

    /// @notice Thrown when a signed order's time is over, or its signature is not the requester's.
    error InvalidOrder(address requester, uint64 validUntil);

    /// @notice Thrown when new work is paused by the guardian.
    error NewWorkPaused(uint64 until);

    /// @notice Thrown when a pause is longer than allowed, or comes too soon after the last.
    error InvalidPause(uint256 seconds_, uint256 maximum);

    /// @notice Thrown when a delivery is not due: wrong level, no consumer, or the hook was called with success.
    error NothingToDeliver(bytes32 requestId, RequestStatus status);

    /// @notice Thrown when an input is kept off the chain that is empty, or too large to be asked for.
    error InputTooLarge(uint256 inputBytes, uint256 maximum);

    /// @notice Thrown when an input is asked for that stands on the chain.
    error InputIsPosted(bytes32 requestId);

    /// @notice A request was posted. What it asks stands in the event, nowhere else; `input` is empty where it is kept off
    /// the chain.
    event Requested(
        bytes32 indexed requestId,
        bytes32 indexed programId,
        address indexed requester,
        uint64 claimBy,
        Request request,
        bytes input
    );
    /// @notice A worker took a request on, with `lock` of its stake at risk.
    event Claimed(bytes32 indexed requestId, address indexed worker, uint96 lock, uint64 commitBy);
    /// @notice A worker published answers, which follow in this transaction as `Committed`, one after the other. From here on
    /// they may be used provisionally, and challenged until `challengeUntil`.
    event BatchPublished(uint40 indexed batch, address indexed worker, uint16 version, uint64 challengeUntil);
    /// @notice The next answer of the batch that was published last.
    event Committed(bytes32 indexed requestId, bytes32 indexed commitId, uint32 passes, bytes output);
    /// @notice The window passed without a hold, and the worker was paid: `to` directly, or its credit where `to` is zero.
    event Finalized(bytes32 indexed requestId, address indexed worker, uint96 fee, address to);
    /// @notice A request ended without a result: `refunded` is the fee, `penalty` what the worker paid on top.
    event RequestClosed(bytes32 indexed requestId, RequestStatus status, uint96 refunded, uint96 penalty);
    /// @notice The claim is suspended until the requester posts the input, or resumed with a new deadline.
    event InputAsked(bytes32 indexed requestId, uint64 postBy);
    event InputShown(bytes32 indexed requestId, uint64 commitBy);
    /// @notice A consumer was called; `success` is false when it reverted or ran out of its gas. Anyone may try again.
    event Delivered(
        bytes32 indexed requestId,
        address indexed consumer,
        RequestStatus status,
        FinalityLevel level,
        bool success
    );
    event Paused(uint64 until);

    // Requester

    /// @notice Posts a request and escrows the fee (the caller approves the vault beforehand). Caller: the requester.
    /// @param input The program's input where `request.inputPosted`, else empty.
    /// @dev Warning: input and output are public. Warning: a tier's security is worth its lock, see `Tier`.
    function request(Request calldata asked, bytes calldata input) external returns (bytes32 requestId);

    /// @notice Posts a request that its requester signed (EIP-712 `RequestOrder(Request request,uint64 validUntil)`;
    /// EIP-1271 for contracts), with an optional permit for the vault. Anyone; the requester needs no gas.
    function requestFor(
        Request calldata asked,
        bytes calldata input,
        uint64 validUntil,
        bytes calldata signature,
        Permit calldata permit
    ) external returns (bytes32 requestId);

    /// @notice Takes back a request that nobody has claimed. Caller: the requester.
    function cancel(Request calldata asked) external;

    // Worker

    /// @notice Claims an open request for `worker` and locks its stake. Caller: the worker or its operator key.
    function claim(Request calldata asked, address worker) external;

    /// @notice Publishes answers of one worker to claimed requests of one tier, up to 64. Their windows start now. Caller: the
    /// worker or its operator key.
    /// @dev Warning: one commitment per request, and a wrong byte anywhere in its trace costs the whole lock.
    function commit(Answer[] calldata answers) external returns (uint40 batch);

    /// @notice Finalizes requests and pays their fees to `to` at once. Caller: the worker; or its operator key, where `to`
    /// is the worker.
    function collect(Request[] calldata finished, address to) external returns (uint256 amount);

    // Anyone

    /// @notice Ends an open request after its claim deadline; the fee is credited back.
    function expire(Request calldata asked) external;

    /// @notice Ends a claimed request after its delivery deadline: fee back, a small penalty to the requester.
    function timeoutDelivery(Request calldata asked) external;

    /// @notice Credits the worker's fee after the window, if nothing holds the commitment.
    function finalize(Request calldata asked) external;

    /// @notice Ends a claimed or committed request whose program was retired as malformed: fee and lock back.
    function refundRetired(Request calldata asked) external;

    /// @notice Calls `onInference` of the consumer with the output: as provisional where the request names that level and
    /// the window still runs, else once the result is final. A call that failed may be made again.
    /// @param leaf Where the answer stands in its batch; `output` is checked against its root.
    function deliver(Request calldata asked, Leaf calldata leaf, bytes calldata output) external;

    /// @notice Calls `onOverturned` of a consumer that had a provisional result which was slashed or refunded, or
    /// `onFailed` of one whose request ended without a result.
    function deliverFailure(Request calldata asked) external;

    // Input requests only

    /// @notice Suspends a claim whose worker cannot get the input. `by`: the worker or its operator key.
    function suspend(Request calldata asked, address by) external returns (bytes32 requestId, uint64 postBy);

    /// @notice Resumes a suspended claim: its input stands on the chain now, and `recheckSeconds` are left to deliver.
    function resume(Request calldata asked) external;

    /// @notice Ends a suspended claim whose requester stayed silent, as `Expired`: half the fee to the worker, half burned;
    /// lock back.
    function forfeit(Request calldata asked) external;

    // Guardian

    /// @notice Pauses new requests and claims for at most seven days; the next pause only after as long without.
    function pauseNew(uint32 seconds_) external;

    // Views

    function requestIdOf(Request calldata asked) external view returns (bytes32);
    function commitIdOf(
        Request calldata asked,
        uint32 passes,
        bytes32 outputRoot,
        address worker
    ) external view returns (bytes32);
    function requestState(bytes32 requestId) external view returns (RequestState memory);
    function batchRoot(uint40 batch) external view returns (bytes32);

    /// @notice How sure an answer is: reverts unless `leaf` is the request's published answer and still stands.
    function finalityOf(Request calldata asked, Leaf calldata leaf) external view returns (FinalityLevel);
}
