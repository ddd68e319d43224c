// Proposes a parameter version.
import { parametersAbi } from "../../abi/parameters.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import type { Tier } from "../../protocol/request.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type ProposeTierParameters = WriteParameters & { tier: Tier };
export type ProposeTierReturnType = WriteReturnType & {
  /** The number that the version will have. */
  version: number;
  /** Unix seconds from which anyone may activate it. */
  activeFrom: bigint;
};
export type ProposeTierErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link proposeTier} sends. */
export function proposeTierCall({ deployment, tier }: Pick<ProposeTierParameters, "deployment" | "tier">) {
  return contractCall({
    address: deployment.parameters,
    abi: parametersAbi,
    functionName: "propose",
    args: [tier],
  });
}

/**
 * Proposes a parameter version, which anyone may activate after a delay that is longer than unbonding. Versions that exist
 * never change. Only the governor of the deployment may, where it has one.
 *
 * @param parameters.tier - Held to the same floors and formulas as the first ones.
 * @returns Hash and receipt, and what the contract reported: `version`, `activeFrom`.
 *
 * @example
 * import { getTier, proposeTier } from "@assay/sdk";
 *
 * const tier = await getTier(client, { deployment, version: 1 });
 * const { version } = await proposeTier(client, { deployment, tier: { ...tier, minFee: 2n * tier.minFee } });
 */
export async function proposeTier(
  client: AssayTransportClient,
  parameters: ProposeTierParameters,
): Promise<ProposeTierReturnType> {
  const sent = await sendCall(client, { ...parameters, call: proposeTierCall(parameters) });
  const { version, activeFrom } = eventOf(sent.receipt, {
    address: parameters.deployment.parameters,
    abi: parametersAbi,
    eventName: "VersionProposed",
  });
  return { ...sent, version, activeFrom };
}
