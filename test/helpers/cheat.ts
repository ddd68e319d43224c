// Flips one bit of one intermediate tensor and computes on from there: the smallest lie, consistently told.
import { execute, executeFrom, type Program, type Tensor } from "@assay/sdk/program";

/** Which bit. `element` counts row-major, `bit` from the least significant. */
export interface Flip {
  slot: number;
  element: number;
  bit?: number;
}

/** The slots that a cheater shows. */
export function cheatingSlots(
  program: Program,
  input: Uint8Array,
  { slot, element, bit = 0 }: Flip,
): Tensor[] {
  const slots = execute(program, input);
  const tensor = slots[slot];
  if (tensor === undefined) throw new Error(`The program has no slot ${slot}`);
  slots[slot] = { ...tensor, data: flipped(tensor.data, element, bit) };
  return executeFrom(program, input, slots, slot + 1);
}

function flipped(data: Tensor["data"], element: number, bit: number): Tensor["data"] {
  const copy = data.slice() as Tensor["data"];
  const bytes = new Uint8Array(copy.buffer);
  const byte = element * copy.BYTES_PER_ELEMENT + (bit >> 3);
  bytes[byte] = bytes[byte]! ^ (1 << (bit & 7));
  return copy;
}
