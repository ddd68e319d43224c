// What the worst step proof of a step costs: a bound over all its elements, from the box that each operand is read in.
import { TILE_BYTES, tileCount, traceDepth, treeDepth } from "../protocol/index.ts";
import { encodeDescriptor } from "./descriptor.ts";
import { WIDTH } from "./dtype.ts";
import { type Box, boxOf, ONE } from "./ops/definition.ts";
import { operators } from "./ops/index.ts";
import { packedOffsets } from "./packing.ts";
import { byteLength, elementCount, strideAlong } from "./tensor.ts";
import type { Operand, Program, Step, TensorType } from "./types.ts";

/** Most calldata of a step proof: public transaction pools take 128 KiB, of which the envelope and a margin are kept free. */
export const MAX_PROOF_BYTES = 96 * 1024;
/** Most gas of a step proof, well below the 2^24 that one transaction may use. */
export const MAX_PROOF_GAS = 6_000_000;

export interface ProofBound {
  readonly tiles: number;
  /** Of the transaction. */
  readonly calldata: number;
  /** Of the transaction, execution and calldata. */
  readonly gas: number;
}

const WORD = 32;
/** The siblings at one level of a path. */
const LEVEL_BYTES = 15 * WORD;
/** Claim, position and the places of everything else. */
const ENVELOPE_BYTES = 40 * WORD;
const OPERAND_BYTES = 5 * WORD;
const OPENING_BYTES = 6 * WORD;

const CALLDATA_GAS = 16;
/** EIP-7623: what a byte costs at least, whatever is done with it. */
const FLOOR_GAS = 40;
/** Measured on the compiled judge, with a margin: test/equality/proofBound.test.ts holds them to it. */
const GAS = {
  transaction: 21_000,
  /** The game's move, the verdict and what follows from it. */
  base: 350_000,
  tile: 4_500,
  level: 3_000,
  word: 12,
  /** Finding the tile that the next elements lie in. */
  run: 900,
  /** One row or channel of a window. */
  sweep: 1_200,
  scan: 120,
  /** Thirty products of bytes that lie together. */
  block: 700,
  product: 330,
  comparison: 330,
};

/**
 * Most tiles that a box can touch, wherever it lies. From the innermost axis outwards: a box is as many copies of the box
 * below as its extent counts, and lies within the run of elements from its first to its last.
 */
export function mostTiles(type: TensorType, { extents }: Pick<Box, "extents">, offset = 0): number {
  const perTile = TILE_BYTES / WIDTH[type.dtype];
  let tiles = 1;
  let span = 1;
  let stride = 1;
  for (const axis of type.layout.toReversed()) {
    const { count, step } = extents[axis]!;
    span += (count - 1) * step * stride;
    tiles = Math.min(tiles * count, Math.floor((span - 2) / perTile) + 2);
    stride *= type.shape[axis]!;
  }
  const all = tileCount(offset + byteLength(type)) - Math.floor(offset / TILE_BYTES);
  return Math.min(tiles, all);
}

const volume = ({ extents }: Box): number => extents.reduce((product, { count }) => product * count, 1);

/** The bytes of `length`, padded to whole words. */
const padded = (length: number): number => Math.ceil(length / WORD) * WORD;

interface OperandBound {
  readonly tiles: number;
  readonly calldata: number;
  readonly levels: number;
}

function operandBound(program: Program, { source, type }: Operand, box: Box): OperandBound {
  const isInput = source.kind === "input";
  const tiles = mostTiles(type, box, isInput ? source.offset : 0);
  const treeBytes = isInput ? packedOffsets(program.inputs).length : byteLength(type);
  const depth = treeDepth(tileCount(treeBytes));
  const above = {
    input: 0,
    slot: traceDepth(program.steps.length, program.maxPasses),
    constant: treeDepth(program.constants.length),
  }[source.kind];
  const levels = tiles * depth + above;
  const tileBytes = OPENING_BYTES + padded(Math.min(TILE_BYTES, treeBytes));
  return { tiles, levels, calldata: OPERAND_BYTES + tiles * tileBytes + levels * LEVEL_BYTES };
}

/** What reading and computing costs the judge, without hashing. */
function computeGas({ op, operands }: Step, boxes: readonly Box[], tiles: number): number {
  const reads = Math.max(...boxes.map(volume));
  const isDot = op === "MatMulInteger" || op === "ConvInteger";
  const lengths = boxes.map(({ extents, along }) => extents[along]?.count ?? 1);
  const sweeps = Math.max(...boxes.map((box, operand) => volume(box) / lengths[operand]!));
  const borders = boxes.reduce((sum, { extents, along }, operand) => {
    const { type } = operands[operand]!;
    return sum + mostTiles(type, boxOf(type.shape, { [along]: extents[along] ?? ONE }));
  }, 0);
  const runs = sweeps * Math.min(Math.max(...lengths), borders);
  const scans = sweeps * tiles + runs;
  const moving = sweeps * GAS.sweep + runs * GAS.run + scans * GAS.scan;
  if (!isDot) return moving + reads * GAS.comparison;
  const isContiguous = boxes.every(({ along }, operand) => strideAlong(operands[operand]!.type, along) === 1);
  return moving + (isContiguous ? (reads / 30 + runs) * GAS.block : reads * GAS.product);
}

/** What the worst step proof of a step of `program` costs. */
export function stepProofBound(step: Step, program: Program): ProofBound {
  const boxes = operators[step.op].boxes(step);
  const bounds = step.operands.map((operand, index) => operandBound(program, operand, boxes[index]!));
  const opened = operators[step.op].readsOne
    ? [bounds.reduce((a, b) => (b.calldata > a.calldata ? b : a), bounds[0]!)]
    : bounds;
  const sum = (part: (bound: OperandBound) => number): number =>
    opened.reduce((total, bound) => total + part(bound), 0);
  const tiles = sum((bound) => bound.tiles);
  const claimLevels = treeDepth(program.steps.length + 1);
  const descriptor = padded(encodeDescriptor(step).length);
  const calldata =
    ENVELOPE_BYTES +
    padded(Math.min(TILE_BYTES, byteLength(step.out))) +
    descriptor +
    claimLevels * LEVEL_BYTES +
    step.operands.length * OPERAND_BYTES +
    sum((bound) => bound.calldata);
  const levels = claimLevels + sum((bound) => bound.levels);
  const execution =
    GAS.base +
    tiles * GAS.tile +
    levels * GAS.level +
    (calldata / WORD) * GAS.word +
    computeGas(step, boxes, tiles);
  const gas = GAS.transaction + Math.max(FLOOR_GAS * calldata, CALLDATA_GAS * calldata + execution);
  return { tiles, calldata, gas: Math.ceil(gas) };
}

/** Products that one pass computes, or elements that it reads where nothing is multiplied. */
export function workOf(program: Program): number {
  return program.steps.reduce((total, step) => {
    const reads = Math.max(1, ...operators[step.op].boxes(step).map(volume));
    return total + reads * elementCount(step.out);
  }, 0);
}

/** Bytes of all tensors that one pass leaves behind. */
export const memoryOf = ({ steps }: Program): number =>
  steps.reduce((total, { out }) => total + byteLength(out), 0);
