// Whether samples that are run together come out bit for bit as each does alone: asked before any is.
import { batchProgram, type CommittedProgram, NotBatchableError, type Program } from "@assay/sdk/program";
import { SelfTestError } from "../errors.ts";
import { type BatchExecutor, type Executor, takesBatches } from "./executor.ts";
import { compareShapes } from "./shapeTest.ts";
import { inputsOf } from "./testData.ts";

/**
 * True when this program takes batches and this machine computes them right: extreme and random samples side by side in every place
 * of a batch, and every shape of a matrix product and convolution that only batches have.
 */
export async function passesInBatches(
  committed: CommittedProgram,
  fast: Executor,
  reference: Executor,
): Promise<boolean> {
  if (!takesBatches(fast)) return false;
  try {
    await compareShapes(batchProgram(committed.program, fast.batchSize), fast);
    await compareSamples(committed, fast, reference);
    return true;
  } catch (error) {
    if (error instanceof NotBatchableError || error instanceof SelfTestError) return false;
    throw error;
  }
}

async function compareSamples(
  committed: CommittedProgram,
  fast: BatchExecutor,
  reference: Executor,
): Promise<void> {
  const samples = samplesOf(committed.program, fast.batchSize + 1);
  const right: Uint8Array[] = [];
  for (const input of samples) right.push((await reference.run(committed, input)).output);
  const together = await fast.runBatch(committed, samples);
  together.forEach(({ output }, sample) => {
    if (Buffer.compare(output, right[sample]!) !== 0)
      throw new SelfTestError("A sample comes out differently in a batch.", {
        facts: { sample, batchSize: fast.batchSize, executor: fast.name },
        hint: "Samples are run one by one",
      });
  });
}

/** Extreme and random inputs in turn, one more than fit into a batch. */
function samplesOf(program: Program, count: number): Uint8Array[] {
  const inputs = inputsOf(program).map(([, input]) => input);
  return Array.from({ length: count }, (_, index) => inputs[index % inputs.length]!);
}
