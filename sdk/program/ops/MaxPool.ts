// MaxPool: the greatest element under a sliding window. Padding never wins.
import { allocate } from "../dtype.ts";
import { hull, whole } from "../ranges.ts";
import { elementCount, sameShape } from "../tensor.ts";
import type { Step } from "../types.ts";
import { boxOf, MAX_SIZE, MAX_WINDOW, numbers, type OpDefinition, RULE, within } from "./definition.ts";
import { type WindowAxis, windowCount, windowExtent, windowTaps } from "./window.ts";

const OPCODE = 7;

function windowOf(step: Step) {
  const [kernelY, kernelX, top, left, bottom, right, strideY, strideX, dilationY, dilationX] = numbers(step);
  const shape = step.operands[0]!.type.shape;
  const vertical: WindowAxis = {
    size: shape[2]!,
    kernel: kernelY!,
    padBefore: top!,
    padAfter: bottom!,
    stride: strideY!,
    dilation: dilationY!,
  };
  const horizontal: WindowAxis = {
    size: shape[3]!,
    kernel: kernelX!,
    padBefore: left!,
    padAfter: right!,
    stride: strideX!,
    dilation: dilationX!,
  };
  return { vertical, horizontal, outHeight: windowCount(vertical), outWidth: windowCount(horizontal) };
}

/** With the window no sparser than the image, pads smaller than the kernel leave no window without an element. */
const axisFits = ({ size, kernel, padBefore, padAfter, stride, dilation }: WindowAxis): boolean =>
  kernel >= 1 &&
  kernel <= MAX_SIZE &&
  padBefore >= 0 &&
  padBefore < kernel &&
  padAfter >= 0 &&
  padAfter < kernel &&
  stride >= 1 &&
  stride <= MAX_SIZE &&
  dilation >= 1 &&
  dilation <= size;

function placeOf(step: Step, index: number) {
  const { vertical, horizontal, outHeight, outWidth } = windowOf(step);
  const plane = Math.floor(index / (outHeight * outWidth)) * vertical.size * horizontal.size;
  const rows = windowTaps(vertical, Math.floor(index / outWidth) % outHeight);
  const columns = windowTaps(horizontal, index % outWidth);
  return { rows, columns, plane, width: horizontal.size, dilation: horizontal.dilation };
}

export const MaxPool: OpDefinition = {
  name: "MaxPool",
  opcode: OPCODE,
  page: {
    types: "u8 or i8",
    element: "the greatest element under the window; padding never wins",
    attributes: "kernel 2; pads top, left, bottom, right; strides 2; dilations 2",
    limits: "rank 4; pads < kernel; taps ≤ 8,192",
  },
  operands: [1, 1],
  attributes: 10,
  shapeFault(step) {
    const { dtype, shape } = step.operands[0]!.type;
    if (dtype !== "u8" && dtype !== "i8") return RULE.operandType;
    if (step.out.dtype !== dtype) return RULE.outputType;
    if (shape.length !== 4 || step.out.shape.length !== 4) return RULE.rank;
    const { vertical, horizontal, outHeight, outWidth } = windowOf(step);
    if (!within(step.attributes, 0, MAX_SIZE) || !axisFits(vertical) || !axisFits(horizontal)) {
      return RULE.attribute;
    }
    if (outHeight < 1 || outWidth < 1) return RULE.operandShapes;
    if (!sameShape(step.out.shape, [shape[0]!, shape[1]!, outHeight, outWidth])) return RULE.outputShape;
    return vertical.kernel * horizontal.kernel > MAX_WINDOW ? RULE.reads : 0;
  },
  element(read, step, index) {
    const { rows, columns, plane, width } = placeOf(step, index);
    let best: bigint | undefined;
    for (const row of rows) {
      for (const column of columns) {
        const value = read(0, plane + row.at * width + column.at);
        if (best === undefined || value > best) best = value;
      }
    }
    return best!;
  },
  reads(step, index) {
    const { rows, columns, plane, width, dilation } = placeOf(step, index);
    const from = columns[0]!.at;
    return [
      rows.map(({ at }) => ({ start: plane + at * width + from, count: columns.length, stride: dilation })),
    ];
  },
  boxes(step) {
    const { vertical, horizontal } = windowOf(step);
    const reached = { 2: windowExtent(vertical), 3: windowExtent(horizontal) };
    return [boxOf(step.operands[0]!.type.shape, reached)];
  },
  ranges(_, [operand]) {
    if (operand!.ranges.axis === 1 || operand!.ranges.axis === 0) return operand!.ranges;
    const { min, max } = hull(operand!.ranges);
    return whole(min, max);
  },
  evaluate(step, [operand]) {
    const { vertical, horizontal, outHeight, outWidth } = windowOf(step);
    const data = operand!.data as Uint8Array | Int8Array;
    const out = allocate(step.out.dtype, elementCount(step.out)) as Uint8Array | Int8Array;
    const rows = Array.from({ length: outHeight }, (_, oy) => windowTaps(vertical, oy));
    const columns = Array.from({ length: outWidth }, (_, ox) => windowTaps(horizontal, ox));
    const planeSize = vertical.size * horizontal.size;
    for (let plane = 0, to = 0; plane < data.length; plane += planeSize) {
      for (const row of rows) {
        for (const column of columns) {
          let best = Number.NEGATIVE_INFINITY;
          for (const { at: y } of row) {
            const start = plane + y * horizontal.size;
            for (const { at: x } of column) if (data[start + x]! > best) best = data[start + x]!;
          }
          out[to++] = best;
        }
      }
    }
    return out;
  },
};
