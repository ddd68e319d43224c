// Every lie that a worker can tell about one execution, and every false charge against an honest one.
import {
  carriedOf,
  collectOutput,
  commitProgram,
  executePass,
  executePasses,
  FIRST_PASS,
  isLastPass,
  type PassStart,
  type Program,
  type Tensor,
  type Trace,
  tensorRoot,
} from "@assay/sdk/program";
import {
  child,
  EMPTY,
  type Hex,
  hexToBytes,
  leafPosition,
  type Position,
  TILE_BYTES,
  TRACE_ROOT,
} from "@assay/sdk/protocol";
import { bytesOf } from "../../sdk/program/dtype.ts";
import { holdPasses } from "../../sdk/program/passes.ts";
import { Trace as TraceTrees } from "../../sdk/program/trace.ts";
import { forge, type WorkerTrees } from "./game.ts";
import type { Random } from "./random.ts";

/** One honest execution, all of it in memory. */
export interface Subject {
  readonly name: string;
  readonly program: Program;
  readonly input: Uint8Array;
  readonly passes: readonly (readonly Tensor[])[];
  readonly trace: Trace;
  /** 32 bytes for each tensor, pass after pass. */
  readonly roots: Uint8Array;
}

export interface Lie {
  readonly kind: LieKind;
  readonly about: string;
  readonly worker: WorkerTrees;
}

const HASH_BYTES = 32;

export function subjectOf(name: string, program: Program, input: Uint8Array): Subject {
  const committed = commitProgram(program);
  const passes = [...executePasses(program, input)];
  const roots = new Uint8Array(passes.length * program.steps.length * HASH_BYTES);
  passes.flat().forEach((tensor, leaf) => {
    roots.set(hexToBytes(tensorRoot(tensor)), leaf * HASH_BYTES);
  });
  const output = collectOutput(program, passes.at(-1)!);
  const trace = new TraceTrees(committed, input, { passes: holdPasses(passes), output, roots });
  return { name, program, input, passes, trace, roots };
}

/** The trees of other passes; what is as in the honest execution is not hashed again. */
function traceOf(subject: Subject, passes: readonly (readonly Tensor[])[], output?: Uint8Array): Trace {
  const { program, trace } = subject;
  const slots = program.steps.length;
  const roots = new Uint8Array(passes.length * slots * HASH_BYTES);
  passes.forEach((tensors, pass) => {
    tensors.forEach((tensor, slot) => {
      const at = (pass * slots + slot) * HASH_BYTES;
      const honest = subject.passes[pass]?.[slot];
      const same = honest && Buffer.compare(bytesOf(honest.data), bytesOf(tensor.data)) === 0;
      roots.set(same ? subject.roots.subarray(at, at + HASH_BYTES) : hexToBytes(tensorRoot(tensor)), at);
    });
  });
  return new TraceTrees(trace.committed, subject.input, {
    passes: holdPasses(passes),
    output: output ?? collectOutput(program, passes.at(-1)!),
    roots,
  });
}

const startOf = ({ program, passes }: Subject, pass: number): PassStart =>
  pass === 0 ? FIRST_PASS : { pass, carried: carriedOf(program, passes[pass - 1]!) };

function flipped({ type, data }: Tensor, random: Random): { tensor: Tensor; about: string } {
  const copy = data.slice() as Tensor["data"];
  const bytes = bytesOf(copy);
  const byte = random.integer(0, bytes.length - 1);
  const bit = random.integer(0, 7);
  bytes[byte]! ^= 1 << bit;
  const element = Math.floor(byte / data.BYTES_PER_ELEMENT);
  return { tensor: { type, data: copy }, about: `bit ${bit} of byte ${byte}, element ${element}` };
}

