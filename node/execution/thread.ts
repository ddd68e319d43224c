// A thread for work in plain JavaScript that would hold up the node's clocks: reading programs, the reference executor.
import { Worker } from "node:worker_threads";
import { BaseError } from "@assay/sdk";
import type { Program, Tensor } from "@assay/sdk/program";
import { createDeferred, type Deferred } from "../deferred.ts";
import { FatalError } from "../errors.ts";

/** What the thread can do; {@link ThreadResults} says what comes back. */
export type ThreadJob =
  | { job: "read"; file: Uint8Array }
  | { job: "execute"; key: string; program?: Program; input: Uint8Array };

export type ThreadResults = { read: Program; execute: Tensor[] };

export type ThreadRequest = ThreadJob & { id: number };

export type ThreadReply =
  | { id: number; result: unknown }
  | { id: number; error: { name: string; message: string; facts: Readonly<Record<string, unknown>> } };

export type Thread = {
  run<job extends ThreadJob["job"]>(request: Extract<ThreadJob, { job: job }>): Promise<ThreadResults[job]>;
  close(): Promise<void>;
};

/** An error of the thread under its own name. */
export class ThreadError extends BaseError {
  constructor(name: string, shortMessage: string, facts: Readonly<Record<string, unknown>>) {
    super(shortMessage, { facts });
    this.name = name;
  }
}

/** Starts on first use, and again after a crash; an idle one does not keep the process alive. */
export function createThread(): Thread {
  const open = new Map<number, Deferred<unknown>>();
  let worker: Worker | undefined;
  let nextId = 0;

  function start(): Worker {
    const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
    const started = new Worker(new URL(`./threadMain${extension}`, import.meta.url));
    started.on("message", (reply: ThreadReply) => {
      const waiting = open.get(reply.id);
      open.delete(reply.id);
      if (open.size === 0) started.unref();
      if ("result" in reply) waiting?.resolve(reply.result);
      else waiting?.reject(new ThreadError(reply.error.name, reply.error.message, reply.error.facts));
    });
    const die = (cause: unknown) => {
      if (worker === started) worker = undefined;
      for (const waiting of open.values())
        waiting.reject(new FatalError("The execution thread died.", { cause }));
      open.clear();
    };
    started.on("error", die);
    started.on("exit", (code) => die(new Error(`exit code ${code}`)));
    return started;
  }

  return {
    run: <job extends ThreadJob["job"]>(request: Extract<ThreadJob, { job: job }>) => {
      worker ??= start();
      const id = nextId++;
      const waiting = createDeferred<unknown>();
      open.set(id, waiting);
      worker.ref();
      worker.postMessage({ ...request, id } satisfies ThreadRequest);
      return waiting.promise as Promise<ThreadResults[job]>;
    },
    close: async () => {
      await worker?.terminate();
    },
  };
}
