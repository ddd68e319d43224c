// Runs programs in the SDK's plain integers, in a thread: slow, and the measure of what is right.
import { collectOutput, createTrace, type Tensor } from "@assay/sdk/program";
import { IntegrityError } from "../errors.ts";
import type { Executor } from "./executor.ts";
import type { Thread } from "./thread.ts";

export function createReferenceExecutor(thread: Thread): Executor {
  async function slotsOf(
    { program, programRoot }: Parameters<Executor["run"]>[0],
    input: Uint8Array,
  ): Promise<Tensor[]> {
    const job = { job: "execute", key: programRoot, input } as const;
    // Undefined: the thread does not have the program, or no longer.
    const slots = (await thread.run(job)) ?? (await thread.run({ ...job, program }));
    if (slots === undefined) throw new IntegrityError("The execution thread lost its program.");
    return slots;
  }

  return {
    name: "reference",
    run: async (committed, input) => collectOutput(committed.program, await slotsOf(committed, input)),
    trace: async (committed, input) => createTrace(committed, input, await slotsOf(committed, input)),
    close: () => thread.close(),
  };
}
