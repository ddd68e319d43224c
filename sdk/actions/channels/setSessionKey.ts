// Lets a session key sign receipts.
import type { Address, Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type SetSessionKeyParameters = WriteParameters & {
  /** Whose key it is; the sender is the worker or its operator key. */
  worker: Address;
  /** The P-256 point of the public key. */
  x: Hex;
  y: Hex;
};
export type SetSessionKeyReturnType = WriteReturnType;
export type SetSessionKeyErrorType = SendCallErrorType;

/** The call that {@link setSessionKey} sends. */
export function setSessionKeyCall({
  deployment,
  worker,
  x,
  y,
}: Pick<SetSessionKeyParameters, "deployment" | "worker" | "x" | "y">) {
  return contractCall({
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "setSessionKey",
    args: [worker, x, y],
  });
}

/**
 * Lets a P-256 key sign receipts for a worker, or takes its revocation back.
 *
 * @param parameters.worker - Whose key it is; the sender is the worker or its operator key.
 * @param parameters.x - The P-256 point of the public key.
 * @returns Hash and receipt.
 *
 * @example
 * import { setSessionKey } from "@assay/sdk";
 *
 * await setSessionKey(client, { deployment, worker, x, y });
 */
export async function setSessionKey(
  client: AssayTransportClient,
  parameters: SetSessionKeyParameters,
): Promise<SetSessionKeyReturnType> {
  return sendCall(client, { ...parameters, call: setSessionKeyCall(parameters) });
}
