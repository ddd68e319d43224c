// What this machine has computed about other workers' answers, kept over restarts.
import { byteRoot, type Hex } from "@assay/sdk/protocol";
import { type Clock, second } from "../clock.ts";
import { isRetryable } from "../errors.ts";
import type { Executor } from "../execution/executor.ts";
import type { Journal } from "../store/journal.ts";
import { type Evidence, type Judgement, judge } from "../strategy/judgement.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Programs } from "./context.ts";
import { createQueue } from "./queue.ts";
import { executionOf } from "./traces.ts";

/** Executions that share no code; `fast` acquits, both together convict. */
export type Executors = { fast: Executor; reference: Executor };

export type EvidenceBook = {
  of(commitId: Hex): Evidence;
  /** Executes with one executor and keeps the root; what could not be executed is retried later. */
  gather(commitId: Hex, executor: keyof Executors): Promise<Gathered>;
  /** Takes in an output root that was computed on the way to a trace. */
  add(commitId: Hex, outputRoot: Hex): void;
};

export type Gathered = { judgement: Judgement; outputRoot: Hex | undefined; seconds: number };

type Kept = { fast?: Hex; reference?: Hex; retryAt?: bigint; failures?: number };

const firstRetrySeconds = 10;
const longestRetrySeconds = 300;

export type EvidenceOptions = Executors & {
  journal: Journal;
  programs: Programs;
  /** Asks for known answers before the first execution of a program; throws when one is wrong. */
  trust(programId: Hex): Promise<void>;
  /** Of the newest block that was read, unix seconds. */
  now(): bigint;
  clock: Clock;
  metrics: Metrics;
};

export function createEvidence(options: EvidenceOptions): EvidenceBook {
  const { journal, programs, trust, clock, metrics } = options;
  const kept = journal.notes<Kept, "kept">("evidence");
  // One program on one input has one output, whoever asked and whenever it was computed.
  const outputs = journal.notes<{ roots: readonly Hex[] }, "kept">("outputs");

  const queue = createQueue();

  const keptOf = (commitId: Hex): Kept => kept.get(commitId)?.data ?? {};

  function outputKey(commitId: Hex): string {
    const commitment = journal.commitments.get(commitId)?.data;
    return `${commitment?.programId}:${commitment?.inputRoot}`;
  }

  function of(commitId: Hex): Evidence {
    const { fast, reference, retryAt } = keptOf(commitId);
    return { fast, reference, retryAt, seen: outputs.get(outputKey(commitId))?.data.roots ?? [] };
  }

  function add(commitId: Hex, outputRoot: Hex): void {
    const key = outputKey(commitId);
    const roots = outputs.get(key)?.data.roots ?? [];
    if (!roots.includes(outputRoot)) outputs.put(key, "kept", { roots: [...roots, outputRoot] });
  }

  async function gather(commitId: Hex, name: keyof Executors): Promise<Gathered> {
    const from = clock.now();
    let outputRoot: Hex | undefined;
    try {
      const { programId, input } = executionOf(journal, commitId);
      const committed = await programs.get(programId);
      await trust(programId);
      const computed = byteRoot(await options[name].run(committed, input));
      const { retryAt, failures, ...roots } = keptOf(commitId);
      journal.transact(() => {
        kept.put(commitId, "kept", { ...roots, [name]: computed });
        add(commitId, computed);
      });
      outputRoot = computed;
    } catch (error) {
      postpone(commitId, error);
    }
    const seconds = (clock.now() - from) / second;
    const claimed = journal.commitments.get(commitId)?.data.outputRoot;
    const judgement = claimed === undefined ? "unavailable" : judge(claimed, of(commitId));
    return { judgement, outputRoot, seconds };
  }

  /** Whatever went wrong, it says nothing about the worker. */
  function postpone(commitId: Hex, error: unknown): void {
    const before = keptOf(commitId);
    const failures = (before.failures ?? 0) + 1;
    const wait = Math.min(firstRetrySeconds * 2 ** (failures - 1), longestRetrySeconds);
    kept.put(commitId, "kept", { ...before, failures, retryAt: options.now() + BigInt(wait) });
    const reason = isRetryable(error) ? "retryable" : error instanceof Error ? error.name : "unknown";
    metrics.watchtower.unavailable.add({ reason });
  }

  return { of, gather: (commitId, executor) => queue(() => gather(commitId, executor)), add };
}
