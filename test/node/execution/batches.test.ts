// Batches: taken only where this machine computes the same bits in them as sample by sample.
import { commitProgram, NotBatchableError, type Program, packedOffsets } from "@assay/sdk/program";
import { expect } from "chai";
import { passesInBatches } from "../../../node/execution/batchTest.ts";
import type { BatchExecutor } from "../../../node/execution/executor.ts";
import { createFastExecutor } from "../../../node/execution/fastExecutor.ts";
import { createReferenceExecutor } from "../../../node/execution/referenceExecutor.ts";
import { selfTest } from "../../../node/execution/selfTest.ts";
import { createThread } from "../../../node/execution/thread.ts";
import { counter } from "../../helpers/iterated.ts";
import { errorOf, quiet } from "../../helpers/nodeParts.ts";
import { network, perceptron } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";

const wide = perceptron(5, { rows: 1, inner: 259, columns: 33 });

describe("batches", () => {
  const batchSize = 5;
  const fast = createFastExecutor({ sessions: 8, threads: 1, batchSize, ...quiet() });
  const reference = createReferenceExecutor(createThread());
  after(() => Promise.all([fast.close(), reference.close()]));

  it("give each sample the bits that it has alone, in batches that are full or not", async () => {
    const programs: [Program, number][] = [
      [network(3), 7],
      [wide, 13],
      [wide, 1],
    ];
    for (const [program, count] of programs) {
      const committed = commitProgram(program);
      const random = new Random(count);
      const inputs = Array.from({ length: count }, () => random.bytes(packedOffsets(program.inputs).length));
      const together = await fast.runBatch(committed, inputs);
      const alone = [];
      for (const input of inputs) alone.push(await reference.run(committed, input));
      expect(together).to.deep.equal(alone);
    }
  });

  it("are taken after a test on extreme and random samples", async () => {
    expect(await selfTest(commitProgram(network(3)), fast, reference)).to.include({ batches: true });
    const single = createFastExecutor({ sessions: 2, threads: 1, ...quiet() });
    expect(await selfTest(commitProgram(wide), single, reference)).to.include({ batches: false });
    await single.close();
  });

  it("are refused for programs that take none, and where one bit of one sample differs", async () => {
    for (const program of [counter(), perceptron(3)]) {
      const committed = commitProgram(program);
      expect(await passesInBatches(committed, fast, reference)).to.equal(false);
      const error = await errorOf(() => fast.runBatch(committed, [new Uint8Array(4)]));
      expect(error).to.be.instanceOf(NotBatchableError);
    }
    const committed = commitProgram(wide);
    for (let sample = 0; sample <= batchSize; sample++) {
      const wrong: BatchExecutor = {
        ...fast,
        runBatch: async (given, inputs) =>
          (await fast.runBatch(given, inputs)).map((execution, index) =>
            index === sample
              ? { ...execution, output: execution.output.with(7, execution.output[7]! ^ 1) }
              : execution,
          ),
      };
      expect(await passesInBatches(committed, wrong, reference), `sample ${sample}`).to.equal(false);
    }
    expect(await passesInBatches(committed, fast, reference)).to.equal(true);
  });
});
