// Step proofs as they are sent: one step on operands of its own, and its proof at any element.
import {
  claimOf,
  elementCount,
  layoutPosition,
  type OpName,
  type Program,
  proveStep,
  type Source,
  type Step,
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

/** The inputs of a program in any layout: a Cast brings each into it. */
export function laidOut(step: Step): Program {
  const types = step.operands.map(({ type }) => type);
  let offset = 0;
  const casts = types.map((type): Step => {
    const plain = tensorType(type.dtype, type.shape);
    const source: Source = { kind: "input", offset };
    offset += Math.ceil((elementCount(type) * WIDTH[type.dtype]) / 8) * 8;
    return { op: "Cast", operands: [{ source, type: plain }], attributes: [], out: type };
  });
  const operands = types.map((type, index) => ({ source: { kind: "slot", index } as const, type }));
  return {
    operatorSet: 1,
    maxPasses: 1,
    inputs: types.map(({ dtype, shape }) => tensorType(dtype, shape)),
    steps: [...casts, { ...step, operands }],
    outputs: [types.length],
    constants: [],
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
