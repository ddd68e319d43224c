// Runs programs in onnxruntime: the fast form for answers, the trace form for disputes. Keeps a few sessions loaded.
import { setImmediate } from "node:timers/promises";
import {
  type CommittedProgram,
  collectOutput,
  type OnnxForm,
  recordTrace,
  type Tensor,
  unpackInputs,
} from "@assay/sdk/program";
import { type Clock, second } from "../clock.ts";
import { createLruCache } from "../lruCache.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { BatchSession } from "./batches.ts";
import type { BatchExecutor } from "./executor.ts";
import { ProgramSession } from "./programSession.ts";
import type { Provider } from "./providers.ts";

export type FastExecutorOptions = {
  /** Sessions kept loaded. */
  sessions: number;
  /** Threads of one run; 0 leaves it to onnxruntime. */
  threads: number;
  /** Where programs run; the processor when left out. */
  provider?: Provider;
  /** Samples that are run together; 1 when left out. */
  batchSize?: number;
  metrics: Metrics;
  clock: Clock;
};

export function createFastExecutor(options: FastExecutorOptions): BatchExecutor {
  const { sessions, threads, provider = "cpu", batchSize = 1, metrics, clock } = options;
  const loaded = createLruCache<ProgramSession>(sessions, (session) => session.close());
  const batches = createLruCache<BatchSession>(sessions, (session) => session.close());

  const withSession = <T>(
    { program, programRoot }: CommittedProgram,
    form: OnnxForm,
    work: (session: ProgramSession) => Promise<T>,
  ): Promise<T> =>
    loaded.use(
      `${form}:${programRoot}`,
      () => ProgramSession.open(program, { form, threads, provider }),
      work,
    );

  async function measured<T>(kind: "run" | "trace", work: () => Promise<T>): Promise<T> {
    const from = clock.now();
    try {
      const result = await work();
      metrics.execution.runs.add({ kind, outcome: "done" });
      return result;
    } catch (error) {
      metrics.execution.runs.add({ kind, outcome: "failed" });
      throw error;
    } finally {
      metrics.execution.runSeconds.observe({ kind }, (clock.now() - from) / second);
      metrics.execution.loaded.set({}, loaded.size());
    }
  }

  return {
    name: provider === "cpu" ? "fast" : `fast on ${provider}`,
    run: (committed, input, options) =>
      measured("run", async () => {
        const { program } = committed;
        const inputs = unpackInputs(program, input);
        const { tensors, passes } = await withSession(committed, "fast", (session) =>
          session.execute(inputs, options),
        );
        const slots: Tensor[] = [];
        program.outputs.forEach((slot, index) => {
          slots[slot] = tensors[index]!;
        });
        return { output: collectOutput(program, slots), passes };
      }),
    trace: (committed, input, { onPass } = {}) =>
      measured("trace", () => {
        const inputs = unpackInputs(committed.program, input);
        return recordTrace(
          committed,
          input,
          (start) => withSession(committed, "trace", (session) => session.runPass(inputs, start)),
          { onPass, pause: () => setImmediate() },
        );
      }),
    batchSize,
    runBatch: ({ program, programRoot }, inputs) =>
      measured("run", () =>
        batches.use(
          programRoot,
          () => BatchSession.open(program, batchSize, { threads, provider }),
          (session) => session.run(inputs),
        ),
      ),
    close: async () => {
      await Promise.all([loaded.clear(), batches.clear()]);
    },
  };
}
