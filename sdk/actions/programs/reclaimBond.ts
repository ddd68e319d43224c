// Gives a publisher's bond back.
import type { Hex } from "viem";
import { programRegistryAbi } from "../../abi/programRegistry.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type ReclaimBondParameters = WriteParameters & {
  /** The program. */
  programId: Hex;
};
export type ReclaimBondReturnType = WriteReturnType & {
  /** Token units credited. */
  amount: bigint;
};
export type ReclaimBondErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link reclaimBond} sends. */
export function reclaimBondCall({
  deployment,
  programId,
}: Pick<ReclaimBondParameters, "deployment" | "programId">) {
  return contractCall({
    address: deployment.programRegistry,
    abi: programRegistryAbi,
    functionName: "reclaimBond",
    args: [programId],
  });
}

/**
 * Credits the bond back to the publisher once the time to prove the program malformed has passed.
 *
 * @param parameters.programId - The program.
 * @returns Hash and receipt, and what the contract reported: `amount`.
 *
 * @example
 * import { reclaimBond } from "@assay/sdk";
 *
 * const { amount } = await reclaimBond(client, { deployment, programId });
 */
export async function reclaimBond(
  client: AssayTransportClient,
  parameters: ReclaimBondParameters,
): Promise<ReclaimBondReturnType> {
  const sent = await sendCall(client, { ...parameters, call: reclaimBondCall(parameters) });
  const { amount } = eventOf(sent.receipt, {
    address: parameters.deployment.programRegistry,
    abi: programRegistryAbi,
    eventName: "PublisherBondReclaimed",
  });
  return { ...sent, amount };
}
