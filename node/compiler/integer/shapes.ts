// Arithmetic on shapes and axes.

export const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

/** The shape that two operands stretch to; both are known to fit. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    return left === 1 ? right : left;
  });
}

/** Counted from the front where it is negative. */
export const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Row-major distance of neighbours along each axis. */
export const strides = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => product(shape.slice(axis + 1)));

export const sequence = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** A shape with `size` at `axis` and 1 elsewhere. */
export const alongAxis = (rank: number, axis: number, size: number): number[] =>
  new Array<number>(rank).fill(1).with(axis, size);
