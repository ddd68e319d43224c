// Reads the input of a request.
import type { Hex } from "viem";
import { MissingLogError, type RequestNotFoundError, WrongBytesError } from "../../errors/clientErrors.ts";
import { hexToBytes } from "../../protocol/hash.ts";
import { byteRoot } from "../../protocol/merkle.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { findUpdate, type LogParameters } from "./findUpdate.ts";
import { getRequest } from "./getRequest.ts";

export type GetInputParameters = DeploymentParameters & LogParameters & { requestId: Hex };
export type GetInputReturnType = Uint8Array;
export type GetInputErrorType = RequestNotFoundError | MissingLogError | WrongBytesError | Error;

/**
 * Reads the input of a request from the chain's logs, and checks it against the committed root.
 *
 * @param parameters.requestId - The request.
 * @returns The input bytes of the program.
 * @throws WrongBytesError when the endpoint serves other bytes than were posted.
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
  const { deployment, requestId } = parameters;
  const { inputRoot } = await getRequest(client, { deployment, requestId });
  const update = await findUpdate(client, { ...parameters, event: "Requested" });
  if (!update) throw new MissingLogError({ event: "Requested", requestId });
  const input = hexToBytes(update.args.input);
  const computed = byteRoot(input);
  if (computed !== inputRoot) throw new WrongBytesError({ what: "input", computed, committed: inputRoot });
  return input;
}
