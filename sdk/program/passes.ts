// The tensors of the passes of an execution: kept, or computed again from a checkpoint when they are asked for.
import { BaseError } from "../errors.ts";
import { type Carried, carriedOf, carriedSlots, FIRST_PASS, type PassStart } from "./iteration.ts";
import { byteLength } from "./tensor.ts";
import type { Program, Tensor } from "./types.ts";

/** Thrown when the tensors of a pass have to be computed again first: `await trace.load(error.pass)`. */
export class PassNotAtHandError extends BaseError {
  override name = "PassNotAtHandError";
  readonly pass: number;

  constructor(pass: number) {
    super("The tensors of a pass are not in memory.", { facts: { pass } });
    this.pass = pass;
  }
}

/** Does what needs the tensors of a trace, and has those passes computed again that are not in memory. */
export async function withPasses<T>(trace: { load(pass: number): Promise<void> }, work: () => T): Promise<T> {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof PassNotAtHandError)) throw error;
      await trace.load(error.pass);
    }
  }
}

/** Where a trace has its tensors from. */
export interface HeldPasses {
  /** How many passes were run. */
  readonly count: number;
  /**
   * The tensors that the steps made in a pass.
   * @throws PassNotAtHandError
   */
  slots(pass: number): readonly Tensor[];
  load(pass: number): Promise<void>;
}

/** Passes all of which stay in memory. */
export const holdPasses = (passes: readonly (readonly Tensor[])[]): HeldPasses => ({
  count: passes.length,
  slots(pass) {
    const slots = passes[pass];
    if (slots === undefined) throw new BaseError("The pass was not run.", { facts: { pass } });
    return slots;
  },
  load: async () => {},
});

/** What may stay in memory of an execution, in bytes. */
export interface PassMemory {
  /** For passes that were computed last; two stay in any case: a proof may read a pass and the one before. */
  readonly tensors: number;
  /** For what passes begin with; with less, more passes are computed again. */
  readonly checkpoints: number;
}

export const PASS_MEMORY: PassMemory = { tensors: 2 ** 28, checkpoints: 2 ** 28 };

const LEAST_PASSES = 2;
const HASH_BYTES = 32;

/** The passes of an execution as far as memory allows. */
export class PassCache {
  readonly #program: Program;
  readonly #memory: PassMemory;
  /** Beginnings of passes whose number is a multiple of `#every`. */
  readonly #checkpoints = new Map<number, Carried>();
  #every = 1;
  /** The least recently used first. */
  readonly #recent = new Map<number, readonly Tensor[]>();

  constructor(program: Program, memory: PassMemory = PASS_MEMORY) {
    this.#program = program;
    this.#memory = memory;
  }

  /** Takes in what a pass begins with. */
  begin({ pass, carried }: PassStart): void {
    if (pass === 0 || pass % this.#every !== 0) return;
    this.#checkpoints.set(pass, carried);
    const bytes = sizeOf([...carried.values()]);
    while (this.#checkpoints.size > 1 && this.#checkpoints.size * bytes > this.#memory.checkpoints) {
      this.#every *= 2;
      for (const kept of this.#checkpoints.keys())
        if (kept % this.#every !== 0) this.#checkpoints.delete(kept);
    }
  }

  /** Takes in what a pass made. */
  add(pass: number, slots: readonly Tensor[]): void {
    this.#recent.delete(pass);
    this.#recent.set(pass, slots);
    const most = Math.max(LEAST_PASSES, Math.floor(this.#memory.tensors / Math.max(1, sizeOf(slots))));
    for (const old of [...this.#recent.keys()].slice(0, -most)) this.#recent.delete(old);
  }

  get(pass: number): readonly Tensor[] | undefined {
    const slots = this.#recent.get(pass);
    if (slots !== undefined) this.add(pass, slots);
    return slots;
  }

  /** Asks for one pass after the other to be computed, from the last checkpoint up to `pass`. */
  *replay(pass: number): Generator<PassStart, void, readonly Tensor[]> {
    let start = this.#startBefore(pass);
    for (;;) {
      const slots = yield start;
      this.add(start.pass, slots);
      if (start.pass === pass) return;
      start = { pass: start.pass + 1, carried: carriedOf(this.#program, slots) };
      this.begin(start);
    }
  }

  #startBefore(pass: number): PassStart {
    for (let before = pass; before > 0; before--) {
      const carried = this.#checkpoints.get(before);
      if (carried !== undefined) return { pass: before, carried };
      const made = this.#recent.get(before - 1);
      if (made !== undefined) return { pass: before, carried: carriedOf(this.#program, made) };
    }
    return FIRST_PASS;
  }
}

/** Bytes in memory: an array that several tensors share counts once. */
function sizeOf(tensors: readonly Tensor[]): number {
  const arrays = new Set(tensors.map(({ data }) => data));
  return [...arrays].reduce((bytes, { byteLength }) => bytes + byteLength, 0);
}

/** Disputes on one execution, each about another pass, that are reckoned with. */
const DISPUTES = 16;

/**
 * How many executions take as long as what disputes have computed again, each of which shows `reveals` nodes of one tensor:
 * every time from the checkpoint before its pass on. Never more than two sweeps through all passes for each reveal, the one
 * that it comes too late for and its own.
 */
export function replayShare(program: Program, reveals: number, memory: PassMemory = PASS_MEMORY): number {
  const { maxPasses, steps } = program;
  const bytes = (slots: readonly number[]): number =>
    slots.reduce((total, slot) => total + byteLength(steps[slot]!.out), 0);
  if (maxPasses * bytes(steps.map((_, slot) => slot)) <= memory.tensors) return 0;
  const kept = Math.max(1, Math.floor(memory.checkpoints / Math.max(1, bytes(carriedSlots(program)))));
  let every = 1;
  while (Math.floor((maxPasses - 1) / every) > kept) every *= 2;
  return reveals * Math.min((DISPUTES * every) / maxPasses, 2);
}

/** Bytes that the trace of an execution keeps in memory, at most: its tensors, what passes begin with, and hashes. */
export function traceBytes(program: Program, memory: PassMemory = PASS_MEMORY): number {
  const { maxPasses, steps } = program;
  const pass = steps.reduce((total, { out }) => total + byteLength(out), 0);
  const carried = carriedSlots(program).reduce((total, slot) => total + byteLength(steps[slot]!.out), 0);
  const tensors = Math.min(maxPasses * pass, Math.max(LEAST_PASSES * pass, memory.tensors));
  const checkpoints = Math.min(maxPasses * carried, Math.max(carried, memory.checkpoints));
  return tensors + checkpoints + maxPasses * steps.length * HASH_BYTES;
}