/** Another value of one slot in one pass, and what follows from it: told to its end. */
function retold(subject: Subject, pass: number, slot: number, wrong: Tensor): Trace {
  const { program, input } = subject;
  const passes: (readonly Tensor[])[] = subject.passes.slice(0, pass);
  for (let start = startOf(subject, pass); ; ) {
    const kept = start.pass === pass ? [...subject.passes[pass]!.slice(0, slot), wrong] : undefined;
    const slots = executePass(program, input, start, kept);
    passes.push(slots);
    if (isLastPass(program, slots) || passes.length === program.maxPasses) break;
    start = { pass: start.pass + 1, carried: carriedOf(program, slots) };
  }
  return traceOf(subject, passes);
}

/** As many passes as claimed, with stop flags that say so. */
function cutOrStretched(subject: Subject, count: number): Trace {
  const { program, input } = subject;
  const stop = program.steps.length - 1;
  const passes: Tensor[][] = [];
  for (let pass = 0; pass < count; pass++) {
    const start = pass === 0 ? FIRST_PASS : { pass, carried: carriedOf(program, passes[pass - 1]!) };
    const slots = [...(subject.passes[pass] ?? executePass(program, input, start))];
    slots[stop] = { ...slots[stop]!, data: Uint8Array.of(pass === count - 1 ? 1 : 0) };
    passes.push(slots);
  }
  return traceOf(subject, passes);
}

/** Where tile `tile` of a leaf stands, or would stand. */
function tilePosition(trace: Trace, leaf: number, tile: number): Position {
  const slots = trace.shape.slots;
  const levels = trace.treeOf(leaf % slots, Math.floor(leaf / slots)).depth;
  const root = leafPosition(leaf, trace.depth);
  return {
    ...root,
    depth: root.depth + levels,
    path: (root.path << BigInt(4 * levels)) + BigInt(tile),
  };
}

const filledPlaces = (children: readonly Hex[]): number[] =>
  children.flatMap((hash, place) => (hash === EMPTY ? [] : [place]));

type Teller = (subject: Subject, random: Random) => Omit<Lie, "kind"> | undefined;

const slotFlip =
  (wanted: (op: string) => boolean): Teller =>
  (subject, random) => {
    const { program, passes } = subject;
    const candidates = program.steps.flatMap(({ op }, slot) => (wanted(op) ? [slot] : []));
    if (candidates.length === 0) return undefined;
    const pass = random.integer(0, passes.length - 1);
    const slot = random.pick(candidates);
    const { tensor, about } = flipped(passes[pass]![slot]!, random);
    return {
      about: `${about} of step ${slot} (${program.steps[slot]!.op}) in pass ${pass}`,
      worker: retold(subject, pass, slot, tensor),
    };
  };

