// What contracts that extend Consumer revert with.
import { contractError } from "./ContractError.ts";

export class NotInferenceMarketError extends contractError(
  "error NotInferenceMarket(address caller)",
  "Only the inference market may deliver a result.",
) {}

export class UnknownRequestError extends contractError(
  "error UnknownRequest(bytes32 requestId)",
  "The consumer has not made this request, or has had its result.",
) {}

export class OverturnNotHandledError extends contractError(
  "error OverturnNotHandled(bytes32 requestId)",
  "The consumer takes provisional results but does not say what to do when one is overturned.",
) {}
