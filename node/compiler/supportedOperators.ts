// The operators of float models that the compiler knows.
import { decomposedOperators } from "./graph/decompose/index.ts";
import { registry } from "./lowering/lowerGraph.ts";

/** What reading a model resolves: constants, shapes, other names, and what does nothing. */
const resolved = [
  "CastLike",
  "Constant",
  "ConstantOfShape",
  "Dropout",
  "Range",
  "Shape",
  "Size",
  "TreeEnsemble",
  "TreeEnsembleRegressor",
  "Upsample",
  "ZipMap",
];

/** ONNX's and, of `ai.onnx.ml`, those of classical models; each with limits that a refusal explains. */
export const supportedOperators: readonly string[] = [
  ...new Set(
    [...registry.operators, ...decomposedOperators, ...resolved].map((name) => name.replace(/^.*:/, "")),
  ),
].sort();