const tellers = {
  slot: slotFlip((op) => op !== "Carry" && op !== "Stop"),
  carry: slotFlip((op) => op === "Carry"),
  stop: slotFlip((op) => op === "Stop"),
  passes(subject, random) {
    const { program, trace } = subject;
    if (program.maxPasses === 1) return undefined;
    const most = Math.min(program.maxPasses, 2 * trace.passes);
    const claimed = random.integer(1, most);
    if (claimed === trace.passes) return undefined;
    if (random.next() < 0.5)
      return { about: `${claimed} passes, told to the end`, worker: cutOrStretched(subject, claimed) };
    const { traceRoot, outputRoot } = trace;
    const worker = { traceRoot, outputRoot, passes: claimed, reveal: trace.reveal.bind(trace) };
    return { about: `${claimed} passes over an honest trace`, worker };
  },
  padding({ trace }, random) {
    const leaves = trace.shape.slots * trace.passes;
    const all = 16 ** trace.depth;
    if (leaves === all) return undefined;
    const leaf = random.integer(leaves, all - 1);
    const at = leafPosition(leaf, trace.depth);
    const shown =
      random.next() < 0.5
        ? { kind: "tile" as const, tile: random.bytes(random.integer(1, TILE_BYTES)) }
        : { kind: "inner" as const, children: trace.children(TRACE_ROOT) };
    return { about: `a ${shown.kind} in padding leaf ${leaf}`, worker: forge(trace, at, shown) };
  },
  tail({ trace, program }, random) {
    const leaf = random.integer(0, trace.shape.slots * trace.passes - 1);
    const [slot, pass] = [leaf % trace.shape.slots, Math.floor(leaf / trace.shape.slots)];
    const length = trace.shape.byteLength(slot);
    const tiles = Math.ceil(length / TILE_BYTES);
    const levels = trace.treeOf(slot, pass).depth;
    const about = `of step ${slot} (${program.steps[slot]!.op}) in pass ${pass}`;
    if (random.next() < 0.3 && 16 ** levels > tiles) {
      const tile = random.integer(tiles, 16 ** levels - 1);
      const shown = { kind: "tile" as const, tile: random.bytes(TILE_BYTES) };
      return {
        about: `tile ${tile} past the end ${about}`,
        worker: forge(trace, tilePosition(trace, leaf, tile), shown),
      };
    }
    const last = trace.tileBytes(slot, tiles - 1, pass);
    const longer = last.length < TILE_BYTES && random.next() < 0.6;
    if (!longer && last.length === 1) return undefined;
    const tile = longer
      ? Uint8Array.from([...last, ...new Uint8Array(random.integer(1, TILE_BYTES - last.length))])
      : last.slice(0, random.integer(1, last.length - 1));
    return {
      about: `${tile.length} bytes in the last tile ${about}`,
      worker: forge(trace, tilePosition(trace, leaf, tiles - 1), { kind: "tile", tile }),
    };
  },
  bound({ trace }, random) {
    const index = random.pick(filledPlaces(trace.boundChildren));
    const at = child(TRACE_ROOT, index);
    switch (random.integer(0, 2)) {
      case 0:
        return { about: `nothing in bound leaf ${index}`, worker: forge(trace, at, { kind: "empty" }) };
      case 1: {
        const tile = random.bytes(random.integer(1, TILE_BYTES));
        return { about: `a tile in bound leaf ${index}`, worker: forge(trace, at, { kind: "tile", tile }) };
      }
      default: {
        const own = trace.reveal(at);
        if (own?.kind !== "inner") return undefined;
        const lost = random.pick(filledPlaces(own.children));
        const children = own.children.with(lost, EMPTY);
        const about = `child ${lost} of bound leaf ${index} missing`;
        return { about, worker: forge(trace, at, { kind: "inner", children }) };
      }
    }
  },
  collect(subject, random) {
    const { trace, passes } = subject;
    const output = trace.output.slice();
    const byte = random.integer(0, output.length - 1);
    output[byte]! ^= 1 << random.integer(0, 7);
    return { about: `byte ${byte} of the output`, worker: traceOf(subject, passes, output) };
  },
} satisfies Record<string, Teller>;

export type LieKind = keyof typeof tellers;

export const lieKinds = Object.keys(tellers) as LieKind[];

/** How often each is told: bits of steps most of all. */
const SHARES: Readonly<Record<LieKind, number>> = {
  slot: 0.55,
  carry: 0.1,
  stop: 0.05,
  passes: 0.05,
  padding: 0.05,
  tail: 0.1,
  bound: 0.05,
  collect: 0.05,
};

/** A random lie; of a kind that the program has. */
export function randomLie(subject: Subject, random: Random): Lie {
  for (;;) {
    const kind = randomKind(random);
    const lie = tellers[kind](subject, random);
    if (lie) return { kind, ...lie };
  }
}

function randomKind(random: Random): LieKind {
  let left = random.next();
  for (const kind of lieKinds) {
    left -= SHARES[kind];
    if (left < 0) return kind;
  }
  return "slot";
}

/** The execution of somebody who is wrong about one bit. */
export function wrongTrace(subject: Subject, random: Random): Trace {
  const lie = tellers.slot(subject, random);
  if (!lie) throw new Error("The program has no step");
  return lie.worker as Trace;
}
