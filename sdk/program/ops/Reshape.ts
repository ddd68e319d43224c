// Reshape: the same elements in row-major order under another shape.
import { hull, intervalAt, MAX_KNOWN, type Ranges, rangesOf, unite, WHOLE } from "../ranges.ts";
import { elementCount, stridesOf } from "../tensor.ts";
import { single } from "./broadcast.ts";
import { type OpDefinition, type OperandRanges, RULE, singleBoxes } from "./definition.ts";

const OPCODE = 8;

/**
 * What is known along an axis stays known along an axis of the output that goes through it in whole steps, as often as it
 * may be, or along one that goes through it in steps of several.
 */
function reshapedRanges({ ranges, shape }: OperandRanges, outShape: readonly number[]): Ranges {
  const { axis } = ranges;
  const hidden = rangesOf(WHOLE, [hull(ranges)]);
  if (axis === WHOLE) return hidden;
  const size = shape[axis]!;
  const stride = stridesOf(shape)[axis]!;
  const outStrides = stridesOf(outShape);
  const isWithin = (place: number): boolean =>
    outShape[place]! <= MAX_KNOWN &&
    stride % outStrides[place]! === 0 &&
    (outStrides[place]! * outShape[place]!) % (stride * size) === 0;
  const inner = outShape.findIndex((_, place) => isWithin(place));
  if (inner >= 0) {
    const repeat = stride / outStrides[inner]!;
    return rangesOf(
      inner,
      Array.from({ length: outShape[inner]! }, (_, index) =>
        intervalAt(ranges, Math.floor(index / repeat) % size),
      ),
    );
  }
  const outer = outShape.findIndex(
    (count, place) => outStrides[place]! % stride === 0 && outStrides[place]! * count === stride * size,
  );
  if (outer < 0) return hidden;
  const step = outStrides[outer]! / stride;
  return rangesOf(
    outer,
    Array.from({ length: outShape[outer]! }, (_, index) =>
      Array.from({ length: step }, (_, at) => intervalAt(ranges, index * step + at)).reduce(unite),
    ),
  );
}

export const Reshape: OpDefinition = {
  name: "Reshape",
  opcode: OPCODE,
  page: {
    types: "any",
    element: "the same elements in row-major order",
    attributes: "",
    limits: "",
  },
  operands: [1, 1],
  attributes: 0,
  shapeFault({ operands, out }) {
    const { type } = operands[0]!;
    if (out.dtype !== type.dtype) return RULE.outputType;
    return elementCount(out) === elementCount(type) ? 0 : RULE.outputShape;
  },
  element: (read, _, index) => read(0, index),
  reads: (_, index) => [single(index)],
  boxes: singleBoxes,
  ranges: ({ out }, [operand]) => reshapedRanges(operand!, out.shape),
  evaluate: (_, [operand]) => operand!.data,
};
