// Flips one bit of one intermediate tensor and computes on from there: the smallest lie, consistently told.
import {
  carriedOf,
  executePass,
  FIRST_PASS,
  isLastPass,
  type Program,
  type Tensor,
} from "@assay/sdk/program";

/** Which bit. `element` counts row-major, `bit` from the least significant. */
export interface Flip {
  /** 0 when left out. */
  pass?: number;
  slot: number;
  element: number;
  bit?: number;
}

/** The slots of all passes that a cheater shows; it stops when what it shows says so. */
export function cheatingPasses(
  program: Program,
  input: Uint8Array,
  { pass = 0, slot, element, bit = 0 }: Flip,
): Tensor[][] {
  const passes: Tensor[][] = [];
  for (let start = FIRST_PASS; ; ) {
    let slots = executePass(program, input, start);
    if (start.pass === pass) {
      const tensor = slots[slot];
      if (tensor === undefined) throw new Error(`The program has no slot ${slot}`);
      const wrong = { ...tensor, data: flipped(tensor.data, element, bit) };
      slots = executePass(program, input, start, [...slots.slice(0, slot), wrong]);
    }
    passes.push(slots);
    if (isLastPass(program, slots)) return passes;
    start = { pass: start.pass + 1, carried: carriedOf(program, slots) };
  }
}

/** The slots that a cheater shows of the first pass. */
export const cheatingSlots = (program: Program, input: Uint8Array, flip: Flip): Tensor[] =>
  cheatingPasses(program, input, flip)[0]!;

function flipped(data: Tensor["data"], element: number, bit: number): Tensor["data"] {
  const copy = data.slice() as Tensor["data"];
  const bytes = new Uint8Array(copy.buffer);
  const byte = element * copy.BYTES_PER_ELEMENT + (bit >> 3);
  bytes[byte] = bytes[byte]! ^ (1 << (bit & 7));
  return copy;
}
