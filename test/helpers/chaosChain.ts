// Re-organisations of a real client's chain: blocks vanish, and what was in them is dropped or mined again in another order.
import type { Hex } from "viem";
import type { AnvilNetwork } from "./anvilNetwork.ts";
import { type Person, people } from "./people.ts";
import type { Random } from "./random.ts";

export const deepest = 32;

export interface ChaosChain {
  /** How deep each re-organisation was. */
  depths: number[];
  /** Nothing before the present block vanishes from here on, and there are blocks enough for the deepest one. */
  anchor(): Promise<void>;
  /** Replaces the newest blocks. Transactions of `kept` are mined again; those of others by chance. */
  reorganise(): Promise<void>;
}

type Mined = { hash: Hex; from: string };

/** @param kept Whose transactions nobody would send again. */
export function createChaosChain(network: AnvilNetwork, random: Random, kept: readonly Person[]): ChaosChain {
  const depths: number[] = [];
  const isKept = new Set(kept.map((person) => network.addresses[person].toLowerCase()));
  let first = 0;

  const head = async () => Number(await network.request("eth_blockNumber"));
  const hex = (value: number): Hex => `0x${value.toString(16)}`;

  async function transactionsIn(block: number): Promise<Mined[]> {
    const found = (await network.request("eth_getBlockByNumber", [hex(block), true])) as {
      transactions: Mined[];
    };
    return found.transactions;
  }

  /** Any order in which everybody's own transactions stay in theirs. */
  function interleaved(transactions: readonly Mined[]): Mined[] {
    const turns = random.shuffle(transactions.map(({ from }) => from));
    const queues = new Map(people.map((person) => [network.addresses[person].toLowerCase(), [] as Mined[]]));
    for (const one of transactions) queues.get(one.from)?.push(one);
    return turns.flatMap((from) => queues.get(from)?.shift() ?? []);
  }

  return {
    depths,
    anchor: async () => {
      first = await head();
      await network.request("anvil_mine", [hex(deepest)]);
    },
    reorganise: async () => {
      const from = await head();
      const depth = Math.min(random.pick([1, 2, 3, random.integer(1, deepest), deepest]), from - first);
      const undone: Mined[] = [];
      for (let block = from - depth + 1; block <= from; block++)
        undone.push(...(await transactionsIn(block)));
      const again = random.shuffle(people).slice(0, 4);
      const chosen = new Set([...isKept, ...again.map((person) => network.addresses[person].toLowerCase())]);
      const order = interleaved(undone.filter((one) => chosen.has(one.from)));
      const places = order.map(() => random.integer(0, depth - 1)).sort((a, b) => a - b);
      const raws = await Promise.all(
        order.map(({ hash }) => network.request("eth_getRawTransactionByHash", [hash])),
      );
      await network.request("anvil_reorg", [depth, raws.map((raw, index) => [raw, places[index]])]);
      depths.push(depth);
    },
  };
}
