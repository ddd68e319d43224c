// What DisputeGame reverts with.
import { disputeStatuses } from "../protocol/enums.ts";
import { contractError } from "./ContractError.ts";
import { date, word } from "./words.ts";

export class WindowClosedError extends contractError(
  "error WindowClosed(bytes32 commitId, uint64 challengeUntil)",
  ({ challengeUntil }) =>
    challengeUntil === 0n
      ? "The commitment is unknown or has ended."
      : `The challenge window closed at ${date(challengeUntil)}.`,
) {}

export class AlreadyBoundError extends contractError(
  "error AlreadyBound(bytes32 commitId, bytes32 traceRoot)",
  "The commitment's trace root is bound already.",
) {}

export class NotDisputedError extends contractError(
  "error NotDisputed(bytes32 commitId)",
  "The commitment has no dispute to bind or reveal for.",
) {}

export class NotWorkerKeyError extends contractError(
  "error NotWorkerKey(address caller, address worker)",
  ({ caller, worker }) => `${caller} holds no key of worker ${worker} that may bind.`,
) {}

export class NotChallengerError extends contractError(
  "error NotChallenger(address caller, address challenger)",
  ({ challenger }) => `Only the dispute's challenger ${challenger} may make this move.`,
) {}

export class DisputeNotOpenError extends contractError(
  "error DisputeNotOpen(bytes32 disputeId, uint8 status)",
  ({ status }) => `The dispute is not open: its status is ${word(disputeStatuses, status)}.`,
) {}

export class WorkerToMoveError extends contractError(
  "error WorkerToMove(bytes32 disputeId, uint64 deadline)",
  ({ deadline }) => `It is the worker's turn until ${date(deadline)}.`,
) {}

export class ClockExpiredError extends contractError(
  "error ClockExpired(bytes32 disputeId, uint64 deadline)",
  ({ deadline }) => `The mover's clock ran out at ${date(deadline)}.`,
) {}

export class ClockRunningError extends contractError(
  "error ClockRunning(bytes32 disputeId, uint64 deadline)",
  ({ deadline }) => `The side to move has time until ${date(deadline)}, that second included.`,
) {}

export class UnexpectedNodeError extends contractError(
  "error UnexpectedNode(bytes32 expected, bytes32 current)",
  "The dispute stands at another node than expected: read it again.",
) {}

export class WrongPreimageError extends contractError(
  "error WrongPreimage(bytes32 computed, bytes32 node)",
  "The children or tile do not hash to the node.",
) {}

export class WrongTileSizeError extends contractError(
  "error WrongTileSize(uint256 given, uint256 maximum)",
  ({ given, maximum }) => `The tile has ${given} bytes; tiles have 1 to ${maximum}.`,
) {}

export class AlreadyRevealedError extends contractError(
  "error AlreadyRevealed(bytes32 commitId, bytes32 node)",
  "The node was revealed before.",
) {}

export class InvalidChoiceError extends contractError(
  "error InvalidChoice(uint256 index, uint8 depth)",
  ({ index, depth }) =>
    index > 15n ? `Child ${index} does not exist: nodes have 16.` : `No tree goes deeper than ${depth}.`,
) {}

export class NothingToSettleError extends contractError(
  "error NothingToSettle(bytes32 disputeId)",
  "The dispute has nothing to pay out, or not yet.",
) {}

export class NotSourceError extends contractError(
  "error NotSource(address caller)",
  "Only the source of the disputed commitments may call this function.",
) {}
