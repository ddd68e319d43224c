// Reads how far a request has come.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { RequestNotFoundError } from "../../errors/clientErrors.ts";
import { enumName, requestStatuses } from "../../protocol/enums.ts";
import type { RequestState } from "../../protocol/request.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetRequestStateParameters = ReadParameters & { requestId: Hex };
export type GetRequestStateReturnType = RequestState;
export type GetRequestStateErrorType = RequestNotFoundError | ContractError | Error;

/**
 * Reads how far a request has come, with one call and without logs. What it asks is told by {@link getRequest}.
 *
 * @param parameters.requestId - The request.
 * @returns Status, its deadline in unix seconds, who claimed it, and the number of the batch with its answer.
 * @throws RequestNotFoundError when the market has never seen it.
 *
 * @example
 * import { getRequestState } from "@assay/sdk";
 *
 * const { status, deadline } = await getRequestState(client, { deployment, requestId });
 */
export async function getRequestState(
  client: AssayTransportClient,
  { deployment, requestId, ...block }: GetRequestStateParameters,
): Promise<GetRequestStateReturnType> {
  const state = await readCall(client, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "requestState",
    args: [requestId],
    ...atBlock(block),
  });
  const status = enumName(requestStatuses, state.status);
  if (status === "none") throw new RequestNotFoundError({ requestId });
  return { ...state, status, deadline: BigInt(state.deadline) };
}
