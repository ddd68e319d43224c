// Where: of two elements the first where a condition holds, otherwise the second; broadcast.
import { allocate } from "../dtype.ts";
import { combineRanges, unite } from "../ranges.ts";
import { elementCount, sameShape } from "../tensor.ts";
import type { DType } from "../types.ts";
import { broadcastIndex, broadcastShape, forEachRow, single } from "./broadcast.ts";
import { type OpDefinition, RULE, singleBoxes } from "./definition.ts";
import { wordsOf } from "./walk.ts";

const OPCODE = 21;
const CHOSEN: readonly DType[] = ["u8", "i32", "i64"];

export const Where: OpDefinition = {
  name: "Where",
  opcode: OPCODE,
  page: {
    types: "bool, and twice u8, i32 or i64",
    element: "x where the condition is not 0, otherwise y; all three broadcast",
    attributes: "",
    limits: "",
  },
  operands: [3, 3],
  attributes: 0,
  shapeFault({ operands, out }) {
    const [condition, x, y] = operands.map(({ type }) => type);
    if (condition!.dtype !== "bool" || x!.dtype !== y!.dtype || !CHOSEN.includes(x!.dtype))
      return RULE.operandType;
    if (out.dtype !== x!.dtype) return RULE.outputType;
    const shapes = [condition!.shape, x!.shape, y!.shape];
    if (out.shape.length !== Math.max(...shapes.map(({ length }) => length))) return RULE.rank;
    const shape = broadcastShape(...shapes);
    if (!shape) return RULE.operandShapes;
    return sameShape(out.shape, shape) ? 0 : RULE.outputShape;
  },
  element(read, { operands, out }, index) {
    const [condition, x, y] = operands.map(({ type }, operand) =>
      read(operand, broadcastIndex(out.shape, type.shape, index)),
    );
    return condition! !== 0n ? x! : y!;
  },
  reads: ({ operands, out }, index) =>
    operands.map(({ type }) => single(broadcastIndex(out.shape, type.shape, index))),
  boxes: singleBoxes,
  ranges: ({ out }, [, x, y]) => combineRanges(out.shape, x!, y!, unite),
  evaluate(step, operands) {
    const out = allocate(step.out.dtype, elementCount(step.out));
    const [condition, x, y] = operands.map(({ data }) => wordsOf(data));
    const target = wordsOf(out);
    const shapes = operands.map(({ type }) => type.shape);
    forEachRow(step.out.shape, shapes, (count, [to, c, a, b], [, stepC, stepA, stepB]) => {
      for (let i = 0; i < count; i++) {
        target[to! + i] = condition![c! + i * stepC!] !== 0 ? x![a! + i * stepA!]! : y![b! + i * stepB!]!;
      }
    });
    return out;
  },
};
