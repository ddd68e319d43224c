// The reference executor: runs a program step by step, pass by pass, in plain integers.
import { BaseError } from "../errors.ts";
import { carriedOf, FIRST_PASS, isLastPass, type PassStart } from "./iteration.ts";
import { operators } from "./ops/index.ts";
import { packedOffsets, unpackInputs } from "./packing.ts";
import { collectStep } from "./program.ts";
import type { Operand, Program, Step, Tensor } from "./types.ts";

/** What an execution is committed to by: its output bytes and how many passes they took. */
export interface Execution {
  readonly output: Uint8Array;
  readonly passes: number;
}

type Inputs = ReadonlyMap<number, Tensor>;

function inputsByOffset(program: Program, input: Uint8Array): Inputs {
  const { offsets } = packedOffsets(program.inputs);
  const tensors = unpackInputs(program, input);
  return new Map(offsets.map(({ start }, index) => [start, tensors[index]!]));
}

/** Finds operands in one pass; what Carry goes on with is the pass before's. */
function resolve(program: Program, inputs: Inputs, { carried }: PassStart, slots: readonly Tensor[]) {
  return ({ source }: Operand, isCarried = false): Tensor => {
    const tensor =
      source.kind === "slot"
        ? isCarried
          ? carried.get(source.index)
          : slots[source.index]
        : source.kind === "constant"
          ? program.constants[source.index]
          : inputs.get(source.offset);
    if (tensor) return tensor;
    throw new BaseError("A step reads a tensor that is not there.", { facts: { ...source } });
  };
}

/** Computes the slots of one pass from number `kept.length` on. */
function runPass(program: Program, inputs: Inputs, start: PassStart, kept: readonly Tensor[] = []): Tensor[] {
  const slots = [...kept];
  const tensorOf = resolve(program, inputs, start, slots);
  const pass = { number: start.pass, most: program.maxPasses };
  for (const step of program.steps.slice(kept.length)) {
    const { op, operands, out } = step;
    if (op === "Carry") {
      const { data } = start.pass === 0 ? tensorOf(operands[0]!) : tensorOf(operands[1]!, true);
      slots.push({ type: out, data });
    } else {
      const tensors = operands.map((operand) => tensorOf(operand));
      slots.push({ type: out, data: operators[op].evaluate(step, tensors, pass) });
    }
  }
  return slots;
}

/** The slots of one pass. The first `kept.length` are taken as they are, the others computed from them. */
export const executePass = (
  program: Program,
  input: Uint8Array,
  start: PassStart = FIRST_PASS,
  kept: readonly Tensor[] = [],
): Tensor[] => runPass(program, inputsByOffset(program, input), start, kept);

/** The slots of one pass after the other, until the program stops. */
export function* executePasses(program: Program, input: Uint8Array): Generator<Tensor[], void, undefined> {
  const inputs = inputsByOffset(program, input);
  for (let start = FIRST_PASS; ; ) {
    const slots = runPass(program, inputs, start);
    yield slots;
    if (isLastPass(program, slots)) return;
    start = { pass: start.pass + 1, carried: carriedOf(program, slots) };
  }
}

/** Keeps the slots of the first pass before `first` and computes the others of that pass from them. */
export const executeFrom = (
  program: Program,
  input: Uint8Array,
  slots: readonly Tensor[],
  first: number,
): Tensor[] => executePass(program, input, FIRST_PASS, slots.slice(0, first));

/** All slots of the program's last pass on the packed input bytes. */
export function execute(program: Program, input: Uint8Array): Tensor[] {
  let last: Tensor[] = [];
  for (const slots of executePasses(program, input)) last = slots;
  return last;
}

/** Runs the program until it stops. `onPass` is called after each pass with its number, from 0 on. */
export function runProgram(
  program: Program,
  input: Uint8Array,
  { onPass }: { onPass?: (pass: number) => void } = {},
): Execution {
  let passes = 0;
  let last: Tensor[] = [];
  for (const slots of executePasses(program, input)) {
    last = slots;
    onPass?.(passes);
    passes++;
  }
  return { output: collectOutput(program, last), passes };
}

/** The output bytes that the slots of the last pass give. */
export function collectOutput(program: Program, slots: readonly Tensor[]): Uint8Array {
  const step: Step = collectStep(program);
  const operands = program.outputs.map((slot) => slots[slot]!);
  return operators.Collect.evaluate(step, operands, { number: 0, most: 1 }) as Uint8Array;
}
