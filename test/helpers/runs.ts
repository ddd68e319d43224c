// Programs executed once on a random input, with their traces, for tests of disputes and proofs.
import {
  type CommittedProgram,
  commitProgram,
  createTrace,
  execute,
  type Program,
  type Revealed,
  type Tensor,
  type Trace,
} from "@assay/sdk/program";
import { type Hex, leafPosition, OUTPUT_ROOT, type Position, TRACE_ROOT } from "@assay/sdk/protocol";
import { network, perceptron, randomInput } from "./programs.ts";
import { Random } from "./random.ts";

export interface Run {
  program: Program;
  committed: CommittedProgram;
  input: Uint8Array;
  slots: Tensor[];
  trace: Trace;
}

export function runOf(program: Program, seed: number): Run {
  const committed = commitProgram(program);
  const input = randomInput(program, new Random(seed));
  const slots = execute(program, input);
  return { program, committed, input, slots, trace: createTrace(committed, input, slots) };
}

export const runs: readonly Run[] = [
  runOf(perceptron(1), 1),
  runOf(perceptron(2, { rows: 20, inner: 1100, columns: 30 }), 2),
  runOf(network(3), 3),
  runOf(network(4, { channels: 1, size: 24, filters: 16, classes: 3 }), 4),
];

/** Every position of a trace where a node belongs or padding does, down to the tiles. */
export function positions({ trace, slots }: Run): Position[] {
  const inTrace = Array.from({ length: 16 ** trace.depth }, (_, leaf) => leafPosition(leaf, trace.depth));
  const all: Position[] = [TRACE_ROOT, OUTPUT_ROOT, ...inTrace];
  for (const root of [...inTrace.slice(0, slots.length), OUTPUT_ROOT]) {
    const depth = trace.treeOf(root.section === "output" ? slots.length : Number(root.path)).depth;
    for (let level = 1; level <= depth; level++) {
      for (let path = 0; path < 16 ** level; path++) {
        all.push({
          ...root,
          depth: root.depth + level,
          path: root.path * 16n ** BigInt(level) + BigInt(path),
        });
      }
    }
  }
  return all;
}

/** What an honest worker has revealed of everything. */
export function revealsOf(run: Run): (node: Hex) => Revealed | undefined {
  const reveals = new Map<Hex, Revealed>();
  for (const position of positions(run)) {
    const content = run.trace.reveal(position);
    if (content) reveals.set(run.trace.node(position), content);
  }
  return (node) => reveals.get(node);
}
