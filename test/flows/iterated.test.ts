// A generation is answered, disputed at one element of one pass, or found to have stopped at another pass than claimed.
import {
  type ComputePass,
  carriedOf,
  collectOutput,
  createTrace,
  execute,
  executePass,
  executePasses,
  FIRST_PASS,
  type Program,
  recordTrace,
  runProgram,
  type Tensor,
} from "@assay/sdk/program";
import { expect } from "chai";
import type { Executor } from "../../node/execution/executor.ts";
import { cheatingPasses, type Flip } from "../helpers/cheat.ts";
import { generator, promptOf } from "../helpers/iterated.ts";
import {
  joinCheater,
  joinDefender,
  joinWatchtower,
  joinWorker,
  play,
  reference,
} from "../helpers/players.ts";
import { slash } from "../helpers/slash.ts";
import { type Stage, setStage } from "../helpers/stage.ts";

const program = generator(6);
const input = promptOf(program, [3, 7, 2]);
const { passes: due } = runProgram(program, input);
const slotsOf = (op: string) => program.steps.flatMap((step, slot) => (step.op === op ? [slot] : []));
const stop = program.steps.length - 1;

/** A bit of what that step makes in that pass which decides about the answer. */
function flipOf(pass: number, slot: number): Flip {
  const right = execute(program, input);
  const { data } = executePass(program, input)[slot]!;
  for (let element = data.length - 1; element >= 0; element--) {
    for (let bit = 8 * data.BYTES_PER_ELEMENT - 1; bit >= 0; bit--) {
      const flip = { pass, slot, element, bit };
      const told = collectOutput(program, cheatingPasses(program, input, flip).at(-1)!);
      if (Buffer.compare(told, collectOutput(program, right)) !== 0) return flip;
    }
  }
  throw new Error("No bit of it matters");
}

/** The first `count` passes, however many are due, with stop flags that say so. */
function passesOf(count: number): Tensor[][] {
  const passes: Tensor[][] = [];
  let start = FIRST_PASS;
  for (let pass = 0; pass < count; pass++) {
    const slots = executePass(program, input, start);
    slots[stop] = { ...slots[stop]!, data: Uint8Array.of(pass === count - 1 ? 1 : 0) };
    passes.push(slots);
    start = { pass: pass + 1, carried: carriedOf(program, slots) };
  }
  return passes;
}

/** A worker that shows these passes. */
function joinTeller({ network, library, committed }: Stage, passes: Tensor[][]) {
  const output = collectOutput(program as Program, passes.at(-1)!);
  return joinWorker(network, library, {
    fast: {
      name: "teller",
      run: async () => ({ output, passes: passes.length }),
      trace: async () => createTrace(committed, input, passes, output),
      close: async () => {},
    },
  });
}

