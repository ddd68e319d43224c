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

export type GetInputParameters = DeploymentParameters &
  LogParameters &
  RequestReference & {
    /** The answer's commitment: an input that was asked for on its account is found too. */
    commitId?: Hex | undefined;
  };
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
  const { deployment, commitId, fromBlock, blockRange, signal } = parameters;
  const request = await requestBy(client, parameters);
  const requestId = requestIdBy(parameters);
  const { inputRoot } = request;
  const scan = { deployment, fromBlock, blockRange, signal };
  const input = request.inputPosted
    ? await inRequest(client, { ...scan, requestId })
    : ((await findPostedInput(client, { ...scan, id: requestId })) ??
      (commitId && (await findPostedInput(client, { ...scan, id: commitId }))));
  if (!input) throw new InputNotPublishedError({ requestId, inputRoot });
  const computed = byteRoot(input);
  if (computed !== inputRoot) throw new WrongBytesError({ what: "input", computed, committed: inputRoot });
  return input;
}

async function inRequest(
  client: AssayTransportClient,
  parameters: DeploymentParameters & LogParameters & { requestId: Hex },
): Promise<Uint8Array> {
  const { requestId } = parameters;
  const update = await findUpdate(client, { ...parameters, event: "Requested" });
  if (!update) throw new MissingLogError({ event: "Requested", requestId });
  return hexToBytes(update.args.input);
}
