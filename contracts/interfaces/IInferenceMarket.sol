// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Commitment, FinalityLevel, Method, Request, RequestParams, RequestStatus} from "../types/Market.sol";
import {Claim} from "../types/Trace.sol";

/// @title Requests and commitments: request → claim → commit → window → finalize.
/// @notice Every state that is not terminal has a deadline and a call by which anyone moves it on. Money is never pushed:
/// fees and refunds are credited in the vault. A consumer is called only after finality and cannot block anything.
/// @dev Times are unix seconds, amounts stake-token units. A call at a deadline is in time; a poke needs it to have passed.
/// Warning: until a result is final it may turn out wrong. `result` says how sure it is; contracts act on `Final` only.
interface IInferenceMarket {
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

    /// @notice Thrown when a commitment still has open disputes.
    error DisputesOpen(bytes32 commitId, uint32 open);

    /// @notice Thrown when the number of passes is outside 1 .. maxPasses.
    error WrongPasses(uint32 given, uint32 maximum);

    /// @notice Thrown when bytes do not hash to the committed root.
    error WrongRoot(bytes32 computed, bytes32 committed);

    /// @notice Thrown when a delivery carries too little gas to give the consumer what it was promised.
    error InsufficientGas(uint256 given, uint256 required);

    /// @notice Thrown when a callback is asked for without a consumer, or with more gas than allowed.
    error InvalidCallback(address consumer, uint32 callbackGas, uint32 maximum);

    /// @notice Thrown when a result was delivered already.
    error AlreadyDelivered(bytes32 requestId);

    /// @notice Thrown when a commitment is unknown or can no longer be challenged or slashed.
    error NotDisputable(bytes32 commitId);

    /// @notice Thrown when a refund is asked for over a program that was not proven malformed.
    error ProgramNotRetired(bytes32 programId);

    /// @notice Thrown when a slash was distributed already.
    error AlreadySettled(bytes32 commitId);

    /// @notice Thrown when the caller is not the dispute game.
    error NotDisputeGame(address caller);

    /// @notice Thrown when the game is named a second time, or by another than the deployer.
    error GameAlreadySet();

    /// @notice A request was posted. The input is in the event, nowhere else.
    event Requested(
        bytes32 indexed requestId,
        bytes32 indexed programId,
        address indexed requester,
        address worker,
        uint96 fee,
        uint16 version,
        Method method,
        uint64 claimBy,
        bytes32 inputRoot,
        bytes input
    );
    /// @notice A worker took a request on, with `lock` of its stake at risk.
    event Claimed(bytes32 indexed requestId, address indexed worker, uint96 lock, uint64 commitBy);
    /// @notice A worker published its output. From here on it may be used provisionally and challenged.
    event Committed(
        bytes32 indexed requestId,
        bytes32 indexed commitId,
        address indexed worker,
        bytes32 outputRoot,
        uint32 passes,
        uint64 challengeUntil,
        bytes output
    );
    /// @notice The window passed without an open dispute, and the worker was paid.
    event Finalized(bytes32 indexed requestId, bytes32 indexed commitId, address indexed worker, uint96 fee);
    /// @notice A commitment was proven wrong or missed a clock. `amount` left the worker's stake.
    event CommitmentSlashed(
        bytes32 indexed requestId,
        bytes32 indexed commitId,
        address indexed worker,
        uint96 amount,
        address reporter
    );
    /// @notice A slash was distributed. What the gas pot does not need is burned by the game.
    event SlashSettled(
        bytes32 indexed commitId,
        uint96 reporterReward,
        uint96 gasPot,
        uint96 compensation,
        uint96 burned
    );
    /// @notice A request ended without a result: `refunded` is the fee, `penalty` what the worker paid on top.
    event RequestClosed(bytes32 indexed requestId, RequestStatus status, uint96 refunded, uint96 penalty);
    /// @notice A consumer was called; `success` is false when it reverted or ran out of its gas.
    event Delivered(bytes32 indexed requestId, address indexed consumer, bool success);

    event GameSet(address indexed game);

    /// @notice Names the dispute game. The deployer's, once.
    function setGame(address game) external;

    /// @notice Posts a request with its input and escrows the fee (the caller approves the vault beforehand).
    /// @dev Warning: input and output are public. Warning: a tier's security is worth its lock, see `Tier`.
    function request(RequestParams calldata params) external returns (bytes32 requestId);

    /// @notice Takes back a request that nobody has claimed.
    function cancel(bytes32 requestId) external;

    /// @notice Claims an open request for `worker` and locks its stake. Caller: the worker or its operator key.
    function claim(bytes32 requestId, address worker) external;

    /// @notice Posts the output. The window starts now. Caller: the worker or its operator key.
    /// @dev Warning: one commitment per request, and a wrong byte anywhere in its trace costs the whole lock.
    /// @param passes How many passes were run, 1 to the program's maximum.
    /// @param output Exactly as long as the program declares.
    function commit(
        bytes32 requestId,
        uint32 passes,
        bytes calldata output
    ) external returns (bytes32 commitId);

    /// @notice Ends an open request after its claim deadline; the fee is credited back. Anyone.
    function expire(bytes32 requestId) external;

    /// @notice Ends a claimed request after its delivery deadline: fee back, a small penalty to the requester. Anyone.
    function timeoutDelivery(bytes32 requestId) external;

    /// @notice Pays the worker after the window, if no dispute is open. Anyone.
    function finalize(bytes32 requestId) external;

    /// @notice Ends a claimed or committed request whose program was retired as malformed: fee and lock back. Anyone.
    function refundRetired(bytes32 requestId) external;

    /// @notice Distributes a slash after the airgap. Anyone.
    function settle(bytes32 commitId) external;

    /// @notice Calls the consumer with the final output. Anyone, once: a consumer that fails is not called again.
    /// @param output The bytes of the `Committed` event, checked against the committed root.
    function deliver(bytes32 requestId, bytes calldata output) external;

    // Dispute game only

    /// @notice Counts an open dispute on a commitment that has not ended.
    /// @return version The parameter version that governs it.
    /// @return challengeUntil The end of its window, which the game holds challengers to.
    function disputeOpened(bytes32 commitId) external returns (uint16 version, uint64 challengeUntil);

    /// @notice Counts an open dispute less.
    function disputeLost(bytes32 commitId) external;

    /// @notice Slashes the commitment for a proven fault or a missed clock; refunds it if its program was retired.
    /// @return slashed False where it was refunded.
    function slash(bytes32 commitId, address reporter) external returns (bool slashed);

    // Views

    function getRequest(bytes32 requestId) external view returns (Request memory);
    function getCommitment(bytes32 commitId) external view returns (Commitment memory);

    /// @notice Who stands for a commitment, and under which parameter version.
    function termsOf(bytes32 commitId) external view returns (address worker, uint16 version);

    /// @notice The commitment's status as its request has it.
    function commitmentStatus(bytes32 commitId) external view returns (RequestStatus);

    /// @notice What the dispute game needs to know; `traceRoot` is left zero.
    function claimOf(bytes32 commitId) external view returns (Claim memory);

    /// @notice The result as far as it is known.
    function result(
        bytes32 requestId
    ) external view returns (RequestStatus status, FinalityLevel level, bytes32 outputRoot);

    function nonces(address requester) external view returns (uint256);
}
