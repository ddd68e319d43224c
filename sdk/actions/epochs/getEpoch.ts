// Reads what a worker posted for an epoch.
import type { Address } from "viem";
import { epochsAbi } from "../../abi/epochs.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import type { Epoch } from "../../protocol/sumTree.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetEpochParameters = ReadParameters & {
  worker: Address;
  /** Parameter version of the receipts. */
  version: number;
  /** Number of the epoch: the time of issue, divided by {@link getEpochSeconds}. */
  epoch: bigint;
};
export type GetEpochReturnType = Epoch;
export type GetEpochErrorType = ContractError | Error;

/**
 * Reads what a worker posted for an epoch.
 *
 * @param parameters.worker - Whose receipts they are.
 * @param parameters.version - Parameter version of the receipts.
 * @param parameters.epoch - Number of the epoch.
 * @returns Root and count; `postedAt`, in unix seconds, is zero while nothing was posted.
 *
 * @example
 * import { getEpoch } from "@assay/sdk";
 *
 * const { root, postedAt } = await getEpoch(client, { deployment, worker, version: 1, epoch });
 */
export async function getEpoch(
  client: AssayTransportClient,
  { deployment, worker, version, epoch, ...block }: GetEpochParameters,
): Promise<GetEpochReturnType> {
  const found = await readCall(client, {
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "getEpoch",
    args: [worker, version, epoch],
    ...atBlock(block),
  });
  return { ...found, postedAt: BigInt(found.postedAt) };
}
