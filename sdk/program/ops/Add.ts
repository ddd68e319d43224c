// Add: sum of two tensors of 32 or 64 bits, broadcast.
import { allocate, wrap } from "../dtype.ts";
import { combineRanges } from "../ranges.ts";
import { elementCount } from "../tensor.ts";
import { broadcastIndex, forEachRow, single } from "./broadcast.ts";
import { type OpDefinition, singleBoxes } from "./definition.ts";
import { pairFault } from "./pair.ts";

const OPCODE = 3;

export const Add: OpDefinition = {
  name: "Add",
  opcode: OPCODE,
  operands: [2, 2],
  attributes: 0,
  shapeFault: (step) => pairFault(step, ["i32", "i64"]),
  element(read, { operands: [a, b], out }, index) {
    return (
      read(0, broadcastIndex(out.shape, a!.type.shape, index)) +
      read(1, broadcastIndex(out.shape, b!.type.shape, index))
    );
  },
  reads: ({ operands, out }, index) =>
    operands.map(({ type }) => single(broadcastIndex(out.shape, type.shape, index))),
  boxes: singleBoxes,
  ranges: (step, [a, b]) =>
    combineRanges(step.out.shape, a!, b!, (x, y) => ({ min: x.min + y.min, max: x.max + y.max })),
  evaluate({ out }, [a, b]) {
    const result = allocate(out.dtype, elementCount(out));
    forEachRow(out.shape, a!.type.shape, b!.type.shape, (to, count, startA, strideA, startB, strideB) => {
      if (result instanceof BigInt64Array) {
        const [left, right] = [a!.data as BigInt64Array, b!.data as BigInt64Array];
        for (let i = 0; i < count; i++) {
          result[to + i] = wrap(left[startA + i * strideA]! + right[startB + i * strideB]!, "i64");
        }
      } else {
        const [left, right] = [a!.data as Int32Array, b!.data as Int32Array];
        for (let i = 0; i < count; i++) {
          result[to + i] = left[startA + i * strideA]! + right[startB + i * strideB]!;
        }
      }
    });
    return result;
  },
};
