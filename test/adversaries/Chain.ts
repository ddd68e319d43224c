// The chain of an arena: transactions with what came of them, events, and time that a game moves.
import type { BaseContract } from "ethers";
import type { Contracts, World } from "../helpers/deploy.ts";
import { addresses, isHonest, type Party } from "./cast.ts";

/** An event, as far as a game needs it. */
export interface Seen {
  name: string;
  args: Record<string, unknown>;
  block: number;
  time: bigint;
}

/** What the sender learns. */
export interface Outcome {
  ok: boolean;
  /** Name of the contract's error. */
  error?: string;
  events: Seen[];
  time: bigint;
}

/** A transaction of an honest party before it is in a block. */
export interface Pending {
  from: Party;
  contract: keyof Contracts;
  name: string;
  args: unknown[];
}

export class Chain {
  readonly world: World;
  /** Transactions of adversaries, and how many of them were refused, by the error. */
  moves = 0;
  readonly refused = new Map<string, number>();
  /** Transactions of honest parties that were refused, by the error. */
  readonly failed = new Map<string, number>();
  readonly gas = { honest: 0n, hostile: 0n };
  /** Sees what honest parties send; true keeps it out of the block. */
  intercept: ((pending: Pending) => Promise<boolean>) | undefined;
  readonly #byAddress = new Map<string, BaseContract>();

  constructor(world: World) {
    this.world = world;
    for (const one of Object.values(world) as BaseContract[])
      if (typeof one?.target === "string" && "interface" in one)
        this.#byAddress.set(one.target.toLowerCase(), one);
  }

  /** Hears of every event of the protocol's contracts. */
  protected note(_seen: Seen): void {}

  // TIME

  async now(): Promise<bigint> {
    return BigInt(await this.world.networkHelpers.time.latest());
  }

  /** Mines a block at that time. */
  async jump(time: bigint): Promise<void> {
    if (time > (await this.now())) await this.world.networkHelpers.time.increaseTo(time);
  }

  pass = async (seconds: number): Promise<void> => this.jump((await this.now()) + BigInt(seconds));

  // TRANSACTIONS

  /** A transaction of `from`, at time `at` where that is still to come. */
  async send(
    from: Party,
    contract: keyof Contracts,
    name: string,
    args: unknown[],
    at?: bigint,
  ): Promise<Outcome> {
    const honest = isHonest(from);
    if (honest && (await this.intercept?.({ from, contract, name, args })))
      return { ok: false, error: "Dropped", events: [], time: await this.now() };
    if (at !== undefined && at > (await this.now()))
      await this.world.networkHelpers.time.setNextBlockTimestamp(at);
    const outcome = await this.transact(addresses[from], contract, name, args, honest ? "honest" : "hostile");
    if (!honest) this.moves++;
    if (!outcome.ok) {
      const counts = honest ? this.failed : this.refused;
      counts.set(outcome.error!, (counts.get(outcome.error!) ?? 0) + 1);
    }
    return outcome;
  }

  /** Books nothing where no `side` is named. */
  protected async transact(
    from: string,
    contract: keyof Contracts,
    name: string,
    args: unknown[],
    side?: "honest" | "hostile",
  ): Promise<Outcome> {
    const { target, interface: abi } = this.world[contract];
    const call = { from, to: target, data: abi.encodeFunctionData(name, args), gas: "0xe00000" };
    const rpc = this.world.ethers.provider;
    let hash: string;
    try {
      hash = await rpc.send("eth_sendTransaction", [call]);
    } catch (error) {
      return { ok: false, error: this.#nameOf(error), events: [], time: await this.now() };
    }
    const receipt = await rpc.send("eth_getTransactionReceipt", [hash]);
    if (side) this.gas[side] += BigInt(receipt.gasUsed);
    const time = await this.now();
    return { ok: true, events: this.#read(receipt, time), time };
  }

  #nameOf(error: unknown): string {
    const text = String((error as { message?: string }).message ?? error);
    const named = /custom error '(\w+)\(/.exec(text)?.[1];
    if (named !== undefined) return named;
    const data = /return data: (0x[0-9a-f]+)/.exec(text)?.[1];
    for (const contract of data === undefined ? [] : this.#byAddress.values()) {
      const parsed = contract.interface.parseError(data!);
      if (parsed) return parsed.name;
    }
    return text.split("\n")[0]!;
  }

  #read(
    {
      logs,
      blockNumber,
    }: { logs: { address: string; topics: string[]; data: string }[]; blockNumber: string },
    time: bigint,
  ): Seen[] {
    return logs.flatMap((log) => {
      const parsed = this.#byAddress.get(log.address.toLowerCase())?.interface.parseLog(log);
      if (!parsed) return [];
      const args = parsed.args.toObject() as Record<string, unknown>;
      const seen: Seen = { name: parsed.name, args, block: Number(blockNumber), time };
      this.note(seen);
      return [seen];
    });
  }
}
