// The thread's side: reads program files and executes programs, one job after the other.
import { parentPort } from "node:worker_threads";
import { BaseError } from "@assay/sdk";
import { executePass, type Program, readFastForm, runProgram } from "@assay/sdk/program";
import type { ThreadJob, ThreadReply, ThreadRequest } from "./thread.ts";

/** The caller sends a program with its first input only; so many stay here. */
const capacity = 2;
const programs = new Map<string, Program>();

function perform(request: ThreadJob, onPass: (pass: number) => void): unknown {
  if (request.job === "read") return readFastForm(request.file);
  const program = request.program ?? programs.get(request.key);
  if (program === undefined) return undefined;
  programs.delete(request.key);
  programs.set(request.key, program);
  for (const old of [...programs.keys()].slice(0, -capacity)) programs.delete(old);
  return request.job === "pass"
    ? executePass(program, request.input, request.start)
    : runProgram(program, request.input, { onPass });
}

function describe(error: unknown) {
  if (error instanceof BaseError)
    return { name: error.name, message: error.shortMessage, facts: plain(error.facts) };
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { name, message, facts: {} };
}

/** Facts may hold what a thread cannot send. */
const plain = (facts: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, typeof fact === "number" ? fact : String(fact)]),
  );

parentPort?.on("message", ({ id, ...request }: ThreadRequest) => {
  parentPort?.postMessage({ id, started: true } satisfies ThreadReply);
  let reply: ThreadReply;
  try {
    const onPass = (pass: number) => parentPort?.postMessage({ id, pass } satisfies ThreadReply);
    reply = { id, result: perform(request, onPass) };
  } catch (error) {
    reply = { id, error: describe(error) };
  }
  parentPort?.postMessage(reply);
});
