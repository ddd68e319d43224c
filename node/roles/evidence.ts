// What this machine has computed about other workers' answers, kept over restarts.
import { byteRoot, type Hex } from "@assay/sdk/protocol";
import { type Clock, second } from "../clock.ts";
import { isRetryable } from "../errors.ts";
import type { Executor } from "../execution/executor.ts";
import type { Journal } from "../store/journal.ts";
import { type AnswerKey, answerKey, type Evidence, type Judgement, judge } from "../strategy/judgement.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { type Cases, marketCases } from "./cases.ts";
import type { Programs } from "./context.ts";
import { createQueue } from "./queue.ts";
import { executionOf } from "./traces.ts";

/** Executions that share no code; `fast` acquits, both together convict. */
export type Executors = { fast: Executor; reference: Executor };

export type EvidenceBook = {
  of(commitId: Hex): Evidence;
  /** Executes with one executor and keeps the answer; what could not be executed is retried later. */
  gather(commitId: Hex, executor: keyof Executors): Promise<Gathered>;
  /** Takes in an answer that was computed on the way to a trace. */
  add(commitId: Hex, answer: Computed): void;
  /** Seconds that an execution of a program by the fast form has taken lately, at most. */
  seconds: ReadonlyMap<Hex, number>;
};

/** What an execution came to. */
export type Computed = { outputRoot: Hex; passes: number };

export type Gathered = { judgement: Judgement; computed: Computed | undefined; seconds: number };

type Kept = { fast?: AnswerKey; reference?: AnswerKey; retryAt?: bigint; failures?: number };

const firstRetrySeconds = 10;
const longestRetrySeconds = 300;

export type EvidenceOptions = Executors & {
  journal: Journal;
  /** What is judged; answers to requests if not given. */
  cases?: Cases;
  programs: Programs;
  /** Asks for known answers before the first execution of a program; throws when one is wrong. */
  trust(programId: Hex): Promise<void>;
  /** Of the newest block that was read, unix seconds. */
  now(): bigint;
  clock: Clock;
  metrics: Metrics;
};

export function createEvidence(options: EvidenceOptions): EvidenceBook {
  const { journal, programs, trust, clock, metrics, cases = marketCases(options.journal) } = options;
  const kept = journal.notes<Kept, "kept">("evidence");
  // One program on one input has one output, whoever asked and whenever it was computed.
  const outputs = journal.notes<{ roots: readonly AnswerKey[] }, "kept">("outputs");

  const queue = createQueue();
  const seconds = new Map<Hex, number>();

  const keptOf = (commitId: Hex): Kept => kept.get(commitId)?.data ?? {};

  function outputKey(commitId: Hex): string {
    const { programId, inputRoot } = cases.of(commitId) ?? {};
    return `${programId}:${inputRoot}`;
  }

  function of(commitId: Hex): Evidence {
    const { fast, reference, retryAt } = keptOf(commitId);
    return { fast, reference, retryAt, seen: outputs.get(outputKey(commitId))?.data.roots ?? [] };
  }

  function add(commitId: Hex, computed: Computed): void {
    const key = outputKey(commitId);
    const roots = outputs.get(key)?.data.roots ?? [];
    const answer = answerKey(computed);
    if (!roots.includes(answer)) outputs.put(key, "kept", { roots: [...roots, answer] });
  }

  async function gather(commitId: Hex, name: keyof Executors): Promise<Gathered> {
    const from = clock.now();
    let computed: Computed | undefined;
    try {
      const { programId, input } = executionOf(journal, cases, commitId);
      const committed = await programs.get(programId);
      await trust(programId);
      const begun = clock.now();
      const { output, passes } = await options[name].run(committed, input);
      if (name === "fast") note(programId, (clock.now() - begun) / second);
      const answer: Computed = { outputRoot: byteRoot(output), passes };
      const { retryAt, failures, ...answers } = keptOf(commitId);
      journal.transact(() => {
        kept.put(commitId, "kept", { ...answers, [name]: answerKey(answer) });
        add(commitId, answer);
      });
      computed = answer;
    } catch (error) {
      postpone(commitId, error);
    }
    const taken = (clock.now() - from) / second;
    const claimed = cases.of(commitId);
    const judgement = claimed === undefined ? "unavailable" : judge(answerKey(claimed), of(commitId));
    return { judgement, computed, seconds: taken };
  }

  /** The longest one counts, and is forgotten little by little: a machine may have been busy once. */
  function note(programId: Hex, taken: number): void {
    seconds.set(programId, Math.max(taken, 0.9 * (seconds.get(programId) ?? 0)));
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

  return { of, gather: (commitId, executor) => queue(() => gather(commitId, executor)), add, seconds };
}
