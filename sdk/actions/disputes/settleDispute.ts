// Credits what a dispute is due.
import type { Hex } from "viem";
import { disputeGameAbi } from "../../abi/disputeGame.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import {
  type AssayTransportClient,
  gameOf,
  type SourceParameters,
  type WriteParameters,
  type WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type SettleDisputeParameters = WriteParameters &
  SourceParameters & {
    /** The dispute. */
    disputeId: Hex;
  };
export type SettleDisputeReturnType = WriteReturnType & {
  /** Token units. */
  bond: bigint;
  /** Token units. */
  reward: bigint;
  /** Token units. */
  gas: bigint;
};
export type SettleDisputeErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link settleDispute} sends. */
export function settleDisputeCall({
  deployment,
  source,
  disputeId,
}: Pick<SettleDisputeParameters, "deployment" | "source" | "disputeId">) {
  return contractCall({
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "settleDispute",
    args: [disputeId],
  });
}

/**
 * Credits the challenger what its dispute is due: the bond, and after settlement reward and gas share. Anyone may call.
 *
 * @param parameters.disputeId - The dispute.
 * @param parameters.source - Whose commitment it is about; the market's when left out.
 * @returns Hash and receipt, and what the contract reported: `bond`, `reward`, `gas`.
 *
 * @example
 * import { settleDispute } from "@assay/sdk";
 *
 * const { bond, reward, gas } = await settleDispute(client, { deployment, disputeId });
 */
export async function settleDispute(
  client: AssayTransportClient,
  parameters: SettleDisputeParameters,
): Promise<SettleDisputeReturnType> {
  const sent = await sendCall(client, { ...parameters, call: settleDisputeCall(parameters) });
  const { bond, reward, gas } = eventOf(sent.receipt, {
    address: gameOf(parameters.deployment, parameters.source),
    abi: disputeGameAbi,
    eventName: "DisputeSettled",
  });
  return { ...sent, bond, reward, gas };
}
