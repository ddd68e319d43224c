// What operators share that combine two tensors element by element.
import { allocate, isWide } from "../dtype.ts";
import { combineRanges, type Interval } from "../ranges.ts";
import { elementCount, sameShape } from "../tensor.ts";
import type { DType, NarrowData, Step, WideData } from "../types.ts";
import { broadcastIndex, broadcastShape, forEachRow, single } from "./broadcast.ts";
import { type OpDefinition, RULE, singleBoxes } from "./definition.ts";

/** Combines `count` elements from each start on, with each step, into the output. Storing wraps. */
export type NarrowRow = (
  out: NarrowData,
  left: NarrowData,
  right: NarrowData,
  count: number,
  starts: readonly number[],
  steps: readonly number[],
  step: Step,
) => void;

export interface Pair extends Pick<OpDefinition, "name" | "opcode" | "page" | "refuse"> {
  /** Of the operands, which have the same. */
  readonly dtypes: readonly DType[];
  /** Of the output, where it is not that of the operands. */
  readonly out?: DType;
  readonly attributes?: number;
  attributesFit?(step: Step): boolean;
  /** One element, unbounded. */
  combine(a: bigint, b: bigint, step: Step): bigint;
  /** Bounds of the elements that two intervals give. */
  interval(a: Interval, b: Interval, step: Step): Interval;
  /** The same as `combine` on elements of at most 32 bits. */
  readonly narrow: NarrowRow;
}

function pairFault(step: Step, { dtypes, out: outDtype, attributesFit }: Pair): number {
  const { operands, out } = step;
  const a = operands[0]!.type;
  const b = operands[1]!.type;
  if (a.dtype !== b.dtype || !dtypes.includes(a.dtype)) return RULE.operandType;
  if (out.dtype !== (outDtype ?? a.dtype)) return RULE.outputType;
  if (out.shape.length !== Math.max(a.shape.length, b.shape.length)) return RULE.rank;
  if (attributesFit && !attributesFit(step)) return RULE.attribute;
  const shape = broadcastShape(a.shape, b.shape);
  if (!shape) return RULE.operandShapes;
  return sameShape(out.shape, shape) ? 0 : RULE.outputShape;
}

export function pairOperator(pair: Pair): OpDefinition {
  const { name, opcode, page, attributes = 0, combine, interval, narrow, refuse } = pair;
  return {
    name,
    opcode,
    page,
    operands: [2, 2],
    attributes,
    shapeFault: (step) => pairFault(step, pair),
    element(read, step, index) {
      const [a, b] = step.operands;
      const left = read(0, broadcastIndex(step.out.shape, a!.type.shape, index));
      const right = read(1, broadcastIndex(step.out.shape, b!.type.shape, index));
      return combine(left, right, step);
    },
    reads: ({ operands, out }, index) =>
      operands.map(({ type }) => single(broadcastIndex(out.shape, type.shape, index))),
    boxes: singleBoxes,
    ranges: (step, [a, b]) => combineRanges(step.out.shape, a!, b!, (x, y) => interval(x, y, step)),
    ...(refuse && { refuse }),
    evaluate(step, [a, b]) {
      const out = allocate(step.out.dtype, elementCount(step.out));
      const left = a!.data;
      const right = b!.data;
      const shapes = [a!.type.shape, b!.type.shape];
      forEachRow(step.out.shape, shapes, (count, starts, steps) => {
        if (!isWide(left)) {
          narrow(out as NarrowData, left, right as NarrowData, count, starts, steps, step);
          return;
        }
        for (let i = 0; i < count; i++) {
          const value = combine(
            left[starts[1]! + i * steps[1]!]!,
            (right as WideData)[starts[2]! + i * steps[2]!]!,
            step,
          );
          if (isWide(out)) out[starts[0]! + i] = value;
          else out[starts[0]! + i] = Number(value);
        }
      });
      return out;
    },
  };
}
