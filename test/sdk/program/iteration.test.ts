// Iterated programs: passes, what is carried, when they stop, and every lie about it.
import {
  carriedOf,
  checkProgram,
  claimOf,
  commitProgram,
  createTrace,
  emitOnnx,
  executePass,
  executePasses,
  type PassMemory,
  PassNotAtHandError,
  type Program,
  ProgramError,
  readFastForm,
  recordTrace,
  replayShare,
  runProgram,
  type Tensor,
  type Trace,
  tensorType,
  traceBytes,
  traceExecution,
  unpackOutputs,
  verifyStep,
  withPasses,
} from "@assay/sdk/program";
import { leafPosition, type Position } from "@assay/sdk/protocol";
import { expect } from "chai";
import { cheatingPasses } from "../../helpers/cheat.ts";
import { type Forgery, forge, playDispute, type WorkerTrees } from "../../helpers/game.ts";
import { context, counter, countTo, generator, promptOf } from "../../helpers/iterated.ts";
import { ProgramBuilder } from "../../helpers/programs.ts";
import { proofOf } from "../../helpers/proofs.ts";
import { Random } from "../../helpers/random.ts";

const counting = counter();
const toy = generator(6);
const stopping = promptOf(toy, [3, 7, 2]);
const toyTrace = traceOf(toy, stopping);
const stop = toy.steps.length - 1;

function traceOf(program: Program, input: Uint8Array): Trace {
  return createTrace(commitProgram(program), input, [...executePasses(program, input)]);
}

/** The leaf of the trace tree below or at a position. */
const placeAt = (trace: Trace, { depth, path }: Position) => {
  const leaf = Number(path >> BigInt(4 * (depth - trace.depth)));
  return { pass: Math.floor(leaf / trace.shape.slots), slot: leaf % trace.shape.slots };
};

describe("iterated program", () => {
  it("S-04: runs until Stop says so, or until it has run as often as it may", () => {
    const passesOf = (limit: number, most?: number) => runProgram(counter(most), countTo(limit)).passes;
    expect([1, 2, 7, 19, 20, 21, 1_000].map((limit) => passesOf(limit))).to.deep.equal([
      1, 2, 7, 19, 20, 20, 20,
    ]);
    expect(passesOf(5, 4)).to.equal(4);
    const { output, passes } = runProgram(toy, stopping);
    const [tokens, next] = unpackOutputs(toy, output);
    expect({ passes, next: next!.data[0], last: tokens!.data[passes - 1] }).to.deep.equal({
      ...{ passes: 10, next: 10, last: 0 },
    });
  });

  it("S-22: goes on the same way when it is resumed with prompt and prefix as input", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const program = generator(seed);
      const prompt = [3, 7, 2];
      const whole = runProgram(program, promptOf(program, prompt));
      const text = [...unpackOutputs(program, whole.output)[0]!.data].map(Number);
      const written = text.slice(prompt.length - 1, whole.passes);
      for (let kept = 1; kept <= whole.passes - prompt.length; kept++) {
        const resumed = runProgram(program, promptOf(program, [...prompt, ...written.slice(0, kept)]));
        expect(resumed, `seed ${seed}, ${kept} tokens`).to.deep.equal(whole);
      }
    }
  });

  it("takes whatever input it gets: lengths, tokens and limits are clipped (S-03)", () => {
    const random = new Random(5);
    for (let run = 0; run < 30; run++) {
      const { passes } = runProgram(toy, random.bytes(stopping.length));
      expect(passes).to.be.within(1, context);
    }
  });
});

