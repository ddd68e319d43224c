// ConvInteger: convolution of unsigned 8-bit images less their zero points, summed in 32 bits. Padding adds nothing.
import { hull, type Ranges, rangesAlong, whole } from "../ranges.ts";
import { elementCount, sameShape, strideAlong } from "../tensor.ts";
import type { Step, Tensor, TensorType } from "../types.ts";
import {
  boxOf,
  MAX_SIZE,
  MAX_WINDOW,
  numbers,
  type OpDefinition,
  type OperandRanges,
  RULE,
  type Run,
  within,
} from "./definition.ts";
import { addProducts } from "./products.ts";
import { tapPositions, type WindowAxis, windowCount, windowExtent, windowTaps } from "./window.ts";

const OPCODE = 2;

type Four = [number, number, number, number];

interface Convolution {
  readonly channels: number;
  /** Input channels that one output channel sees. */
  readonly depth: number;
  readonly filters: number;
  readonly filtersPerGroup: number;
  readonly vertical: WindowAxis;
  readonly horizontal: WindowAxis;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly xZero: number;
  readonly wZero: number;
}

function convolutionOf(step: Step): Convolution {
  const [, channels, height, width] = step.operands[0]!.type.shape as Four;
  const [filters, depth, kernelHeight, kernelWidth] = step.operands[1]!.type.shape as Four;
  const [top, left, bottom, right, strideY, strideX, dilationY, dilationX, group, xZero, wZero] =
    numbers(step);
  const vertical: WindowAxis = {
    size: height,
    kernel: kernelHeight,
    padBefore: top!,
    padAfter: bottom!,
    stride: strideY!,
    dilation: dilationY!,
  };
  const horizontal: WindowAxis = {
    size: width,
    kernel: kernelWidth,
    padBefore: left!,
    padAfter: right!,
    stride: strideX!,
    dilation: dilationX!,
  };
  return {
    channels,
    depth,
    filters,
    filtersPerGroup: filters / group!,
    vertical,
    horizontal,
    outHeight: windowCount(vertical),
    outWidth: windowCount(horizontal),
    xZero: xZero!,
    wZero: wZero!,
  };
}

function shapeFault(step: Step): number {
  const { attributes, out } = step;
  const x = step.operands[0]!.type;
  const w = step.operands[1]!.type;
  if (x.dtype !== "u8" || w.dtype !== "u8") return RULE.operandType;
  if (out.dtype !== "i32") return RULE.outputType;
  if (x.shape.length !== 4 || w.shape.length !== 4 || out.shape.length !== 4) return RULE.rank;
  const pads = attributes.slice(0, 4);
  const strides = attributes.slice(4, 9);
  if (!within(pads, 0, MAX_SIZE) || !within(strides, 1, MAX_SIZE) || !within(attributes.slice(9), 0, 255)) {
    return RULE.attribute;
  }
  const { channels, depth, filters, filtersPerGroup, vertical, horizontal, outHeight, outWidth } =
    convolutionOf(step);
  const group = Number(attributes[8]);
  if (!Number.isInteger(filtersPerGroup) || channels !== depth * group || outHeight < 1 || outWidth < 1) {
    return RULE.operandShapes;
  }
  if (!sameShape(out.shape, [x.shape[0]!, filters, outHeight, outWidth])) return RULE.outputShape;
  return depth * vertical.kernel * horizontal.kernel > MAX_WINDOW ? RULE.reads : 0;
}

function placeOf(convolution: Convolution, index: number) {
  const { filters, outHeight, outWidth } = convolution;
  const ox = index % outWidth;
  const oy = Math.floor(index / outWidth) % outHeight;
  const filter = Math.floor(index / (outWidth * outHeight)) % filters;
  const image = Math.floor(index / (outWidth * outHeight * filters));
  return { ox, oy, filter, image };
}

