// What one execution of a program may take of this machine: a stranger's program is weighed before it is run.
import { BaseError } from "@assay/sdk";
import { memoryOf, type Program, workOf } from "@assay/sdk/program";
import type { Hex } from "viem";

export type Budget = { maxProgramProducts: number; maxProgramBytes: number };

/** The program is more than this machine takes on. It says nothing about anybody's answers. */
export class ProgramTooHeavyError extends BaseError {
  override name = "ProgramTooHeavyError";
}

/** Products that take as long as beginning a pass, and as one step of it: small programs may run tens of thousands of times. */
const passProducts = 100_000;
const stepProducts = 1_000;

/** @throws ProgramTooHeavyError */
export function assertAffordable(
  programId: Hex,
  program: Program,
  { maxProgramProducts, maxProgramBytes }: Budget,
): void {
  const { maxPasses, steps } = program;
  const overhead = maxPasses === 1 ? 0 : passProducts + stepProducts * steps.length;
  const products = (workOf(program) + overhead) * maxPasses;
  const bytes = memoryOf(program);
  if (products <= maxProgramProducts && bytes <= maxProgramBytes) return;
  throw new ProgramTooHeavyError("The program is beyond this node's budget.", {
    facts: {
      programId,
      products,
      maxProgramProducts,
      bytes,
      maxProgramBytes,
      hint: "Raise --max-program-products or --max-program-bytes where the machine has time and memory for it",
    },
  });
}
