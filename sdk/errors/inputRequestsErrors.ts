// What InputRequests and Equivocation revert with.
import { inputStatuses } from "../protocol/enums.ts";
import { contractError } from "./ContractError.ts";
import { date, word } from "./words.ts";

export class UnknownSourceError extends contractError(
  "error UnknownSource(address source)",
  ({ source }) => `${source} is neither the market nor the channels of this deployment.`,
) {}

export class InputOnChainError extends contractError(
  "error InputOnChain(bytes32 id)",
  "The input stands on the chain already: read it with getInput.",
) {}

export class AlreadyAskedError extends contractError(
  "error AlreadyAsked(bytes32 id, uint8 status)",
  ({ status }) => `The input was asked for before; that request is ${word(inputStatuses, status)}.`,
) {}

export class NotAskedError extends contractError(
  "error NotAsked(bytes32 id, uint8 status)",
  ({ status }) => `Nobody waits for this input: its request is ${word(inputStatuses, status)}.`,
) {}

export class InputNotPostableError extends contractError(
  "error InputNotPostable(uint256 inputBytes, uint256 maximum)",
  ({ inputBytes, maximum }) =>
    inputBytes === 0n
      ? "The program takes no input, so there is none to post."
      : `An input of ${inputBytes} bytes is larger than the ${maximum} that can be posted in time.`,
) {}

export class UnexpectedChunkError extends contractError(
  "error UnexpectedChunk(uint256 given, uint256 next)",
  ({ given, next }) =>
    `Chunk ${given} was sent where chunk ${next} comes next: read the input request again.`,
) {}

export class WrongChunkLengthError extends contractError(
  "error WrongChunkLength(uint256 given, uint256 left)",
  ({ given, left }) =>
    `${given} bytes were sent, with ${left} left to post: send whole chunks of 16384 bytes, or all that is left.`,
) {}

export class WrongInputError extends contractError(
  "error WrongInput(bytes32 computedRoot, bytes32 inputRoot)",
  "The chunk is no part of the input that was asked for.",
) {}

export class RootCoversMoreError extends contractError(
  "error RootCoversMore(bytes32 inputRoot)",
  "The input's root covers more bytes than the program takes, so no input can have it.",
) {}

export class PostingOverError extends contractError(
  "error PostingOver(bytes32 id, uint64 deadline)",
  ({ deadline }) => `The input had to be posted by ${date(deadline)}.`,
) {}

export class PostingOpenError extends contractError(
  "error PostingOpen(bytes32 id, uint64 deadline)",
  ({ deadline }) => `The input may be posted until ${date(deadline)}, that second included.`,
) {}

export class NotEquivocationError extends contractError(
  "error NotEquivocation(bytes32 first, bytes32 second)",
  "The two do not contradict each other: worker, program, input and passes have to be the same, the outputs not.",
) {}

export class NothingToSlashError extends contractError(
  "error NothingToSlash(bytes32 first, bytes32 second)",
  "Neither of the two can be slashed any more.",
) {}
