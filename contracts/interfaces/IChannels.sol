// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Channel, Receipt, Voucher} from "../types/Receipt.sol";
import {ICommitments} from "./ICommitments.sol";

/// @title Channels between one payer and one worker: escrow for fees, allotment for liability, receipts and vouchers.
/// @notice A receipt is backed by its own channel and by nothing else. What leaves a channel leaves through the unbonding
/// delay, and pays and is slashed until it has been taken.
/// @dev An opening is `abi.encode(Receipt, SessionSignature, bytes input)`. Times are unix seconds, amounts stake-token units.
/// Warning: a receipt that nobody opened is never final, whatever root it lies under; `getCommitment` says what is.
interface IChannels is ICommitments {
    /// @notice Thrown when nothing was ever deposited between the two.
    error UnknownChannel(bytes32 channelId);

    /// @notice Thrown when the caller lacks the role it needs for `account`.
    error NotAuthorized(address caller, address account);

    /// @notice Thrown when an amount is zero.
    error ZeroValue();

    /// @notice Thrown when more should leave than a channel has and is not leaving already.
    error InsufficientChannel(bytes32 channelId, uint96 available, uint96 required);

    /// @notice Thrown when nothing is leaving a channel, or not yet, or what is leaving is reserved.
    error NothingToTake(bytes32 channelId, uint40 from);

    /// @notice Thrown when a point does not lie on the curve P-256.
    error InvalidSessionKey(bytes32 x, bytes32 y);

    /// @notice Thrown when a worker never authorised a session key, or its revocation has matured.
    error SessionKeyNotLive(address worker, bytes32 x, bytes32 y, uint40 until);

    /// @notice Thrown when a signature is not the session key's, or has its `s` in the upper half.
    error InvalidSessionSignature(bytes32 receiptId);

    /// @notice Thrown when an opening is not the ABI encoding of a receipt, its signature and an input.
    error MalformedOpening(uint256 length);

    /// @notice Thrown when a receipt is opened before it was issued or after its challenge time.
    error ReceiptNotOpen(bytes32 receiptId, uint64 issuedAt, uint64 challengeUntil);

    /// @notice Thrown when a receipt may be challenged for longer than its tier allows.
    error ChallengeTimeTooLong(bytes32 receiptId, uint64 challengeUntil, uint64 maximum);

    /// @notice Thrown when another than the payer disputes a private receipt.
    error PrivateReceipt(bytes32 receiptId, address payer);

    /// @notice Thrown when the number of passes is outside 1 .. maxPasses.
    error WrongPasses(uint256 given, uint256 maximum);

    /// @notice Thrown when the program's trees are deeper than the tier's time formula allows.
    error ProgramTooDeep(uint8 traceDepth, uint8 tensorDepth, uint8 maxTraceDepth, uint8 maxTensorDepth);

    /// @notice Thrown when the input has another length than the program declares.
    error WrongLength(uint256 given, uint256 required);

    /// @notice Thrown when the input does not hash to the receipt's root.
    error WrongRoot(bytes32 computed, bytes32 committed);

    /// @notice Thrown when a refund is asked for over a program that was not proven malformed.
    error ProgramNotRetired(bytes32 programId);

    /// @notice Thrown when vouchers and signatures differ in number.
    error LengthMismatch(uint256 vouchers, uint256 signatures);

    /// @notice Thrown when a voucher is not signed by the channel's payer.
    error InvalidVoucher(bytes32 channelId, address payer);

    /// @notice Thrown when vouchers bring nothing: redeemed before, or their escrow is empty.
    error NothingToRedeem();

    /// @notice Thrown when a channel owes nothing that is not still reserved.
    error NothingOwed(bytes32 channelId, uint96 owed);

