// Walking several strided views of one shape together, and copying elements from one to another.
import type { NarrowData, TensorData } from "../types.ts";

/** `count` elements of every view: where each begins, and how far it steps. The arrays are reused. */
export type Row = (count: number, starts: readonly number[], steps: readonly number[]) => void;

/** Visits a shape in row-major order, in the longest runs along which all views move evenly. */
export function walk(
  shape: readonly number[],
  views: readonly (readonly number[])[],
  row: Row,
  starts: readonly number[] = views.map(() => 0),
): void {
  const axes = mergeAxes(shape, views);
  const { size: count, steps } = axes.pop() ?? { size: 1, steps: views.map(() => 0) };
  const rows = axes.reduce((product, { size }) => product * size, 1);
  const digits = axes.map(() => 0);
  const at = [...starts];
  for (let index = 0; index < rows; index++) {
    row(count, at, steps);
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const { size, steps: outer } = axes[axis]!;
      const isLast = ++digits[axis]! === size;
      const moves = isLast ? 1 - size : 1;
      for (let view = 0; view < at.length; view++) at[view]! += moves * outer[view]!;
      if (!isLast) break;
      digits[axis] = 0;
    }
  }
}

/** Drops axes of size 1 and merges neighbours that every view goes through in one run. */
function mergeAxes(shape: readonly number[], views: readonly (readonly number[])[]) {
  const axes: { size: number; steps: number[] }[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const steps = views.map((strides) => strides[axis]!);
    const outer = axes.at(-1);
    if (outer && steps.every((step, view) => outer.steps[view] === step * size)) {
      axes[axes.length - 1] = { size: outer.size * size, steps };
    } else axes.push({ size, steps });
  });
  return axes;
}

/** Elements of a tensor in another order: the first one, and the steps along each axis of the walk. */
export interface View {
  readonly data: TensorData;
  readonly start: number;
  readonly strides: readonly number[];
}

/** Short runs are quicker copied one by one. */
export const LONG_RUN = 16;

/** The elements as words without a sign, so that copying them converts nothing. */
export function wordsOf(data: TensorData): NarrowData {
  const { buffer, byteOffset, length } = data;
  switch (data.BYTES_PER_ELEMENT) {
    case 1:
      return new Uint8Array(buffer, byteOffset, length);
    case 2:
      return new Uint16Array(buffer, byteOffset, length);
    case 4:
      return new Uint32Array(buffer, byteOffset, length);
    default:
      return new BigUint64Array(buffer, byteOffset, length) as unknown as NarrowData;
  }
}

/** Copies a box of elements of one type. */
export function copyElements(shape: readonly number[], from: View, to: View): void {
  const source = wordsOf(from.data);
  const target = wordsOf(to.data);
  const row: Row = (count, starts, steps) => {
    const [start, first] = starts as [number, number];
    const [step, stride] = steps as [number, number];
    if (step === 1 && stride === 1 && count >= LONG_RUN) {
      target.set(source.subarray(first, first + count), start);
      return;
    }
    for (let i = 0; i < count; i++) target[start + i * step] = source[first + i * stride]!;
  };
  walk(shape, [to.strides, from.strides], row, [to.start, from.start]);
}
