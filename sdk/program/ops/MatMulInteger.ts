// MatMulInteger: matrix product of 8-bit integers less their zero points, summed in 32 bits.
import { hull, type Interval, type Ranges, rangesAlong, WHOLE, whole } from "../ranges.ts";
import { elementCount, sameShape } from "../tensor.ts";
import type { Step, Tensor } from "../types.ts";
import { broadcastIndex, broadcastShape } from "./broadcast.ts";
import { boxOf, numbers, type OpDefinition, type OperandRanges, type Refusal, RULE } from "./definition.ts";
import { addProducts } from "./products.ts";

const OPCODE = 1;
/** Zero point corrections of u8 × u8 need four sums of this many products to fit in 32 bits. */
const MAX_INNER_U8 = 8192;
const MAX_INNER_I8 = 32768;
/** Kernels without dot product instructions add two products in 16 bits. */
const MAX_WEIGHT = 64n;

interface Sizes {
  /** Broadcast leading dimensions, and those of each operand. */
  readonly batch: readonly number[];
  readonly batchA: readonly number[];
  readonly batchB: readonly number[];
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

function sizesOf(step: Step): Sizes {
  const a = step.operands[0]!.type.shape;
  const b = step.operands[1]!.type.shape;
  return {
    batch: step.out.shape.slice(0, -2),
    batchA: a.slice(0, -2),
    batchB: b.slice(0, -2),
    rows: a.at(-2)!,
    inner: a.at(-1)!,
    columns: b.at(-1)!,
  };
}

function shapeFault({ operands, attributes, out }: Step): number {
  const a = operands[0]!.type;
  const b = operands[1]!.type;
  if (a.dtype !== "u8" || (b.dtype !== "u8" && b.dtype !== "i8")) return RULE.operandType;
  if (out.dtype !== "i32") return RULE.outputType;
  const rank = Math.max(a.shape.length, b.shape.length);
  if (a.shape.length < 2 || b.shape.length < 2 || out.shape.length !== rank) return RULE.rank;
  const [aZero, bZero] = attributes as [bigint, bigint];
  const greatestZero = b.dtype === "u8" ? 255n : 0n;
  if (aZero < 0n || aZero > 255n || bZero < 0n || bZero > greatestZero) return RULE.attribute;
  const inner = a.shape.at(-1)!;
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (inner !== b.shape.at(-2) || !batch) return RULE.operandShapes;
  if (!sameShape(out.shape, [...batch, a.shape.at(-2)!, b.shape.at(-1)!])) return RULE.outputShape;
  return inner > (b.dtype === "u8" ? MAX_INNER_U8 : MAX_INNER_I8) ? RULE.reads : 0;
}

/** Where the row of A and the column of B begin that make output element `index`. */
function startsOf(step: Step, index: number) {
  const { batch, batchA, batchB, rows, inner, columns } = sizesOf(step);
  const column = index % columns;
  const row = Math.floor(index / columns) % rows;
  const item = Math.floor(index / (columns * rows));
  const a = (broadcastIndex(batch, batchA, item) * rows + row) * inner;
  const b = broadcastIndex(batch, batchB, item) * inner * columns + column;
  return { a, b, inner, columns };
}

function evaluate(step: Step, [a, b]: readonly Tensor[]): Int32Array {
  const { batch, batchA, batchB, rows, inner, columns } = sizesOf(step);
  const [aZero, bZero] = numbers(step) as [number, number];
  const left = a!.data as Uint8Array;
  const right = b!.data as Uint8Array | Int8Array;
  const out = new Int32Array(elementCount(step.out));
  const factors = new Int32Array(inner);
  const items = elementCount({ shape: batch });
  for (let item = 0; item < items; item++) {
    const startB = broadcastIndex(batch, batchB, item) * inner * columns;
    for (let row = 0; row < rows; row++) {
      const startA = (broadcastIndex(batch, batchA, item) * rows + row) * inner;
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        factors[k] = left[startA + k]! - aZero;
        sum += factors[k]!;
      }
      const start = (item * rows + row) * columns;
      // Taking the zero point of B off at the end keeps it out of the inner loop.
      const sums = out.subarray(start, start + columns).fill(-sum * bZero);
      addProducts(sums, factors, right, startB);
    }
  }
  return out;
}

