// Receipts as commitments: their ids, and the chain's view of those that were opened.
import { type Deployment, getBinding, getDispute, getRecordedCommitment, getReveal } from "@assay/sdk";
import {
  commitId,
  type Hex,
  type Receipt,
  receiptId,
  receiptTerms,
  type SessionSignature,
} from "@assay/sdk/protocol";
import type { Address, PublicClient } from "viem";
import type { DisputedView, DisputeView } from "../strategy/views.ts";

/** A receipt with the signature that makes it good. */
export type SignedReceipt = { receipt: Receipt; signature: SessionSignature };

export const idOf = ({ chainId, channels }: Deployment, receipt: Receipt): Hex =>
  receiptId({ chainId: BigInt(chainId), channels, receipt });

/** The commitment that a receipt of `worker` is, recorded or not. */
export const commitIdOf = (deployment: Deployment, receipt: Receipt, worker: Address): Hex =>
  commitId({
    chainId: BigInt(deployment.chainId),
    source: deployment.channels,
    terms: receiptTerms(idOf(deployment, receipt), receipt, worker),
  });

/** Calls that name the market's side name the channels' side with this: the games are two of one code. */
export const onChannels = (deployment: Deployment): Deployment => ({
  ...deployment,
  inferenceMarket: deployment.channels,
  disputeGame: deployment.receiptGame,
});

export type ReceiptView = DisputedView & {
  status: "none" | "open" | "finalized" | "slashed" | "refunded";
};

/** A receipt's commitment with those of its disputes, at one block. */
export async function readReceiptView(
  client: PublicClient,
  { deployment, blockNumber }: { deployment: Deployment; blockNumber: bigint },
  { commitId, receipt, worker }: { commitId: Hex; receipt: Receipt; worker: Address },
  disputes: readonly { disputeId: Hex; settled?: boolean }[],
): Promise<ReceiptView> {
  const at = { deployment, source: "channels", blockNumber } as const;
  const [recorded, binding, seen] = await Promise.all([
    getRecordedCommitment(client, { ...at, commitId }),
    getBinding(client, { ...at, commitId }),
    Promise.all(
      disputes.map(async ({ disputeId, settled = false }): Promise<DisputeView> => {
        const dispute = await getDispute(client, { ...at, disputeId });
        const reveal = await getReveal(client, { ...at, commitId, node: dispute.node });
        return { disputeId, dispute, reveal, settled };
      }),
    ),
  ]);
  const { status, challengeUntil, holds, slashedAt, settled } = recorded;
  const { outputRoot, passes } = receipt;
  return {
    commitId,
    status,
    state: {
      status: status === "open" || status === "none" ? "committed" : status,
      deadline: challengeUntil,
      worker,
    },
    commitment: { outputRoot, passes, holds, slashedAt, settled },
    binding: { traceRoot: binding.traceRoot, boundAt: binding.boundAt },
    disputes: seen,
  };
}
