// Answers that are ready together go out in one transaction; each of them stands, falls and is defended on its own.
import type { Hex } from "@assay/sdk/protocol";
import { expect } from "chai";
import type { Executor } from "../../node/execution/executor.ts";
import { cheatingPasses } from "../helpers/cheat.ts";
import { temporaryFolder } from "../helpers/nodeParts.ts";
import {
  executorOf,
  joinLiar,
  joinWatchtower,
  joinWorker,
  type Player,
  play,
  reference,
  tick,
  workerLimits,
} from "../helpers/players.ts";
import { fee, gain, type Stage, setStage } from "../helpers/stage.ts";

const count = 7;
const flip = { slot: 0, element: 3, bit: 30 };

/** Executes one after the other, and says that it takes several at a time. */
const together = (one: Executor) => ({
  ...one,
  batchSize: count,
  runBatch: (committed: Parameters<Executor["run"]>[0], inputs: readonly Uint8Array[]) =>
    Promise.all(inputs.map((input) => one.run(committed, input))),
});

describe("answers in one batch", () => {
  let stage: Stage;
  let requestIds: Hex[];
  const players: Player[] = [];

  beforeEach(async () => {
    stage = await setStage();
    requestIds = [];
    for (let n = 0; n < count; n++) requestIds.push(await stage.request());
  });

  afterEach(() => {
    for (const player of players.splice(0)) player.leave();
  });

  function work(fast: Executor, folder?: string): Player {
    const worker = joinWorker(stage.network, stage.library, {
      fast: together(fast),
      selfTest: async () => ({ executeSeconds: 0.1, traceSeconds: 0.1, batches: true }),
      limits: { ...workerLimits, batchSize: count },
      ...(folder !== undefined && { folder }),
    });
    players.push(worker);
    return worker;
  }

  const hashesOf = (worker: Player, move: string) =>
    new Set(
      worker.events.flatMap((event) => (event.kind === "sent" && event.move === move ? [event.hash] : [])),
    );

  it("are published and collected by one transaction each", async () => {
    const worker = work(reference);
    const before = await stage.check(requestIds[0]!, "open");
    await play(stage.network, [worker]);
    for (const requestId of requestIds) await stage.check(requestId, "committed");
    expect(hashesOf(worker, "commit").size).to.equal(1);
    await stage.passDeadline(requestIds.at(-1)!);
    await play(stage.network, [worker]);
    const after = await stage.check(requestIds[0]!, "finalized");
    expect(hashesOf(worker, "collect").size).to.equal(1);
    expect(gain(before, after, "worker")).to.equal(fee * BigInt(count));
    expect(after.credits.worker, "paid out, not credited").to.equal(before.credits.worker);
  });

  it("fall one by one: a wrong one among right ones costs its own lock only", async () => {
    const lie = await wrongAbout(requestIds[3]!);
    const worker = work(lie);
    const watchtower = joinWatchtower(stage.network, stage.library);
    players.push(watchtower);
    await play(stage.network, [worker]);
    expect(hashesOf(worker, "commit").size).to.equal(1);
    await play(stage.network, [watchtower, worker]);
    for (const [index, requestId] of requestIds.entries())
      await stage.check(requestId, index === 3 ? "slashed" : "committed");
    await stage.passDeadline(requestIds.at(-1)!);
    await play(stage.network, [worker]);
    for (const [index, requestId] of requestIds.entries())
      await stage.check(requestId, index === 3 ? "slashed" : "finalized");
    expect(hashesOf(worker, "collect").size).to.equal(1);
  });

  it("are each defended against a false challenge", async () => {
    const worker = work(reference);
    await play(stage.network, [worker]);
    const before = await stage.check(requestIds[0]!, "committed");
    const liar = joinLiar(stage.network, stage.library, flip);
    players.push(liar);
    await play(stage.network, [liar, worker]);
    const after = await stage.check(requestIds[0]!, "committed");
    const bonds = stage.network.tier.challengeBond * BigInt(liar.context.journal.disputes.count(["lost"]));
    expect(bonds > 0n).to.equal(true);
    expect(gain(before, after, "friend")).to.equal(-bonds);
    expect(gain(before, after, "worker")).to.equal((bonds * 60n) / 100n);
  });

  it("S-11: stay together over a crash, so that no request is ever in two transactions", async () => {
    const folder = temporaryFolder();
    const first = work(reference, folder.path);
    while (!first.events.some(({ kind }) => kind === "executed")) await tick(first);
    const { journal } = first.context;
    await stage.network.request("evm_setAutomine", [false]);
    await first.poller.catchUp();
    await first.role.tick();
    await pooled("worker");
    const decided = requestIds.map((id) => journal.notes("answeredTogether").get(id)?.data);
    expect(new Set(decided.map((one) => JSON.stringify(one))).size, "one set").to.equal(1);
    players.splice(players.indexOf(first), 1);
    const stopped = first.role.stop?.();
    await stage.network.request("evm_setAutomine", [true]);
    await stopped;
    first.leave();
    requestIds.push(await stage.request()); // another one that the old set knows nothing of
    await stage.network.request("evm_mine");

    const second = work(reference, folder.path);
    await play(stage.network, [second]);
    for (const requestId of requestIds) await stage.check(requestId, "committed");
    const nonce = await stage.network.clients.deployer.getTransactionCount({
      address: stage.network.addresses.worker,
    });
    const reverted = await failures(nonce);
    expect(reverted, "transactions in vain").to.equal(0);
    folder.remove();
  });

  async function wrongAbout(requestId: Hex): Promise<Executor> {
    const wrong = await stage.network.clients.deployer.getInput({ requestId });
    const lying = executorOf(({ program }, input) => cheatingPasses(program, input, flip));
    const of = (input: Uint8Array) => (Buffer.compare(input, wrong) === 0 ? lying : reference);
    return {
      ...reference,
      run: (committed, input) => of(input).run(committed, input),
      trace: (committed, input) => of(input).trace(committed, input),
    };
  }

  /** Waits until a transaction of that person waits in the pool. */
  async function pooled(person: "worker"): Promise<void> {
    const address = stage.network.addresses[person];
    const { deployer } = stage.network.clients;
    for (let looks = 0; looks < 500; looks++) {
      const [latest, pending] = await Promise.all(
        (["latest", "pending"] as const).map((blockTag) =>
          deployer.getTransactionCount({ address, blockTag }),
        ),
      );
      if (pending! > latest!) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("Nothing was sent");
  }

  /** Transactions of the worker that were mined in vain. */
  async function failures(sent: number): Promise<number> {
    const { deployer } = stage.network.clients;
    const head = await deployer.getBlockNumber({ cacheTime: 0 });
    let failed = 0;
    let seen = 0;
    for (let blockNumber = head; blockNumber > 0n && seen < sent; blockNumber--) {
      const { transactions } = await deployer.getBlock({ blockNumber, includeTransactions: true });
      for (const { hash, from } of transactions) {
        if (from.toLowerCase() !== stage.network.addresses.worker.toLowerCase()) continue;
        seen++;
        const { status } = await deployer.getTransactionReceipt({ hash });
        if (status === "reverted") failed++;
      }
    }
    return failed;
  }
});
