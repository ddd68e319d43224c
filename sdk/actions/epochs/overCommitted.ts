// Takes the allotment of a channel that owes more than it has.
import { epochsAbi } from "../../abi/epochs.ts";
import { contractCall } from "../../contractCall.ts";
import type { EntryProof } from "../../protocol/sumTree.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type OverCommittedParameters = WriteParameters & {
  /** Parameter version of the receipts. */
  version: number;
  /** Number of the epoch. */
  epoch: bigint;
  /** Where the path of the channel's id ends in the epoch's tree. */
  entryProof: EntryProof;
};
export type OverCommittedReturnType = WriteReturnType;
export type OverCommittedErrorType = SendCallErrorType;

/** The call that {@link overCommitted} sends. */
export function overCommittedCall({
  deployment,
  version,
  epoch,
  entryProof,
}: Pick<OverCommittedParameters, "deployment" | "version" | "epoch" | "entryProof">) {
  return contractCall({
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "overCommitted",
    args: [version, epoch, entryProof],
  });
}

/**
 * Takes the allotment of a channel whose liabilities in one epoch sum to more than it. Needs no bond; the sender is the
 * reporter.
 *
 * @param parameters.version - Parameter version of the receipts.
 * @param parameters.epoch - Number of the epoch.
 * @param parameters.entryProof - Where the path of the channel's id ends in the epoch's tree.
 * @returns Hash and receipt.
 *
 * @example
 * import { overCommitted } from "@assay/sdk";
 *
 * await overCommitted(client, { deployment, version: 1, epoch, entryProof });
 */
export async function overCommitted(
  client: AssayTransportClient,
  parameters: OverCommittedParameters,
): Promise<OverCommittedReturnType> {
  return sendCall(client, { ...parameters, call: overCommittedCall(parameters) });
}
