// Posts the root of an epoch.
import type { Address, Hex } from "viem";
import { epochsAbi } from "../../abi/epochs.ts";
import { contractCall } from "../../contractCall.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type PostEpochParameters = WriteParameters & {
  /** Whose receipts they are. */
  worker: Address;
  /** Parameter version of the receipts. */
  version: number;
  /** Number of the epoch. */
  epoch: bigint;
  /** Root over the entries of its channels. */
  root: Hex;
  /** Receipts in all channels. */
  count: number;
};
export type PostEpochReturnType = WriteReturnType;
export type PostEpochErrorType = SendCallErrorType;

/** The call that {@link postEpoch} sends. */
export function postEpochCall({
  deployment,
  worker,
  version,
  epoch,
  root,
  count,
}: Pick<PostEpochParameters, "deployment" | "worker" | "version" | "epoch" | "root" | "count">) {
  return contractCall({
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "postEpoch",
    args: [worker, version, epoch, root, count],
  });
}

/**
 * Posts the root over all receipts that a worker issued in an epoch, once, after it is over. The sender is the worker or its
 * operator key. A receipt that is left out costs its liability.
 *
 * @param parameters.worker - Whose receipts they are.
 * @param parameters.version - Parameter version of the receipts.
 * @param parameters.epoch - Number of the epoch.
 * @param parameters.root - Root over the entries of its channels.
 * @param parameters.count - Receipts in all channels.
 * @returns Hash and receipt.
 *
 * @example
 * import { postEpoch } from "@assay/sdk";
 *
 * await postEpoch(client, { deployment, worker, version: 1, epoch, root, count });
 */
export async function postEpoch(
  client: AssayTransportClient,
  parameters: PostEpochParameters,
): Promise<PostEpochReturnType> {
  return sendCall(client, { ...parameters, call: postEpochCall(parameters) });
}
