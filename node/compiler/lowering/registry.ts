// How each operation is lowered: one definition per operator, by name.
import { functions } from "../patterns/functions.ts";
import type { Operation } from "../plan.ts";
import type { Demand, Lowering } from "./Lowering.ts";

export interface LoweringDefinition {
  /** How it likes to read operand `index`. */
  readonly demand: (operation: Operation, index: number, lowering: Lowering) => Demand;
  /** Operands that its outputs share every scale with: what it moves or selects. */
  readonly joins?: (operation: Operation) => readonly number[];
  /** Operands that its outputs share the scale with where all are 32 bits wide: what it adds. */
  readonly joinsWide?: (operation: Operation) => readonly number[];
  readonly lower: (operation: Operation, lowering: Lowering) => void;
}

export type Definitions = Readonly<Record<string, LoweringDefinition>>;

/** Names that only plans have. */
const INTERNAL = new Set(["Linear", "Unary", "Normalization", "Embedding", "Ensemble"]);
/** What patterns take as a whole. */
const TAKEN = ["BatchNormalization", "Conv", "Gather", "Gemm", "LayerNormalization", "RMSNormalization"];

export class Registry {
  readonly #definitions: ReadonlyMap<string, LoweringDefinition>;

  constructor(...definitions: readonly Definitions[]) {
    this.#definitions = new Map(definitions.flatMap((each) => Object.entries(each)));
  }

  /** ONNX's names of what models may hold. */
  get operators(): readonly string[] {
    const named = [...this.#definitions.keys()].filter((name) => !INTERNAL.has(name));
    return [...new Set([...named, ...Object.keys(functions), ...TAKEN])].sort();
  }

  /** @throws UnsupportedNodeError by the node's name */
  definition(operation: Operation): LoweringDefinition {
    const { op, node } = operation;
    const definition = this.#definitions.get(
      node.domain === "" || operation.parameters ? op : `${node.domain}:${op}`,
    );
    if (definition) return definition;
    if (["Loop", "If", "Scan"].includes(op))
      node.refuse("control flow has no provable form", "Export the model without control flow (unrolled).");
    if (node.domain !== "" && node.domain !== "ai.onnx")
      node.refuse(
        `it belongs to the operator domain ${node.domain}`,
        "Export the model with standard ONNX operators.",
      );
    return node.refuse(
      "it has no provable form here",
      `Rewrite it with supported operators: ${this.operators.join(", ")}.`,
    );
  }
}
