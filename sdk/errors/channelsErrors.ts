// What Channels reverts with.
import { contractError } from "./ContractError.ts";
import { date } from "./words.ts";

export class UnknownChannelError extends contractError(
  "error UnknownChannel(bytes32 channelId)",
  "Nothing was ever deposited in this channel: the payer opens it with depositToChannel.",
) {}

export class ZeroValueError extends contractError("error ZeroValue()", "The amount is zero.") {}

export class InsufficientChannelError extends contractError(
  "error InsufficientChannel(bytes32 channelId, uint96 available, uint96 required)",
  ({ available, required }) =>
    `The channel has ${available} that is not leaving already, less than ${required}.`,
) {}

export class NothingToTakeError extends contractError(
  "error NothingToTake(bytes32 channelId, uint40 from)",
  ({ from }) =>
    from === 0
      ? "Nothing is leaving the channel: request it first."
      : `What is leaving the channel may be taken from ${date(from)}, unless opened receipts reserve it.`,
) {}

export class InvalidSessionKeyError extends contractError(
  "error InvalidSessionKey(bytes32 x, bytes32 y)",
  "The point does not lie on the curve P-256: it is no public key.",
) {}

export class SessionKeyNotLiveError extends contractError(
  "error SessionKeyNotLive(address worker, bytes32 x, bytes32 y, uint40 until)",
  ({ worker, until }) =>
    until === 0
      ? `Worker ${worker} never authorised the session key: use setSessionKey.`
      : `The session key was revoked, and its receipts were good until ${date(until)}.`,
) {}

export class InvalidSessionSignatureError extends contractError(
  "error InvalidSessionSignature(bytes32 receiptId)",
  "The receipt is not signed by the session key, or the signature is not in its canonical form.",
) {}

export class ReceiptNotOpenError extends contractError(
  "error ReceiptNotOpen(bytes32 receiptId, uint64 issuedAt, uint64 challengeUntil)",
  ({ issuedAt, challengeUntil }) =>
    `The receipt may be opened from ${date(issuedAt)} until ${date(challengeUntil)}.`,
) {}

export class ChallengeTimeTooLongError extends contractError(
  "error ChallengeTimeTooLong(bytes32 receiptId, uint64 challengeUntil, uint64 maximum)",
  ({ maximum }) => `The receipt may be challenged until ${date(maximum)} at most: its tier allows no more.`,
) {}

export class PrivateReceiptError extends contractError(
  "error PrivateReceipt(bytes32 receiptId, address payer)",
  ({ payer }) => `The receipt is private: only its payer ${payer} may dispute it.`,
) {}

export class MalformedOpeningError extends contractError(
  "error MalformedOpening(uint256 length)",
  "The opening is not the encoding of a receipt, its signature and its input.",
) {}

export class LengthMismatchError extends contractError(
  "error LengthMismatch(uint256 vouchers, uint256 signatures)",
  ({ vouchers, signatures }) => `There are ${vouchers} vouchers but ${signatures} signatures.`,
) {}

export class InvalidVoucherError extends contractError(
  "error InvalidVoucher(bytes32 channelId, address payer)",
  ({ payer }) => `The voucher is not signed by its payer ${payer}.`,
) {}

export class NothingToRedeemError extends contractError(
  "error NothingToRedeem()",
  "The vouchers bring nothing: they were redeemed before, or their escrow is empty.",
) {}

export class NothingOwedError extends contractError(
  "error NothingOwed(bytes32 channelId, uint96 owed)",
  ({ owed }) =>
    owed === 0n
      ? "The channel has forfeited nothing."
      : `All of the ${owed} that the channel forfeited is reserved by opened receipts: they have to end first.`,
) {}
