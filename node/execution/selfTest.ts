// Proves that this machine computes what the judge computes, before stake depends on it: run by doctor and at every start.
import { bytesOf, type CommittedProgram, type TensorData, type Trace } from "@assay/sdk/program";
import { leafPosition, programRoot } from "@assay/sdk/protocol";
import { type Clock, second, systemClock } from "../clock.ts";
import type { SelfTestError } from "../errors.ts";
import { passesInBatches } from "./batchTest.ts";
import type { Executor } from "./executor.ts";
import { compareShapes, mismatch } from "./shapeTest.ts";
import { inputsOf } from "./testData.ts";

/** How long one execution takes here; what a worker may promise follows from it. */
export type SelfTestResult = {
  executeSeconds: number;
  traceSeconds: number;
  /** Whether samples may be run together. */
  batches: boolean;
};

/**
 * Compares two executors on one program: the whole program on extreme and random inputs, tensor by tensor, and every
 * shape of its matrix products and convolutions with all operands at their least and greatest.
 *
 * @throws SelfTestError naming the case and the step.
 */
export async function selfTest(
  committed: CommittedProgram,
  fast: Executor,
  reference: Executor,
  clock: Clock = systemClock,
): Promise<SelfTestResult> {
  const shortened = cutShort(committed);
  for (const [name, input] of inputsOf(committed.program))
    await compareRun(name, shortened, input, fast, reference);
  await compareShapes(committed.program, fast);
  const batches = await passesInBatches(committed, fast, reference);
  return { ...(await measure(committed, fast, clock)), batches };
}

/** Passes of an iterated program that are compared: all run the same steps, and each run begins with the first. */
const comparedPasses = 4;

/** The same program that stops after few passes. */
function cutShort(committed: CommittedProgram): CommittedProgram {
  const maxPasses = Math.min(committed.program.maxPasses, comparedPasses);
  const header = { ...committed.header, maxPasses };
  return {
    ...committed,
    program: { ...committed.program, maxPasses },
    header,
    programRoot: programRoot(header, committed.descriptorsRoot, committed.constantsRoot),
  };
}

async function compareRun(
  name: string,
  committed: CommittedProgram,
  input: Uint8Array,
  fast: Executor,
  reference: Executor,
): Promise<void> {
  const [ours, right] = await Promise.all([fast.trace(committed, input), reference.trace(committed, input)]);
  if (ours.traceRoot !== right.traceRoot) throw firstMismatch(fast.name, name, ours, right);
  const { output, passes } = await fast.run(committed, input);
  if (!sameBytes(output, right.output) || passes !== right.passes)
    throw mismatch(fast.name, name, undefined, { form: "fast", passes, expectedPasses: right.passes });
}

function firstMismatch(executor: string, name: string, ours: Trace, right: Trace): SelfTestError {
  const { slots } = right.shape;
  for (let leaf = 0; leaf < slots * right.passes; leaf++) {
    const position = leafPosition(leaf, right.depth);
    const slot = leaf % slots;
    if (ours.node(position) !== right.node(position))
      return mismatch(executor, name, right.committed.program.steps[slot], {
        slot,
        pass: Math.floor(leaf / slots),
      });
  }
  return mismatch(executor, name, undefined, { passes: ours.passes, expectedPasses: right.passes });
}

/** An execution that stops early is measured as if it had taken all passes. */
async function measure(
  committed: CommittedProgram,
  fast: Executor,
  clock: Clock,
): Promise<Omit<SelfTestResult, "batches">> {
  const input = new Uint8Array(committed.header.inputBytes);
  const timed = async (work: () => Promise<{ passes: number }>) => {
    const from = clock.now();
    const { passes } = await work();
    return (((clock.now() - from) / second) * committed.header.maxPasses) / passes;
  };
  return {
    executeSeconds: await timed(() => fast.run(committed, input)),
    traceSeconds: await timed(() => fast.trace(committed, input)),
  };
}

function sameBytes(a: TensorData, b: TensorData | undefined): boolean {
  return b !== undefined && Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}
