// What InferenceMarket reverts with.
import { methods, requestStatuses } from "../protocol/enums.ts";
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

export class DisputesOpenError extends contractError(
  "error DisputesOpen(bytes32 commitId, uint32 open)",
  ({ open }) => `The commitment has ${open} open dispute${open === 1 ? "" : "s"}.`,
) {}

export class WrongPassesError extends contractError(
  "error WrongPasses(uint32 given, uint32 maximum)",
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

export class NotDisputableError extends contractError(
  "error NotDisputable(bytes32 commitId)",
  "The commitment is unknown, or can no longer be challenged.",
) {}

export class NotDisputeGameError extends contractError(
  "error NotDisputeGame(address caller)",
  "Only the dispute game may call this function.",
) {}

export class GameAlreadySetError extends contractError(
  "error GameAlreadySet()",
  "The market's dispute game is named once, by its deployer.",
) {}

export class AlreadySettledError extends contractError(
  "error AlreadySettled(bytes32 commitId)",
  "The slash was distributed already.",
) {}

export class ProgramNotRetiredError extends contractError(
  "error ProgramNotRetired(bytes32 programId)",
  "The program was not retired, so its requests are not refunded.",
) {}
