// What Epochs reverts with.
import { contractError } from "./ContractError.ts";
import { date } from "./words.ts";

export class EpochNotOverError extends contractError(
  "error EpochNotOver(uint64 epoch, uint64 endsAt)",
  ({ epoch, endsAt }) => `Epoch ${epoch} is not over before ${date(endsAt)}.`,
) {}

export class EpochAlreadyPostedError extends contractError(
  "error EpochAlreadyPosted(address worker, uint16 version, uint64 epoch)",
  ({ epoch }) => `The worker has posted epoch ${epoch} already: a root never changes.`,
) {}

export class EpochNotPostedError extends contractError(
  "error EpochNotPosted(address worker, uint16 version, uint64 epoch)",
  ({ epoch }) => `The worker has not posted epoch ${epoch}.`,
) {}

export class EmptyEpochError extends contractError(
  "error EmptyEpoch()",
  "An epoch without receipts is not posted.",
) {}

export class NotDemandableError extends contractError(
  "error NotDemandable(uint64 from, uint64 until)",
  ({ from, until }) => `This may be asked from ${date(from)} until ${date(until)}.`,
) {}

export class AlreadyDemandedError extends contractError(
  "error AlreadyDemanded(bytes32 demandId)",
  "The same was asked before: its answer stands in the chain's events.",
) {}

export class DemandNotOpenError extends contractError(
  "error DemandNotOpen(bytes32 demandId)",
  "Nobody asked this, or it was answered.",
) {}

export class AnswerTooLateError extends contractError(
  "error AnswerTooLate(bytes32 demandId, uint40 deadline)",
  ({ deadline }) => `The answer was due by ${date(deadline)}.`,
) {}

export class AnswerPendingError extends contractError(
  "error AnswerPending(bytes32 demandId, uint40 deadline)",
  ({ deadline }) => `The worker may answer until ${date(deadline)}, that second included.`,
) {}

export class WrongEntryError extends contractError(
  "error WrongEntry(bytes32 computed, bytes32 root)",
  "The entry does not lead to the root of the epoch.",
) {}

export class EntryOffPathError extends contractError(
  "error EntryOffPath(bytes32 entry, bytes32 channelId)",
  "The entry lies off the path of the channel, so it shows nothing about it.",
) {}

export class WrongChannelError extends contractError(
  "error WrongChannel(bytes32 given, bytes32 required)",
  "The entry is of another channel, or the channel has the receipt after all.",
) {}

export class WrongReceiptError extends contractError(
  "error WrongReceipt(bytes32 computed, uint256 computedSum, bytes32 root, uint256 sum)",
  "The receipt does not lead to the root and the sum of its channel.",
) {}

export class WrongProofLengthError extends contractError(
  "error WrongProofLength(uint256 given, uint256 required)",
  ({ given, required }) => `The proof has ${given} siblings where its tree needs ${required}.`,
) {}

export class IndexOutOfRangeError extends contractError(
  "error IndexOutOfRange(uint32 index, uint32 count)",
  ({ index, count }) => `The channel has ${count} receipts in this epoch, none of number ${index}.`,
) {}

export class ReceiptMisplacedError extends contractError(
  "error ReceiptMisplaced(bytes32 commitId)",
  "The receipt is not of this worker, channel and epoch.",
) {}

export class NotOverCommittedError extends contractError(
  "error NotOverCommitted(bytes32 channelId, uint256 sum, uint256 allotment)",
  ({ sum, allotment }) => `The channel's liabilities of ${sum} are covered by its allotment of ${allotment}.`,
) {}

export class AlreadyChargedError extends contractError(
  "error AlreadyCharged(bytes32 channelId, uint64 epoch)",
  ({ epoch }) => `The channel has been charged for epoch ${epoch} already.`,
) {}
