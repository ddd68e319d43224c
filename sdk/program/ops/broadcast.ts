// Numpy broadcasting: shapes that combine, and walking them together.
import { stridesOf } from "../tensor.ts";
import type { Run } from "./definition.ts";

/** The shape that two shapes broadcast to; undefined where they do not. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const sizeA = a[axis - rank + a.length] ?? 1;
    const sizeB = b[axis - rank + b.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) return undefined;
    shape.push(Math.max(sizeA, sizeB));
  }
  return shape;
}

/** Strides of an operand along the axes of the output; zero where it is repeated. */
export function broadcastStrides(shape: readonly number[], rank: number): number[] {
  const own = stridesOf(shape);
  return Array.from({ length: rank }, (_, axis) => {
    const ownAxis = axis - rank + shape.length;
    return ownAxis < 0 || shape[ownAxis] === 1 ? 0 : own[ownAxis]!;
  });
}

/** The element of a broadcast operand that goes into output element `index`. */
export function broadcastIndex(
  outShape: readonly number[],
  operandShape: readonly number[],
  index: number,
): number {
  const strides = broadcastStrides(operandShape, outShape.length);
  let result = 0;
  for (let axis = outShape.length - 1, rest = index; axis >= 0; axis--) {
    const size = outShape[axis]!;
    result += (rest % size) * strides[axis]!;
    rest = Math.floor(rest / size);
  }
  return result;
}

export const single = (start: number): Run[] => [{ start, count: 1, stride: 1 }];

/** A run of output elements, and where each operand starts and how far it steps along it. */
export type Row = (
  out: number,
  count: number,
  startA: number,
  strideA: number,
  startB: number,
  strideB: number,
) => void;

/** Walks an output in row-major order in the longest runs along which both operands move evenly. */
export function forEachRow(
  shape: readonly number[],
  shapeA: readonly number[],
  shapeB: readonly number[],
  row: Row,
): void {
  const { sizes, a, b } = mergeAxes(shape, shapeA, shapeB);
  const count = sizes.pop() ?? 1;
  const strideA = a.pop() ?? 0;
  const strideB = b.pop() ?? 0;
  const rows = sizes.reduce((product, size) => product * size, 1);
  const digits = sizes.map(() => 0);
  let startA = 0;
  let startB = 0;
  for (let index = 0; index < rows; index++) {
    row(index * count, count, startA, strideA, startB, strideB);
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      startA += a[axis]!;
      startB += b[axis]!;
      if (++digits[axis]! < sizes[axis]!) break;
      startA -= sizes[axis]! * a[axis]!;
      startB -= sizes[axis]! * b[axis]!;
      digits[axis] = 0;
    }
  }
}

function mergeAxes(shape: readonly number[], shapeA: readonly number[], shapeB: readonly number[]) {
  const stridesA = broadcastStrides(shapeA, shape.length);
  const stridesB = broadcastStrides(shapeB, shape.length);
  const sizes: number[] = [];
  const a: number[] = [];
  const b: number[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const strideA = stridesA[axis]!;
    const strideB = stridesB[axis]!;
    if (sizes.length > 0 && a.at(-1) === strideA * size && b.at(-1) === strideB * size) {
      sizes.push(sizes.pop()! * size);
      a.splice(-1, 1, strideA);
      b.splice(-1, 1, strideB);
    } else {
      sizes.push(size);
      a.push(strideA);
      b.push(strideB);
    }
  });
  return { sizes, a, b };
}
