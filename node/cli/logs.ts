// Reads a contract's events from the chain in pieces that public endpoints accept.
import type {
  Abi,
  Address,
  ContractEventArgs,
  ContractEventName,
  GetContractEventsReturnType,
  PublicClient,
} from "viem";

export type EventQuery<abi extends Abi, eventName extends ContractEventName<abi> | undefined> = {
  address: Address;
  abi: abi;
  eventName?: eventName;
  args?: ContractEventArgs<
    abi,
    eventName extends ContractEventName<abi> ? eventName : ContractEventName<abi>
  >;
  fromBlock: bigint;
  chunkBlocks: number;
  signal: AbortSignal;
};

/** Oldest first, up to the newest block. */
export async function readEvents<
  const abi extends Abi,
  eventName extends ContractEventName<abi> | undefined = undefined,
>(
  client: Pick<PublicClient, "getBlockNumber" | "getContractEvents">,
  { fromBlock, chunkBlocks, signal, ...query }: EventQuery<abi, eventName>,
): Promise<GetContractEventsReturnType<abi, eventName, true>> {
  const head = await client.getBlockNumber({ cacheTime: 0 });
  const events: unknown[] = [];
  for (let from = fromBlock; from <= head; from += BigInt(chunkBlocks)) {
    signal.throwIfAborted();
    const last = from + BigInt(chunkBlocks) - 1n;
    const range = { fromBlock: from, toBlock: last < head ? last : head, strict: true };
    events.push(...(await client.getContractEvents({ ...query, ...range } as never)));
  }
  return events as unknown as GetContractEventsReturnType<abi, eventName, true>;
}
