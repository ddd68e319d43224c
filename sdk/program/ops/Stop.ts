// Stop: one where the program ends with this pass, otherwise zero.
import { whole } from "../ranges.ts";
import { elementCount, sameShape } from "../tensor.ts";
import { single } from "./broadcast.ts";
import { type OpDefinition, type Pass, RULE, singleBoxes } from "./definition.ts";

const OPCODE = 254;

const stops = (value: number | bigint, { number, most }: Pass): boolean =>
  BigInt(value) !== 0n || number === most - 1;

export const Stop: OpDefinition = {
  name: "Stop",
  opcode: OPCODE,
  page: {
    types: "bool or u8 → u8",
    element: "1 in the last pass: where the operand is not 0, or the passes are used up; otherwise 0",
    attributes: "",
    limits: "last slot of an iterated program; one element",
  },
  operands: [1, 1],
  attributes: 0,
  shapeFault({ operands, out }) {
    const { source, type } = operands[0]!;
    if (source.kind !== "slot") return RULE.sources;
    if (type.dtype !== "bool" && type.dtype !== "u8") return RULE.operandType;
    if (out.dtype !== "u8") return RULE.outputType;
    if (elementCount(type) !== 1) return RULE.operandShapes;
    return sameShape(out.shape, [1]) ? 0 : RULE.outputShape;
  },
  element: (read, _, __, pass) => (stops(read(0, 0), pass) ? 1n : 0n),
  reads: () => [single(0)],
  boxes: singleBoxes,
  ranges: () => whole(0n, 1n),
  evaluate: (_, [operand], pass) => Uint8Array.of(stops(operand!.data[0]!, pass) ? 1 : 0),
};