const shift = ({ min, max }: Interval, zero: number): [number, number] => [
  Number(min) - zero,
  Number(max) - zero,
];

function ranges(step: Step, [a, b]: readonly OperandRanges[]): Ranges {
  const { inner, columns } = sizesOf(step);
  const [aZero, bZero] = numbers(step) as [number, number];
  const left = rangesAlong(a!, a!.shape.length - 1);
  const leftAt = left.min.map((min, k) => shift({ min, max: left.max[k]! }, aZero));
  if (!b!.constant) {
    const [low, high] = shift(hull(b!.ranges), bZero);
    let min = 0;
    let max = 0;
    for (const [from, to] of leftAt) {
      const corners = [from * low, from * high, to * low, to * high];
      min += Math.min(...corners);
      max += Math.max(...corners);
    }
    return whole(BigInt(min), BigInt(max));
  }
  const weights = b!.constant.data as Uint8Array | Int8Array;
  const min = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const max = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  const low = new Float64Array(columns);
  const high = new Float64Array(columns);
  for (let item = 0; item < weights.length; item += inner * columns) {
    low.fill(0);
    high.fill(0);
    for (let k = 0; k < inner; k++) {
      const [from, to] = leftAt[k]!;
      for (let column = 0; column < columns; column++) {
        const weight = weights[item + k * columns + column]! - bZero;
        low[column]! += weight * (weight < 0 ? to : from);
        high[column]! += weight * (weight < 0 ? from : to);
      }
    }
    for (let column = 0; column < columns; column++) {
      min[column] = Math.min(min[column]!, low[column]!);
      max[column] = Math.max(max[column]!, high[column]!);
    }
  }
  return { axis: step.out.shape.length - 1, min: Array.from(min, BigInt), max: Array.from(max, BigInt) };
}

function refuse(step: Step, [, b]: readonly OperandRanges[]): Refusal | undefined {
  if (step.operands[1]!.type.dtype !== "i8") return undefined;
  const { min, max } = hull(rangesAlong(b!, WHOLE));
  if (min >= -MAX_WEIGHT && max <= MAX_WEIGHT) return undefined;
  return {
    reason: `signed weights reach from ${min} to ${max}, beyond ±${MAX_WEIGHT}, and saturate on some processors`,
    remedy: "Quantize the weights to 7 bits, or use unsigned ones with a zero point.",
  };
}

export const MatMulInteger: OpDefinition = {
  name: "MatMulInteger",
  opcode: OPCODE,
  page: {
    types: "u8 × i8 or u8 → i32",
    element: "Σ_k (A[…, m, k] - a) · (B[…, k, n] - b); leading axes broadcast",
    attributes: "a, b (zero points; b = 0 for i8)",
    limits: "k ≤ 32,768 for i8 and ≤ 8,192 for u8; i8 values within ±64",
  },
  operands: [2, 2],
  attributes: 2,
  shapeFault,
  element(read, step, index) {
    const [aZero, bZero] = step.attributes as [bigint, bigint];
    const { a, b, inner, columns } = startsOf(step, index);
    let sum = 0n;
    for (let k = 0; k < inner; k++) sum += (read(0, a + k) - aZero) * (read(1, b + k * columns) - bZero);
    return sum;
  },
  reads(step, index) {
    const { a, b, inner, columns } = startsOf(step, index);
    return [[{ start: a, count: inner, stride: 1 }], [{ start: b, count: inner, stride: columns }]];
  },
  boxes({ operands }) {
    return operands.map(({ type: { shape } }, operand) => {
      const axis = shape.length - 1 - operand;
      return boxOf(shape, { [axis]: { count: shape[axis]!, step: 1 } }, axis);
    });
  },
  ranges,
  refuse,
  evaluate,
};