describe("a generation on chain", () => {
  it("is answered, checked and paid, with the number of its passes (S-04)", async () => {
    const stage = await setStage({ program });
    const { network, library } = stage;
    const worker = joinWorker(network, library, { sampleRate: 1 });
    const watchtower = joinWatchtower(network, library);
    const requestId = await stage.request({ input });
    await play(network, [worker, watchtower]);
    await stage.check(requestId, "committed");
    const commitId = await stage.commitIdOf(requestId);
    const { terms, holds } = await network.clients.stranger.getCommitment({ commitId });
    expect({ passes: terms.passes, holds }).to.deep.equal({ passes: due, holds: 0 });
    expect(worker.events.find(({ kind }) => kind === "executed")).to.include({ passes: due });
    expect(watchtower.events[0]).to.include({ kind: "checked", judgement: "valid" });
    await stage.passDeadline(requestId);
    await play(network, [worker, watchtower]);
    await stage.check(requestId, "finalized");
    worker.leave();
    watchtower.leave();
  });

  const lies: [string, Flip][] = [
    ["a cache that was carried into pass 3", flipOf(3, slotsOf("Carry")[2]!)],
    ["the last token, as pass 5 reads it", flipOf(5, slotsOf("Carry")[1]!)],
    ["a cache that pass 4 wrote", flipOf(4, slotsOf("ScatterElements")[0]!)],
    ["a logit of the last pass", flipOf(due - 1, slotsOf("MatMulInteger")[0]!)],
    ["an embedding of the first pass", flipOf(0, slotsOf("Gather")[1]!)],
  ];
  for (const [name, flip] of lies) {
    it(`S-04: is slashed for one bit of ${name}`, async () => {
      const stage = await setStage({ program });
      const cheater = joinCheater(stage.network, stage.library, flip);
      const { proved } = await slash(stage, cheater, input);
      expect(proved).to.include({ pass: flip.pass, step: flip.slot });
    });
  }

  const claims: [string, Tensor[][]][] = [
    ["one pass too few, and a stop flag that says so", passesOf(due - 1)],
    ["one pass too many, and a stop flag that says so", passesOf(due + 1)],
    ["one pass too few, over what it really computed", [...executePasses(program, input)].slice(0, -1)],
    ["one pass, the output being another one", passesOf(1)],
  ];
  for (const [name, passes] of claims) {
    it(`S-04: is slashed for ${name}`, async () => {
      const stage = await setStage({ program });
      const { proved } = await slash(stage, joinTeller(stage, passes), input);
      expect(proved).to.include({ op: "Stop", pass: Math.min(due, passes.length) - 1, step: stop });
    });
  }

  it("S-04: is slashed for another number of passes alone, the output being right", async () => {
    const stage = await setStage({ program });
    const passes = [...executePasses(program, input)];
    const output = collectOutput(program, passes.at(-1)!);
    const cheater = joinWorker(stage.network, stage.library, {
      fast: {
        name: "short",
        run: async () => ({ output, passes: due - 1 }),
        trace: async () => createTrace(stage.committed, input, passes.slice(0, -1), output),
        close: async () => {},
      },
    });
    const { proved } = await slash(stage, cheater, input);
    expect(proved).to.include({ op: "Stop", pass: due - 2 });
  });

  it("is disputed by machines that keep next to nothing of a trace in memory", async () => {
    const stage = await setStage({ program });
    const memory = { tensors: 1, checkpoints: 1 };
    const loads: number[] = [];
    const starved = (compute: ComputePass): Executor => ({
      ...reference,
      trace: (committed, given) =>
        recordTrace(
          committed,
          given,
          (start) => {
            loads.push(start.pass);
            return compute(start);
          },
          { memory },
        ),
    });
    const flip = flipOf(3, slotsOf("Carry")[2]!);
    const told = cheatingPasses(program, input, flip);
    const output = collectOutput(program, told.at(-1)!);
    const cheater = joinWorker(stage.network, stage.library, {
      fast: {
        ...starved(async ({ pass }) => told[pass]!),
        run: async () => ({ output, passes: told.length }),
      },
    });
    const honest = starved(async (start) => executePass(program, input, start));
    const { proved } = await slash(stage, cheater, input, { fast: honest });
    expect(proved).to.include({ pass: 3, step: flip.slot });
    expect(loads.length, "passes were computed again").to.be.greaterThan(due + told.length);
  });

  it("is defended by another machine when the worker is off", async () => {
    const stage = await setStage({ program, defended: true });
    const { network, library } = stage;
    const worker = joinWorker(network, library);
    const defender = joinDefender(network, library);
    const requestId = await stage.request({ input });
    await play(network, [worker]);
    const commitId = await stage.commitIdOf(requestId);
    await network.clients.friend.challenge({ commitId });
    await play(network, [defender]);
    const { boundAt } = await network.clients.stranger.getBinding({ commitId });
    expect(boundAt > 0n).to.equal(true);
    await stage.check(requestId, "committed");
    worker.leave();
    defender.leave();
  });
});
