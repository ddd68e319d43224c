// Claims and step proofs as the judge takes them; mirrors contracts/types/Trace.sol.
import type { Hex } from "./hash.ts";

/** Everything a step proof is checked against: the program, the input and what the worker is bound to. */
export interface Claim {
  descriptorsRoot: Hex;
  constantsRoot: Hex;
  inputRoot: Hex;
  traceRoot: Hex;
  slots: number;
  constants: number;
  maxPasses: number;
  passes: number;
  inputBytes: number;
  outputBytes: number;
}

/** One tile of an operand with its siblings up to the tensor root, bottom to top, 15 a level. */
export interface TileOpening {
  index: number;
  data: Hex;
  path: readonly Hex[];
}

/**
 * The tiles of one operand that the disputed element reads, in ascending order. `rootPath` leads from the tensor root to
 * the trace root (slots) or the constants root (constants); empty for inputs and where no tile is read.
 */
export interface OperandOpening {
  rootPath: readonly Hex[];
  tiles: readonly TileOpening[];
}

/** A challenger's proof about one element of one tile. */
export interface StepProof {
  descriptor: Hex;
  descriptorPath: readonly Hex[];
  /** The revealed tile that holds the disputed element; empty when the node itself is misplaced. */
  tile: Hex;
  /** Number of the element within the tile. */
  element: number;
  operands: readonly OperandOpening[];
}
