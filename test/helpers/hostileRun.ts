// What becomes of a damaged file: a typed refusal, or a program that is the same in every execution.
import { BaseError } from "@assay/sdk";
import {
  bytesOf,
  elementCount,
  execute,
  hull,
  memoryOf,
  ONLY_PASS,
  operators,
  type Program,
  packedOffsets,
  packInputs,
  programRanges,
  type Tensor,
  type TensorData,
  workOf,
  wrap,
} from "@assay/sdk/program";
import { ProgramSession } from "../../node/execution/programSession.ts";
import type { Random } from "./random.ts";

/** The name of the refusal, or what was done with the accepted program. */
export type Outcome = { readonly refused: string } | { readonly accepted: "run" | "too heavy to run here" };

/** What the tests run; a node has a budget of its own. */
const AFFORDABLE = { bytes: 2 ** 24, work: 2 ** 24, passes: 64 };
const ELEMENTS_COMPARED = 16;

export function sameBytes(a: Uint8Array, b: Uint8Array, what: string): void {
  if (Buffer.compare(a, b) !== 0) throw new Error(`${what} differ`);
}

/** Some elements of every step, one by one, and within the ranges that were proven. */
function compareElements(program: Program, inputs: readonly TensorData[], slots: readonly Tensor[]): void {
  const { offsets } = packedOffsets(program.inputs);
  const ranges = programRanges(program);
  for (const [index, step] of program.steps.entries()) {
    if (step.op === "Carry" || step.op === "Stop") continue;
    const data = step.operands.map(({ source }) => {
      if (source.kind === "slot") return slots[source.index]!.data;
      if (source.kind === "constant") return program.constants[source.index]!.data;
      return inputs[offsets.findIndex(({ start }) => start === source.offset)]!;
    });
    const read = (operand: number, at: number) => BigInt(data[operand]![at]!);
    const made = slots[index]!.data;
    const { min, max } = hull(ranges[index]!);
    const total = elementCount(step.out);
    const stride = Math.ceil(total / ELEMENTS_COMPARED);
    for (let element = 0; element < total; element += stride) {
      const value = wrap(operators[step.op].element(read, step, element, ONLY_PASS), step.out.dtype);
      if (value !== BigInt(made[element]!)) throw new Error(`element ${element} of step ${index} differs`);
      if (value < min || value > max) throw new Error(`element ${element} of step ${index} leaves its range`);
    }
  }
}

/** Runs an accepted program on one random input in the reference execution, by elements and in onnxruntime. */
async function runEverywhere(program: Program, random: Random): Promise<Outcome> {
  const size = memoryOf(program) + packedOffsets(program.inputs).length;
  if (size > AFFORDABLE.bytes || workOf(program) > AFFORDABLE.work || program.maxPasses > AFFORDABLE.passes)
    return { accepted: "too heavy to run here" };
  const inputs = program.inputs.map((type) => random.data(type.dtype, elementCount(type)));
  const slots = execute(program, packInputs(program, inputs));
  if (program.maxPasses === 1) compareElements(program, inputs, slots);
  const session = await ProgramSession.open(program);
  const outputs = await session.run(inputs.map((data, index) => ({ type: program.inputs[index]!, data })));
  await session.close();
  for (const [index, slot] of program.outputs.entries())
    sameBytes(bytesOf(outputs[index]!.data), bytesOf(slots[slot]!.data), "reference and onnxruntime");
  return { accepted: "run" };
}

/** What becomes of a file; anything but a typed refusal is an error of ours. */
export async function outcomeOf(read: Promise<Program>, random: Random): Promise<Outcome> {
  let program: Program;
  try {
    program = await read;
  } catch (error) {
    if (error instanceof BaseError) return { refused: error.name };
    throw error;
  }
  return runEverywhere(program, random);
}
