// Gather: slices of a tensor along an axis, at the places that indices name; zeros where there is no such place.
import { allocate } from "../dtype.ts";
import {
  hull,
  intervalAt,
  knownAxis,
  MAX_KNOWN,
  type Ranges,
  rangesAlong,
  rangesOf,
  unite,
  WHOLE,
} from "../ranges.ts";
import { elementCount, sameShape } from "../tensor.ts";
import type { Step } from "../types.ts";
import { axisFault, axisOf } from "./axis.ts";
import { single } from "./broadcast.ts";
import { MAX_RANK, type OpDefinition, type OperandRanges, RULE, singleBoxes } from "./definition.ts";
import { areProven, indexRefusal, isIndex, isPlace } from "./indices.ts";
import { LONG_RUN, wordsOf } from "./walk.ts";

const OPCODE = 23;

interface Sizes {
  /** Elements below one place of the axis. */
  readonly inner: number;
  readonly size: number;
  readonly indices: number;
}

function sizesOf(step: Step): Sizes {
  const [data, indices] = step.operands.map(({ type }) => type);
  const axis = axisOf(step);
  return {
    inner: elementCount({ shape: data!.shape.slice(axis + 1) }),
    size: data!.shape[axis]!,
    indices: elementCount(indices!),
  };
}

/** The index that output element `index` goes by, and where it leads. */
function placeOf(step: Step, index: number) {
  const { inner, size, indices } = sizesOf(step);
  const outer = Math.floor(index / (inner * indices));
  return {
    by: Math.floor(index / inner) % indices,
    leadsTo: (place: bigint): number => (outer * size + Number(place)) * inner + (index % inner),
    size,
  };
}

/** The axis of the output that an axis of the data becomes. */
const outAxis = ({ operands }: Step, axis: number, own: number): number =>
  own < axis ? own : own + operands[1]!.type.shape.length - 1;

/** What is known of the data, but for the axis that is gathered along. */
function ranges(step: Step, [data, indices]: readonly OperandRanges[]): Ranges {
  const axis = axisOf(step);
  const { shape, constant } = data!;
  const last = shape.length - 1;
  const isTable = constant !== undefined && last !== axis && shape[last]! <= MAX_KNOWN;
  const known = isTable ? last : knownAxis(data!);
  const zero = areProven(indices!, shape[axis]!) ? undefined : { min: 0n, max: 0n };
  if (known === WHOLE || known === axis) {
    const interval = hull(known === axis ? reached(data!, indices!, axis) : rangesAlong(data!, WHOLE));
    return rangesOf(WHOLE, [zero ? unite(interval, zero) : interval]);
  }
  const along = rangesAlong(data!, known);
  const intervals = along.min.map((_, index) => {
    const interval = intervalAt(along, index);
    return zero ? unite(interval, zero) : interval;
  });
  return rangesOf(outAxis(step, axis, known), intervals);
}

/** The intervals along the axis that indices can lead to. */
function reached(data: OperandRanges, indices: OperandRanges, axis: number): Ranges {
  const along = rangesAlong(data, axis);
  const { min, max } = hull(rangesAlong(indices, WHOLE));
  const places = along.min.flatMap((_, place) =>
    BigInt(place) >= min && BigInt(place) <= max ? [place] : [],
  );
  if (places.length === 0) return along;
  return rangesOf(
    axis,
    places.map((place) => intervalAt(along, place)),
  );
}

export const Gather: OpDefinition = {
  name: "Gather",
  opcode: OPCODE,
  page: {
    types: "any, by i32 or i64",
    element:
      "data[…, i, …] for each index i, whose axes take the place of the axis; 0 where there is no such place",
    attributes: "axis",
    limits: "indices proven in the axis",
  },
  operands: [2, 2],
  attributes: 1,
  shapeFault(step) {
    const [data, indices] = step.operands.map(({ type }) => type);
    if (!isIndex(indices!)) return RULE.operandType;
    if (step.out.dtype !== data!.dtype) return RULE.outputType;
    const rank = data!.shape.length;
    if (rank === 0 || rank + indices!.shape.length - 1 > MAX_RANK) return RULE.rank;
    const fault = axisFault(step, rank);
    if (fault !== 0) return fault;
    const shape = data!.shape.toSpliced(axisOf(step), 1, ...indices!.shape);
    return sameShape(step.out.shape, shape) ? 0 : RULE.outputShape;
  },
  element(read, step, index) {
    const { by, leadsTo, size } = placeOf(step, index);
    const place = read(1, by);
    return isPlace(place, size) ? read(0, leadsTo(place)) : 0n;
  },
  reads(step, index, read) {
    const { by, leadsTo, size } = placeOf(step, index);
    const place = read(1, by);
    return [isPlace(place, size) ? single(leadsTo(place)) : [], single(by)];
  },
  boxes: singleBoxes,
  ranges,
  refuse: (step, [, indices]) => indexRefusal(indices!, sizesOf(step).size),
  evaluate(step, [data, indices]) {
    const { inner, size, indices: count } = sizesOf(step);
    const out = allocate(step.out.dtype, elementCount(step.out));
    const source = wordsOf(data!.data);
    const target = wordsOf(out);
    const places = Array.from<number | bigint, number>(indices!.data, Number);
    for (let slice = 0, to = 0; to < out.length; slice++, to += inner) {
      const place = places[slice % count]!;
      if (place < 0 || place >= size) continue;
      const from = (Math.floor(slice / count) * size + place) * inner;
      if (inner >= LONG_RUN) target.set(source.subarray(from, from + inner), to);
      else for (let i = 0; i < inner; i++) target[to + i] = source[from + i]!;
    }
    return out;
  },
};
