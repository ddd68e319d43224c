// Reads a channel.
import { type Hex, zeroAddress } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { ChannelNotFoundError } from "../../errors/clientErrors.ts";
import type { Channel } from "../../protocol/receipts.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetChannelParameters = ReadParameters & {
  /** The channel; `channelId` of `@assay/sdk/protocol` computes it from payer and worker. */
  channelId: Hex;
};
export type GetChannelReturnType = Channel & {
  /** Token units of the allotment that new receipts may be liable for: neither leaving nor owed. */
  backing: bigint;
};
export type GetChannelErrorType = ChannelNotFoundError | ContractError | Error;

/**
 * Reads a channel between a payer and a worker.
 *
 * @param parameters.channelId - The channel.
 * @returns Escrow, allotment and what is leaving of each, in token units; times in unix seconds.
 * @throws ChannelNotFoundError when nothing was ever deposited.
 *
 * @example
 * import { getChannel } from "@assay/sdk";
 *
 * const { escrow, paid, backing } = await getChannel(client, { deployment, channelId });
 */
export async function getChannel(
  client: AssayTransportClient,
  { deployment, channelId, ...block }: GetChannelParameters,
): Promise<GetChannelReturnType> {
  const channels = {
    address: deployment.channels,
    abi: channelsAbi,
    args: [channelId],
    ...atBlock(block),
  } as const;
  const channel = await readCall(client, { ...channels, functionName: "getChannel" });
  if (channel.payer === zeroAddress) throw new ChannelNotFoundError({ channelId });
  const backing = await readCall(client, { ...channels, functionName: "backing" });
  const { escrowFrom, allotmentFrom, slashedAt } = channel;
  return {
    ...channel,
    escrowFrom: BigInt(escrowFrom),
    allotmentFrom: BigInt(allotmentFrom),
    slashedAt: BigInt(slashedAt),
    backing,
  };
}
