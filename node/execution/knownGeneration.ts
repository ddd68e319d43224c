// A known answer that takes several passes: tokens chosen one after the other, with a cache of all before.
import { type Program, tensorType } from "@assay/sdk/program";
import { fill, randomData } from "./testData.ts";
import { chain, fromConstant, fromInput, fromSlot } from "./testPrograms.ts";

const length = 8;
const width = 16;
const vocabulary = 10;
/** The token at which generation ends. */
const last = 4n;

export function generationCase(): { program: Program; input: Uint8Array } {
  const one = tensorType("i32", [1]);
  const row = tensorType("u8", [1, width]);
  const cache = tensorType("u8", [length, width], [1, 0]);
  const index = tensorType("i32", [1, width]);
  const wideCache = tensorType("i32", [length, width], [1, 0]);
  const table = tensorType("u8", [vocabulary, width]);
  const weights = tensorType("i8", [width, vocabulary], [1, 0]);
  const logits = tensorType("i32", [1, vocabulary]);
  const small = (randomData(weights, 32) as Int8Array).map((weight) => weight >> 1);
  const constants = [
    { type: one, data: fill(one, 0n) },
    { type: one, data: fill(one, 1n) },
    { type: cache, data: fill(cache, 0n) },
    { type: table, data: randomData(table, 31) },
    { type: weights, data: small },
    { type: one, data: fill(one, 255n) },
    { type: one, data: fill(one, last) },
  ];
  const inputs = [one];
  const program = chain(inputs, constants, [
    ["Carry", [fromConstant(0, one), fromSlot(2, one)], [], one],
    ["Clip", [fromSlot(0, one)], [0, length - 1], one],
    ["Add", [fromSlot(1, one), fromConstant(1, one)], [], one],
    ["Carry", [fromInput(0, inputs), fromSlot(17, one)], [], one],
    ["Clip", [fromSlot(3, one)], [0, vocabulary - 1], one],
    ["Gather", [fromConstant(3, table), fromSlot(4, one)], [0], row],
    ["Carry", [fromConstant(2, cache), fromSlot(9, cache)], [], cache],
    ["Reshape", [fromSlot(1, one)], [], tensorType("i32", [1, 1])],
    ["Expand", [fromSlot(7, tensorType("i32", [1, 1]))], [], index],
    ["ScatterElements", [fromSlot(6, cache), fromSlot(8, index), fromSlot(5, row)], [0], cache],
    ["Cast", [fromSlot(9, cache)], [], wideCache],
    ["ReduceSum", [fromSlot(10, wideCache)], [0, 1], index],
    ["CumSum", [fromSlot(11, index)], [1, 0, 0], index],
    ["BitwiseAnd", [fromSlot(12, index), fromConstant(5, one)], [], index],
    ["Cast", [fromSlot(13, index)], [], row],
    ["MatMulInteger", [fromSlot(14, row), fromConstant(4, weights)], [0, 0], logits],
    ["ArgMax", [fromSlot(15, logits)], [1, 0], tensorType("i64", [1])],
    ["Cast", [fromSlot(16, tensorType("i64", [1]))], [], one],
    ["Equal", [fromSlot(17, one), fromConstant(6, one)], [], tensorType("bool", [1])],
    ["Stop", [fromSlot(18, tensorType("bool", [1]))], [], tensorType("u8", [1])],
  ]);
  return {
    program: { ...program, maxPasses: length, outputs: [9, 12, 17] },
    input: Uint8Array.of(3, 0, 0, 0),
  };
}