    /// @notice A payer added escrow; the first deposit opens the channel.
    event Deposited(bytes32 indexed channelId, address indexed payer, address indexed worker, uint96 amount);
    event EscrowRequested(bytes32 indexed channelId, uint96 leaving, uint40 from);
    event EscrowTaken(bytes32 indexed channelId, uint96 amount);
    event Allotted(bytes32 indexed channelId, address indexed worker, uint96 amount);
    event DeallotRequested(bytes32 indexed channelId, uint96 leaving, uint40 from);
    event AllotmentTaken(bytes32 indexed channelId, uint96 amount);
    event SessionKeySet(address indexed worker, bytes32 x, bytes32 y);
    event SessionKeyRevoked(address indexed worker, bytes32 x, bytes32 y, uint40 until);
    /// @notice A receipt was published; `input` is empty where its opener did not have to show it.
    event ReceiptOpened(
        bytes32 indexed commitId,
        bytes32 indexed channelId,
        bytes32 indexed receiptId,
        Receipt receipt,
        bytes input
    );
    event ReceiptFinalized(bytes32 indexed commitId, bytes32 indexed channelId);
    event Redeemed(bytes32 indexed channelId, uint96 amount, uint96 paid);
    /// @notice A worker forfeited `amount` of a channel's allotment; of it `taken` left at once, the rest when it is free.
    event Forfeited(bytes32 indexed channelId, uint96 amount);
    event OwedCollected(bytes32 indexed channelId, address indexed reporter, uint96 amount, uint96 reward);

    // Payer

    /// @notice Adds to the escrow of the caller's channel with `worker` (the caller approves the vault beforehand).
    function deposit(address worker, uint96 amount) external returns (bytes32 channelId);

    /// @notice Lets `amount` more of the escrow leave after the unbonding delay, which starts anew for all that is leaving.
    /// Vouchers may still take it until then.
    function requestEscrow(bytes32 channelId, uint96 amount) external;

    /// @notice Pays out what has left the escrow. Caller: the payer.
    function takeEscrow(bytes32 channelId) external returns (uint96 amount);

    // Worker: the caller is the worker or its operator key

    /// @notice Locks `amount` of the worker's free stake behind the receipts of one channel.
    function allot(bytes32 channelId, uint96 amount) external;

    /// @notice Lets `amount` more of the allotment leave after the unbonding delay, which starts anew for all that is
    /// leaving. It stays slashable until taken.
    function requestDeallot(bytes32 channelId, uint96 amount) external;

    /// @notice Returns what has left the allotment to the worker's free stake; what opened receipts reserve stays.
    function takeAllotment(bytes32 channelId) external returns (uint96 amount);

    /// @notice Authorises a P-256 key to sign receipts for `worker`, or takes its revocation back.
    function setSessionKey(address worker, bytes32 x, bytes32 y) external;

    /// @notice Revokes a session key. Receipts that it signed stay good until the unbonding delay is over.
    function revokeSessionKey(address worker, bytes32 x, bytes32 y) external;

    /// @notice Pays `to` what vouchers of one worker promise beyond what was paid, as far as each escrow reaches. Caller: the
    /// worker; or its operator key, where `to` is the worker.
    function redeem(
        Voucher[] calldata vouchers,
        bytes[] calldata signatures,
        address to
    ) external returns (uint256 amount);

    // Anyone

    /// @notice Ends an opened receipt after its window, if nothing holds it: it is final, and its part of the allotment free.
    function finalize(bytes32 commitId) external;

    /// @notice Ends an opened receipt whose program was retired as malformed, without blame.
    function refundRetired(bytes32 commitId) external;

    /// @notice Takes what a channel owes and opened receipts no longer reserve: 15 % to the caller, the rest is burned.
    function collectOwed(bytes32 channelId) external returns (uint96 amount);

    // Epochs only

    /// @notice Takes a channel's whole allotment for a fault that no single receipt shows: 15 % to `reporter`, the rest is
    /// burned. What opened receipts reserve is owed and taken when it is free. Modules only.
    function forfeit(bytes32 channelId, address reporter) external;

    // Views

    function channelIdOf(address payer, address worker) external view returns (bytes32);
    function getChannel(bytes32 channelId) external view returns (Channel memory);

    /// @notice The EIP-712 hash of a receipt, which is its id; the session key signs SHA-256 of it.
    function receiptIdOf(Receipt calldata receipt) external view returns (bytes32);

    /// @notice The commitment that a receipt is, recorded or not.
    function commitIdOf(Receipt calldata receipt) external view returns (bytes32);

    /// @notice The EIP-712 hash of a voucher, which its payer signs.
    function voucherHash(Voucher calldata voucher) external view returns (bytes32);

    /// @notice Until when a session key's receipts are good: zero = never authorised, the largest number = not revoked.
    function sessionKeyUntil(address worker, bytes32 x, bytes32 y) external view returns (uint40);

    /// @notice The allotment that a new receipt's open liabilities may sum to: neither leaving nor owed.
    function backing(bytes32 channelId) external view returns (uint96);
}
