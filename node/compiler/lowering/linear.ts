// Lowers the operators that multiply by constant weights: Conv, Gemm, MatMul, the averages, and per-channel affine maps.
import { type Constant, transpose } from "../constants.ts";
import type { FloatNode } from "../node.ts";
import type { Scope } from "./scope.ts";
import { readWindow } from "./window.ts";

function biasOf(node: FloatNode, scope: Scope, index: number, channels: number, factor = 1): Float64Array {
  if (!scope.has(node, index)) return new Float64Array(channels);
  const { data } = scope.needConstant(node, index, "bias");
  if (data.length !== channels && data.length !== 1)
    node.refuse(
      `its bias has ${data.length} values for ${channels} channels`,
      "Use one bias value per channel.",
    );
  return Float64Array.from(
    { length: channels },
    (_, channel) => factor * data[data.length === 1 ? 0 : channel]!,
  );
}

export function lowerConv(node: FloatNode, scope: Scope): void {
  const input = scope.needValue(node, 0);
  const weights = scope.needConstant(node, 1, "weights");
  if (weights.shape.length !== 4)
    node.refuse(
      "it is not a two-dimensional convolution",
      "Use Conv on [N, C, H, W]; a 1-D convolution can be written as a 2-D one of height 1.",
    );
  const [channels = 0, perGroup = 0, ...kernel] = weights.shape;
  const group = node.int("group", 1);
  const { size, ...window } = readWindow(node, input.shape, kernel);
  node.done();
  if (input.shape[1] !== perGroup * group || channels % group !== 0)
    node.refuse("its channels do not fit its weights and group", "Export the model again.");
  const bias = biasOf(node, scope, 2, channels);
  const shape = [input.shape[0]!, channels, ...size];
  scope.add(node, input, shape, { kind: "conv", weights, bias, group, ...window });
}

function needMatrix(node: FloatNode, scope: Scope): Constant {
  if (scope.constant(node, 0) && scope.value(node.inputs[1] ?? ""))
    node.refuse("its first operand is a constant", "Write the product as activations × constant weights.");
  const weights = scope.needConstant(node, 1, "second operand");
  if (weights.shape.length !== 2)
    node.refuse(`its weights have ${weights.shape.length} dimensions`, "Use a constant matrix [K, N].");
  return weights;
}

export function lowerGemm(node: FloatNode, scope: Scope): void {
  const input = scope.needValue(node, 0);
  if (node.int("transA", 0) !== 0)
    node.refuse("it transposes its activations", "Export the model with transA = 0.");
  const stored = needMatrix(node, scope);
  const alpha = node.float("alpha", 1);
  const beta = node.float("beta", 1);
  const matrix = node.int("transB", 0) !== 0 ? transpose(stored, [1, 0]) : stored;
  node.done();
  const [depth = 0, channels = 0] = matrix.shape;
  if (input.shape.length !== 2 || input.shape[1] !== depth)
    node.refuse("its operands do not fit together", "Export the model again.");
  const bias = biasOf(node, scope, 2, channels, beta);
  const weights = { ...matrix, data: matrix.data.map((value) => alpha * value) };
  scope.add(node, input, [input.shape[0]!, channels], { kind: "matmul", weights, bias });
}

export function lowerMatMul(node: FloatNode, scope: Scope): void {
  if (scope.value(node.inputs[0] ?? "") && scope.value(node.inputs[1] ?? ""))
    node.refuse(
      "both of its operands are computed by the model",
      "Products of two activations are not supported yet.",
    );
  const weights = needMatrix(node, scope);
  const input = scope.needValue(node, 0);
  node.done();
  const [depth = 0, channels = 0] = weights.shape;
  if (input.shape.length < 2 || input.shape.at(-1) !== depth)
    node.refuse(
      "its operands do not fit together",
      "Use activations [..., M, K] with M = 1 for a single row.",
    );
  const shape = [...input.shape.slice(0, -1), channels];
  scope.add(node, input, shape, { kind: "matmul", weights, bias: new Float64Array(channels) });
}

/** Most products that one element of a convolution sums. */
const MAX_AREA = 8192;

