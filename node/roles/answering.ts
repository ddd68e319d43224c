// Computes a worker's answers: known answers first, then each request once, samples twice; stops at the first doubt.
import { type CommittedProgram, type Execution, replayShare, traceBytes } from "@assay/sdk/program";
import { byteRoot, type Hex } from "@assay/sdk/protocol";
import { second } from "../clock.ts";
import { ConflictingAnswerError, SelfTestError } from "../errors.ts";
import { type Executor, takesBatches } from "../execution/executor.ts";
import type { Answer, Question } from "../store/journal.ts";
import type { ServedProgram } from "../strategy/capacity.ts";
import type { Conduct } from "./conduct.ts";
import type { Programs, RoleContext } from "./context.ts";
import { createDoubt, type Doubt } from "./doubt.ts";
import { createQueue } from "./queue.ts";

/** Seconds that one request takes on this machine, at most. */
export type Measured = {
  executeSeconds: number;
  traceSeconds: number;
  /** Whether several requests may be executed together. */
  batches?: boolean;
};

export type AnsweringOptions = Pick<RoleContext, "journal" | "metrics" | "logger" | "clock" | "onEvent"> & {
  programs: Programs;
  /** Answers with this one; the other one checks samples. */
  fast: Executor;
  reference: Executor;
  /** Known answers on this machine; throws SelfTestError when one comes out wrong. */
  selfTest(programId: Hex): Promise<Measured>;
  /** Programs on offer. */
  serves: readonly Hex[];
  /** Part of the answers that the reference executor computes again. */
  sampleRate: number;
  /** Of the machine, where other roles answer on it too. */
  doubt?: Doubt;
  random?: () => number;
};

export type Answering = {
  /** Programs that were tried on this machine. */
  served: ReadonlyMap<Hex, ServedProgram>;
  /** True once this machine has computed two different results: nothing more is answered until a person has looked. */
  isHalted(): boolean;
  prepare(programId: Hex): Promise<void>;
  /** Computes and records the answer to a request. */
  execute(requestId: Hex): Promise<void>;
  /** The recorded answer to a request. */
  answerTo(requestId: Hex): Answer | undefined;
  /** What was recorded as the answer; undefined when a re-org has left other bytes in its place. */
  executionOf(requestId: Hex): Execution | undefined;
  /** Takes in how long something took under load. */
  note(programId: Hex, times: Partial<Measured>): void;
};

type Asked = Question & { input: Uint8Array };

export function createAnswering(options: AnsweringOptions, conduct: Conduct): Answering {
  const {
    journal,
    metrics,
    logger,
    clock,
    onEvent,
    programs,
    serves,
    fast,
    reference,
    doubt = createDoubt(),
    random = Math.random,
  } = options;
  const served = new Map<Hex, ServedProgram>();
  const queue = createQueue();
  /** Requests that are due to be executed. */
  const waiting = new Set<Hex>();

  async function prepare(programId: Hex): Promise<void> {
    const { header, program } = await programs.get(programId);
    const facts = {
      ...{ header, traceBytes: traceBytes(program), offered: serves.includes(programId) },
      replayShare: replayShare(program, header.tensorDepth + 1),
    };
    try {
      const { executeSeconds, traceSeconds, batches = false } = await options.selfTest(programId);
      served.set(programId, { ...facts, ready: true, executeSeconds, traceSeconds, batches });
      metrics.execution.selfTest.set({ program: programId }, 1);
      logger.info("Program is ready to be served", { programId, batches });
      onEvent?.({ kind: "prepared", programId, executeSeconds, traceSeconds });
    } catch (error) {
      if (!(error instanceof SelfTestError)) throw error;
      served.set(programId, { ...facts, ready: false, executeSeconds: 0, traceSeconds: 0 });
      metrics.execution.selfTest.set({ program: programId }, 0);
      conduct.alarm("selfTest", { programId, error: error.shortMessage });
    }
  }

  /** What is asked under an id, with its input; undefined when there is nothing to answer. */
  function askedBy(requestId: Hex): Asked | undefined {
    const request = journal.requests.get(requestId)?.data.request;
    const input = journal.inputOf(requestId);
    if (request === undefined || input === undefined) return undefined;
    const { programId, inputRoot } = request;
    if (byteRoot(input) === inputRoot) return { requestId, programId, inputRoot, input };
    conduct.alarm("inputDiffers", { requestId });
    return undefined;
  }

  /** Takes what waits for the same program along where it takes batches. */
  async function executeWaiting(requestId: Hex): Promise<void> {
    if (!waiting.delete(requestId)) return; // it was taken along
    const asked = askedBy(requestId);
    if (asked === undefined) return;
    const { programId } = asked;
    const together = [asked];
    if (takesBatches(fast) && served.get(programId)?.batches) {
      for (const id of waiting) {
        const other = together.length < fast.batchSize ? askedBy(id) : undefined;
        if (other?.programId === programId && waiting.delete(id)) together.push(other);
      }
    }
    const committed = await programs.get(programId);
    const inputs = together.map(({ input }) => input);
    const from = clock.now();
    const executions =
      takesBatches(fast) && inputs.length > 1
        ? await fast.runBatch(committed, inputs)
        : [await fast.run(committed, inputs[0]!)];
    const seconds = (clock.now() - from) / second;
    note(programId, { executeSeconds: seconds / inputs.length });
    for (const [index, one] of together.entries()) await settle(one, executions[index]!, committed, seconds);
  }

  async function settle(
    { input, ...question }: Asked,
    { output, passes }: Execution,
    committed: CommittedProgram,
    seconds: number,
  ): Promise<void> {
    const { requestId } = question;
    const outputRoot = byteRoot(output);
    if (random() < options.sampleRate) {
      const right = await reference.run(committed, input);
      const agrees = byteRoot(right.output) === outputRoot && right.passes === passes;
      metrics.worker.samples.add({ verdict: agrees ? "agrees" : "differs" });
      onEvent?.({ kind: "sampled", requestId, agrees });
      if (!agrees) return halt("sampleDiffers", requestId);
    }
    try {
      journal.recordAnswer({ ...question, outputRoot, passes }, { input, output });
    } catch (error) {
      if (error instanceof ConflictingAnswerError) return halt("answersDiffer", requestId);
      throw error;
    }
    logger.info("Request executed", { requestId, outputRoot, passes, seconds });
    onEvent?.({ kind: "executed", requestId, outputRoot, passes, seconds });
  }

  function halt(reason: string, requestId: Hex): void {
    doubt.raise();
    conduct.alarm(reason, { requestId });
  }

  function answerTo(requestId: Hex): Answer | undefined {
    const request = journal.requests.get(requestId)?.data.request;
    return request && journal.answerOf({ requestId, ...request });
  }

  function note(programId: Hex, { executeSeconds = 0, traceSeconds = 0 }: Partial<Measured>): void {
    const program = served.get(programId);
    if (program === undefined) return;
    served.set(programId, {
      ...program,
      executeSeconds: Math.max(program.executeSeconds, executeSeconds),
      traceSeconds: Math.max(program.traceSeconds, traceSeconds),
    });
  }

  return {
    served,
    isHalted: doubt.isRaised,
    prepare,
    execute: (requestId) => {
      waiting.add(requestId);
      return queue(() => executeWaiting(requestId));
    },
    answerTo,
    executionOf: (requestId) => {
      const output = journal.outputOf(requestId);
      const answer = answerTo(requestId);
      if (output === undefined || answer?.outputRoot !== byteRoot(output)) return undefined;
      return { output, passes: answer.passes };
    },
    note,
  };
}
