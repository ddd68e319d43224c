// Retires a program by showing a descriptor that breaks a rule.
import type { Hex } from "viem";
import { programRegistryAbi } from "../../abi/programRegistry.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

/** Evidence that a descriptor breaks a rule by itself, or disagrees with the producer of one of its operands. */
export type MalformedProof = {
  /** The descriptor's number. */
  index: number;
  descriptor: Hex;
  /** From the descriptor's hash to the descriptors root. */
  path: readonly Hex[];
  /** The operand on which the descriptor and its producer disagree; 0 when `producer` is empty. */
  operand: number;
  /** The producer's descriptor; empty when the descriptor is malformed by itself. */
  producer: Hex;
  producerPath: readonly Hex[];
};

export type ProveMalformedParameters = WriteParameters & { programId: Hex; proof: MalformedProof };
export type ProveMalformedReturnType = WriteReturnType & {
  /** Token units credited to the sender. */
  reward: bigint;
  /** Token units burned. */
  burned: bigint;
};
export type ProveMalformedErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link proveMalformed} sends. */
export function proveMalformedCall({
  deployment,
  programId,
  proof,
}: Pick<ProveMalformedParameters, "deployment" | "programId" | "proof">) {
  return contractCall({
    address: deployment.programRegistry,
    abi: programRegistryAbi,
    functionName: "proveMalformed",
    args: [programId, proof],
  });
}

/**
 * Retires a program by showing a descriptor that breaks a rule. Half of the publisher's bond is credited to the sender.
 *
 * @param parameters.programId - The program.
 * @param parameters.proof - The descriptor, its path, and the producer with which it disagrees, if any.
 * @returns Hash and receipt, and what the contract reported: `reward`, `burned`.
 *
 * @example
 * import { proveMalformed } from "@assay/sdk";
 *
 * const proof = { index: 3, descriptor, path, operand: 0, producer: "0x", producerPath: [] } as const;
 * const { reward } = await proveMalformed(client, { deployment, programId, proof });
 */
export async function proveMalformed(
  client: AssayTransportClient,
  parameters: ProveMalformedParameters,
): Promise<ProveMalformedReturnType> {
  const sent = await sendCall(client, { ...parameters, call: proveMalformedCall(parameters) });
  const { reward, burned } = eventOf(sent.receipt, {
    address: parameters.deployment.programRegistry,
    abi: programRegistryAbi,
    eventName: "ProgramRetired",
  });
  return { ...sent, reward, burned };
}
