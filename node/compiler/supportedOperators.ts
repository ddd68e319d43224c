// The operators of float models that the compiler knows.
import { registry } from "./lowering/lowerGraph.ts";
import { functions } from "./patterns/functions.ts";

/** What patterns take as a whole. */
const taken = [
  "BatchNormalization",
  "Conv",
  "Gather",
  "Gemm",
  "LayerNormalization",
  "MatMul",
  "RMSNormalization",
];
/** Names that only the plan has. */
const internal = new Set(["Linear", "Unary", "Normalization", "Embedding"]);

export const supportedOperators: readonly string[] = [
  ...new Set([...registry.operators, ...Object.keys(functions), ...taken]),
]
  .filter((name) => !internal.has(name))
  .sort();
