// Revokes a session key.
import type { Address, Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type RevokeSessionKeyParameters = WriteParameters & {
  /** Whose key it is; the sender is the worker or its operator key. */
  worker: Address;
  /** The P-256 point of the public key. */
  x: Hex;
  y: Hex;
};
export type RevokeSessionKeyReturnType = WriteReturnType & {
  /** Unix seconds until which its receipts are good. */
  until: bigint;
};
export type RevokeSessionKeyErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link revokeSessionKey} sends. */
export function revokeSessionKeyCall({
  deployment,
  worker,
  x,
  y,
}: Pick<RevokeSessionKeyParameters, "deployment" | "worker" | "x" | "y">) {
  return contractCall({
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "revokeSessionKey",
    args: [worker, x, y],
  });
}

/**
 * Revokes a session key. Receipts that it signed stay good until the unbonding delay is over.
 *
 * @param parameters.worker - Whose key it is; the sender is the worker or its operator key.
 * @param parameters.x - The P-256 point of the public key.
 * @returns Hash and receipt, and until when its receipts are good: `until`.
 *
 * @example
 * import { revokeSessionKey } from "@assay/sdk";
 *
 * const { until } = await revokeSessionKey(client, { deployment, worker, x, y });
 */
export async function revokeSessionKey(
  client: AssayTransportClient,
  parameters: RevokeSessionKeyParameters,
): Promise<RevokeSessionKeyReturnType> {
  const sent = await sendCall(client, { ...parameters, call: revokeSessionKeyCall(parameters) });
  const { until } = eventOf(sent.receipt, {
    address: parameters.deployment.channels,
    abi: channelsAbi,
    eventName: "SessionKeyRevoked",
  });
  return { ...sent, until: BigInt(until) };
}
