// Finds what a request asks.
import type { Hex } from "viem";
import type { Deployment } from "../../deployments.ts";
import { MissingLogError, type RequestNotFoundError, WrongBytesError } from "../../errors/clientErrors.ts";
import { requestOf } from "../../protocol/coding.ts";
import { requestId as idOf } from "../../protocol/ids.ts";
import type { Request } from "../../protocol/request.ts";
import type { AssayTransportClient, DeploymentParameters, RequestReference } from "../calls/parameters.ts";
import { findUpdate, type LogParameters } from "./findUpdate.ts";
import { getRequestState } from "./getRequestState.ts";
import { knownRequests } from "./knownRequests.ts";

export type FindRequestParameters = DeploymentParameters & LogParameters & { requestId: Hex };
export type FindRequestReturnType = Request;
export type FindRequestErrorType = RequestNotFoundError | MissingLogError | WrongBytesError | Error;

/**
 * Finds what a request asks, in the chain's logs, and checks that it hashes to the id. The client remembers it.
 *
 * @param parameters.requestId - The request.
 * @returns The whole request, as every call about it takes it.
 * @throws RequestNotFoundError when the market has never seen it, MissingLogError when the endpoint no longer serves it.
 *
 * @example
 * import { findRequest } from "@assay/sdk";
 *
 * const { programId, fee } = await findRequest(client, { deployment, requestId });
 */
export async function findRequest(
  client: AssayTransportClient,
  parameters: FindRequestParameters,
): Promise<FindRequestReturnType> {
  const { deployment, requestId } = parameters;
  const known = knownRequests.get(client, requestId);
  if (known) return known;
  await getRequestState(client, { deployment, requestId });
  const update = await findUpdate(client, { ...parameters, event: "Requested" });
  if (!update) throw new MissingLogError({ event: "Requested", requestId });
  const request = requestOf(update.args.request);
  const computed = requestIdOf(deployment, request);
  if (computed !== requestId) throw new WrongBytesError({ what: "request", computed, committed: requestId });
  knownRequests.set(client, requestId, request);
  return request;
}

/** The id of a request on a deployment. */
export const requestIdOf = ({ chainId, inferenceMarket }: Deployment, request: Request): Hex =>
  idOf({ chainId: BigInt(chainId), market: inferenceMarket, request });

/** The request that a reference names, looked up where only its id is given. */
export const requestBy = async (
  client: AssayTransportClient,
  parameters: DeploymentParameters & LogParameters & RequestReference,
): Promise<Request> => parameters.request ?? findRequest(client, parameters);

/** The id of the request that a reference names. */
export const requestIdBy = ({
  deployment,
  requestId,
  request,
}: DeploymentParameters & RequestReference): Hex => (request ? requestIdOf(deployment, request) : requestId);
