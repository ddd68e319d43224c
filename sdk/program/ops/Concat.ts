// Concat: tensors one after the other along an axis.
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
import { elementCount, sameShape, stridesOf } from "../tensor.ts";
import type { Step } from "../types.ts";
import { axisFault, axisOf, coordinatesOf, indexAt } from "./axis.ts";
import { single } from "./broadcast.ts";
import { type OpDefinition, type OperandRanges, RULE, singleBoxes } from "./definition.ts";
import { copyElements } from "./walk.ts";

const OPCODE = 26;
const MAX_OPERANDS = 8;

/** Where each operand begins along the axis. */
function startsOf(step: Step): number[] {
  const axis = axisOf(step);
  let start = 0;
  return step.operands.map(({ type }) => {
    const own = start;
    start += type.shape[axis]!;
    return own;
  });
}

function placeOf(step: Step, index: number) {
  const axis = axisOf(step);
  const starts = startsOf(step);
  const coordinates = coordinatesOf(step.out.shape, index);
  const operand = starts.findLastIndex((start) => start <= coordinates[axis]!);
  const own = coordinates.with(axis, coordinates[axis]! - starts[operand]!);
  return { operand, element: indexAt(own, stridesOf(step.operands[operand]!.type.shape)) };
}

function ranges(step: Step, operands: readonly OperandRanges[]): Ranges {
  const axis = axisOf(step);
  const known = operands.map(knownAxis).find((candidate) => candidate !== WHOLE && candidate !== axis);
  if (known !== undefined) {
    const all = operands.map((operand) => rangesAlong(operand, known));
    const size = step.out.shape[known]!;
    return rangesOf(
      known,
      Array.from({ length: size }, (_, index) => all.map((each) => intervalAt(each, index)).reduce(unite)),
    );
  }
  if (step.out.shape[axis]! > MAX_KNOWN) {
    return rangesOf(WHOLE, [operands.map((operand) => hull(rangesAlong(operand, WHOLE))).reduce(unite)]);
  }
  const along = operands.map((operand) => rangesAlong(operand, axis));
  return { axis, min: along.flatMap(({ min }) => min), max: along.flatMap(({ max }) => max) };
}

export const Concat: OpDefinition = {
  name: "Concat",
  opcode: OPCODE,
  page: {
    types: "any",
    element: "the operands one after the other along an axis",
    attributes: "axis",
    limits: "1 to 8 operands",
  },
  operands: [1, MAX_OPERANDS],
  attributes: 1,
  shapeFault(step) {
    const types = step.operands.map(({ type }) => type);
    const { dtype, shape } = types[0]!;
    if (types.some((type) => type.dtype !== dtype)) return RULE.operandType;
    if (step.out.dtype !== dtype) return RULE.outputType;
    if (types.some((type) => type.shape.length !== shape.length)) return RULE.rank;
    const fault = axisFault(step, shape.length);
    if (fault !== 0) return fault;
    const axis = axisOf(step);
    const beside = shape.with(axis, 0);
    if (types.some((type) => !sameShape(type.shape.with(axis, 0), beside))) return RULE.operandShapes;
    const size = types.reduce((sum, type) => sum + type.shape[axis]!, 0);
    return sameShape(step.out.shape, shape.with(axis, size)) ? 0 : RULE.outputShape;
  },
  element(read, step, index) {
    const { operand, element } = placeOf(step, index);
    return read(operand, element);
  },
  reads(step, index) {
    const { operand, element } = placeOf(step, index);
    return step.operands.map((_, number) => (number === operand ? single(element) : []));
  },
  boxes: singleBoxes,
  readsOne: true,
  ranges,
  evaluate(step, operands) {
    const out = allocate(step.out.dtype, elementCount(step.out));
    const strides = stridesOf(step.out.shape);
    const starts = startsOf(step);
    operands.forEach(({ data, type }, operand) => {
      const start = starts[operand]! * strides[axisOf(step)]!;
      copyElements(
        type.shape,
        { data, start: 0, strides: stridesOf(type.shape) },
        { data: out, start, strides },
      );
    });
    return out;
  },
};
