// Runs programs in the SDK's plain integers, in a thread: slow, and the measure of what is right.
import { setImmediate } from "node:timers/promises";
import { type CommittedProgram, recordTrace } from "@assay/sdk/program";
import { IntegrityError } from "../errors.ts";
import type { Executor } from "./executor.ts";
import type { Thread, ThreadJob, ThreadResults } from "./thread.ts";

type Job = Extract<ThreadJob, { key: string }>;

export function createReferenceExecutor(thread: Thread): Executor {
  async function perform<job extends Job["job"]>(
    { program }: CommittedProgram,
    job: Extract<Job, { job: job }>,
    onPass?: (pass: number) => void,
  ): Promise<NonNullable<ThreadResults[job]>> {
    // Undefined: the thread does not have the program, or no longer.
    const result =
      (await thread.run<job>(job, onPass)) ?? (await thread.run<job>({ ...job, program }, onPass));
    if (result === undefined) throw new IntegrityError("The execution thread lost its program.");
    return result;
  }

  return {
    name: "reference",
    run: (committed, input, { onPass } = {}) => {
      const key = committed.programRoot;
      return perform<"execute">(committed, { job: "execute", key, input }, onPass);
    },
    trace: (committed, input, { onPass } = {}) => {
      const key = committed.programRoot;
      return recordTrace(
        committed,
        input,
        (start) => perform<"pass">(committed, { job: "pass", key, input, start }),
        { onPass, pause: () => setImmediate() },
      );
    },
    close: () => thread.close(),
  };
}
