// Numpy broadcasting: shapes that combine, and walking them together.
import { stridesOf } from "../tensor.ts";
import type { Run } from "./definition.ts";
import { type Row, walk } from "./walk.ts";

/** The shape that shapes broadcast to; undefined where they do not. */
export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(...shapes.map(({ length }) => length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (const [axis, size] of shape.entries()) {
      const place = axis + rank - shape.length;
      if (size !== 1 && result[place] !== 1 && result[place] !== size) return undefined;
      if (size !== 1) result[place] = size;
    }
  }
  return result;
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

/** Walks an output and the operands that broadcast to it; the output is the first view. */
export function forEachRow(
  shape: readonly number[],
  operandShapes: readonly (readonly number[])[],
  row: Row,
): void {
  const strides = operandShapes.map((operand) => broadcastStrides(operand, shape.length));
  walk(shape, [stridesOf(shape), ...strides], row);
}
