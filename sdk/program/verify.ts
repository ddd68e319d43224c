// The judge in TypeScript: recomputes one output element from Merkle openings. Twin of contracts/StepVerifier.sol.
import {
  ARITY,
  type Claim,
  descriptorHash,
  EMPTY,
  type Hex,
  hexToBytes,
  type NodeKind,
  type OperandOpening,
  type Position,
  rootFromPath,
  type StepProof,
  TILE_BYTES,
  tileCount,
  tileHash,
  tileLength,
  traceDepth,
  treeDepth,
  type Verdict,
} from "../protocol/index.ts";
import { decodeDescriptor, descriptorFault } from "./descriptorFault.ts";
import { WIDTH, wrap } from "./dtype.ts";
import { claimedStop, operandPass } from "./iteration.ts";
import { operators } from "./ops/index.ts";
import { placeOf } from "./place.ts";
import { StepProofError } from "./StepProofError.ts";
import { byteLength, layoutPosition } from "./tensor.ts";
import { elementOfTile } from "./tiles.ts";
import type { Operand, Step } from "./types.ts";

/** A claim does not carry this header field; the rule on it is the registry's alone. */
const ANY_DEPTH = 255;

function openPath(leaf: Hex, index: number, depth: number, path: readonly Hex[]): Hex {
  const required = depth * (ARITY - 1);
  if (path.length !== required) {
    throw new StepProofError("WrongPathLengthError", {
      given: BigInt(path.length),
      required: BigInt(required),
    });
  }
  if (index >= ARITY ** depth)
    throw new StepProofError("LeafOutOfTreeError", { index: BigInt(index), depth: BigInt(depth) });
  return rootFromPath(leaf, index, path);
}

function requireRoot(computedRoot: Hex, committedRoot: Hex): void {
  if (computedRoot !== committedRoot)
    throw new StepProofError("WrongOpeningError", { computedRoot, committedRoot });
}

function openStep(claim: Claim, index: number, { descriptor, descriptorPath }: StepProof): Step {
  const bytes = hexToBytes(descriptor);
  const depth = treeDepth(claim.slots + 1);
  requireRoot(openPath(descriptorHash(bytes), index, depth, descriptorPath), claim.descriptorsRoot);
  const header = { ...claim, operatorSet: 1, tensorDepth: ANY_DEPTH };
  const code = descriptorFault(header, index, bytes);
  if (code !== 0) throw new StepProofError("MalformedDescriptorError", { code: BigInt(code) });
  return decodeDescriptor(bytes);
}

/** Where an operand's tiles lead, and how long the bytes are that they cut. */
interface OperandTree {
  readonly bytes: number;
  /** Bytes before the tensor's first. */
  readonly offset: number;
  toRoot(tensorRoot: Hex, rootPath: readonly Hex[]): void;
}

function operandTree(claim: Claim, pass: number, { source, type }: Operand): OperandTree {
  if (source.kind === "input") {
    return {
      bytes: claim.inputBytes,
      offset: source.offset,
      toRoot: (root, path) => requireRoot(openPath(root, 0, 0, path), claim.inputRoot),
    };
  }
  const isSlot = source.kind === "slot";
  const index = isSlot ? pass * claim.slots + source.index : source.index;
  const depth = isSlot ? traceDepth(claim.slots, claim.maxPasses) : treeDepth(claim.constants);
  const committed = isSlot ? claim.traceRoot : claim.constantsRoot;
  return {
    bytes: byteLength(type),
    offset: 0,
    toRoot: (root, path) => requireRoot(openPath(root, index, depth, path), committed),
  };
}

