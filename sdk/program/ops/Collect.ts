// Collect: the output bytes. Each tensor row-major and little-endian, from a multiple of 8 on, zero bytes between.
import { bytesOf, WIDTH } from "../dtype.ts";
import { packedOffsets } from "../packing.ts";
import { whole } from "../ranges.ts";
import type { Step } from "../types.ts";
import { single } from "./broadcast.ts";
import { type OpDefinition, RULE, singleBoxes } from "./definition.ts";

const OPCODE = 255;
const MAX_OUTPUTS = 16;

/** The operand, its element and the byte of that element which stand at output byte `index`; undefined in a gap. */
function placeOf({ operands }: Step, index: number) {
  const { offsets } = packedOffsets(operands.map(({ type }) => type));
  const operand = offsets.findLastIndex(({ start }) => start <= index);
  const { start, end } = offsets[operand]!;
  if (index >= end) return undefined;
  const width = WIDTH[operands[operand]!.type.dtype];
  return { operand, element: Math.floor((index - start) / width), byte: (index - start) % width };
}

export const Collect: OpDefinition = {
  name: "Collect",
  opcode: OPCODE,
  page: {
    types: "integers → u8",
    element: "the byte of the packed output",
    attributes: "",
    limits: "1 to 16 slots; after all slots",
  },
  operands: [1, MAX_OUTPUTS],
  attributes: 0,
  shapeFault({ operands, out }) {
    if (operands.some(({ source }) => source.kind !== "slot")) return RULE.sources;
    if (operands.some(({ type }) => type.dtype === "bool")) return RULE.operandType;
    if (out.dtype !== "u8") return RULE.outputType;
    if (out.shape.length !== 1) return RULE.rank;
    return out.shape[0] === packedOffsets(operands.map(({ type }) => type)).length ? 0 : RULE.outputShape;
  },
  element(read, step, index) {
    const place = placeOf(step, index);
    if (!place) return 0n;
    return (read(place.operand, place.element) >> BigInt(8 * place.byte)) & 255n;
  },
  reads(step, index) {
    const place = placeOf(step, index);
    return step.operands.map((_, operand) => (operand === place?.operand ? single(place.element) : []));
  },
  boxes: singleBoxes,
  readsOne: true,
  ranges: () => whole(0n, 255n),
  evaluate({ operands, out }, tensors) {
    const bytes = new Uint8Array(out.shape[0]!);
    const { offsets } = packedOffsets(operands.map(({ type }) => type));
    tensors.forEach(({ data }, index) => {
      bytes.set(bytesOf(data), offsets[index]!.start);
    });
    return bytes;
  },
};
