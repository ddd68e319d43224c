// Proofs about an iterated program of two slots: a byte, the input's at first and then what the stop showed, and a stop once
// it is not zero.
// A worker may write anything into its trace, so these traces hold the bytes that they are given.
import { encodeDescriptor, type Step, tensorType } from "@assay/sdk/program";
import {
  bytesToHex,
  descriptorHash,
  type Hex,
  MerkleTree,
  type OperandOpening,
  tileHash,
} from "@assay/sdk/protocol";
import type { ProofCase } from "../helpers/vectors.ts";

const SLOTS = 2;
const MAX_PASSES = 4;
const type = tensorType("u8", [1]);
const slotOf = (index: number) => ({ source: { kind: "slot", index }, type }) as const;
const steps: readonly Step[] = [
  {
    op: "Carry",
    operands: [{ source: { kind: "input", offset: 0 }, type }, slotOf(1)],
    attributes: [],
    out: type,
  },
  { op: "Stop", operands: [slotOf(0)], attributes: [], out: type },
  { op: "Collect", operands: [slotOf(0)], attributes: [], out: type },
];

const byte = (value: number): Uint8Array => Uint8Array.of(value);

/** Bytes of the trace, pass after pass: what was carried and what the stop shows. */
type Bytes = readonly (readonly [carried: number, stop: number])[];

/**
 * A proof about one byte of a trace.
 *
 * @param slot 0 the carry, 1 the stop.
 * @param opens The pass whose byte is opened: the stop's for the carry, and the carry's for the stop.
 */
export function iteratedProof(bytes: Bytes, pass: number, slot: 0 | 1, opens = pass): ProofCase {
  const descriptors = steps.map(encodeDescriptor);
  const program = MerkleTree.fromHashes(descriptors.map(descriptorHash), 1);
  const trace = MerkleTree.fromHashes(
    bytes.flat().map((value) => tileHash(byte(value))),
    1,
  );
  const [[input]] = bytes as [[number, number]];
  const opening = (value: number, rootPath: Hex[]): OperandOpening => ({
    rootPath,
    tiles: [{ index: 0, data: bytesToHex(byte(value)), path: [] }],
  });
  const opened = opening(bytes[opens]![1 - slot]!, trace.path(SLOTS * opens + 1 - slot));
  const shown = bytes[pass]![slot];
  const path = SLOTS * pass + slot;
  return {
    name: `slot ${slot} of pass ${pass} of ${bytes.length}`,
    claim: {
      descriptorsRoot: program.root,
      constantsRoot: `0x${"0".repeat(64)}`,
      inputRoot: tileHash(byte(input)),
      traceRoot: trace.root,
      slots: SLOTS,
      constants: 0,
      maxPasses: MAX_PASSES,
      passes: bytes.length,
      inputBytes: 1,
      outputBytes: 1,
    },
    position: { section: "trace", depth: 1, path: BigInt(path) },
    node: trace.node(1, path),
    kind: "tile",
    proof: {
      descriptor: bytesToHex(descriptors[slot]!),
      descriptorPath: program.path(slot),
      tile: bytesToHex(byte(shown)),
      element: 0,
      operands: slot === 1 ? [opened] : [opening(input, []), opened],
    },
  };
}