describe("trace of an iterated program", () => {
  const starved: PassMemory = { tensors: 1, checkpoints: 1 };

  it("has the same roots however little of it stays in memory", () => {
    for (const memory of [undefined, starved, { tensors: 1, checkpoints: 1_000 }]) {
      const trace = traceExecution(toyTrace.committed, stopping, { memory });
      const { traceRoot, outputRoot, passes } = trace;
      expect({ traceRoot, outputRoot, passes }).to.deep.equal({
        traceRoot: toyTrace.traceRoot,
        outputRoot: toyTrace.outputRoot,
        passes: toyTrace.passes,
      });
      for (const pass of [9, 0, 4, 3, 8])
        expect(trace.slotsOf(pass)).to.deep.equal(toyTrace.slotsOf(pass), `pass ${pass}`);
    }
  });

  it("computes a pass again when it is asked for, as few as memory makes it", async () => {
    const computed: number[] = [];
    const compute = async ({ pass, carried }: Parameters<Parameters<typeof recordTrace>[2]>[0]) => {
      computed.push(pass);
      return executePass(toy, stopping, { pass, carried });
    };
    const seen: number[] = [];
    const options = {
      memory: { tensors: 1, checkpoints: 2 ** 20 },
      onPass: (pass: number) => seen.push(pass),
    };
    const trace = await recordTrace(toyTrace.committed, stopping, compute, options);
    expect(trace.traceRoot).to.equal(toyTrace.traceRoot);
    expect(seen).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    computed.length = 0;
    expect(() => trace.slotsOf(4)).to.throw(PassNotAtHandError);
    expect(trace.node(leafPosition(4 * 32, trace.depth))).to.equal(toyTrace.treeOf(0, 4).root);
    expect(await withPasses(trace, () => trace.tileBytes(1, 0, 4))).to.deep.equal(
      toyTrace.tileBytes(1, 0, 4),
    );
    expect(computed, "from the checkpoint before it").to.deep.equal([4]);
    const thin = await recordTrace(toyTrace.committed, stopping, compute, { memory: starved });
    computed.length = 0;
    await thin.load(5);
    expect(computed.at(-1)).to.equal(5);
    expect(computed.length, "from an earlier checkpoint").to.be.greaterThan(1);
  });

  it("S-02: is refused where it goes on with what Stop holds, which no node makes", () => {
    const flag = tensorType("u8", [1]);
    const going = (next: "Stop" | "itself"): Program => {
      const builder = new ProgramBuilder([flag]);
      const carry = builder.carry(builder.input(0), flag);
      const held = builder.step("Clip", [carry], [0, 1], flag);
      const stop = builder.stop(held);
      builder.setNext(carry, next === "Stop" ? stop : carry);
      return builder.build([held], 3);
    };
    const file = emitOnnx(going("itself"));
    expect(emitOnnx(readFastForm(file))).to.deep.equal(file);
    expect(() => checkProgram(going("Stop"))).to.throw(ProgramError, "goes on with what Stop holds");
  });

  it("S-10: says how long disputes compute again, whatever stays in memory", () => {
    const memories = [
      { tensors: 2 ** 30, checkpoints: 0 },
      { tensors: 0, checkpoints: 2 ** 30 },
      { tensors: 0, checkpoints: 0 },
    ];
    const long = { ...toy, maxPasses: 1_600 };
    expect(memories.map((memory) => replayShare(long, 3, memory))).to.deep.equal([0, 0.03, 6]);
  });

  it("says how much memory it takes at most", () => {
    const pass = toy.steps.reduce((bytes, { out }) => bytes + out.shape.reduce((a, b) => a * b, 1), 0);
    expect(traceBytes(toy)).to.be.greaterThan(context * pass);
    expect(traceBytes(toy, starved)).to.be.lessThan(traceBytes(toy));
    expect(traceBytes({ ...toy, maxPasses: 1 })).to.be.lessThan(traceBytes(toy) / 6);
  });
});

