// Step proofs as they are sent: one step on operands of its own, and its proof at any element.
import {
  claimOf,
  elementCount,
  layoutPosition,
  type Operand,
  type OpName,
  type Program,
  proveStep,
  type Source,
  type Step,
  type Tensor,
  type TensorType,
  tensorType,
  WIDTH,
} from "@assay/sdk/program";
import {
  type Claim,
  type Hex,
  leafPosition,
  type Position,
  type StepProof,
  TILE_BYTES,
} from "@assay/sdk/protocol";
import { Random } from "./random.ts";
import type { Run } from "./runs.ts";

/** A program of one step; `constants` says which operands are constants, the others are inputs. */
export function programOf(
  op: OpName,
  types: readonly TensorType[],
  out: TensorType,
  attributes: readonly number[] = [],
  constants: readonly number[] = [],
): Program {
  const random = new Random(1);
  const inputs = types.filter((_, index) => !constants.includes(index));
  const fixed = types.filter((_, index) => constants.includes(index));
  let offset = 0;
  const operands = types.map((type, index) => {
    if (constants.includes(index)) {
      const source: Source = { kind: "constant", index: fixed.indexOf(type) };
      return { source, type };
    }
    const source: Source = { kind: "input", offset };
    offset += Math.ceil((elementCount(type) * WIDTH[type.dtype]) / 8) * 8;
    return { source, type };
  });
  return {
    operatorSet: 1,
    maxPasses: 1,
    inputs,
    steps: [{ op, operands, attributes: attributes.map(BigInt), out }],
    outputs: [0],
    constants: fixed.map((type) => ({
      type,
      data: random.data(type.dtype, elementCount(type), { min: type.dtype === "i8" ? -64n : 1n, max: 64n }),
    })),
  };
}

/**
 * The inputs of a program of bytes in any type and layout: a Cast brings each there, or a comparison where bools are read.
 * What Carry begins with is a constant.
 */
export function laidOut(step: Step): Program {
  const types = step.operands.map(({ type }) => type);
  const random = new Random(2);
  const limit = { type: tensorType("u8", []), data: Uint8Array.of(128) };
  const constants: Tensor[] = [limit];
  let offset = 0;
  const made = types.map((type): Step => {
    const plain = tensorType("u8", type.shape);
    const bytes: Operand = { source: { kind: "input", offset }, type: plain };
    offset += Math.ceil(elementCount(type) / 8) * 8;
    if (type.dtype !== "bool") return { op: "Cast", operands: [bytes], attributes: [], out: type };
    const bound: Operand = { source: { kind: "constant", index: 0 }, type: limit.type };
    return { op: "Less", operands: [bytes, bound], attributes: [], out: type };
  });
  const operands = types.map((type, index): Operand => ({ source: { kind: "slot", index }, type }));
  const begins = step.op === "Carry" ? types[0] : undefined;
  const initial = begins && { type: begins, data: random.data(begins.dtype, elementCount(begins)) };
  return {
    operatorSet: 1,
    maxPasses: 1,
    inputs: types.map(({ shape }) => tensorType("u8", shape)),
    steps: [
      ...made,
      {
        ...step,
        operands: begins
          ? [{ source: { kind: "constant", index: 1 }, type: begins }, operands[1]!]
          : operands,
      },
    ],
    outputs: [types.length],
    constants: initial ? [...constants, initial] : constants,
  };
}

export interface JudgedProof {
  readonly claim: Claim;
  readonly position: Position;
  readonly node: Hex;
  readonly proof: StepProof;
}

/** The proof about row-major element `index` of a slot of a run, in a pass. */
export function proofOf(
  { trace, committed, program }: Run,
  slot: number,
  index: number,
  pass = 0,
): JudgedProof {
  const { out } = program.steps[slot]!;
  const perTile = TILE_BYTES / WIDTH[out.dtype];
  const place = layoutPosition(out, index);
  const root = leafPosition(pass * program.steps.length + slot, trace.depth);
  const levels = trace.treeOf(slot, pass).depth;
  const position = {
    ...root,
    depth: root.depth + levels,
    path: (root.path << BigInt(4 * levels)) + BigInt(Math.floor(place / perTile)),
  };
  const shown = new Map<Hex, Position>();
  for (let at: Position = position; ; at = { ...at, depth: at.depth - 1, path: at.path >> 4n }) {
    shown.set(trace.node(at), at);
    if (at.depth === 0) break;
  }
  const revealed = (node: Hex) => {
    const at = shown.get(node);
    return at && trace.reveal(at);
  };
  const { traceRoot, outputRoot, passes } = trace;
  const proof = proveStep(trace, { position, traceRoot, outputRoot, passes, revealed }, place % perTile);
  return {
    claim: claimOf(committed, trace.inputRoot, traceRoot, passes),
    position,
    node: trace.node(position),
    proof,
  };
}
