// Lists the channels of a payer or a worker.
import { type Address, type Hex, parseEventLogs, toEventSelector } from "viem";
import { getBlockNumber } from "viem/actions";
import { channelsAbi } from "../../abi/channels.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { scanLogs } from "../logs/scanLogs.ts";
import type { LogParameters } from "../requests/findUpdate.ts";
import { type GetChannelReturnType, getChannel } from "./getChannel.ts";

export type ListedChannel = GetChannelReturnType & { channelId: Hex };

export type ListChannelsParameters = DeploymentParameters &
  LogParameters & {
    payer?: Address | undefined;
    worker?: Address | undefined;
  };
export type ListChannelsReturnType = {
  /** The latest deposit first. */
  channels: readonly ListedChannel[];
};
export type ListChannelsErrorType = Error;

/**
 * Lists channels in which anything was ever deposited, with what is in them now.
 *
 * @param parameters.payer - Only channels of this payer.
 * @param parameters.worker - Only channels of this worker.
 * @returns The channels, as `getChannel` reads them.
 *
 * @example
 * import { listChannels } from "@assay/sdk";
 *
 * const { channels } = await listChannels(client, { deployment, payer: account.address });
 */
export async function listChannels(
  client: AssayTransportClient,
  { deployment, payer, worker, ...parameters }: ListChannelsParameters,
): Promise<ListChannelsReturnType> {
  const { fromBlock = deployment.startBlock, blockRange, signal } = parameters;
  const toBlock = await getBlockNumber(client, { cacheTime: 0 });
  const filter = { address: deployment.channels, topics: topicsOf(payer, worker) };
  const range = { fromBlock, toBlock, blockRange, signal, backward: true };
  const ids = new Set<Hex>();
  for await (const logs of scanLogs(client, { ...filter, ...range }))
    for (const { args } of parseEventLogs({ abi: channelsAbi, eventName: "Deposited", logs }).reverse())
      ids.add(args.channelId);
  const channels = await Promise.all(
    [...ids].map(async (channelId) => ({
      channelId,
      ...(await getChannel(client, { deployment, channelId })),
    })),
  );
  return { channels };
}

function topicsOf(payer: Address | undefined, worker: Address | undefined) {
  const event = channelsAbi.find((item) => item.type === "event" && item.name === "Deposited");
  const selector = toEventSelector(event as Extract<typeof event, { type: "event" }>);
  return [[selector], null, payer ? [padded(payer)] : null, worker ? [padded(worker)] : null];
}

const padded = (address: Address): Hex => `0x${address.slice(2).toLowerCase().padStart(64, "0")}`;
