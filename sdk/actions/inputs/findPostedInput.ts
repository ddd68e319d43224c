// Puts an input together from the chunks in which it was posted.
import { concat, type Hex, parseEventLogs, toEventSelector } from "viem";
import { getBlockNumber } from "viem/actions";
import { inputRequestsAbi } from "../../abi/inputRequests.ts";
import { hexToBytes } from "../../protocol/hash.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { scanLogs } from "../logs/scanLogs.ts";
import type { LogParameters } from "../requests/findUpdate.ts";
import { getInputRequest } from "./getInputRequest.ts";

/** The input that was asked for under `id`, or undefined while not every byte of it was posted. */
export async function findPostedInput(
  client: AssayTransportClient,
  {
    deployment,
    id,
    fromBlock = deployment.startBlock,
    blockRange,
    signal,
  }: DeploymentParameters & LogParameters & { id: Hex },
): Promise<Uint8Array | undefined> {
  const { status } = await getInputRequest(client, { deployment, id });
  if (status !== "shown") return undefined;
  const toBlock = await getBlockNumber(client, { cacheTime: 0 });
  const filter = { address: deployment.inputRequests, topics: [[postedTopic()], [id]] };
  const chunks: { firstChunk: bigint; data: Hex }[] = [];
  const range = { fromBlock, toBlock, blockRange, signal, backward: true };
  for await (const logs of scanLogs(client, { ...filter, ...range })) {
    const events = parseEventLogs({ abi: inputRequestsAbi, eventName: "InputPosted", logs });
    chunks.unshift(...events.map(({ args }) => args));
    if (chunks[0]?.firstChunk === 0n) break;
  }
  return hexToBytes(concat(chunks.map(({ data }) => data)));
}

function postedTopic(): Hex {
  const event = inputRequestsAbi.find((item) => item.type === "event" && item.name === "InputPosted");
  return toEventSelector(event as Extract<typeof event, { type: "event" }>);
}