describe("dispute about an iterated program", () => {
  /** A worker that is honest but for the number of passes that it claims. */
  const claiming = (trace: Trace, passes: number): WorkerTrees => ({
    traceRoot: trace.traceRoot,
    outputRoot: trace.outputRoot,
    passes,
    reveal: (position) => trace.reveal(position),
  });

  it("S-04: finds nothing in an honest execution", () => {
    expect(playDispute(toyTrace, toyTrace)).to.deep.include({ result: "none", choices: 0 });
  });

  it("S-04: S-24: ends against a flipped bit of any slot of any pass, carries and stop flags included", () => {
    const random = new Random(7);
    const own = traceExecution(toyTrace.committed, stopping, { memory: { tensors: 1, checkpoints: 1_000 } });
    for (let pass = 0; pass < toyTrace.passes; pass++) {
      for (let slot = 0; slot < toy.steps.length; slot++) {
        if (slot === stop && pass === toyTrace.passes - 1) continue;
        const { data } = toyTrace.slotsOf(pass)[slot]!;
        const element = random.integer(0, data.length - 1);
        const bit = slot === stop ? 0 : random.integer(0, 8 * data.BYTES_PER_ELEMENT - 1);
        const shown = cheatingPasses(toy, stopping, { pass, slot, element, bit });
        const end = playDispute(own, createTrace(toyTrace.committed, stopping, shown));
        expect(end, `pass ${pass}, slot ${slot}`).to.deep.include({ result: "faulty" });
        expect(placeAt(toyTrace, end.position)).to.deep.equal({ pass, slot });
      }
    }
  });

  it("S-04: ends against a wrong number of passes, fewer and more, over an honest trace", () => {
    for (const claimed of [1, 2, 9, 11, 12]) {
      const end = playDispute(toyTrace, claiming(toyTrace, claimed));
      expect(end, `${claimed} passes`).to.deep.include({ result: "faulty" });
      expect(placeAt(toyTrace, end.position)).to.deep.equal({ pass: Math.min(claimed, 10) - 1, slot: stop });
    }
  });

  it("S-04: ends against an execution that stopped too early or went on, with stop flags that fit its claim", () => {
    const { committed } = toyTrace;
    const flagged = (slots: readonly Tensor[], flag: number): Tensor[] => [
      ...slots.slice(0, -1),
      { ...slots.at(-1)!, data: Uint8Array.of(flag) },
    ];
    for (let claimed = 1; claimed <= 12; claimed++) {
      if (claimed === toyTrace.passes) continue;
      const passes: Tensor[][] = [];
      for (let pass = 0; pass < claimed; pass++) {
        const before = passes[pass - 1];
        const carried = before ? carriedOf(toy, before) : new Map();
        const slots = executePass(toy, stopping, { pass, carried });
        passes.push(flagged(slots, pass === claimed - 1 ? 1 : 0));
      }
      const end = playDispute(toyTrace, createTrace(committed, stopping, passes));
      expect(end, `${claimed} passes`).to.deep.include({ result: "faulty" });
      expect(placeAt(toyTrace, end.position)).to.deep.equal({ pass: Math.min(claimed, 10) - 1, slot: stop });
    }
  });

  it("S-04: judges a right stop flag faulty under a wrong claim, and correct under the right one", () => {
    const program = counting;
    const run = { program, trace: traceOf(program, countTo(3)) };
    const { trace } = run;
    const slot = program.steps.length - 1;
    for (const pass of [0, 1, 2]) {
      const leaf = leafPosition(pass * program.steps.length + slot, trace.depth);
      const { proof } = proofOf(
        { ...run, committed: trace.committed, input: trace.input, slots: [] },
        slot,
        0,
        pass,
      );
      const judge = (passes: number) =>
        verifyStep(
          claimOf(trace.committed, trace.inputRoot, trace.traceRoot, passes),
          leaf,
          trace.node(leaf),
          "tile",
          proof,
        );
      expect([pass + 1, pass + 2].map(judge)).to.deep.equal(
        pass === 2 ? ["correct", "faulty"] : ["faulty", "correct"],
      );
    }
  });

  it("S-04: goes to what differs when that lies left of the stop flag", () => {
    const shown = cheatingPasses(toy, stopping, { pass: 3, slot: 20, element: 0, bit: 3 });
    const worker = { ...claiming(createTrace(toyTrace.committed, stopping, shown), 7) };
    const end = playDispute(toyTrace, worker);
    expect(end.result).to.equal("faulty");
    expect(placeAt(toyTrace, end.position)).to.deep.equal({ pass: 3, slot: 20 });
  });

  it("S-04: ends in an answer of the pass before the last, by the output", () => {
    const passes = [...executePasses(toy, stopping)];
    const early = createTrace(toyTrace.committed, stopping, passes.slice(0, -1)).output;
    const end = playDispute(toyTrace, createTrace(toyTrace.committed, stopping, passes, early));
    expect(end).to.deep.include({ result: "faulty" });
    expect(end.position.section).to.equal("output");
  });

  it("S-04: ends against data in padding leaves, missing leaves and tail bytes, in every pass", () => {
    const trace = traceOf(counting, countTo(3));
    const { slots } = trace.shape;
    const tile = (length: number): Forgery => ({ kind: "tile", tile: new Uint8Array(length).fill(1) });
    const inner: Forgery = { kind: "inner", children: trace.boundChildren };
    for (let leaf = 0; leaf < 16 ** trace.depth; leaf += leaf < 3 * slots + 4 ? 1 : 31) {
      const position = leafPosition(leaf, trace.depth);
      const isPadding = trace.expected(position) === "padding";
      expect(isPadding).to.equal(leaf >= 3 * slots);
      const forgeries = isPadding
        ? [tile(4), tile(1), inner]
        : [{ kind: "empty" } as const, tile(5), tile(2), inner];
      for (const forgery of forgeries) {
        const end = playDispute(trace, forge(trace, position, forgery));
        expect(end.result, `leaf ${leaf}`).to.equal("faulty");
        const { depth, path } = end.position;
        expect(position.path >> BigInt(4 * (position.depth - depth)), "on the way there").to.equal(path);
      }
    }
  });

  it("opens what Carry reads in the pass before, and never looks at its other operand", () => {
    const trace = traceOf(counting, countTo(3));
    const run = { program: counting, committed: trace.committed, input: trace.input, slots: [], trace };
    for (const pass of [0, 1, 2]) {
      const { claim, position, node, proof } = proofOf(run, 0, 0, pass);
      const unread = pass === 0 ? 1 : 0;
      expect(proof.operands.map(({ tiles }) => tiles.length)).to.deep.equal(pass === 0 ? [1, 0] : [0, 1]);
      const judge = (operands: typeof proof.operands) =>
        verifyStep(claim, position, node, "tile", { ...proof, operands });
      expect(judge(proof.operands)).to.equal("correct");
      expect(judge(proof.operands.with(unread, proof.operands[1 - unread]!))).to.equal("correct");
      expect(() => judge(proof.operands.with(1 - unread, proof.operands[unread]!))).to.throw("tile");
    }
  });
});
