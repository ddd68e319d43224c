// Proofs about elements of real executions, honest ones and damaged ones.
import {
  bytesOf,
  type CommittedProgram,
  claimOf,
  commitProgram,
  createTrace,
  executePasses,
  type OpName,
  type Program,
  proveStep,
  type Trace,
} from "@assay/sdk/program";
import {
  bytesToHex,
  descriptorHash,
  EMPTY,
  type Hex,
  hexToBytes,
  leafPosition,
  type OperandOpening,
  OUTPUT_ROOT,
  type Position,
  rootFromPath,
  type StepProof,
  TRACE_ROOT,
  tileCount,
  tileHash,
  tileLength,
} from "@assay/sdk/protocol";
import { stepAt } from "../../sdk/program/program.ts";
import { counter, generator } from "../helpers/iterated.ts";
import { mutateBytes } from "../helpers/mutations.ts";
import { network, perceptron, randomInput } from "../helpers/programs.ts";
import { laidOut } from "../helpers/proofs.ts";
import { Random } from "../helpers/random.ts";
import { opNames, randomCase } from "../helpers/steps.ts";
import type { ProofCase } from "../helpers/vectors.ts";

function traceOf(committed: CommittedProgram): Trace {
  const input = randomInput(committed.program, new Random(1));
  return createTrace(committed, input, [...executePasses(committed.program, input)]);
}

/** An operator on operands in random layouts. No bool goes out of a program: another slot does then, if there is one. */
function alone(op: OpName, seed: number): Program[] {
  const program = laidOut(randomCase(op, new Random(seed)).step);
  const shown = program.steps.findLastIndex(({ out }) => out.dtype !== "bool");
  return shown < 0 ? [] : [{ ...program, outputs: [shown] }];
}

/** Operators that stand in any program. */
const anywhere = opNames.filter((op) => op !== "Stop" && op !== "Collect");

export const traces: readonly Trace[] = [
  network(1, { channels: 2, size: 12, filters: 8, classes: 5 }),
  network(2, { channels: 3, size: 24, filters: 16, classes: 3 }),
  perceptron(3, { rows: 20, inner: 1100, columns: 30 }),
  generator(1),
  counter(3),
  ...anywhere.flatMap((op) => [1, 2].flatMap((seed) => alone(op, seed))),
].map((program) => traceOf(commitProgram(program)));

export interface StepQuestion extends ProofCase {
  readonly op: OpName;
  readonly step: number;
}

/** The honest proof about a random element, as if everything had been revealed. */
export function honestProof(random: Random, trace = random.pick(traces), chosen?: number): StepQuestion {
  const steps = trace.shape.slots;
  const step = chosen ?? random.integer(0, steps);
  const isOutput = step === steps;
  const pass = isOutput ? 0 : random.integer(0, trace.passes - 1);
  const bytes = isOutput ? trace.output : bytesOf(trace.tensorOf(step, pass).data);
  const tile = random.integer(0, tileCount(bytes.length) - 1);
  const root = isOutput ? OUTPUT_ROOT : leafPosition(pass * steps + step, trace.depth);
  const levels = trace.treeOf(step, pass).depth;
  const position: Position = {
    ...root,
    depth: root.depth + levels,
    path: (root.path << BigInt(4 * levels)) + BigInt(tile),
  };
  const shown = new Map<Hex, Position>();
  for (let above = position; above.depth > 0; ) {
    above = { ...above, depth: above.depth - 1, path: above.path >> 4n };
    shown.set(trace.node(above), above);
  }
  shown.set(trace.traceRoot, TRACE_ROOT);
  const node = trace.node(position);
  shown.set(node, position);
  const width = isOutput ? 1 : trace.tensorOf(step, pass).data.BYTES_PER_ELEMENT;
  const content = tileLength(bytes.length, tile);
  const proof = proveStep(
    trace,
    {
      position,
      traceRoot: trace.traceRoot,
      outputRoot: trace.outputRoot,
      passes: trace.passes,
      revealed: (hash: Hex) => (shown.has(hash) ? trace.reveal(shown.get(hash)!) : undefined),
    },
    random.integer(0, content / width - 1),
  );
  const claim = claimOf(trace.committed, trace.inputRoot, trace.traceRoot, trace.passes);
  const { op } = stepAt(trace.committed.program, step);
  return {
    name: `${op}, step ${step} of pass ${pass}`,
    op,
    step,
    claim,
    position,
    node,
    kind: "tile",
    proof,
  };
}

function flip(random: Random, hex: Hex): Hex {
  const bytes = hexToBytes(hex);
  if (bytes.length === 0) return "0x00";
  bytes[random.integer(0, bytes.length - 1)]! ^= 1 << random.integer(0, 7);
  return bytesToHex(bytes);
}

const flipOne = (random: Random, hashes: readonly Hex[]): Hex[] => {
  const at = random.integer(0, hashes.length - 1);
  return hashes.map((hash, index) => (index === at ? flip(random, hash) : hash));
};

/** The tile with other bytes, and the node that it hashes to. */
function withTile(question: ProofCase, tile: Uint8Array): ProofCase {
  return { ...question, node: tileHash(tile), proof: { ...question.proof, tile: bytesToHex(tile) } };
}

