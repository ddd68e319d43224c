// The executors agree bit for bit, and the self-test notices a machine that does not.

import {
  type CommittedProgram,
  commitProgram,
  createTrace,
  memoryOf,
  type Tensor,
  tensorType,
  workOf,
} from "@assay/sdk/program";
import { expect } from "chai";
import { assertAffordable, ProgramTooHeavyError } from "../../../node/execution/budget.ts";
import type { Executor } from "../../../node/execution/executor.ts";
import { createFastExecutor } from "../../../node/execution/fastExecutor.ts";
import { checkKnownAnswers, knownAnswers } from "../../../node/execution/knownAnswers.ts";
import { createReferenceExecutor } from "../../../node/execution/referenceExecutor.ts";
import { selfTest } from "../../../node/execution/selfTest.ts";
import { createThread } from "../../../node/execution/thread.ts";
import { errorOf, quiet } from "../../helpers/nodeParts.ts";
import { perceptron } from "../../helpers/programs.ts";
import { programOf } from "../../helpers/proofs.ts";

describe("executors", () => {
  const fast = createFastExecutor({ sessions: 2, threads: 1, ...quiet() });
  const reference = createReferenceExecutor(createThread());
  const cases = knownAnswers();
  const programs = cases.map(({ program, input }) => ({ committed: commitProgram(program), input }));
  after(() => Promise.all([fast.close(), reference.close()]));

  it("give the known answers, both of them", async () => {
    await checkKnownAnswers(fast);
    await checkKnownAnswers(reference);
  });

  it("give equal traces and outputs, whichever sessions are loaded", async () => {
    for (let round = 0; round < 2; round++)
      await Promise.all(
        programs.map(async ({ committed, input }) => {
          const [ours, right] = [await fast.trace(committed, input), await reference.trace(committed, input)];
          expect(ours.traceRoot).to.equal(right.traceRoot);
          const { output, passes } = right;
          expect(await fast.run(committed, input)).to.deep.equal({ output, passes });
        }),
      );
  });

  it("pass the self-test and say how long one execution takes", async () => {
    for (const { committed } of programs) {
      const { executeSeconds, traceSeconds } = await selfTest(committed, fast, reference);
      expect(executeSeconds).to.be.within(0, 30);
      expect(traceSeconds).to.be.within(0, 30);
    }
  });

  it("[S-06] fail the self-test when one bit of one tensor is wrong, in answers or in traces only", async () => {
    const { committed } = programs[2]!;
    for (const cheat of [flippingTraces(fast), flippingAnswers(fast)]) {
      const error = await errorOf(() => selfTest(committed, cheat, reference));
      expect(error.name).to.equal("SelfTestError");
    }
    expect((await errorOf(() => checkKnownAnswers(flippingAnswers(fast)))).message).to.match(/known answer/);
  });

  it("[S-06] fail the self-test when only extreme operands come out wrong, as with saturating kernels", async () => {
    // Adds two products at a time in 16 bits, as processors without VNNI do: right on everything small.
    const saturating: Executor = {
      ...fast,
      trace: async (committed: CommittedProgram, input: Uint8Array) => {
        const trace = await fast.trace(committed, input);
        if (committed.program.steps.length > 1 || committed.program.steps[0]?.op !== "MatMulInteger")
          return trace;
        const slots = trace.slotsOf().map((slot) => ({
          ...slot,
          data: Int32Array.from(slot.data as Int32Array, (sum) => Math.min(sum, 259 * 16_000)),
        }));
        return createTrace(committed, input, slots as Tensor[]);
      },
    };
    const { committed } = programs[0]!;
    const error = await errorOf(() => selfTest(committed, saturating, reference));
    expect(error.message)
      .to.match(/all operands 255 and 64/)
      .and.match(/MatMulInteger/);
  });

  it("run in a thread that reports errors by name and starts again after it died", async () => {
    const thread = createThread();
    const error = await errorOf(() => thread.run({ job: "read", file: new Uint8Array([1, 2, 3]) }));
    expect(error.name).to.match(/Format|FastForm/);
    await thread.close();
    const other = createReferenceExecutor(thread);
    const { committed, input } = programs[0]!;
    expect(await other.run(committed, input)).to.deep.equal(await fast.run(committed, input));
    await other.close();
  });

  it("S-09: stop a job that takes too long, and do the next ones in a new thread", async () => {
    const thread = createThread({ seconds: 4 });
    const heavy = commitProgram(perceptron(1, { rows: 2_000, inner: 8_000, columns: 2_000 }));
    const slow = createReferenceExecutor(thread);
    const stopped = errorOf(() => slow.run(heavy, new Uint8Array(heavy.header.inputBytes)));
    const { committed, input } = programs[0]!;
    const next = slow.run(committed, input);
    expect((await stopped).name).to.equal("ThreadTimeoutError");
    expect(await next).to.deep.equal(await fast.run(committed, input));
    await thread.close();
  });

  it("S-09: weigh a program before it is run", () => {
    const { committed } = programs[0]!;
    const programId = committed.programRoot;
    const plenty = { maxProgramProducts: 1e9, maxProgramBytes: 1e9 };
    assertAffordable(programId, committed.program, plenty);
    for (const budget of [
      { ...plenty, maxProgramProducts: workOf(committed.program) - 1 },
      { ...plenty, maxProgramBytes: memoryOf(committed.program) - 1 },
    ])
      expect(() => assertAffordable(programId, committed.program, budget)).to.throw(ProgramTooHeavyError);
    // A file of a few kilobytes that would compute for hours.
    const size = 4096;
    const square = tensorType("u8", [size, size]);
    const products = workOf(
      programOf("MatMulInteger", [square, square], tensorType("i32", [size, size]), [0, 0]),
    );
    expect(products).to.equal(size ** 3);
  });
});

function flippingTraces(executor: Executor): Executor {
  return {
    ...executor,
    trace: async (committed, input) => {
      const trace = await executor.trace(committed, input);
      const wrong = trace
        .slotsOf()
        .map((slot, index) =>
          index === 3 ? { ...slot, data: slot.data.map(flipFirst as never) as never } : slot,
        );
      return createTrace(committed, input, wrong);
    },
  };
}

function flippingAnswers(executor: Executor): Executor {
  return {
    ...executor,
    run: async (committed, input) => {
      const { output, passes } = await executor.run(committed, input);
      return { output: output.map(flipFirst), passes };
    },
  };
}

const flipFirst = (value: number, index: number): number => (index === 0 ? value ^ 1 : value);
