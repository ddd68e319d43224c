// Computes a worker's answers: known answers first, then each request once, samples twice; stops at the first doubt.
import { type Execution, traceBytes } from "@assay/sdk/program";
import { byteRoot, type Hex } from "@assay/sdk/protocol";
import { second } from "../clock.ts";
import { ConflictingAnswerError, SelfTestError } from "../errors.ts";
import type { Executor } from "../execution/executor.ts";
import type { Answer } from "../store/journal.ts";
import type { ServedProgram } from "../strategy/capacity.ts";
import type { Conduct } from "./conduct.ts";
import type { Programs, RoleContext } from "./context.ts";
import { createQueue } from "./queue.ts";

/** Seconds that one request takes on this machine, at most. */
export type Measured = { executeSeconds: number; traceSeconds: number };

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
  /** The recorded answer to what the chain asks under this id: after a re-org that can be another question. */
  answerTo(requestId: Hex): Answer | undefined;
  /** What was recorded as the answer; undefined when a re-org has left other bytes in its place. */
  executionOf(requestId: Hex): Execution | undefined;
  /** Takes in how long something took under load. */
  note(programId: Hex, times: Partial<Measured>): void;
};

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
    random = Math.random,
  } = options;
  const served = new Map<Hex, ServedProgram>();
  const queue = createQueue();
  let halted = false;

  async function prepare(programId: Hex): Promise<void> {
    const { header, program } = await programs.get(programId);
    const facts = { header, traceBytes: traceBytes(program), offered: serves.includes(programId) };
    try {
      const { executeSeconds, traceSeconds } = await options.selfTest(programId);
      served.set(programId, { ...facts, ready: true, executeSeconds, traceSeconds });
      metrics.execution.selfTest.set({ program: programId }, 1);
      logger.info("Program is ready to be served", { programId });
      onEvent?.({ kind: "prepared", programId, executeSeconds, traceSeconds });
    } catch (error) {
      if (!(error instanceof SelfTestError)) throw error;
      served.set(programId, { ...facts, ready: false, executeSeconds: 0, traceSeconds: 0 });
      metrics.execution.selfTest.set({ program: programId }, 0);
      conduct.alarm("selfTest", { programId, error: error.shortMessage });
    }
  }

  async function execute(requestId: Hex): Promise<void> {
    const request = journal.requests.get(requestId)?.data;
    const input = journal.inputOf(requestId);
    if (request === undefined || input === undefined) return;
    const { programId, inputRoot } = request;
    if (byteRoot(input) !== inputRoot) return conduct.alarm("inputDiffers", { requestId });
    const committed = await programs.get(programId);
    const from = clock.now();
    const { output, passes } = await fast.run(committed, input);
    const seconds = (clock.now() - from) / second;
    note(programId, { executeSeconds: seconds });
    const outputRoot = byteRoot(output);
    if (random() < options.sampleRate) {
      const right = await reference.run(committed, input);
      const agrees = byteRoot(right.output) === outputRoot && right.passes === passes;
      metrics.worker.samples.add({ verdict: agrees ? "agrees" : "differs" });
      onEvent?.({ kind: "sampled", requestId, agrees });
      if (!agrees) return halt("sampleDiffers", requestId);
    }
    try {
      journal.recordAnswer({ requestId, programId, inputRoot, outputRoot, passes }, { input, output });
    } catch (error) {
      if (error instanceof ConflictingAnswerError) return halt("answersDiffer", requestId);
      throw error;
    }
    logger.info("Request executed", { requestId, outputRoot, passes, seconds });
    onEvent?.({ kind: "executed", requestId, outputRoot, passes, seconds });
  }

  function halt(reason: string, requestId: Hex): void {
    halted = true;
    conduct.alarm(reason, { requestId });
  }

  function answerTo(requestId: Hex): Answer | undefined {
    const request = journal.requests.get(requestId)?.data;
    return request && journal.answerOf(request);
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
    isHalted: () => halted,
    prepare,
    execute: (requestId) => queue(() => execute(requestId)),
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
