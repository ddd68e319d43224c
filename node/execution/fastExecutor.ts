// Runs programs in onnxruntime: the fast form for answers, the trace form for disputes. Keeps a few sessions loaded.
import { collectOutput, createTrace, type Tensor, unpackInputs } from "@assay/sdk/program";
import { type Clock, second } from "../clock.ts";
import { createLruCache } from "../lruCache.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Executor } from "./executor.ts";
import { ProgramSession } from "./session.ts";

export type FastExecutorOptions = {
  /** Sessions kept loaded. */
  sessions: number;
  /** Threads of one run; 0 leaves it to onnxruntime. */
  threads: number;
  metrics: Metrics;
  clock: Clock;
};

export function createFastExecutor({ sessions, threads, metrics, clock }: FastExecutorOptions): Executor {
  const loaded = createLruCache<ProgramSession>(sessions, (session) => session.close());

  async function slotsOf(
    { program, programRoot }: Parameters<Executor["run"]>[0],
    input: Uint8Array,
    form: "fast" | "trace",
  ): Promise<Tensor[]> {
    const kind = form === "fast" ? "run" : "trace";
    const from = clock.now();
    try {
      const open = () => ProgramSession.open(program, { form, threads });
      const tensors = await loaded.use(`${form}:${programRoot}`, open, (session) =>
        session.run(unpackInputs(program, input)),
      );
      metrics.execution.runs.add({ kind, outcome: "done" });
      return tensors;
    } catch (error) {
      metrics.execution.runs.add({ kind, outcome: "failed" });
      throw error;
    } finally {
      metrics.execution.runSeconds.observe({ kind }, (clock.now() - from) / second);
      metrics.execution.loaded.set({}, loaded.size());
    }
  }

  return {
    name: "fast",
    run: async (committed, input) => {
      const outputs = await slotsOf(committed, input, "fast");
      const slots: Tensor[] = [];
      committed.program.outputs.forEach((slot, index) => {
        slots[slot] = outputs[index]!;
      });
      return collectOutput(committed.program, slots);
    },
    trace: async (committed, input) =>
      createTrace(committed, input, await slotsOf(committed, input, "trace")),
    close: () => loaded.clear(),
  };
}
