// Adds to a channel's escrow.
import type { Address, Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { InsufficientAllowanceError, MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, SpendParameters, WriteReturnType } from "../calls/parameters.ts";
import type { SendCallErrorType } from "../calls/sendCall.ts";
import { spend } from "../calls/spend.ts";

export type DepositToChannelParameters = SpendParameters & {
  /** Who is paid from it. */
  worker: Address;
  /** Token units. */
  amount: bigint;
};
export type DepositToChannelReturnType = WriteReturnType & {
  /** The channel between the sender and the worker. */
  channelId: Hex;
};
export type DepositToChannelErrorType = SendCallErrorType | InsufficientAllowanceError | MissingEventError;

/** The call that {@link depositToChannel} sends once the vault may take the tokens. */
export function depositToChannelCall({
  deployment,
  worker,
  amount,
}: Pick<DepositToChannelParameters, "deployment" | "worker" | "amount">) {
  return contractCall({
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "deposit",
    args: [worker, amount],
  });
}

/**
 * Adds to the escrow from which the sender pays a worker by vouchers; the first deposit opens the channel. Approves the vault
 * first when needed.
 *
 * @param parameters.worker - Who is paid from it.
 * @param parameters.amount - Token units.
 * @returns Hash and receipt, and what the contract reported: `channelId`.
 *
 * @example
 * import { depositToChannel } from "@assay/sdk";
 * import { parseEther } from "viem";
 *
 * const { channelId } = await depositToChannel(client, { deployment, worker, amount: parseEther("5") });
 */
export async function depositToChannel(
  client: AssayTransportClient,
  parameters: DepositToChannelParameters,
): Promise<DepositToChannelReturnType> {
  const { amount } = parameters;
  const sent = await spend(client, { ...parameters, amount, call: depositToChannelCall(parameters) });
  const { channelId } = eventOf(sent.receipt, {
    address: parameters.deployment.channels,
    abi: channelsAbi,
    eventName: "Deposited",
  });
  return { ...sent, channelId };
}
