// Proves that this machine computes what the judge computes, before stake depends on it: run by doctor and at every start.
import { bytesOf, type CommittedProgram, type TensorData, type Trace } from "@assay/sdk/program";
import { leafPosition, programRoot } from "@assay/sdk/protocol";
import { type Clock, second, systemClock } from "../clock.ts";
import type { SelfTestError } from "../errors.ts";
import { passesInBatches } from "./batchTest.ts";
import type { ExecutionOptions, Executor } from "./executor.ts";
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

/** Passes that are timed at least, and milliseconds after which fewer will do. */
const timedPasses = 16;
const timedLong = second;
/** What a clock of whole milliseconds may have missed. */
const resolution = 1;

async function measure(
  committed: CommittedProgram,
  { run, trace }: Executor,
  clock: Clock,
): Promise<Omit<SelfTestResult, "batches">> {
  const input = new Uint8Array(committed.header.inputBytes);
  const { maxPasses } = committed.header;
  return {
    executeSeconds: await secondsOf((options) => run(committed, input, options), maxPasses, clock),
    traceSeconds: await secondsOf((options) => trace(committed, input, options), maxPasses, clock),
  };
}

type Timed = (options: ExecutionOptions) => Promise<{ passes: number }>;

/**
 * How long all passes take. This input may stop the program at once, and another one never: so passes are timed, over several
 * executions where it takes them, and what comes before the first of all, loading the program, is counted once.
 */
async function secondsOf(work: Timed, maxPasses: number, clock: Clock): Promise<number> {
  const from = clock.now();
  let loaded: number | undefined;
  const { passes } = await work({
    onPass: () => {
      loaded ??= clock.now();
    },
  });
  const end = clock.now();
  if (maxPasses === 1) return (end - from + resolution) / second;
  const loading = (loaded ?? end) - from;
  let timed = passes - 1;
  let elapsed = end - from - loading;
  while (timed < timedPasses && elapsed < timedLong) {
    const again = clock.now();
    timed += (await work({})).passes;
    elapsed += clock.now() - again;
  }
  return (loading + ((elapsed + resolution) * maxPasses) / timed) / second;
}

function sameBytes(a: TensorData, b: TensorData | undefined): boolean {
  return b !== undefined && Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}
