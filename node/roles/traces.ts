// The traces of commitments under dispute: computed once, kept while the dispute lasts.
import type { Trace } from "@assay/sdk/program";
import { byteRoot, type Hex } from "@assay/sdk/protocol";
import { RetryableError } from "../errors.ts";
import type { Executor } from "../execution/executor.ts";
import type { Journal } from "../store/journal.ts";
import { type Case, type Cases, marketCases } from "./cases.ts";
import type { Programs } from "./context.ts";

export type Traces = {
  get(commitId: Hex): Trace | undefined;
  /** Computes the trace, or one of its passes again where the trace is there. */
  compute(commitId: Hex, pass?: number): Promise<Trace>;
  /** Forgets every trace but those of `commitIds`. */
  keep(commitIds: ReadonlySet<Hex>): void;
};

export function createTraces(
  journal: Journal,
  programs: Programs,
  executor: Executor,
  cases: Cases = marketCases(journal),
): Traces {
  const traces = new Map<Hex, Trace>();
  return {
    get: (commitId) => traces.get(commitId),
    compute: async (commitId, pass) => {
      const known = traces.get(commitId);
      if (known && pass !== undefined) {
        await known.load(pass);
        return known;
      }
      const { programId, input } = executionOf(journal, cases, commitId);
      const trace = await executor.trace(await programs.get(programId), input);
      traces.set(commitId, trace);
      return trace;
    },
    keep: (commitIds) => {
      for (const commitId of traces.keys()) if (!commitIds.has(commitId)) traces.delete(commitId);
    },
  };
}

/**
 * What has to be executed to judge or defend a commitment.
 *
 * @throws RetryableError when the journal lacks it, or holds other bytes than the chain has hashed.
 */
export function executionOf(journal: Journal, cases: Cases, commitId: Hex): Case & { input: Uint8Array } {
  const found = cases.of(commitId);
  const input = found && journal.inputOf(found.subject);
  if (!found || !input || byteRoot(input) !== found.inputRoot)
    throw new RetryableError("The input of the commitment is not at hand.", { facts: { commitId } });
  return { ...found, input };
}