function damagedOperand(random: Random, opening: OperandOpening): OperandOpening {
  const { rootPath, tiles } = opening;
  const at = random.integer(0, tiles.length - 1);
  const tile = tiles[at];
  const kind = random.integer(0, 8);
  if (kind === 0) return { ...opening, rootPath: flipOne(random, rootPath) };
  if (kind === 1) return { ...opening, rootPath: rootPath.slice(1) };
  if (!tile || kind === 2) return { ...opening, tiles: tiles.slice(1) };
  if (kind === 3) return { ...opening, tiles: tiles.with(at, { ...tile, data: flip(random, tile.data) }) };
  if (kind === 4) return { ...opening, tiles: tiles.with(at, { ...tile, path: flipOne(random, tile.path) }) };
  if (kind === 5)
    return {
      ...opening,
      tiles: tiles.with(at, { ...tile, index: (tile.index ^ (1 << random.integer(0, 31))) >>> 0 }),
    };
  if (kind === 6)
    return { ...opening, tiles: tiles.with(at, { ...tile, data: tile.data.slice(0, -2) as Hex }) };
  if (kind === 7) return { ...opening, tiles: [...tiles, ...tiles].toReversed() };
  return { ...opening, tiles: tiles.with(at, { ...tile, path: tile.path.slice(15) }) };
}

export function damagedOpenings(random: Random, proof: StepProof): StepProof {
  const { descriptor, descriptorPath, operands } = proof;
  const at = random.integer(0, operands.length - 1);
  switch (random.integer(0, 6)) {
    case 0:
      return { ...proof, descriptor: flip(random, descriptor) };
    case 1:
      return { ...proof, descriptorPath: flipOne(random, descriptorPath) };
    case 2:
      return { ...proof, descriptorPath: descriptorPath.slice(1) };
    case 3:
      return { ...proof, element: random.integer(0, 1100) };
    case 4:
      return { ...proof, operands: random.next() < 0.5 ? operands.slice(1) : [...operands, ...operands] };
    default:
      return { ...proof, operands: operands.with(at, damagedOperand(random, operands[at]!)) };
  }
}

function elsewhere(random: Random, position: Position): Position {
  const { section, depth, path } = position;
  switch (random.integer(0, 4)) {
    case 0:
      return { section: section === "trace" ? "output" : "trace", depth, path };
    case 1:
      return { section, depth: depth + 1, path: path * 16n + BigInt(random.integer(0, 15)) };
    case 2:
      return { section, depth: Math.max(0, depth - 1), path: path >> 4n };
    case 3:
      return { section, depth, path: path ^ (1n << BigInt(random.integer(0, 4 * depth))) };
    default:
      return { section, depth: 1, path: BigInt(random.integer(0, 15)) };
  }
}

/** Other numbers in the header. */
function otherHeader(random: Random, question: ProofCase): ProofCase {
  const { claim } = question;
  const slots = random.pick([0, 1, claim.slots, claim.slots + 1]);
  const maxPasses = random.pick([claim.maxPasses, claim.maxPasses + random.integer(0, 20)]);
  const passes = random.pick([claim.passes, random.integer(1, maxPasses)]);
  const inputBytes = Math.max(0, claim.inputBytes - random.integer(0, 2));
  return { ...question, claim: { ...claim, slots, inputBytes, maxPasses, passes } };
}

/** Another program: the descriptor is damaged, and the program's root with it. */
function otherProgram(random: Random, question: StepQuestion): ProofCase {
  const { claim, proof, step } = question;
  const bytes = mutateBytes(hexToBytes(proof.descriptor), random);
  const descriptorsRoot = rootFromPath(descriptorHash(bytes), step, proof.descriptorPath);
  const descriptor = bytesToHex(bytes);
  return { ...question, claim: { ...claim, descriptorsRoot }, proof: { ...proof, descriptor } };
}

export function damagedProof(random: Random, question: StepQuestion): ProofCase {
  const { claim, position, proof } = question;
  const tile = hexToBytes(proof.tile);
  switch (random.integer(0, 14)) {
    case 0:
      return withTile(question, hexToBytes(flip(random, proof.tile)));
    case 1:
      return withTile(question, tile.slice(0, random.integer(1, tile.length)));
    case 2:
      return withTile(question, Uint8Array.from([...tile, 0]).slice(0, 1024));
    case 3:
      return { ...question, proof: { ...proof, tile: flip(random, proof.tile) } };
    case 4:
      return { ...question, kind: random.pick(["unrevealed", "inner"] as const) };
    case 5:
      return { ...question, node: EMPTY };
    case 6:
      return { ...question, node: flip(random, EMPTY) };
    case 7:
    case 8: {
      const kind = random.pick(["unrevealed", "inner", "tile"] as const);
      return {
        ...question,
        kind,
        position: elsewhere(random, position),
        node: random.pick([EMPTY, question.node]),
      };
    }
    case 9:
      return otherHeader(random, question);
    case 10: {
      const root = random.pick(["descriptorsRoot", "constantsRoot", "inputRoot", "traceRoot"] as const);
      return { ...question, claim: { ...claim, [root]: flip(random, claim[root]) } };
    }
    case 11:
    case 12:
      return otherProgram(random, question);
    default:
      return { ...question, proof: damagedOpenings(random, proof) };
  }
}
