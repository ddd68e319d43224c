// Reads how long an epoch is.
import { epochsAbi } from "../../abi/epochs.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetEpochSecondsParameters = DeploymentParameters & {
  /** Parameter version of the receipts. */
  version: number;
};
export type GetEpochSecondsReturnType = bigint;
export type GetEpochSecondsErrorType = ContractError | Error;

/**
 * Reads how long an epoch is. A receipt belongs to the epoch numbered by the time of its issue, divided by this.
 *
 * @param parameters.version - Parameter version of the receipts.
 * @returns Seconds; a version never changes, so the answer may be kept.
 *
 * @example
 * import { getEpochSeconds } from "@assay/sdk";
 *
 * const epoch = receipt.issuedAt / (await getEpochSeconds(client, { deployment, version: receipt.version }));
 */
export const getEpochSeconds = (
  client: AssayTransportClient,
  { deployment, version }: GetEpochSecondsParameters,
): Promise<GetEpochSecondsReturnType> =>
  readCall(client, {
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "epochSeconds",
    args: [version],
  });
