// Lets the judge decide a dispute.
import type { Hex } from "viem";
import { disputeGameAbi } from "../../abi/disputeGame.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { enumName, type Verdict, verdicts } from "../../protocol/enums.ts";
import type { StepProof } from "../../protocol/stepProof.ts";
import { eventOf } from "../calls/eventOf.ts";
import {
  type AssayTransportClient,
  gameOf,
  type SourceParameters,
  type WriteParameters,
  type WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type ProveStepParameters = WriteParameters &
  SourceParameters & {
    /** The sender's dispute. */
    disputeId: Hex;
    /** The node at which the dispute is expected to stand. */
    node: Hex;
    /** Descriptor, element and openings, see `proveStep` of `@assay/sdk/program`. */
    proof: StepProof;
  };
export type ProveStepReturnType = WriteReturnType & {
  /** `faulty` has slashed the commitment; `correct` has lost the dispute. */
  verdict: Verdict;
};
export type ProveStepErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link proveStep} sends. */
export function proveStepCall({
  deployment,
  source,
  disputeId,
  node,
  proof,
}: Pick<ProveStepParameters, "deployment" | "source" | "disputeId" | "node" | "proof">) {
  return contractCall({
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "proveStep",
    args: [disputeId, node, proof],
  });
}

/**
 * Lets the judge recompute one element of the tile at which the sender's dispute stands.
 *
 * @param parameters.disputeId - The sender's dispute.
 * @param parameters.node - The node at which the dispute is expected to stand.
 * @param parameters.proof - Descriptor, element and openings, as `proveStep` of `@assay/sdk/program` builds them.
 * @param parameters.source - Whose commitment it is about; the market's when left out.
 * @returns Hash and receipt, and the judge's `verdict`.
 *
 * @example
 * import { proveStep } from "@assay/sdk";
 *
 * const { verdict } = await proveStep(client, { deployment, disputeId, node, proof });
 */
export async function proveStep(
  client: AssayTransportClient,
  parameters: ProveStepParameters,
): Promise<ProveStepReturnType> {
  const sent = await sendCall(client, { ...parameters, call: proveStepCall(parameters) });
  const { verdict } = eventOf(sent.receipt, {
    address: gameOf(parameters.deployment, parameters.source),
    abi: disputeGameAbi,
    eventName: "StepProved",
  });
  return { ...sent, verdict: enumName(verdicts, verdict) };
}
