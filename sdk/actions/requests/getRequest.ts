// Reads a request: what it asks, how far it has come, what was answered.
import type { Hex } from "viem";
import type { ContractError } from "../../errors/ContractError.ts";
import type { MissingLogError, RequestNotFoundError, WrongBytesError } from "../../errors/clientErrors.ts";
import type { Request, RequestState } from "../../protocol/request.ts";
import type { AssayTransportClient, ReadParameters, RequestReference } from "../calls/parameters.ts";
import { findAnswer, type PublishedAnswer } from "./findAnswer.ts";
import { requestBy, requestIdBy } from "./findRequest.ts";
import type { LogParameters } from "./findUpdate.ts";
import { getRequestState } from "./getRequestState.ts";

/** A request with everything that the chain knows about it. */
export type RequestRecord = RequestState & {
  requestId: Hex;
  /** What was asked: the whole request, as every call about it takes it. */
  request: Request;
  /** Undefined until a worker has answered. */
  answer: PublishedAnswer | undefined;
};

export type GetRequestParameters = ReadParameters & LogParameters & RequestReference;
export type GetRequestReturnType = RequestRecord;
export type GetRequestErrorType =
  | RequestNotFoundError
  | MissingLogError
  | WrongBytesError
  | ContractError
  | Error;

/**
 * Reads a request. What was asked and answered comes from the chain's logs, is checked against the hashes in its state, and
 * is remembered by the client; {@link getRequestState} does without.
 *
 * @param parameters.requestId - The request; or `request` where it is at hand.
 * @returns The request, its status with its deadline in unix seconds, who claimed it, and the published answer.
 * @throws RequestNotFoundError when the market has never seen it.
 *
 * @example
 * import { getRequest } from "@assay/sdk";
 *
 * const { status, request, answer } = await getRequest(client, { deployment, requestId });
 */
export async function getRequest(
  client: AssayTransportClient,
  parameters: GetRequestParameters,
): Promise<GetRequestReturnType> {
  const { deployment, blockNumber, blockTag, fromBlock, blockRange, signal } = parameters;
  const requestId = requestIdBy(parameters);
  const state = await getRequestState(client, { deployment, requestId, blockNumber, blockTag });
  const request = await requestBy(client, parameters);
  const scan = { deployment, requestId, fromBlock, blockRange, signal };
  const answer = state.batch === 0 ? undefined : await findAnswer(client, { ...scan, request, state });
  return { requestId, request, ...state, answer };
}
