// Activates a proposed parameter version.
import { parametersAbi } from "../../abi/parameters.ts";
import { contractCall } from "../../contractCall.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type ActivateTierParameters = WriteParameters & {
  /** The proposed version. */
  version: number;
};
export type ActivateTierReturnType = WriteReturnType;
export type ActivateTierErrorType = SendCallErrorType;

/** The call that {@link activateTier} sends. */
export function activateTierCall({
  deployment,
  version,
}: Pick<ActivateTierParameters, "deployment" | "version">) {
  return contractCall({
    address: deployment.parameters,
    abi: parametersAbi,
    functionName: "activate",
    args: [version],
  });
}

/**
 * Activates a proposed parameter version once its delay is over. Anyone may call.
 *
 * @param parameters.version - The proposed version.
 * @returns Hash and receipt.
 *
 * @example
 * import { activateTier } from "@assay/sdk";
 *
 * await activateTier(client, { deployment, version: 2 });
 */
export const activateTier = (
  client: AssayTransportClient,
  parameters: ActivateTierParameters,
): Promise<ActivateTierReturnType> => sendCall(client, { ...parameters, call: activateTierCall(parameters) });