/** Checks an operand's openings; the result reads one element of it. Of a slot, in that pass. */
function openOperand(
  claim: Claim,
  pass: number,
  operand: Operand,
  number: number,
  opening: OperandOpening | undefined,
): (index: number) => bigint {
  const tree = operandTree(claim, pass, operand);
  const tiles = new Map<number, Uint8Array>();
  let tensorRoot: Hex | undefined;
  for (const { index, data, path } of opening?.tiles ?? []) {
    const bytes = hexToBytes(data);
    const required = tileLength(tree.bytes, index);
    if (bytes.length !== required) {
      throw new StepProofError("WrongTileLengthError", {
        given: BigInt(bytes.length),
        required: BigInt(required),
      });
    }
    const root = openPath(tileHash(bytes), index, treeDepth(tileCount(tree.bytes)), path);
    if (tensorRoot === undefined) tree.toRoot(root, opening!.rootPath);
    else requireRoot(root, tensorRoot);
    tensorRoot ??= root;
    tiles.set(index, bytes);
  }
  const { type } = operand;
  const width = WIDTH[type.dtype];
  return (index) => {
    const at = tree.offset + layoutPosition(type, index) * width;
    const tile = Math.floor(at / TILE_BYTES);
    const bytes = tiles.get(tile);
    if (!bytes) throw new StepProofError("MissingTileError", { operand: BigInt(number), tile: BigInt(tile) });
    return wrap(littleEndian(bytes, at % TILE_BYTES, width), type.dtype);
  };
}

function littleEndian(bytes: Uint8Array, at: number, width: number): bigint {
  let value = 0n;
  for (let byte = width - 1; byte >= 0; byte--) value = (value << 8n) | BigInt(bytes[at + byte]!);
  return value;
}

function judgeElement(claim: Claim, step: Step, pass: number, tile: number, proof: StepProof): Verdict {
  const bytes = hexToBytes(proof.tile);
  const width = WIDTH[step.out.dtype];
  const count = bytes.length / width;
  if (proof.element >= count) {
    throw new StepProofError("ElementOutOfRangeError", {
      element: BigInt(proof.element),
      count: BigInt(count),
    });
  }
  // Carry reads one of its operands only; nobody looks at the other's opening.
  const unread = step.op === "Carry" ? (pass === 0 ? 1 : 0) : -1;
  const operands = step.operands.map((operand, number) =>
    number === unread
      ? () => 0n
      : openOperand(claim, operandPass(step, number, pass), operand, number, proof.operands[number]),
  );
  const index = elementOfTile(step.out, tile, proof.element);
  const when = { number: pass, most: claim.maxPasses };
  const value = operators[step.op].element((operand, at) => operands[operand]!(at), step, index, when);
  const claimed = wrap(littleEndian(bytes, proof.element * width, width), step.out.dtype);
  if (step.op === "Stop" && claimed !== claimedStop(pass, claim.passes)) return "faulty";
  return wrap(value, step.out.dtype) === claimed ? "correct" : "faulty";
}

/**
 * The verdict on what the worker claims at a position. Throws, with the names and arguments of the judge's errors, when an
 * opening is not well formed or there is nothing to prove yet.
 */
export function verifyStep(
  claim: Claim,
  position: Position,
  node: Hex,
  kind: NodeKind,
  proof: StepProof,
): Verdict {
  let opened: Step | undefined;
  const place = placeOf(
    {
      ...claim,
      byteLength(index) {
        opened = openStep(claim, index, proof);
        return byteLength(opened.out);
      },
    },
    position,
  );
  if (place.kind === "padding") return node === EMPTY ? "correct" : "faulty";
  if (node === EMPTY) return "faulty";
  if (kind === "unrevealed" || (kind === "inner" && place.kind === "inner")) {
    throw new StepProofError("NothingToProveError", { depth: position.depth, path: position.path });
  }
  if (kind !== place.kind || place.kind !== "tile") return "faulty";
  const bytes = hexToBytes(proof.tile);
  const computedNode = tileHash(bytes);
  if (computedNode !== node) throw new StepProofError("WrongTileError", { computedNode, node });
  if (bytes.length !== place.length) return "faulty";
  return judgeElement(claim, opened!, place.pass, place.tile, proof);
}
