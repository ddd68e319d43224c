// Lowers AveragePool: a convolution with ones sums each window exactly; the division is in the scale, or by the window's size.
import type { Operand } from "@assay/sdk/program";
import type { Operation } from "../plan.ts";
import type { Lowering } from "./Lowering.ts";
import type { Definitions } from "./registry.ts";

const WEIGHT_ZERO = 128;
/** Most elements of a window, so that a proof stays small. */
const MAX_AREA = 8192;
/** Bits that are kept behind the point where windows differ in size. */
const POINT_BITS = 8;

interface Axis {
  readonly size: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  /** what the pads say; with ceil_mode the last windows reach further */
  readonly after: number;
}

/** The axes of the windows, a one-dimensional pooling as a two-dimensional one of height 1. */
function windowsOf({ node, inputs, outputs }: Operation, lowering: Lowering): Axis[] {
  const shape = lowering.shape(inputs[0]!).slice(2);
  const target = lowering.shape(outputs[0]!).slice(2);
  if (shape.length < 1 || shape.length > 2)
    node.refuse(`it averages over ${shape.length} axes`, "Use averages on [N, C, H, W] or [N, C, W].");
  const { attributes } = node;
  const kernel = attributes.ints("kernel_shape") ?? [];
  const pads = attributes.ints("pads") ?? [];
  const axes = shape.map((size, axis) => ({
    size,
    out: target[axis]!,
    kernel: kernel[axis]!,
    stride: attributes.ints("strides")?.[axis] ?? 1,
    dilation: attributes.ints("dilations")?.[axis] ?? 1,
    before: pads[axis] ?? 0,
    after: pads[axis + shape.length] ?? 0,
  }));
  const single = { size: 1, out: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0 };
  return axes.length === 1 ? [single, axes[0]!] : axes;
}

/** How many elements each window along an axis averages. */
function countsOf({ size, out, kernel, stride, dilation, before, after }: Axis, padded: boolean): number[] {
  const [from, to] = padded ? [-before, size + after] : [0, size];
  return Array.from({ length: out }, (_, place) => {
    let count = 0;
    for (let tap = 0; tap < kernel; tap++) {
      const position = place * stride - before + tap * dilation;
      if (position >= from && position < to) count++;
    }
    return count;
  });
}

function lowerAverage(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const { node } = operation;
  const [input = ""] = operation.inputs;
  const [output = ""] = operation.outputs;
  const [rows, columns] = windowsOf(operation, lowering) as [Axis, Axis];
  const area = rows.kernel * columns.kernel;
  if (area > MAX_AREA)
    node.refuse(`it averages ${area} elements; the limit is ${MAX_AREA}`, "Average in two steps.");
  const { operand, scale, zeroPoint } = lowering.u8(input);
  const [batch = 1, channels = 1] = lowering.shape(input);
  const reach = ({ size, out, kernel, stride, dilation, before }: Axis): number =>
    Math.max(0, (out - 1) * stride + (kernel - 1) * dilation + 1 - size - before);
  const ones = new Uint8Array(channels * area).fill(WEIGHT_ZERO + 1);
  const weights = emit.constant("u8", [channels, 1, rows.kernel, columns.kernel], ones);
  const attributes = [
    ...[rows.before, columns.before, reach(rows), reach(columns)],
    ...[rows.stride, columns.stride, rows.dilation, columns.dilation],
    ...[channels, zeroPoint, WEIGHT_ZERO],
  ];
  const planar = emit.reshape(operand, [batch, channels, rows.size, columns.size]);
  const sum = emit.step("ConvInteger", [planar, weights], [batch, channels, rows.out, columns.out], {
    attributes,
    dtype: "i32",
  });
  const padded = node.attributes.int("count_include_pad", 0) !== 0;
  const down = countsOf(rows, padded);
  const across = countsOf(columns, padded);
  const set = (each: Operand, unit: number): void =>
    lowering.set(output, {
      kind: "wide",
      operand: emit.reshape(each, lowering.shape(output)),
      scale: unit,
    });
  const counts = down.flatMap((a) => across.map((b) => a * b));
  const [first = 1] = counts;
  if (counts.every((count) => count === first)) {
    set(sum, scale / first);
    return;
  }
  const divisors = emit.vector("i32", [1, 1, rows.out, columns.out], counts);
  set(emit.div(emit.mulNumber(sum, 2 ** POINT_BITS), divisors), scale / 2 ** POINT_BITS);
}

export const averageDefinitions: Definitions = {
  AveragePool: { demand: () => "u8", lower: lowerAverage },
};
