// Random steps of the operators that move elements, and of those that go from pass to pass.
import {
  allocate,
  type DType,
  dtypeBounds,
  elementCount,
  isWide,
  packedOffsets,
  type TensorData,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import {
  anyType,
  between,
  broadcastable,
  type Draft,
  type Drafter,
  integers,
  perAxis,
  randomType,
  shapeOf,
} from "./drafts.ts";
import type { Random } from "./random.ts";

const indexTypes: readonly DType[] = ["i32", "i64"];

/** Indices of which no two along the axis are the same. */
function distinctPlaces(random: Random, type: TensorType, axis: number, size: number): TensorData {
  const { dtype, shape } = type;
  const data = allocate(dtype, elementCount(type));
  const stride = elementCount({ shape: shape.slice(axis + 1) });
  const count = shape[axis]!;
  for (let lane = 0; lane < data.length / count; lane++) {
    const start = Math.floor(lane / stride) * stride * count + (lane % stride);
    const places = random.shuffle(Array.from({ length: size }, (_, place) => place));
    for (let at = 0; at < count; at++) {
      if (isWide(data)) data[start + at * stride] = BigInt(places[at]!);
      else data[start + at * stride] = places[at]!;
    }
  }
  return data;
}

function axisDraft(random: Random): { shape: number[]; axis: number } {
  const shape = shapeOf(random, random.integer(1, 4));
  return { shape, axis: random.integer(0, shape.length - 1) };
}

const gather: Drafter = (random) => {
  const { shape, axis } = axisDraft(random);
  const data = randomType(random, random.pick(anyType), shape);
  const indices = randomType(random, random.pick(indexTypes), shapeOf(random, random.integer(0, 3), 4));
  const out = shape.toSpliced(axis, 1, ...indices.shape);
  return {
    operands: [data, indices],
    attributes: [axis],
    out: randomType(random, data.dtype, out),
    exact: [undefined, between(random, indices, 0, shape[axis]! - 1)],
  };
};

const gatherElements: Drafter = (random) => {
  const { shape, axis } = axisDraft(random);
  const data = randomType(random, random.pick(anyType), shape);
  const places = shape.map((size, other) => random.integer(1, other === axis ? 6 : size));
  const indices = randomType(random, random.pick(indexTypes), places);
  return {
    operands: [data, indices],
    attributes: [axis],
    out: randomType(random, data.dtype, places),
    exact: [undefined, between(random, indices, 0, shape[axis]! - 1)],
  };
};

const scatterElements: Drafter = (random) => {
  const { shape, axis } = axisDraft(random);
  const dtype = random.pick(anyType);
  const mayRepeat = random.next() < 0.3;
  const places = shape.map((size, other) => random.integer(1, mayRepeat && other === axis ? size + 3 : size));
  const indices = randomType(random, random.pick(indexTypes), places);
  const size = shape[axis]!;
  const named = mayRepeat
    ? between(random, indices, 0, size - 1)
    : distinctPlaces(random, indices, axis, size);
  return {
    operands: [randomType(random, dtype, shape), indices, randomType(random, dtype, places)],
    attributes: [axis],
    out: randomType(random, dtype, shape),
    exact: [undefined, named, undefined],
  };
};

const concat: Drafter = (random) => {
  const { shape, axis } = axisDraft(random);
  const dtype = random.pick(anyType);
  const shapes = Array.from({ length: random.integer(1, 8) }, () => shape.with(axis, random.integer(1, 4)));
  const size = shapes.reduce((sum, own) => sum + own[axis]!, 0);
  return {
    operands: shapes.map((own) => randomType(random, dtype, own)),
    attributes: [axis],
    out: randomType(random, dtype, shape.with(axis, size)),
  };
};

/** A start, a step and a count of which all lie within the axis. */
function sliceOf(random: Random, size: number) {
  const step = random.pick([-3, -2, -1, 1, 1, 2, 3]);
  const start = random.integer(0, size - 1);
  const room = step > 0 ? size - 1 - start : start;
  return { start, step, count: random.integer(1, Math.floor(room / Math.abs(step)) + 1) };
}

const slice: Drafter = (random) => {
  const dtype = random.pick(anyType);
  const shape = shapeOf(random, random.integer(0, 4), 7);
  const slices = shape.map((size) => sliceOf(random, size));
  return {
    operands: [randomType(random, dtype, shape)],
    attributes: [
      ...perAxis(
        slices.map(({ start }) => start),
        () => 0,
      ),
      ...perAxis(
        slices.map(({ step }) => step),
        () => 1,
      ),
    ],
    out: randomType(
      random,
      dtype,
      slices.map(({ count }) => count),
    ),
  };
};

const pad: Drafter = (random) => {
  const dtype = random.pick(integers);
  const shape = shapeOf(random, random.integer(0, 4), 4);
  const begins = shape.map(() => random.integer(0, 2));
  const { min, max } = dtypeBounds(dtype);
  const most = max < 2n ** 63n ? max : 2n ** 63n - 1n;
  const value = random.pick([min, most, random.bigint(min, most)]);
  return {
    operands: [randomType(random, dtype, shape)],
    attributes: [...perAxis(begins, () => 0), value],
    out: randomType(
      random,
      dtype,
      shape.map((size, axis) => begins[axis]! + size + random.integer(0, 2)),
    ),
  };
};

const transpose: Drafter = (random) => {
  const dtype = random.pick(anyType);
  const shape = shapeOf(random, random.integer(0, 5), 4);
  const permutation = random.shuffle(shape.map((_, axis) => axis));
  return {
    operands: [randomType(random, dtype, shape)],
    attributes: perAxis(permutation, (axis) => axis),
    out: randomType(
      random,
      dtype,
      permutation.map((axis) => shape[axis]!),
    ),
  };
};

const expand: Drafter = (random) => {
  const dtype = random.pick(anyType);
  const shape = shapeOf(random, random.integer(0, 4));
  return {
    operands: [randomType(random, dtype, broadcastable(random, shape))],
    attributes: [],
    out: randomType(random, dtype, shape),
  };
};

/** The same axes, some split in two and some merged with the next. */
function regrouped(random: Random, shape: readonly number[]): number[] {
  const split = shape.flatMap((size) => {
    const factors = [2, 3].filter((factor) => size % factor === 0);
    const factor = random.pick([1, ...factors]);
    return random.shuffle([factor, size / factor]);
  });
  const merged: number[] = [];
  for (const size of split) {
    if (merged.length > 0 && (random.next() < 0.4 || merged.length === 8)) merged.push(merged.pop()! * size);
    else merged.push(size);
  }
  return merged;
}

const reshape: Drafter = (random) => {
  const shape = shapeOf(random, random.integer(0, 4));
  const dtype = random.pick(anyType);
  const out = random.pick([[elementCount({ shape })], random.shuffle(shape), regrouped(random, shape)]);
  return {
    operands: [randomType(random, dtype, shape)],
    attributes: [],
    out: randomType(random, dtype, out),
  };
};

const where: Drafter = (random) => {
  const dtype = random.pick<DType>(["u8", "i32", "i64"]);
  const shape = shapeOf(random, random.integer(0, 4));
  const shapes = random.shuffle([shape, broadcastable(random, shape), broadcastable(random, shape)]);
  const operands = shapes.map((own, operand) => randomType(random, operand === 0 ? "bool" : dtype, own));
  return { operands, attributes: [], out: randomType(random, dtype, shape) };
};

const carry: Drafter = (random) => {
  const dtype = random.pick(integers);
  const shape = shapeOf(random, random.integer(0, 4));
  const type = () => randomType(random, dtype, shape);
  return { operands: [type(), type()], attributes: [], out: type() };
};

const stop: Drafter = (random) => {
  const operand = tensorType(random.pick<DType>(["bool", "u8"]), shapeOf(random, random.integer(0, 3), 1));
  const off = allocate(operand.dtype, 1);
  return {
    operands: [operand],
    attributes: [],
    out: tensorType("u8", [1]),
    ...(random.next() < 0.5 && { exact: [off] }),
  };
};

const collect: Drafter = (random): Draft => {
  const operands = Array.from({ length: random.integer(1, 4) }, () =>
    randomType(random, random.pick(integers), shapeOf(random, random.integer(0, 3))),
  );
  return { operands, attributes: [], out: tensorType("u8", [packedOffsets(operands).length]) };
};

export const movementDrafts = {
  Where: where,
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
  Concat: concat,
  Slice: slice,
  Pad: pad,
  Transpose: transpose,
  Expand: expand,
  Reshape: reshape,
  Carry: carry,
  Stop: stop,
  Collect: collect,
};