/** Row-major number of the first element of the channel plane that tap (`c`, …) of a filter reads. */
function planeOf(convolution: Convolution, image: number, filter: number, c: number): number {
  const { channels, depth, filtersPerGroup, vertical, horizontal } = convolution;
  const channel = Math.floor(filter / filtersPerGroup) * depth + c;
  return (image * channels + channel) * vertical.size * horizontal.size;
}

function reads(step: Step, index: number): Run[][] {
  const convolution = convolutionOf(step);
  const { depth, vertical, horizontal } = convolution;
  const { ox, oy, filter, image } = placeOf(convolution, index);
  const rows = windowTaps(vertical, oy);
  const columns = windowTaps(horizontal, ox);
  const x: Run[] = [];
  for (let c = 0; columns.length > 0 && c < depth; c++) {
    const plane = planeOf(convolution, image, filter, c);
    for (const { at } of rows) {
      const start = plane + at * horizontal.size + columns[0]!.at;
      x.push({ start, count: columns.length, stride: horizontal.dilation });
    }
  }
  const count = depth * vertical.kernel * horizontal.kernel;
  return [x, [{ start: filter * count, count, stride: 1 }]];
}

/** Output positions whose columns are spread out together. */
const BLOCK = 4096;

interface Block {
  readonly image: number;
  readonly group: number;
  readonly from: number;
  readonly to: number;
}

/** Spreads out what the filters of a group see at output rows `from`..`to`: a row of positions for each tap, padding zero. */
function spread(convolution: Convolution, pixels: Uint8Array, block: Block, columns: Int16Array): void {
  const { depth, filtersPerGroup, vertical, horizontal, outWidth, xZero } = convolution;
  const { image, group, from, to } = block;
  for (let c = 0, start = 0; c < depth; c++) {
    const plane = planeOf(convolution, image, group * filtersPerGroup, c);
    for (let ky = 0; ky < vertical.kernel; ky++) {
      const rows = tapPositions(vertical, ky, to);
      for (let kx = 0; kx < horizontal.kernel; kx++, start += (to - from) * outWidth) {
        const { from: first, to: end } = tapPositions(horizontal, kx, outWidth);
        for (let oy = Math.max(rows.from, from); oy < rows.to; oy++) {
          const y = oy * vertical.stride - vertical.padBefore + ky * vertical.dilation;
          const row = plane + y * horizontal.size - horizontal.padBefore + kx * horizontal.dilation;
          const column = start + (oy - from) * outWidth;
          for (let ox = first; ox < end; ox++) {
            columns[column + ox] = pixels[row + ox * horizontal.stride]! - xZero;
          }
        }
      }
    }
  }
}

function evaluate(step: Step, [x, w]: readonly Tensor[]): Int32Array {
  const convolution = convolutionOf(step);
  const { depth, filters, filtersPerGroup, vertical, horizontal, outHeight, outWidth, wZero } = convolution;
  const taps = depth * vertical.kernel * horizontal.kernel;
  const factors = Int32Array.from(w!.data as Uint8Array, (weight) => weight - wZero);
  const out = new Int32Array(elementCount(step.out));
  const rows = Math.min(outHeight, Math.ceil(BLOCK / outWidth));
  const groups = filters / filtersPerGroup;
  for (let image = 0; image < step.out.shape[0]!; image++) {
    for (let group = 0; group < groups; group++) {
      for (let from = 0; from < outHeight; from += rows) {
        const to = Math.min(from + rows, outHeight);
        const columns = new Int16Array(taps * (to - from) * outWidth);
        spread(convolution, x!.data as Uint8Array, { image, group, from, to }, columns);
        for (let filter = group * filtersPerGroup; filter < (group + 1) * filtersPerGroup; filter++) {
          const plane = (image * filters + filter) * outHeight;
          const sums = out.subarray((plane + from) * outWidth, (plane + to) * outWidth);
          addProducts(sums, factors.subarray(filter * taps, (filter + 1) * taps), columns);
        }
      }
    }
  }
  return out;
}

