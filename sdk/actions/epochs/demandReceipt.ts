// Asks for a receipt by its number.
import type { Hex } from "viem";
import { epochsAbi } from "../../abi/epochs.ts";
import { contractCall } from "../../contractCall.ts";
import type { InsufficientAllowanceError, MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, SpendParameters, WriteReturnType } from "../calls/parameters.ts";
import type { SendCallErrorType } from "../calls/sendCall.ts";
import { spend } from "../calls/spend.ts";
import { demandBond } from "./demandBond.ts";

export type DemandReceiptParameters = SpendParameters & {
  /** Parameter version of the receipts. */
  version: number;
  /** Number of the epoch. */
  epoch: bigint;
  /** The channel. */
  channelId: Hex;
  /** Number of the receipt among the receipts of its channel in that epoch. */
  index: number;
  /** The bond in token units, if known; read from the chain when left out. */
  bond?: bigint | undefined;
};
export type DemandReceiptReturnType = WriteReturnType & {
  demandId: Hex;
  /** Token units: back unless the worker answers. */
  bond: bigint;
  /** Unix seconds by which the worker must answer. */
  deadline: bigint;
};
export type DemandReceiptErrorType = SendCallErrorType | InsufficientAllowanceError | MissingEventError;

/** The call that {@link demandReceipt} sends once the vault may take the bond. */
export function demandReceiptCall({
  deployment,
  version,
  epoch,
  channelId,
  index,
}: Pick<DemandReceiptParameters, "deployment" | "version" | "epoch" | "channelId" | "index">) {
  return contractCall({
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "demandReceipt",
    args: [version, epoch, channelId, index],
  });
}

/**
 * Asks a worker to show a receipt of a posted epoch by its number: one that it cannot show costs it the channel's allotment
 * (`timeoutReceipt`). Approves the vault first when needed.
 *
 * @param parameters.version - Parameter version of the receipts.
 * @param parameters.epoch - Number of the epoch.
 * @param parameters.channelId - The channel.
 * @param parameters.index - Number of the receipt among the receipts of its channel in that epoch.
 * @returns Hash and receipt, and what the contract reported: `demandId`, `bond`, `deadline`.
 *
 * @example
 * import { demandReceipt } from "@assay/sdk";
 *
 * const { demandId } = await demandReceipt(client, { deployment, version: 1, epoch, channelId, index: 0 });
 */
export async function demandReceipt(
  client: AssayTransportClient,
  parameters: DemandReceiptParameters,
): Promise<DemandReceiptReturnType> {
  const { deployment, version } = parameters;
  const amount = parameters.bond ?? (await demandBond(client, { deployment, version }));
  const sent = await spend(client, { ...parameters, amount, call: demandReceiptCall(parameters) });
  const { demandId, bond, deadline } = eventOf(sent.receipt, {
    address: parameters.deployment.epochs,
    abi: epochsAbi,
    eventName: "ReceiptDemanded",
  });
  return { ...sent, demandId, bond, deadline: BigInt(deadline) };
}
