// The event reader: every event exactly once and in order, over restarts, outages and re-organisations.

import { assayTokenAbi } from "@assay/sdk/abi";
import { expect } from "chai";
import { type Address, custom, http, parseEventLogs, type Transport } from "viem";
import { createEndpoints } from "../../../node/chain/endpoints.ts";
import { createPoller, type Poller } from "../../../node/chain/poller.ts";
import { systemClock } from "../../../node/clock.ts";
import type { Database } from "../../../node/store/database.ts";
import { createItems, rollbackItems } from "../../../node/store/items.ts";
import { type Anvil, deployToken, mint, startAnvil } from "../../helpers/anvil.ts";
import { errorOf, quiet, temporaryDatabase } from "../../helpers/nodeParts.ts";

const someone: Address = "0x00000000000000000000000000000000000000AA";

interface Reader {
  poller: Poller;
  /** What was derived: block and amount of each mint. */
  derived(): [bigint | undefined, bigint][];
  /** What was handed over, in order. */
  applied: bigint[];
}

describe("createPoller", () => {
  let anvil: Anvil;
  let token: Address;
  let database: Database;
  let startBlock: bigint;
  before(async () => {
    anvil = await startAnvil();
    token = await deployToken(anvil);
  });
  after(() => anvil?.stop());
  beforeEach(async () => {
    database = temporaryDatabase();
    startBlock = (await anvil.client.getBlockNumber()) + 1n;
  });
  afterEach(() => database.close());

  interface Options {
    transport?: Transport;
    second?: Transport;
    reorgBlocks?: number;
    confirmations?: number;
    beforeCommit?: () => void;
  }
  function read({
    transport = http(anvil.url),
    second,
    reorgBlocks = 8,
    confirmations = 0,
    beforeCommit,
  }: Options = {}): Reader {
    const parts = quiet();
    const items = createItems<{ amount: bigint; order: number }, "minted">(database.sql, systemClock, "mint");
    const applied: bigint[] = [];
    const endpoints = createEndpoints({
      sources: [transport, ...(second ? [second] : [])].map((one, index) => ({
        name: `anvil ${index}`,
        transport: one,
      })),
      maxHeadLagBlocks: 5,
      pollSeconds: 0.02,
      ...parts,
    });
    const poller = createPoller({
      name: "test",
      addresses: [token],
      startBlock,
      decode: (logs) => parseEventLogs({ abi: assayTokenAbi, eventName: "Transfer", logs }),
      apply: (events) => {
        for (const { args, blockNumber, logIndex, transactionHash } of events) {
          applied.push(args.value);
          items.put(transactionHash, "minted", { amount: args.value, order: logIndex }, blockNumber);
        }
        beforeCommit?.();
      },
      rollback: (toBlock) => rollbackItems(database.sql, systemClock, toBlock),
      confirmations,
      chunkBlocks: 7,
      reorgBlocks,
      pollSeconds: 0.02,
      endpoints,
      database,
      ...parts,
    });
    const derived = () =>
      items
        .list()
        .map(({ block, data }) => [block, data.amount] as [bigint, bigint])
        .sort((a, b) => Number(a[1] - b[1]));
    return { poller, derived, applied };
  }

  const mintEach = async (...amounts: bigint[]) => {
    for (const amount of amounts) await mint(anvil, token, someone, amount);
  };
  const reorg = (depth: number) =>
    anvil.client.request({ method: "anvil_reorg" as never, params: [depth, []] as never });
  const amounts = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => BigInt(from + i));

  it("reads history in ranges and the newest blocks one by one, each event once and in order", async () => {
    await mintEach(...amounts(1, 30));
    const { poller, derived, applied } = read();
    await poller.catchUp();
    expect(applied).to.deep.equal(amounts(1, 30));
    expect(derived()[0]).to.deep.equal([startBlock, 1n]);
    expect(poller.cursor()?.number).to.equal(startBlock + 29n);
    expect(poller.isCaughtUp()).to.equal(true);
    expect(poller.head()?.number).to.equal(startBlock + 29n);
  });

  it("continues after a restart where it stood, without reading anything twice", async () => {
    await mintEach(1n, 2n);
    await read().poller.catchUp();
    await mintEach(3n);
    const { poller, derived, applied } = read();
    await poller.catchUp();
    expect(applied).to.deep.equal([3n]);
    expect(derived().map(([, amount]) => amount)).to.deep.equal([1n, 2n, 3n]);
  });

  it("undoes blocks that left the chain and reads the ones that took their place", async () => {
    await mintEach(1n, 2n, 3n);
    const { poller, derived } = read();
    await poller.catchUp();
    await reorg(2);
    await mintEach(4n);
    await poller.catchUp();
    const held = derived().map(([, amount]) => amount);
    const fresh = await minted();
    expect(held).to.deep.equal(fresh);
    expect(held).to.include(1n).and.include(4n);
  });

  it("undoes blocks that left the chain while it was down, even all it ever read", async () => {
    await mintEach(1n, 2n);
    await read().poller.catchUp();
    await reorg(2);
    await mintEach(3n);
    const { poller, derived } = read();
    await poller.catchUp();
    expect(derived().map(([, amount]) => amount)).to.deep.equal(await minted());
  });

  it("stops with a fatal error when the chain changed deeper than it remembers", async () => {
    await mintEach(...amounts(1, 8));
    const { poller } = read({ reorgBlocks: 2 });
    await poller.catchUp();
    await reorg(6);
    const error = await errorOf(() => poller.catchUp());
    expect(error.name).to.equal("ReorgTooDeepError");
    expect(error.message).to.include("remembered: 2");
  });

  it("moves the cursor and what follows from events together or not at all", async () => {
    await mintEach(1n);
    let fails = true;
    const { poller, derived } = read({
      beforeCommit: () => {
        if (fails) throw new Error("crash");
      },
    });
    await errorOf(() => poller.poll());
    expect(poller.cursor()).to.equal(undefined);
    expect(derived()).to.deep.equal([]);
    fails = false;
    await poller.catchUp();
    expect(derived()).to.have.length(1);
  });

  it("loses nothing when the endpoint fails again and again", async () => {
    await mintEach(...amounts(1, 25));
    let calls = 0;
    const inner = http(anvil.url, { retryCount: 0 })({});
    const transport = custom(
      {
        request: async (request: { method: string; params?: unknown }) => {
          calls += 1;
          if (calls % 7 === 0) throw new Error("connection reset");
          return inner.request(request as never);
        },
      },
      { retryCount: 0 },
    );
    const { poller, applied } = read({ transport });
    await poller.catchUp();
    expect(applied).to.deep.equal(amounts(1, 25));
  });

  it("notices an endpoint whose database has lost events, and takes them from the next one", async () => {
    await mintEach(1n, 2n);
    const inner = http(anvil.url)({});
    const forgetful = custom({
      request: async (request: { method: string; params?: unknown }) =>
        request.method === "eth_getLogs" ? [] : inner.request(request as never),
    });
    const { poller, applied } = read({ transport: forgetful, second: http(anvil.url) });
    await poller.catchUp();
    expect(applied).to.deep.equal([1n, 2n]);
  });

  it("waits for confirmations, runs as a loop, and wakes its listeners", async () => {
    const { poller, derived } = read({ confirmations: 2 });
    const stop = new AbortController();
    const advanced = new Promise<void>((resolve) => {
      const off = poller.onAdvance(() => {
        off();
        resolve();
      });
    });
    await poller.start?.(stop.signal);
    await mintEach(1n, 2n, 3n);
    await advanced;
    for (let i = 0; i < 100 && derived().length < 1; i++) await systemClock.sleep(10);
    expect(derived().map(([, amount]) => amount)).to.deep.equal([1n]);
    stop.abort();
    await poller.stop?.();
  });

  async function minted(): Promise<bigint[]> {
    const logs = await anvil.client.getLogs({ address: token, fromBlock: startBlock });
    const events = parseEventLogs({ abi: assayTokenAbi, eventName: "Transfer", logs });
    return events.map(({ args }) => args.value).sort((a, b) => Number(a - b));
  }
});
