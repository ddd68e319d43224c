// What a request costs and what stands behind it.
import type { ContractError } from "../../errors/ContractError.ts";
import type { AssayTransportClient, ReadParameters } from "../calls/parameters.ts";
import { getTier } from "./getTier.ts";

export type EstimateFeeParameters = ReadParameters & {
  /** The fee in token units that will be offered; the tier's minimum when left out. */
  fee?: bigint | undefined;
  /** Parameter version; 1 when left out. */
  version?: number | undefined;
};
export type EstimateFeeReturnType = {
  /** Token units that the request escrows. */
  fee: bigint;
  /** The least fee that the tier takes. */
  minFee: bigint;
  /** Stake that the worker locks for the answer at that fee. */
  lock: bigint;
  /** What a missed delivery pays the requester on top of its fee. */
  deliveryPenalty: bigint;
  /** Longest time from the request to an undisputed final result. */
  finalSeconds: number;
};
export type EstimateFeeErrorType = ContractError | Error;

/**
 * Works out what a request costs, and how much stake a worker puts behind its answer.
 *
 * @param parameters.fee - The fee in token units that will be offered; the tier's minimum when left out.
 * @param parameters.version - Parameter version; 1 when left out.
 * @returns Fee, lock and penalty in token units, times in seconds.
 *
 * @example
 * import { estimateFee } from "@assay/sdk";
 *
 * const { fee, lock } = await estimateFee(client, { deployment });
 */
export async function estimateFee(
  client: AssayTransportClient,
  { version = 1, fee, ...parameters }: EstimateFeeParameters,
): Promise<EstimateFeeReturnType> {
  const tier = await getTier(client, { ...parameters, version });
  const offered = fee ?? tier.minFee;
  const multiple = offered * BigInt(tier.lockPerFee);
  const lock = multiple > tier.minLock ? multiple : tier.minLock;
  return {
    fee: offered,
    minFee: tier.minFee,
    lock,
    deliveryPenalty: (lock * BigInt(tier.deliveryPenaltyBps)) / 10_000n,
    finalSeconds: tier.claimSeconds + tier.deliverySeconds + tier.windowSeconds,
  };
}
