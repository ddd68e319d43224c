// Elements in another shape or order, cut, joined and repeated.
import type { Operand } from "@assay/sdk/program";
import type { Call, Rule } from "../Call.ts";
import { product, sequence } from "../shapes.ts";

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** Every operator that changes nothing but the shape, which is known by now. */
function reshape(call: Call): Operand {
  for (const name of ["allowzero", "axis"]) call.int(name, 0);
  call.ints("axes");
  return call.emit.shaped(call.any(0), call.out().shape);
}

function transpose(call: Call): Operand {
  const perm = call.ints("perm") ?? sequence(call.shape(0).length).reverse();
  return call.emit.transpose(call.any(0), perm);
}

function slice(call: Call): Operand {
  const shape = call.shape(0);
  const starts = new Array<number>(shape.length).fill(0);
  const steps = new Array<number>(shape.length).fill(1);
  const given = call.numbers(1) ?? [];
  const axes = call.numbers(3) ?? sequence(given.length);
  const strides = call.numbers(4) ?? [];
  for (const [index, axis] of axes.entries()) {
    const at = call.checkAxis(axis, shape.length);
    const step = strides[index] ?? 1;
    const size = shape[at]!;
    const start = given[index]! < 0 ? given[index]! + size : given[index]!;
    starts[at] = clamp(start, 0, step < 0 ? size - 1 : size);
    steps[at] = step;
  }
  return call.emit.slice(call.any(0), call.out().shape, starts, steps);
}

function split(call: Call): Operand[] {
  const axis = call.axis(0);
  call.int("num_outputs", 0);
  const rank = call.shape(0).length;
  let start = 0;
  return sequence(call.outputs).map((index) => {
    if (!call.wants(index)) call.refuse("one of its outputs has no name", "Name all outputs of Split.");
    const { shape } = call.out(index);
    const starts = new Array<number>(rank).fill(0).with(axis, start);
    start += shape[axis]!;
    return call.emit.slice(call.any(0), shape, starts);
  });
}

function concat(call: Call): Operand {
  const axis = call.axis(0);
  const parts = call.node.inputs.map((_, index) => call.any(index));
  const mixed = new Set(parts.map(({ type }) => type.dtype)).size > 1;
  return call.emit.concat(mixed ? parts.map((part) => call.emit.asByte(part)) : parts, axis);
}

function expand(call: Call): Operand {
  const { shape } = call.out();
  const a = call.any(0);
  return a.type.shape.length === shape.length && product(a.type.shape) === product(shape)
    ? a
    : call.emit.expand(a, shape);
}

/** The whole axis again and again: a new axis in front of it is stretched, then both become one. */
function repeated(call: Call, a: Operand, axis: number, times: number): Operand {
  const { shape } = a.type;
  if (times === 1) return a;
  const [before, size, after] = [product(shape.slice(0, axis)), shape[axis]!, product(shape.slice(axis + 1))];
  const apart = call.emit.shaped(a, [before, 1, size * after]);
  const stretched = call.emit.expand(apart, [before, times, size * after]);
  return call.emit.reshape(stretched, shape.with(axis, size * times));
}

function tile(call: Call): Operand {
  const times = call.numbers(1) ?? [];
  return times.reduce((a, count, axis) => repeated(call, a, axis, count), call.any(0));
}

/** Blocks of neighbours become channels, or channels blocks: six axes, in another order. */
function blocks(call: Call, apart: readonly number[], perm: readonly number[]): Operand {
  const moved = call.emit.transpose(call.emit.reshape(call.any(0), apart), perm);
  return call.emit.reshape(moved, call.out().shape);
}

function depthToSpace(call: Call): Operand {
  const size = call.int("blocksize", 1);
  const [images, channels, height, width] = call.shape(0) as [number, number, number, number];
  const depth = channels / size ** 2;
  if (call.string("mode", "DCR") === "CRD")
    return blocks(call, [images, depth, size, size, height, width], [0, 1, 4, 2, 5, 3]);
  return blocks(call, [images, size, size, depth, height, width], [0, 3, 4, 1, 5, 2]);
}

function spaceToDepth(call: Call): Operand {
  const size = call.int("blocksize", 1);
  const [images, channels, height, width] = call.shape(0) as [number, number, number, number];
  return blocks(call, [images, channels, height / size, size, width / size, size], [0, 3, 5, 1, 2, 4]);
}

/** Zero beyond or before a diagonal of each matrix. */
function trilu(call: Call): Operand {
  const upper = call.int("upper", 1) === 1;
  const [diagonal = 0] = call.numbers(1) ?? [];
  const [rows, columns] = call.shape(0).slice(-2) as [number, number];
  const kept = sequence(rows * columns).map((index) => {
    const offset = (index % columns) - Math.floor(index / columns) - diagonal;
    return (upper ? offset >= 0 : offset <= 0) ? 1 : 0;
  });
  const a = call.integers(0);
  return call.emit.pair("Mul", a, call.emit.constant(a.type.dtype, [rows, columns], kept));
}

export const shaping: Readonly<Record<string, Rule>> = {
  Identity: (call) => call.any(0),
  Dropout: (call) => call.any(0),
  Reshape: reshape,
  Flatten: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Transpose: transpose,
  Slice: slice,
  Split: split,
  Concat: concat,
  Expand: expand,
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Trilu: trilu,
};
