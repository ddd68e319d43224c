// Tells an endpoint's failure from the chain's answer: only the former is tried again elsewhere.
import {
  BaseError,
  BlockNotFoundError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  ExecutionRevertedError,
  HttpRequestError,
  RawContractError,
  RpcError,
  RpcRequestError,
  SocketClosedError,
  TimeoutError,
  WebSocketRequestError,
} from "viem";

const answers = [
  ExecutionRevertedError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  RawContractError,
];

const failures = [
  HttpRequestError,
  TimeoutError,
  SocketClosedError,
  WebSocketRequestError,
  RpcRequestError,
  RpcError,
  BlockNotFoundError,
];

/** True when the call reverted: the endpoint did its work. */
export function isRevert(error: unknown): boolean {
  return found(error, answers);
}

/** True when another endpoint, or the same one later, may answer. */
export function isEndpointFailure(error: unknown): boolean {
  return !isRevert(error) && found(error, failures);
}

/** What an endpoint said about a transaction it did not take, as far as nodes agree on words. */
export type Refusal = "known" | "nonceUsed" | "underpriced" | "funds" | "other";

const refusals: [Refusal, RegExp][] = [
  ["known", /already known|already imported|known transaction/i],
  [
    "nonceUsed",
    /nonce too low|nonce has already been used|nonce is too low|expected nonce to be \d+ but got/i,
  ],
  ["underpriced", /underpriced|fee too low|max fee per gas less than block base fee|maxFeePerGas .*too low/i],
  ["funds", /insufficient funds|doesn't have enough funds|insufficient balance/i],
];

export function refusalOf(error: unknown): Refusal {
  const text = messages(error).join("\n");
  return refusals.find(([, pattern]) => pattern.test(text))?.[0] ?? "other";
}

type ErrorClass = abstract new (...given: never[]) => Error;

function found(error: unknown, classes: readonly ErrorClass[]): boolean {
  if (!(error instanceof BaseError)) return false;
  return error.walk((one) => classes.some((candidate) => one instanceof candidate)) !== null;
}

function messages(error: unknown): string[] {
  const texts: string[] = [];
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 10; one = one.cause, depth++)
    texts.push(one.message, String((one as { details?: unknown }).details ?? ""));
  return texts;
}
