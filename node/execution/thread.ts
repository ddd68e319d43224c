// A thread for work in plain JavaScript that would hold up the node's clocks: reading programs, the reference executor.
import { Worker } from "node:worker_threads";
import { BaseError } from "@assay/sdk";
import type { Execution, PassStart, Program, Tensor } from "@assay/sdk/program";
import { createDeferred, type Deferred } from "../deferred.ts";
import { FatalError } from "../errors.ts";
import { createGate } from "../gate.ts";

/** What the thread can do; {@link ThreadResults} says what comes back. */
export type ThreadJob =
  | { job: "read"; file: Uint8Array }
  | { job: "execute"; key: string; program?: Program; input: Uint8Array }
  | { job: "pass"; key: string; program?: Program; input: Uint8Array; start: PassStart };

/** Undefined where the program was not sent along and is not known. */
export type ThreadResults = {
  read: Program;
  execute: Execution | undefined;
  pass: Tensor[] | undefined;
};

export type ThreadRequest = ThreadJob & { id: number };

export type ThreadReply =
  | { id: number; started: true }
  | { id: number; pass: number }
  | { id: number; result: unknown }
  | { id: number; error: { name: string; message: string; facts: Readonly<Record<string, unknown>> } };

export type Thread = {
  /** @param onPass Called after each pass of an execution; what it throws stops the job. */
  run<job extends ThreadJob["job"]>(
    request: Extract<ThreadJob, { job: job }>,
    onPass?: (pass: number) => void,
  ): Promise<ThreadResults[job]>;
  close(): Promise<void>;
};

/** An error of the thread under its own name. */
export class ThreadError extends BaseError {
  constructor(name: string, shortMessage: string, facts: Readonly<Record<string, unknown>>) {
    super(shortMessage, { facts });
    this.name = name;
  }
}

/** A job took longer than the thread allows. It says nothing but that. */
export class ThreadTimeoutError extends BaseError {
  override name = "ThreadTimeoutError";
}

/**
 * One job after the other, each within `seconds` of its start or stopped. Starts on first use, and again after a crash or a job
 * that was stopped; an idle one does not keep the process alive.
 */
export function createThread({ seconds }: { seconds?: number } = {}): Thread {
  const open = new Map<number, Deferred<unknown> & { onPass: ((pass: number) => void) | undefined }>();
  const gate = createGate(1);
  let generation = 0;
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let nextId = 0;

  function start(): Worker {
    const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
    const started = new Worker(new URL(`./threadMain${extension}`, import.meta.url));
    started.on("message", (reply: ThreadReply) => {
      if ("started" in reply) return watch(reply.id);
      if ("pass" in reply) return tell(reply);
      const waiting = open.get(reply.id);
      open.delete(reply.id);
      if (open.size === 0) started.unref();
      if ("result" in reply) waiting?.resolve(reply.result);
      else waiting?.reject(new ThreadError(reply.error.name, reply.error.message, reply.error.facts));
    });
    const die = (cause: unknown) => {
      if (worker !== started) return;
      worker = undefined;
      for (const waiting of open.values())
        waiting.reject(new FatalError("The execution thread died.", { cause }));
      open.clear();
    };
    started.on("error", die);
    started.on("exit", (code) => die(new Error(`exit code ${code}`)));
    return started;
  }

  async function perform(request: ThreadJob, onPass?: (pass: number) => void): Promise<unknown> {
    worker ??= start();
    const id = nextId++;
    const waiting = createDeferred<unknown>();
    open.set(id, { ...waiting, onPass });
    worker.ref();
    worker.postMessage({ ...request, id } satisfies ThreadRequest);
    try {
      return await waiting.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  function watch(id: number): void {
    if (seconds === undefined || !open.has(id)) return;
    const error = new ThreadTimeoutError("The job took too long and was stopped.", { facts: { seconds } });
    timer = setTimeout(() => stop(id, error), seconds * 1_000);
  }

  function tell({ id, pass }: { id: number; pass: number }): void {
    try {
      open.get(id)?.onPass?.(pass);
    } catch (error) {
      stop(id, error);
    }
  }

  function stop(id: number, error: unknown): void {
    const stopped = worker;
    worker = undefined;
    void stopped?.terminate();
    open.get(id)?.reject(error);
    open.delete(id);
  }

  return {
    run: <job extends ThreadJob["job"]>(
      request: Extract<ThreadJob, { job: job }>,
      onPass?: (pass: number) => void,
    ) => {
      const asked = generation;
      return gate(() => {
        if (asked !== generation) throw new FatalError("The execution thread was closed.");
        return perform(request, onPass) as Promise<ThreadResults[job]>;
      });
    },
    close: async () => {
      generation++;
      await worker?.terminate();
    },
  };
}
