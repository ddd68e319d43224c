// What keeps a worker from being slashed by its own machine: samples, known answers, a journal that is believed only if it is right.
import type { CommittedProgram } from "@assay/sdk/program";
import type { Hex } from "@assay/sdk/protocol";
import { expect } from "chai";
import { RetryableError, SelfTestError } from "../../../node/errors.ts";
import type { BatchExecutor } from "../../../node/execution/executor.ts";
import { createFastExecutor } from "../../../node/execution/fastExecutor.ts";
import { selfTest } from "../../../node/execution/selfTest.ts";
import { cheatingPasses } from "../../helpers/cheat.ts";
import { quiet } from "../../helpers/nodeParts.ts";
import {
  executorOf,
  joinWorker,
  type Player,
  play,
  reference,
  shelf,
  tick,
  workerLimits,
} from "../../helpers/players.ts";
import { type Stage, setStage } from "../../helpers/stage.ts";

const flip = { slot: 8, element: 6, bit: 12 };
const lying = executorOf(({ program }, input) => cheatingPasses(program, input, flip));

describe("worker", () => {
  let stage: Stage;
  let players: Player[];

  beforeEach(async () => {
    stage = await setStage();
    players = [];
  });

  afterEach(() => {
    for (const player of players) player.leave();
  });

  function work(options: Parameters<typeof joinWorker>[2] = {}): Player {
    const worker = joinWorker(stage.network, stage.library, options);
    players.push(worker);
    return worker;
  }

  const alarms = ({ events }: Player) =>
    events.flatMap((event) => (event.kind === "alarm" ? [event.reason] : []));
  const refusals = ({ events }: Player) =>
    events.flatMap((event) => (event.kind === "refused" ? [event.reason] : []));

  it("S-06: commits nothing after a sample that came out differently", async () => {
    const worker = work({ fast: lying, sampleRate: 1 });
    const requestId = await stage.request();
    await play(stage.network, [worker]);
    await stage.check(requestId, "claimed");
    expect(alarms(worker)).to.deep.equal(["sampleDiffers"]);
    expect(worker.context.journal.outputOf(requestId)).to.equal(undefined);
    const next = await stage.request();
    await play(stage.network, [worker]);
    await stage.check(next, "open");
    expect(refusals(worker)).to.deep.equal(["halted"]);
  });

  it("commits nothing when it has answered the same question differently", async () => {
    const first = work();
    const folder = first.context;
    const requestId = await stage.request({ seed: 5 });
    await play(stage.network, [first]);
    await stage.check(requestId, "committed");
    expect(folder.journal.outputOf(requestId)).to.not.equal(undefined);
    const again = await stage.request({ seed: 5 });
    const { request } = await stage.network.clients.deployer.getRequest({ requestId: again });
    const { programId, inputRoot } = request;
    const other = { requestId: `0x${"12".repeat(32)}` as const, programId, inputRoot, passes: 1 };
    const worker = work({ person: "stranger" });
    await stage.network.clients.stranger.stake({ amount: stage.stake });
    const payload = { input: new Uint8Array(1), output: new Uint8Array(1) };
    worker.context.journal.recordAnswer({ ...other, outputRoot: `0x${"34".repeat(32)}` }, payload);
    await play(stage.network, [worker]);
    await stage.check(again, "claimed");
    expect(alarms(worker)).to.deep.equal(["answersDiffer"]);
  });

  it("serves nothing on a machine that gets known answers wrong", async () => {
    const worker = work({ selfTest: () => Promise.reject(new SelfTestError("wrong here")) });
    const requestId = await stage.request();
    await play(stage.network, [worker]);
    await stage.check(requestId, "open");
    expect(alarms(worker)).to.deep.equal(["selfTest"]);
    expect(refusals(worker)).to.deep.equal(["selfTest"]);
  });

  it("serves a program as soon as it can be fetched", async () => {
    let isThere = false;
    const shelved = shelf(stage.library);
    const get: typeof shelved.get = async (programId) => {
      if (!isThere) throw new RetryableError("nobody has it");
      return shelved.get(programId);
    };
    const worker = work({ programs: { get } });
    const requestId = await stage.request();
    await tick(worker);
    await tick(worker);
    await stage.check(requestId, "open");
    isThere = true;
    await play(stage.network, [worker]);
    await stage.check(requestId, "committed");
  });

  it("signs the recorded answer only, whatever lies in its place", async () => {
    const worker = work();
    const requestId = await stage.request();
    const { journal } = worker.context;
    while (worker.events.every(({ kind }) => kind !== "executed")) await tick(worker);
    await stage.check(requestId, "claimed");
    const right = journal.outputOf(requestId)!;
    journal.keepPayload(requestId, "output", new Uint8Array(right.length));
    await play(stage.network, [worker]);
    await stage.check(requestId, "committed");
    const { output } = await stage.network.clients.deployer.getResult({ requestId });
    expect(output).to.deep.equal(right);
  });

  it("answers requests together with the bits that each has alone", async () => {
    const batches: number[] = [];
    const fast = createFastExecutor({ sessions: 2, threads: 1, batchSize: 4, ...quiet() });
    const worker = work({
      fast: {
        ...fast,
        runBatch: (committed: CommittedProgram, inputs: readonly Uint8Array[]) => {
          batches.push(inputs.length);
          return fast.runBatch(committed, inputs);
        },
      } as BatchExecutor,
      selfTest: async () => selfTest(stage.committed, fast, reference),
      limits: { ...workerLimits, batchSize: 4 },
      sampleRate: 1,
    });
    const requestIds: Hex[] = [];
    for (let index = 0; index < 6; index++) requestIds.push(await stage.request());
    await play(stage.network, [worker]);
    for (const requestId of requestIds) {
      await stage.check(requestId, "committed");
      const commitId = await stage.commitIdOf(requestId);
      const { terms } = await stage.network.clients.stranger.getCommitment({ commitId });
      expect(terms.outputRoot).to.equal((await stage.traceOf(requestId)).outputRoot);
    }
    expect(batches.length, "some were run together").to.be.greaterThan(0);
    expect(Math.max(...batches)).to.be.within(2, 4);
    expect(alarms(worker)).to.deep.equal([]);
    await fast.close();
  });

  it("drains: finishes what is open, takes nothing new", async () => {
    const worker = work();
    const requestId = await stage.request();
    await tick(worker);
    await tick(worker);
    await stage.check(requestId, "claimed");
    let isDrained = false;
    const drained = worker.role.drain().then(() => {
      isDrained = true;
    });
    const next = await stage.request();
    await play(stage.network, [worker]);
    await stage.check(next, "open");
    await stage.check(requestId, "committed");
    expect(isDrained).to.equal(false);
    await stage.passDeadline(requestId);
    await play(stage.network, [worker]);
    await stage.check(requestId, "finalized");
    await tick(worker);
    await drained;
    expect(refusals(worker)).to.include("draining");
  });
});
