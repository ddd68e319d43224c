// Reads the input of a request.
import {
  InputNotPublishedError,
  MissingLogError,
  type RequestNotFoundError,
  WrongBytesError,
} from "../../errors/clientErrors.ts";
import { type Hex, hexToBytes } from "../../protocol/hash.ts";
import { byteRoot } from "../../protocol/merkle.ts";
import type { AssayTransportClient, DeploymentParameters, RequestReference } from "../calls/parameters.ts";
import { findPostedInput } from "../inputs/findPostedInput.ts";
import { requestBy, requestIdBy } from "./findRequest.ts";
import { findUpdate, type LogParameters } from "./findUpdate.ts";
import { getRequest } from "./getRequest.ts";

export type GetInputParameters = DeploymentParameters & LogParameters & RequestReference;
export type GetInputReturnType = Uint8Array;
export type GetInputErrorType =
  | RequestNotFoundError
  | MissingLogError
  | InputNotPublishedError
  | WrongBytesError
  | Error;

/**
 * Reads the input of a request from the chain's logs, and checks it against the committed root. It stands in the request's
 * own transaction, or was posted in chunks when somebody asked for it.
 *
 * @param parameters.requestId - The request; or `request` where it is at hand.
 * @returns The input bytes of the program.
 * @throws InputNotPublishedError when its requester keeps it off the chain, WrongBytesError when the endpoint serves other
 * bytes than were posted.
 *
 * @example
 * import { getInput } from "@assay/sdk";
 *
 * const input = await getInput(client, { deployment, requestId });
 */
export async function getInput(
  client: AssayTransportClient,
  parameters: GetInputParameters,
): Promise<GetInputReturnType> {
  const request = await requestBy(client, parameters);
  const requestId = requestIdBy(parameters);
  const { inputRoot } = request;
  const input = await (request.inputPosted ? inRequest : inChunks)(client, parameters, requestId);
  if (!input) throw new InputNotPublishedError({ requestId, inputRoot });
  const computed = byteRoot(input);
  if (computed !== inputRoot) throw new WrongBytesError({ what: "input", computed, committed: inputRoot });
  return input;
}

async function inRequest(
  client: AssayTransportClient,
  parameters: GetInputParameters,
  requestId: Hex,
): Promise<Uint8Array> {
  const update = await findUpdate(client, { ...parameters, requestId, event: "Requested" });
  if (!update) throw new MissingLogError({ event: "Requested", requestId });
  return hexToBytes(update.args.input);
}

/** Under the request, where its worker asked for the input, or under the answer, where whoever checks it did. */
async function inChunks(
  client: AssayTransportClient,
  parameters: GetInputParameters,
  requestId: Hex,
): Promise<Uint8Array | undefined> {
  const found = await findPostedInput(client, { ...parameters, id: requestId });
  if (found) return found;
  const { answer } = await getRequest(client, parameters);
  return answer && findPostedInput(client, { ...parameters, id: answer.commitId });
}
