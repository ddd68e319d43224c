// What InferenceMarket reverts with, besides what it shares with the channels.
import { finalityLevels, methods, requestStatuses } from "../protocol/enums.ts";
import { contractError } from "./ContractError.ts";
import { date, word } from "./words.ts";

export class WrongStatusError extends contractError(
  "error WrongStatus(bytes32 requestId, uint8 status, uint8 required)",
  ({ status, required }) =>
    `The request is ${word(requestStatuses, status)}, but the call needs it ${word(requestStatuses, required)}.`,
) {}

export class FeeTooLowError extends contractError(
  "error FeeTooLow(uint256 given, uint256 minimum)",
  ({ given, minimum }) => `The fee of ${given} is below the tier's minimum of ${minimum}.`,
) {}

export class WrongLengthError extends contractError(
  "error WrongLength(uint256 given, uint256 required)",
  ({ given, required }) => `There are ${given} bytes where the program declares ${required}.`,
) {}

export class ProgramTooDeepError extends contractError(
  "error ProgramTooDeep(uint8 traceDepth, uint8 tensorDepth, uint8 maxTraceDepth, uint8 maxTensorDepth)",
  "A dispute about this program could outlast the tier's clocks: choose a tier for larger programs.",
) {}

export class MethodNotOfferedError extends contractError(
  "error MethodNotOffered(uint8 method)",
  ({ method }) => `This deployment does not offer the method ${word(methods, method)}.`,
) {}

export class NotAuthorizedError extends contractError(
  "error NotAuthorized(address caller, address account)",
  ({ caller, account }) => `${caller} may not act for ${account}: grant it the operator role with setKey.`,
) {}

export class DeadlinePassedError extends contractError(
  "error DeadlinePassed(uint64 deadline)",
  ({ deadline }) => `The deadline passed at ${date(deadline)}.`,
) {}

export class DeadlineNotReachedError extends contractError(
  "error DeadlineNotReached(uint64 deadline)",
  ({ deadline }) => `The call has to wait until after ${date(deadline)}.`,
) {}

export class WrongPassesError extends contractError(
  "error WrongPasses(uint256 given, uint256 maximum)",
  ({ given, maximum }) => `${given} passes were run; the program allows 1 to ${maximum}.`,
) {}

export class WrongRootError extends contractError(
  "error WrongRoot(bytes32 computed, bytes32 committed)",
  "The bytes are not the committed ones.",
) {}

export class InsufficientGasError extends contractError(
  "error InsufficientGas(uint256 given, uint256 required)",
  ({ required }) => `The delivery needs ${required} gas, so that the consumer gets what it was promised.`,
) {}

export class InvalidCallbackError extends contractError(
  "error InvalidCallback(address consumer, uint32 callbackGas, uint32 maximum)",
  ({ maximum }) =>
    `A callback needs a consumer and between 1 and ${maximum} gas; without a consumer the gas must be 0.`,
) {}

export class AlreadyDeliveredError extends contractError(
  "error AlreadyDelivered(bytes32 requestId)",
  "The consumer was called already.",
) {}

export class ProgramNotRetiredError extends contractError(
  "error ProgramNotRetired(bytes32 programId)",
  "The program was not retired, so its requests are not refunded.",
) {}

export class RequestExistsError extends contractError(
  "error RequestExists(bytes32 requestId)",
  "The same request was made before: choose another salt.",
) {}

export class LevelNotOfferedError extends contractError(
  "error LevelNotOffered(uint8 method, uint8 level)",
  ({ method, level }) => `The method ${word(methods, method)} knows no level ${word(finalityLevels, level)}.`,
) {}

export class InvalidBatchError extends contractError(
  "error InvalidBatch(uint256 answers, uint256 maximum)",
  ({ answers, maximum }) =>
    `A call takes 1 to ${maximum} requests of one worker, not ${answers} or those of several.`,
) {}

export class NotInBatchError extends contractError(
  "error NotInBatch(bytes32 commitId, uint40 batch)",
  ({ batch }) =>
    batch === 0
      ? "The request has no answer yet."
      : `The answer does not lie in batch ${batch}: read the request again.`,
) {}

export class InvalidOrderError extends contractError(
  "error InvalidOrder(address requester, uint64 validUntil)",
  ({ requester, validUntil }) =>
    `The order was good until ${date(validUntil)}, or is not signed by ${requester}.`,
) {}

export class NewWorkPausedError extends contractError(
  "error NewWorkPaused(uint64 until)",
  ({ until }) => `The guardian has paused new requests and claims until ${date(until)}.`,
) {}

export class InvalidPauseError extends contractError(
  "error InvalidPause(uint256 seconds_, uint256 maximum)",
  ({ maximum }) => `A pause takes 1 to ${maximum} seconds, and begins only after as long without one.`,
) {}

export class NothingToDeliverError extends contractError(
  "error NothingToDeliver(bytes32 requestId, uint8 status)",
  ({ status }) =>
    `There is nothing to deliver: the request is ${word(requestStatuses, status)}, names no consumer, or its consumer knows.`,
) {}

export class InputIsPostedError extends contractError(
  "error InputIsPosted(bytes32 requestId)",
  "The input stands on the chain: read it with getInput.",
) {}

export class InputTooLargeError extends contractError(
  "error InputTooLarge(uint256 inputBytes, uint256 maximum)",
  ({ inputBytes, maximum }) =>
    inputBytes === 0n
      ? "The program takes no input, so there is none to keep off the chain."
      : `An input of ${inputBytes} bytes cannot be kept off the chain: ${maximum} at most can be posted in time.`,
) {}

export class MixedBatchError extends contractError(
  "error MixedBatch(uint256 version, uint256 versionOfBatch)",
  ({ version, versionOfBatch }) =>
    `A batch holds answers of one parameter version: ${version} was put to ${versionOfBatch}.`,
) {}
