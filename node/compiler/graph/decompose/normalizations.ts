// Normalizations over more than one axis, taken apart into one over rows, which is found again as such.
import type { GraphTensor } from "../types.ts";
import { floatOf, intOf } from "./attributes.ts";
import type { Rewriter } from "./rewriter.ts";

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** (x − mean) / sqrt(variance + epsilon) of each row [.., size]. */
function normalizedRows(rewriter: Rewriter, rows: GraphTensor, epsilon: number): GraphTensor {
  const axis = rows.shape.length - 1;
  const one = rows.shape.with(axis, 1);
  const mean = rewriter.mean(rows, axis);
  const centered = rewriter.step("Sub", [rows, mean], rows.shape);
  const squares = rewriter.step("Mul", [centered, centered], rows.shape);
  const variance = rewriter.mean(squares, axis);
  const raised = rewriter.step("Add", [variance, rewriter.reals([], [epsilon])], one);
  const deviation = rewriter.step("Sqrt", [raised], one);
  return rewriter.step("Div", [centered, deviation], rows.shape);
}

/** InstanceNormalization and GroupNormalization: rows are the groups of channels of each sample. */
export function groups(rewriter: Rewriter): boolean {
  const { node } = rewriter;
  const input = rewriter.input(0);
  const scale = rewriter.input(1);
  const bias = rewriter.input(2);
  if (!input || !scale || !bias) return false;
  const { shape } = input;
  const [batch = 1, channels = 1, ...rest] = shape;
  const count = node.op === "GroupNormalization" ? intOf(node, "num_groups", 1) : channels;
  if (channels % count !== 0) return false;
  const rows = rewriter.reshape(input, [batch, count, product(shape) / batch / count]);
  const back = rewriter.reshape(normalizedRows(rewriter, rows, floatOf(node, "epsilon", 1e-5)), shape);
  const perChannel = (given: GraphTensor): GraphTensor | undefined => {
    const { constant } = given;
    const size = product(given.shape);
    if (!constant || (size !== channels && size !== count)) return undefined;
    const each = channels / size;
    const values = Array.from({ length: channels }, (_, channel) =>
      Number(constant.data[Math.floor(channel / each)]),
    );
    return rewriter.reals([1, channels, ...rest.map(() => 1)], values);
  };
  const gain = perChannel(scale);
  const shift = perChannel(bias);
  if (!gain || !shift) return false;
  const scaled = rewriter.step("Mul", [back, gain], shape);
  rewriter.step("Add", [scaled, shift], shape, {}, true);
  return true;
}

/** MeanVarianceNormalization over all axes but the channels', as exporters use it. */
export function meanVariance(rewriter: Rewriter): boolean {
  const { node } = rewriter;
  const input = rewriter.input(0);
  if (!input) return false;
  const { shape } = input;
  const axes = node.attributes.find(({ name }) => name === "axes")?.ints?.map(Number) ?? [0, 2, 3];
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  // only where the kept axes come first (a batch of 1 may stand among the others)
  const moving = axes.filter((axis) => shape[axis]! > 1);
  if (
    axes.some((axis) => axis < 0) ||
    moving.some((axis) => kept.some((other) => other > axis && shape[other]! > 1))
  )
    return false;
  const size = product(axes.map((axis) => shape[axis]!));
  const rows = rewriter.reshape(input, [product(shape) / size, size]);
  rewriter.reshape(normalizedRows(rewriter, rows, 1e-9), shape, true);
  return true;
}
