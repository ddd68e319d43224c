// Clip: each element held between two bounds.
import { allocate, CLIPPED, dtypeBounds, isWide } from "../dtype.ts";
import { mapRanges } from "../ranges.ts";
import { sameShape } from "../tensor.ts";
import type { NarrowData } from "../types.ts";
import { single } from "./broadcast.ts";
import { type OpDefinition, RULE, singleBoxes } from "./definition.ts";

const OPCODE = 5;

const clip = (value: bigint, min: bigint, max: bigint): bigint =>
  value < min ? min : value > max ? max : value;

export const Clip: OpDefinition = {
  name: "Clip",
  opcode: OPCODE,
  page: {
    types: "u8, i8, i32, u32, i64, u64",
    element: "min(max(a, low), high)",
    attributes: "low, high",
    limits: "low ≤ high; u64 is held to at most 2^63 - 1",
  },
  operands: [1, 1],
  attributes: 2,
  shapeFault({ operands, attributes, out }) {
    const { dtype, shape } = operands[0]!.type;
    const [min, max] = attributes as [bigint, bigint];
    const bounds = dtypeBounds(dtype);
    if (!CLIPPED.includes(dtype)) return RULE.operandType;
    if (out.dtype !== dtype) return RULE.outputType;
    if (min < bounds.min || min > max || max > bounds.max) return RULE.attribute;
    return sameShape(out.shape, shape) ? 0 : RULE.outputShape;
  },
  element(read, { attributes }, index) {
    const [min, max] = attributes as [bigint, bigint];
    return clip(read(0, index), min, max);
  },
  reads: (_, index) => [single(index)],
  boxes: singleBoxes,
  ranges({ attributes }, [operand]) {
    const [min, max] = attributes as [bigint, bigint];
    return mapRanges(operand!.ranges, (interval) => ({
      min: clip(interval.min, min, max),
      max: clip(interval.max, min, max),
    }));
  },
  evaluate({ attributes, out }, [operand]) {
    const [min, max] = attributes as [bigint, bigint];
    const { data } = operand!;
    if (isWide(data)) return data.map((value) => clip(value, min, max));
    const result = allocate(out.dtype, data.length) as NarrowData;
    const low = Number(min);
    const high = Number(max);
    for (let i = 0; i < data.length; i++) {
      result[i] = Math.max(low, Math.min(high, data[i]!));
    }
    return result;
  },
};