/** An average over windows is a convolution of each channel with equal weights. */
export function lowerAveragePool(node: FloatNode, scope: Scope): void {
  const input = scope.needValue(node, 0);
  const global = node.op === "GlobalAveragePool";
  if (input.shape.length !== 4)
    node.refuse(
      `its input has ${input.shape.length} dimensions`,
      "Only averages over [N, C, H, W] are supported.",
    );
  const [batch = 0, channels = 0, height = 0, width = 0] = input.shape;
  const whole = {
    kernel: [height, width],
    pads: [0, 0, 0, 0],
    strides: [1, 1],
    dilations: [1, 1],
    size: [1, 1],
  } as const;
  const { size, ...window } = global ? whole : readWindow(node, input.shape);
  const countsPadding = global || node.int("count_include_pad", 0) !== 0;
  if (!global && node.int("ceil_mode", 0) !== 0)
    node.refuse("it rounds its output size up", "Export the model with ceil_mode = 0.");
  node.done();
  if (!countsPadding && window.pads.some((pad) => pad > 0))
    node.refuse(
      "its windows at the border average fewer elements",
      "Export it with count_include_pad = 1 or without pads.",
    );
  const area = window.kernel[0] * window.kernel[1];
  if (area > MAX_AREA)
    node.refuse(
      `it averages ${area} elements; the limit is ${MAX_AREA}`,
      "Average in two steps, or use strides before.",
    );
  const shape = [channels, 1, ...window.kernel];
  const weights: Constant = { dtype: "float", shape, data: new Float64Array(channels * area).fill(1 / area) };
  const bias = new Float64Array(channels);
  scope.add(node, input, [batch, channels, ...size], {
    kind: "conv",
    weights,
    bias,
    group: channels,
    ...window,
  });
}

/** The one axis along which a constant that is broadcast over `shape` varies; −1 if it is the same everywhere. */
function varyingAxis(node: FloatNode, constant: Constant, shape: readonly number[]): number {
  const lead = shape.length - constant.shape.length;
  let axis = -1;
  constant.shape.forEach((size, index) => {
    if (size === 1) return;
    if (lead + index < 0 || size !== shape[lead + index])
      node.refuse(
        "its constant changes the shape of the activations",
        "Export the model without broadcasting activations.",
      );
    if (axis >= 0)
      node.refuse(
        "its constant varies along more than one axis",
        "Only a scalar or one value per channel can be folded into weights.",
      );
    axis = lead + index;
  });
  if (lead < 0)
    node.refuse(
      "its constant adds dimensions to the activations",
      "Export the model without broadcasting activations.",
    );
  return axis;
}

/** Add, Sub, Mul and Div with a constant. */
export function lowerArithmetic(node: FloatNode, scope: Scope): void {
  const values = [0, 1].filter((index) => scope.value(node.inputs[index] ?? ""));
  if (values.length === 2)
    node.refuse(
      "both of its operands are computed by the model",
      "Residual connections and gates are not supported yet; only a constant can be added or multiplied.",
    );
  const index = values[0] ?? 0;
  const input = scope.needValue(node, index);
  const constant = scope.needConstant(node, 1 - index, "second operand");
  node.done();
  const axis = varyingAxis(node, constant, input.shape);
  const { data } = constant;
  const ones = data.map(() => 1);
  const zeros = data.map(() => 0);
  const map =
    node.op === "Add"
      ? { scale: ones, shift: data }
      : node.op === "Mul"
        ? { scale: data, shift: zeros }
        : node.op === "Sub"
          ? index === 0
            ? { scale: ones, shift: data.map((value) => -value) }
            : { scale: data.map(() => -1), shift: data }
          : { scale: data.map((value) => 1 / value), shift: zeros };
  if (node.op === "Div" && (index !== 0 || data.includes(0)))
    node.refuse(
      "it divides by activations or by zero",
      "Only a division by non-zero constants can be folded.",
    );
  scope.add(node, input, input.shape, { kind: "affine", axis, ...map });
}

export function lowerBatchNormalization(node: FloatNode, scope: Scope): void {
  const input = scope.needValue(node, 0);
  const [gamma, beta, mean, variance] = ["scale", "bias", "mean", "variance"].map(
    (what, index) => scope.needConstant(node, index + 1, what).data,
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const epsilon = node.float("epsilon", 1e-5);
  node.float("momentum", 0.9);
  node.int("spatial", 1);
  if (node.int("training_mode", 0) !== 0)
    node.refuse("it is in training mode", "Export the model for inference.");
  node.done();
  const channels = input.shape[1] ?? 0;
  if ([gamma, beta, mean, variance].some((data) => data.length !== channels))
    node.refuse("its parameters do not fit its channels", "Export the model again.");
  const scale = gamma.map((value, channel) => value / Math.sqrt(variance[channel]! + epsilon));
  const shift = beta.map((value, channel) => value - mean[channel]! * scale[channel]!);
  scope.add(node, input, input.shape, { kind: "affine", axis: 1, scale, shift });
}
