// The claim that a trace makes, as the judge is given it.
import type { Claim, Hex } from "../protocol/index.ts";
import type { CommittedProgram } from "./program.ts";

/** The claim of a commitment to `inputRoot` whose worker is bound to `traceRoot`. */
export const claimOf = (
  { header, descriptorsRoot, constantsRoot }: CommittedProgram,
  inputRoot: Hex,
  traceRoot: Hex,
  passes = 1,
): Claim => ({
  descriptorsRoot,
  constantsRoot,
  inputRoot,
  traceRoot,
  slots: header.slots,
  constants: header.constants,
  maxPasses: header.maxPasses,
  passes,
  inputBytes: header.inputBytes,
  outputBytes: header.outputBytes,
});
