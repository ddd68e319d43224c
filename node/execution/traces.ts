// Traces of disputed executions, computed once and kept while they are in use: each may be asked for at every move.
import type { CommittedProgram, Trace } from "@assay/sdk/program";
import { byteRoot } from "@assay/sdk/protocol";
import { createLruCache } from "../lruCache.ts";
import type { Executor } from "./executor.ts";

/** The executor with its last `capacity` traces kept; a trace holds every tensor of one execution. */
export function withTraceCache(executor: Executor, capacity: number): Executor {
  const traces = createLruCache<Trace>(capacity);
  return {
    ...executor,
    trace: (committed: CommittedProgram, input: Uint8Array) =>
      traces.use(
        `${committed.programRoot}:${byteRoot(input)}`,
        () => executor.trace(committed, input),
        (trace) => trace,
      ),
    close: async () => {
      await traces.clear();
      await executor.close();
    },
  };
}
