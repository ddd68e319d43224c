// Iterated programs in both executors: the same passes, the same tensors, whatever is carried.
import { commitProgram, executePasses, runProgram, traceExecution, unpackInputs } from "@assay/sdk/program";
import { expect } from "chai";
import { systemClock } from "../../../node/clock.ts";
import { assertAffordable, ProgramTooHeavyError } from "../../../node/execution/budget.ts";
import type { ExecutionOptions, Executor } from "../../../node/execution/executor.ts";
import { createFastExecutor } from "../../../node/execution/fastExecutor.ts";
import { ProgramSession } from "../../../node/execution/programSession.ts";
import { createReferenceExecutor } from "../../../node/execution/referenceExecutor.ts";
import { selfTest } from "../../../node/execution/selfTest.ts";
import { createThread } from "../../../node/execution/thread.ts";
import { counter, countTo, generator, promptOf } from "../../helpers/iterated.ts";
import { errorOf, quiet } from "../../helpers/nodeParts.ts";

const prompts = [[3, 7, 2], [1], [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]];

describe("executors of iterated programs", () => {
  const fast = createFastExecutor({ sessions: 4, threads: 1, ...quiet() });
  const reference = createReferenceExecutor(createThread());
  after(() => Promise.all([fast.close(), reference.close()]));

  it("S-04: stop after the same passes with the same output, and say each pass when it is done", async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const program = generator(seed);
      const committed = commitProgram(program);
      for (const tokens of prompts) {
        const input = promptOf(program, tokens);
        const right = runProgram(program, input);
        for (const executor of [fast, reference]) {
          const passes: number[] = [];
          const options = { onPass: (pass: number) => passes.push(pass) };
          expect(await executor.run(committed, input, options), executor.name).to.deep.equal(right);
          expect(passes).to.deep.equal(Array.from({ length: right.passes }, (_, pass) => pass));
        }
      }
    }
    const committed = commitProgram(counter());
    for (const limit of [1, 2, 19, 20, 500])
      expect((await fast.run(committed, countTo(limit))).passes).to.equal(Math.min(limit, 20));
  });

  it("stop where the caller does not want another pass", async () => {
    const committed = commitProgram(counter());
    const passes: number[] = [];
    const onPass = (pass: number) => {
      passes.push(pass);
      if (pass === 2) throw new Error("enough");
    };
    for (const executor of [fast, reference]) {
      passes.length = 0;
      expect((await errorOf(() => executor.run(committed, countTo(19), { onPass }))).message).to.equal(
        "enough",
      );
      expect(passes).to.deep.equal([0, 1, 2]);
      expect((await executor.run(committed, countTo(3))).passes, "and go on with the next").to.equal(3);
    }
  });

  it("S-04: compute every tensor of every pass alike, and any pass again", async () => {
    const program = generator(6);
    const committed = commitProgram(program);
    const input = promptOf(program, [3, 7, 2]);
    const right = [...executePasses(program, input)];
    const session = await ProgramSession.open(program, { form: "trace" });
    const inputs = unpackInputs(program, input);
    expect((await session.execute(inputs)).tensors).to.deep.equal(right.at(-1));
    await session.close();
    const { traceRoot } = traceExecution(committed, input);
    for (const executor of [fast, reference]) {
      const trace = await executor.trace(committed, input);
      expect(trace.traceRoot, executor.name).to.equal(traceRoot);
      for (const pass of [7, 0, 9]) {
        await trace.load(pass);
        expect(trace.slotsOf(pass)).to.deep.equal(right[pass]);
      }
    }
  });

  it("S-06: pass the self-test, and fail it when a later pass comes out wrong", async () => {
    const committed = commitProgram(generator(6));
    const { executeSeconds, traceSeconds } = await selfTest(committed, fast, reference);
    expect(Math.min(executeSeconds, traceSeconds)).to.be.greaterThan(0);
    const forgetful: Executor = {
      ...fast,
      run: async (given, input) => {
        const { output, passes } = await fast.run(given, input);
        return { output: passes > 2 ? output.with(0, output[0]! ^ 1) : output, passes };
      },
    };
    const error = await errorOf(() => selfTest(committed, forgetful, reference));
    expect(error.name).to.equal("SelfTestError");
  });

  it("S-10: are measured by their passes, whatever stops them at once and however long they load", async () => {
    const committed = commitProgram(counter(60_000));
    let time = 0;
    const clock = { ...systemClock, now: () => Math.floor(time) };
    /** Takes 500 ms to load, then 0.4 ms a pass, twice as long for a trace. */
    const slow = <T extends { passes: number }>(
      work: Executor["run"] | Executor["trace"],
      perPass: number,
    ) => {
      let isLoaded = false;
      return async (
        given: typeof committed,
        input: Uint8Array,
        options: ExecutionOptions = {},
      ): Promise<T> => {
        if (given !== committed) return work(given, input, options) as never;
        if (!isLoaded) time += 500;
        isLoaded = true;
        const onPass = (pass: number) => {
          time += perPass;
          options.onPass?.(pass);
        };
        return work(given, input, { onPass }) as never;
      };
    };
    const timed: Executor = { ...fast, run: slow(fast.run, 0.4), trace: slow(fast.trace, 0.8) };
    const { executeSeconds, traceSeconds } = await selfTest(committed, timed, reference, clock);
    expect((await fast.run(committed, new Uint8Array(4))).passes, "what is measured").to.equal(1);
    expect(executeSeconds).to.be.within(24, 32);
    expect(traceSeconds).to.be.within(48, 60);
  });

  it("are weighed with what each pass takes besides its products", () => {
    const budget = { maxProgramProducts: 4e9, maxProgramBytes: 1e9 };
    const id = `0x${"00".repeat(32)}` as const;
    assertAffordable(id, counter(1_000), budget);
    expect(() => assertAffordable(id, counter(65_536), budget)).to.throw(ProgramTooHeavyError);
  });
});
