// Reads a request.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { RequestNotFoundError } from "../../errors/clientErrors.ts";
import { enumName, methods, requestStatuses } from "../../protocol/enums.ts";
import type { Request } from "../../protocol/request.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetRequestParameters = ReadParameters & { requestId: Hex };
export type GetRequestReturnType = Request;
export type GetRequestErrorType = RequestNotFoundError | ContractError | Error;

/**
 * Reads a request.
 *
 * @param parameters.requestId - The request.
 * @returns Status, deadline of that status in unix seconds, worker, fee in token units, roots.
 * @throws RequestNotFoundError when the market has never seen it.
 *
 * @example
 * import { getRequest } from "@assay/sdk";
 *
 * const { status, worker } = await getRequest(client, { deployment, requestId });
 */
export async function getRequest(
  client: AssayTransportClient,
  { deployment, requestId, ...block }: GetRequestParameters,
): Promise<GetRequestReturnType> {
  const request = await readCall(client, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "getRequest",
    args: [requestId],
    ...atBlock(block),
  });
  const status = enumName(requestStatuses, request.status);
  if (status === "none") throw new RequestNotFoundError({ requestId });
  return { ...request, status, method: enumName(methods, request.method) };
}
