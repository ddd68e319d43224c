// Lowers a float model node by node into layers; an operator that is not in the table is refused.
import { UnsupportedModelError } from "../errors.ts";
import type { FloatModel } from "../floatModel.ts";
import type { LayerGraph } from "../layers.ts";
import type { FloatNode } from "../node.ts";
import { lowerClip, lowerMaxPool, lowerRelu, lowerSoftmax } from "./activation.ts";
import {
  lowerArithmetic,
  lowerAveragePool,
  lowerBatchNormalization,
  lowerConv,
  lowerGemm,
  lowerMatMul,
} from "./linear.ts";
import { type LoweringOptions, Scope } from "./scope.ts";
import {
  lowerConstant,
  lowerFlatten,
  lowerIdentity,
  lowerReshape,
  lowerShapeArithmetic,
  lowerSqueeze,
  lowerTranspose,
  lowerUnsqueeze,
} from "./shape.ts";

const lowerings: Readonly<Record<string, (node: FloatNode, scope: Scope) => void>> = {
  Add: lowerArithmetic,
  AveragePool: lowerAveragePool,
  BatchNormalization: lowerBatchNormalization,
  Cast: lowerShapeArithmetic,
  Clip: lowerClip,
  Concat: lowerShapeArithmetic,
  Constant: lowerConstant,
  Conv: lowerConv,
  Div: lowerArithmetic,
  Dropout: lowerIdentity,
  Flatten: lowerFlatten,
  Gather: lowerShapeArithmetic,
  Gemm: lowerGemm,
  GlobalAveragePool: lowerAveragePool,
  Identity: lowerIdentity,
  LogSoftmax: lowerSoftmax,
  MatMul: lowerMatMul,
  MaxPool: lowerMaxPool,
  Mul: lowerArithmetic,
  Relu: lowerRelu,
  Reshape: lowerReshape,
  Shape: lowerShapeArithmetic,
  Softmax: lowerSoftmax,
  Squeeze: lowerSqueeze,
  Sub: lowerArithmetic,
  Transpose: lowerTranspose,
  Unsqueeze: lowerUnsqueeze,
};

/** The float operators that can be compiled; each with limits that a refusal explains. */
export const supportedOperators: readonly string[] = Object.keys(lowerings);

const curved = [
  "Sigmoid",
  "Tanh",
  "LeakyRelu",
  "Elu",
  "Selu",
  "Gelu",
  "HardSwish",
  "HardSigmoid",
  "PRelu",
  "Softplus",
];
const quantized = [
  "QuantizeLinear",
  "DequantizeLinear",
  "QLinearConv",
  "QLinearMatMul",
  "ConvInteger",
  "MatMulInteger",
];
const control = ["If", "Loop", "Scan"];

function remedyFor(op: string): string {
  if (curved.includes(op)) return "Train the model with Relu or Clip (ReLU6) in its place.";
  if (quantized.includes(op)) return "Compile the float model that the quantized one was made from.";
  if (control.includes(op)) return "Export the model without control flow, for fixed shapes.";
  return `Rewrite the model with the supported operators: ${supportedOperators.join(", ")}.`;
}

/** Turns the nodes of a model into layers with known shapes. */
export function lower(model: FloatModel, options: LoweringOptions): LayerGraph {
  const scope = new Scope(model, options);
  for (const node of model.nodes) {
    const lowering = Object.hasOwn(lowerings, node.op) ? lowerings[node.op] : undefined;
    if (!lowering) return node.refuse("the operator has no provable form yet", remedyFor(node.op));
    lowering(node, scope);
  }
  const inputs = new Set(model.inputs.map(({ name }) => name));
  const outputs = model.outputs.map((name) => {
    const value = scope.value(name);
    if (!value || inputs.has(value.name))
      throw new UnsupportedModelError(`The output "${name}" is not computed from the inputs.`, {
        facts: { output: name },
        hint: "Remove outputs that are inputs or constants.",
      });
    return { name: scope.isDropped(name) ? value.name : name, value: value.name, shape: value.shape };
  });
  return { inputs: model.inputs, outputs, layers: scope.layers };
}
