// Norms, logarithms of sums and means of several tensors in sums, products and functions of one number.
import type { GraphTensor } from "../types.ts";
import { floatOf, intOf, intsOf } from "./attributes.ts";
import type { Rewriter } from "./rewriter.ts";

/** The axes of a reduction and the shape that it leaves with them as 1; undefined where nothing is reduced. */
function reduction(rewriter: Rewriter): { input: GraphTensor; axes: number[]; kept: number[] } | undefined {
  const { node } = rewriter;
  const input = rewriter.input(0);
  if (!input) return undefined;
  const rank = input.shape.length;
  const constant = rewriter.input(1)?.constant;
  const given =
    intsOf(node, "axes") ?? (constant ? Array.from(constant.data as ArrayLike<bigint>, Number) : []);
  if (given.length === 0 && intOf(node, "noop_with_empty_axes", 0) !== 0) return undefined;
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const axes = given.length > 0 ? given.map((axis) => (axis < 0 ? axis + rank : axis)) : all;
  return { input, axes, kept: input.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) };
}

type Reduction = NonNullable<ReturnType<typeof reduction>>;

const sum = (rewriter: Rewriter, input: GraphTensor, { axes, kept }: Reduction): GraphTensor =>
  rewriter.reduce("ReduceSum", input, axes, kept);

const finish = (rewriter: Rewriter, result: GraphTensor): boolean => {
  rewriter.reshape(result, rewriter.output.shape, true);
  return true;
};

const by =
  (make: (rewriter: Rewriter, parts: Reduction) => GraphTensor) =>
  (rewriter: Rewriter): boolean => {
    const parts = reduction(rewriter);
    return parts ? finish(rewriter, make(rewriter, parts)) : false;
  };

const squares = (rewriter: Rewriter, input: GraphTensor): GraphTensor =>
  rewriter.step("Mul", [input, input], input.shape);

export const reduceL1 = by((rewriter, parts) =>
  sum(rewriter, rewriter.step("Abs", [parts.input], parts.input.shape), parts),
);

export const reduceL2 = by((rewriter, parts) =>
  rewriter.step("Sqrt", [sum(rewriter, squares(rewriter, parts.input), parts)], parts.kept),
);

export const reduceSumSquare = by((rewriter, parts) => sum(rewriter, squares(rewriter, parts.input), parts));

export const reduceLogSum = by((rewriter, parts) =>
  rewriter.step("Log", [sum(rewriter, parts.input, parts)], parts.kept),
);

/** log Σ exp(x − max) + max, and what is left of x. */
function logSum(
  rewriter: Rewriter,
  parts: Reduction,
): { centered: GraphTensor; most: GraphTensor; log: GraphTensor } {
  const { input, axes, kept } = parts;
  const most = rewriter.reduce("ReduceMax", input, axes, kept);
  const centered = rewriter.step("Sub", [input, most], input.shape);
  const total = sum(rewriter, rewriter.step("Exp", [centered], input.shape), parts);
  return { centered, most, log: rewriter.step("Log", [total], kept) };
}

export const reduceLogSumExp = by((rewriter, parts) => {
  const { most, log } = logSum(rewriter, parts);
  return rewriter.step("Add", [log, most], parts.kept);
});

export function logSoftmax(rewriter: Rewriter): boolean {
  const input = rewriter.input(0);
  if (!input) return false;
  const rank = input.shape.length;
  const given = intOf(rewriter.node, "axis", rewriter.opset < 13 ? 1 : -1);
  const axis = given < 0 ? given + rank : given;
  const { centered, log } = logSum(rewriter, { input, axes: [axis], kept: input.shape.with(axis, 1) });
  rewriter.step("Sub", [centered, log], input.shape, {}, true);
  return true;
}

/** x / (Σ |x|^p)^(1/p) along an axis, p = 1 or 2. */
export function lpNormalization(rewriter: Rewriter): boolean {
  const { node } = rewriter;
  const input = rewriter.input(0);
  if (!input) return false;
  const rank = input.shape.length;
  const given = intOf(node, "axis", -1);
  const axis = given < 0 ? given + rank : given;
  const parts = { input, axes: [axis], kept: input.shape.with(axis, 1) };
  const isEuclidean = intOf(node, "p", 2) === 2;
  const powers = isEuclidean ? squares(rewriter, input) : rewriter.step("Abs", [input], input.shape);
  const total = sum(rewriter, powers, parts);
  const norm = isEuclidean ? rewriter.step("Sqrt", [total], parts.kept) : total;
  rewriter.step("Div", [input, norm], input.shape, {}, true);
  return true;
}

/** The mean of several tensors. */
export function meanOfMany(rewriter: Rewriter): boolean {
  const inputs = rewriter.node.inputs.map((_, index) => rewriter.input(index)!);
  const { shape } = rewriter.output;
  const total = rewriter.step("Sum", inputs, shape);
  rewriter.step("Mul", [total, rewriter.reals([], [1 / inputs.length])], shape, {}, true);
  return true;
}

/** x / (bias + alpha / size · Σ of the squares of neighbouring channels)^beta: the sum is a convolution of one position. */
export function localResponse(rewriter: Rewriter): boolean {
  const { node } = rewriter;
  const input = rewriter.input(0);
  const channels = input?.shape[1] ?? 0;
  if (!input || input.shape.length < 3 || input.shape.length > 4) return false;
  const size = intOf(node, "size", 1);
  const [left, right] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const alpha = floatOf(node, "alpha", 1e-4) / size;
  const band = new Float32Array(channels * channels);
  for (let to = 0; to < channels; to++)
    for (let from = Math.max(0, to - left); from <= Math.min(channels - 1, to + right); from++)
      band[to * channels + from] = alpha;
  const { shape } = input;
  const weights = rewriter.reals([channels, channels, ...shape.slice(2).map(() => 1)], band);
  const bias = rewriter.reals([channels], new Float32Array(channels).fill(floatOf(node, "bias", 1)));
  const around = rewriter.step("Conv", [squares(rewriter, input), weights, bias], shape);
  const beta = rewriter.reals([], [-floatOf(node, "beta", 0.75)]);
  const factor = rewriter.step("Pow", [around, beta], shape);
  rewriter.step("Mul", [input, factor], shape, {}, true);
  return true;
}
