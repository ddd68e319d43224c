// Models that are integer already: taken over value for value, or refused by the node.
import { checkProgram, type Program, ProgramError } from "@assay/sdk/program";
import { UnsupportedNodeError } from "../errors.ts";
import type { ModelGraph } from "../graph/types.ts";
import { arrangeLayouts } from "../layouts.ts";
import { translate } from "./translate.ts";

export { integerOperators, isIntegerModel } from "./translate.ts";

/**
 * An integer model as a program that gives the same values for every input, and is accepted. Truth values go in and come
 * out as bytes of 0 and 1.
 * @throws UnsupportedNodeError for a node without exact steps, or whose values may leave their type; UnsupportedModelError
 */
export function compileInteger(graph: ModelGraph): Program {
  const { program: written, origins } = translate(graph);
  const program = arrangeLayouts(written);
  try {
    checkProgram(program);
  } catch (error) {
    const node = error instanceof ProgramError && error.step !== undefined ? origins[error.step] : undefined;
    if (!node) throw error;
    const { reason, remedy } = error as ProgramError;
    throw new UnsupportedNodeError({ node: node.name, op: node.op, reason, remedy });
  }
  return program;
}