function ranges(step: Step, [x, w]: readonly OperandRanges[]): Ranges {
  const convolution = convolutionOf(step);
  const { depth, filters, filtersPerGroup, vertical, horizontal, xZero, wZero } = convolution;
  const taps = vertical.kernel * horizontal.kernel;
  const padded = step.attributes.slice(0, 4).some((pad) => pad > 0n);
  const channels = rangesAlong(x!, 1);
  const hullWithPadding = (c: number): [number, number] => {
    const low = Number(channels.min[c]) - xZero;
    const high = Number(channels.max[c]) - xZero;
    return padded ? [Math.min(low, 0), Math.max(high, 0)] : [low, high];
  };
  const bounds = channels.min.map((_, c) => hullWithPadding(c));
  const weights = w!.constant?.data as Uint8Array | undefined;
  const known = hull(w!.ranges);
  const min: bigint[] = [];
  const max: bigint[] = [];
  for (let filter = 0; filter < filters; filter++) {
    let low = 0;
    let high = 0;
    for (let c = 0; c < depth; c++) {
      const [from, to] = bounds[Math.floor(filter / filtersPerGroup) * depth + c]!;
      const start = (filter * depth + c) * taps;
      for (let tap = 0; tap < taps; tap++) {
        const lightest = (weights ? weights[start + tap]! : Number(known.min)) - wZero;
        const heaviest = weights ? lightest : Number(known.max) - wZero;
        low += Math.min(lightest * from, lightest * to, heaviest * from, heaviest * to);
        high += Math.max(lightest * from, lightest * to, heaviest * from, heaviest * to);
      }
    }
    min.push(BigInt(low));
    max.push(BigInt(high));
  }
  const perFilter = { axis: 1, min, max };
  if (weights) return perFilter;
  const { min: low, max: high } = hull(perFilter);
  return whole(low, high);
}

export const ConvInteger: OpDefinition = {
  name: "ConvInteger",
  opcode: OPCODE,
  page: {
    types: "u8 × u8 → i32",
    element: "Σ over channels of the group and taps of (X - x) · (W - w); padding adds nothing",
    attributes: "pads top, left, bottom, right; strides 2; dilations 2; group; x, w (zero points)",
    limits: "rank 4; channels of a group × taps ≤ 8,192",
  },
  operands: [2, 2],
  attributes: 11,
  shapeFault,
  element(read, step, index) {
    const convolution = convolutionOf(step);
    const { depth, vertical, horizontal } = convolution;
    const { ox, oy, filter, image } = placeOf(convolution, index);
    const xZero = BigInt(convolution.xZero);
    const wZero = BigInt(convolution.wZero);
    let sum = 0n;
    for (let c = 0; c < depth; c++) {
      const plane = planeOf(convolution, image, filter, c);
      for (const row of windowTaps(vertical, oy)) {
        for (const column of windowTaps(horizontal, ox)) {
          const weight = ((filter * depth + c) * vertical.kernel + row.tap) * horizontal.kernel + column.tap;
          const pixel = plane + row.at * horizontal.size + column.at;
          sum += (read(0, pixel) - xZero) * (read(1, weight) - wZero);
        }
      }
    }
    return sum;
  },
  reads,
  boxes(step) {
    const { depth, vertical, horizontal } = convolutionOf(step);
    const [x, w] = step.operands.map(({ type }) => type) as [TensorType, TensorType];
    const channels = { count: depth, step: 1 };
    const kernel = { 2: { count: vertical.kernel, step: 1 }, 3: { count: horizontal.kernel, step: 1 } };
    const window = { 2: windowExtent(vertical), 3: windowExtent(horizontal) };
    const along = strideAlong(x, 3) * horizontal.dilation < strideAlong(x, 1) ? 3 : 1;
    return [
      boxOf(x.shape, { 1: channels, ...window }, along),
      boxOf(w.shape, { 1: channels, ...kernel }, along),
    ];
  },
  ranges,
  evaluate,
};
