// Makes traces of executions of any size: hashes each pass as it is computed, and keeps little more than the hashes.
import { hexToBytes } from "../protocol/index.ts";
import { collectOutput, executePass } from "./execute.ts";
import { carriedOf, FIRST_PASS, isLastPass, type PassStart } from "./iteration.ts";
import { type HeldPasses, PASS_MEMORY, PassCache, type PassMemory, PassNotAtHandError } from "./passes.ts";
import type { CommittedProgram } from "./program.ts";
import { sameType, tensorRoot } from "./tensor.ts";
import { Trace } from "./trace.ts";
import type { Program, Tensor } from "./types.ts";

/** Computes the slots of one pass. The same pass may be asked for again, and has to come out the same. */
export type ComputePass = (start: PassStart) => Promise<readonly Tensor[]>;

export interface RecordOptions {
  readonly memory?: PassMemory | undefined;
  /** Called after each pass with its number. */
  readonly onPass?: ((pass: number) => void) | undefined;
  /** Gives others their turn while much is hashed. */
  readonly pause?: (() => Promise<void>) | undefined;
}

const HASH_BYTES = 32;
/** After hashing so many bytes, others get their turn. */
const PAUSE_BYTES = 2 ** 24;

/** A pass with the roots of its tensors, side by side. */
interface HashedPass {
  readonly slots: readonly Tensor[];
  readonly roots: Uint8Array;
}

/** The root of one tensor of a pass. What was carried over unchanged has its root already, in the pass `before`. */
function rootOf(
  { steps }: Program,
  tensor: Tensor,
  slot: number,
  before: HashedPass | undefined,
): Uint8Array {
  const { op, operands } = steps[slot]!;
  const next = operands[1]?.source;
  const from = op === "Carry" && next?.kind === "slot" ? next.index : -1;
  const carried = before?.slots[from];
  if (before && carried?.data === tensor.data && sameType(carried.type, tensor.type))
    return before.roots.subarray(from * HASH_BYTES, (from + 1) * HASH_BYTES);
  return hexToBytes(tensorRoot(tensor));
}

/** Hashes a pass, asking for a pause now and then. */
function* hashPass(
  program: Program,
  slots: readonly Tensor[],
  before: HashedPass | undefined,
): Generator<"pause", HashedPass, unknown> {
  const roots = new Uint8Array(slots.length * HASH_BYTES);
  let bytes = 0;
  for (const [slot, tensor] of slots.entries()) {
    roots.set(rootOf(program, tensor, slot, before), slot * HASH_BYTES);
    bytes += tensor.data.byteLength;
    if (bytes < PAUSE_BYTES) continue;
    yield "pause";
    bytes = 0;
  }
  return { slots, roots };
}

/** Asks for passes to be computed, or for a pause. */
type Asking<result> = Generator<PassStart | "pause", result, readonly Tensor[]>;

interface Recorded {
  readonly roots: Uint8Array;
  readonly output: Uint8Array;
  readonly count: number;
}

/** Asks for pass after pass until the program stops, and returns what was hashed. */
function* record(
  { program }: CommittedProgram,
  cache: PassCache,
  onPass: (pass: number) => void = () => {},
): Asking<Recorded> {
  const hashed: Uint8Array[] = [];
  let start = FIRST_PASS;
  let before: HashedPass | undefined;
  for (;;) {
    const slots = yield start;
    before = yield* hashPass(program, slots, before);
    hashed.push(before.roots);
    cache.add(start.pass, slots);
    onPass(start.pass);
    if (isLastPass(program, slots)) {
      return { roots: joined(hashed), output: collectOutput(program, slots), count: hashed.length };
    }
    start = { pass: start.pass + 1, carried: carriedOf(program, slots) };
    cache.begin(start);
  }
}

function joined(rows: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(rows.reduce((length, row) => length + row.length, 0));
  let at = 0;
  for (const row of rows) {
    all.set(row, at);
    at += row.length;
  }
  return all;
}

async function drive<result>(
  asking: Asking<result>,
  compute: ComputePass,
  pause?: () => Promise<void>,
): Promise<result> {
  let asked = asking.next([]);
  while (!asked.done) {
    if (asked.value === "pause") await pause?.();
    asked = asking.next(asked.value === "pause" ? [] : await compute(asked.value));
  }
  return asked.value;
}

function driveNow<result>(asking: Asking<result>, compute: (start: PassStart) => readonly Tensor[]): result {
  let asked = asking.next([]);
  while (!asked.done) asked = asking.next(asked.value === "pause" ? [] : compute(asked.value));
  return asked.value;
}

/**
 * The trace of an execution whose passes `compute` computes. Hashes everything once; keeps the roots, what passes began with, and
 * the tensors of few passes. `trace.load` computes others again.
 */
export async function recordTrace(
  committed: CommittedProgram,
  input: Uint8Array,
  compute: ComputePass,
  { memory = PASS_MEMORY, onPass, pause }: RecordOptions = {},
): Promise<Trace> {
  const cache = new PassCache(committed.program, memory);
  const { roots, output, count } = await drive(record(committed, cache, onPass), compute, pause);
  const passes: HeldPasses = {
    count,
    slots: (pass) => {
      const slots = cache.get(pass);
      if (slots === undefined) throw new PassNotAtHandError(pass);
      return slots;
    },
    load: async (pass) => {
      if (cache.get(pass) === undefined) await drive(cache.replay(pass), compute);
    },
  };
  return new Trace(committed, input, { passes, output, roots });
}

/** The trace of an execution by the reference executor, which computes passes again whenever they are asked for. */
export function traceExecution(
  committed: CommittedProgram,
  input: Uint8Array,
  { memory = PASS_MEMORY, onPass }: RecordOptions = {},
): Trace {
  const { program } = committed;
  const compute = (start: PassStart) => executePass(program, input, start);
  const cache = new PassCache(program, memory);
  const { roots, output, count } = driveNow(record(committed, cache, onPass), compute);
  const passes: HeldPasses = {
    count,
    slots: (pass) => {
      const slots = cache.get(pass);
      if (slots !== undefined) return slots;
      driveNow(cache.replay(pass), compute);
      return cache.get(pass)!;
    },
    load: async () => {},
  };
  return new Trace(committed, input, { passes, output, roots });
}
