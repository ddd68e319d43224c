// Pad: a tensor with one value around it.
import { allocate, dtypeBounds, isWide, WIDTH } from "../dtype.ts";
import { hull, intervalAt, type Ranges, rangesOf, unite, WHOLE } from "../ranges.ts";
import { elementCount, sameShape, stridesOf } from "../tensor.ts";
import type { Step } from "../types.ts";
import { coordinatesOf, indexAt } from "./axis.ts";
import { single } from "./broadcast.ts";
import { MAX_RANK, type OpDefinition, type OperandRanges, RULE, singleBoxes } from "./definition.ts";
import { copyElements } from "./walk.ts";

const OPCODE = 28;

const beginsOf = ({ attributes, out }: Step): number[] => attributes.slice(0, out.shape.length).map(Number);

const paddingOf = ({ attributes }: Step): bigint => attributes[MAX_RANK]!;

/** The element of the operand that output element `index` is; none in the padding. */
function sourceOf(step: Step, index: number): number | undefined {
  const { shape } = step.operands[0]!.type;
  const begins = beginsOf(step);
  const own = coordinatesOf(step.out.shape, index).map((coordinate, axis) => coordinate - begins[axis]!);
  const isInside = own.every((coordinate, axis) => coordinate >= 0 && coordinate < shape[axis]!);
  return isInside ? indexAt(own, stridesOf(shape)) : undefined;
}

function ranges(step: Step, [operand]: readonly OperandRanges[]): Ranges {
  const { ranges: inner, shape } = operand!;
  const { shape: outShape } = step.out;
  if (sameShape(shape, outShape)) return inner;
  const value = { min: paddingOf(step), max: paddingOf(step) };
  const { axis } = inner;
  if (axis === WHOLE) return rangesOf(WHOLE, [unite(hull(inner), value)]);
  const isPadded = outShape.some((size, other) => other !== axis && size !== shape[other]!);
  const begin = beginsOf(step)[axis]!;
  return rangesOf(
    axis,
    Array.from({ length: outShape[axis]! }, (_, index) => {
      const own = index - begin;
      if (own < 0 || own >= shape[axis]!) return value;
      const interval = intervalAt(inner, own);
      return isPadded ? unite(interval, value) : interval;
    }),
  );
}

export const Pad: OpDefinition = {
  name: "Pad",
  opcode: OPCODE,
  page: {
    types: "integers",
    element: "a, and a value around it",
    attributes: "8 beginnings (0 for axes that are not there), value",
    limits: "no scalars; not 16-bit integers",
  },
  operands: [1, 1],
  attributes: MAX_RANK + 1,
  shapeFault(step) {
    const { dtype, shape } = step.operands[0]!.type;
    if (dtype === "bool") return RULE.operandType;
    if (step.out.dtype !== dtype) return RULE.outputType;
    if (step.out.shape.length !== shape.length) return RULE.rank;
    const begins = step.attributes.slice(0, MAX_RANK);
    if (begins.some((begin, axis) => (axis < shape.length ? begin < 0n : begin !== 0n)))
      return RULE.attribute;
    const { min, max } = dtypeBounds(dtype);
    if (paddingOf(step) < min || paddingOf(step) > max) return RULE.attribute;
    const holds = shape.every((size, axis) => BigInt(step.out.shape[axis]!) >= begins[axis]! + BigInt(size));
    return holds ? 0 : RULE.outputShape;
  },
  element(read, step, index) {
    const source = sourceOf(step, index);
    return source === undefined ? paddingOf(step) : read(0, source);
  },
  reads(step, index) {
    const source = sourceOf(step, index);
    return [source === undefined ? [] : single(source)];
  },
  boxes: singleBoxes,
  ranges,
  refuse({ out }) {
    if (out.shape.length === 0) return { reason: "no runtime pads a scalar", remedy: "Leave it out." };
    if (WIDTH[out.dtype] !== 2) return undefined;
    return { reason: "no runtime pads 16-bit integers", remedy: "Cast to i32 before it, and back after it." };
  },
  evaluate(step, [operand]) {
    const { data, type } = operand!;
    const out = allocate(step.out.dtype, elementCount(step.out));
    if (isWide(out)) out.fill(paddingOf(step));
    else out.fill(Number(paddingOf(step)));
    const strides = stridesOf(step.out.shape);
    copyElements(
      type.shape,
      { data, start: 0, strides: stridesOf(type.shape) },
      { data: out, start: indexAt(beginsOf(step), strides), strides },
    );
    return out;
  },
};
