// Several samples at once: the same program on tensors whose first axis, of size 1 in one sample, counts samples.
import { BaseError } from "../errors.ts";
import { bytesOf, dataFromBytes } from "./dtype.ts";
import { operators } from "./ops/index.ts";
import { packedOffsets, unpackInputs } from "./packing.ts";
import { byteLength } from "./tensor.ts";
import type { Operand, OpName, Program, Step, Tensor, TensorType } from "./types.ts";

/** Thrown when a program cannot be run on several samples at once. They can always be run one by one. */
export class NotBatchableError extends BaseError {
  override name = "NotBatchableError";

  constructor(reason: string, step?: { index: number; op: OpName }) {
    super(`The program takes no batches: ${reason}.`, step && { facts: { step: step.index, op: step.op } });
  }
}

/** An operand of a step and whether it counts samples along its first axis. */
type Part = { readonly type: TensorType; readonly counts: boolean };

const rank = ({ type }: Part): number => type.shape.length;
const axisOf = ({ attributes }: Step): number => Number(attributes[0]);

/** What is counted has to be the outermost axis of the result too. */
const isElementwise = (parts: readonly Part[], { out }: Step): boolean =>
  parts.every((part) => !part.counts || rank(part) === out.shape.length);
const isAlongAnother = (_: readonly Part[], step: Step): boolean => axisOf(step) !== 0;
const allCount = (parts: readonly Part[]): boolean => parts.every(({ counts }) => counts);

/** For each operator whether samples stay apart: no element of one reads another's. */
const keepsApart: Readonly<Record<OpName, (parts: readonly Part[], step: Step) => boolean>> = {
  MatMulInteger: ([a, b], step) =>
    b!.counts ? isElementwise([a!, b!], step) && rank(b!) > 2 : rank(a!) === step.out.shape.length,
  ConvInteger: ([, weights]) => !weights!.counts,
  Add: isElementwise,
  Sub: isElementwise,
  Mul: isElementwise,
  Div: isElementwise,
  Mod: isElementwise,
  Min: isElementwise,
  Max: isElementwise,
  BitShift: isElementwise,
  BitwiseAnd: isElementwise,
  BitwiseOr: isElementwise,
  BitwiseXor: isElementwise,
  Equal: isElementwise,
  Less: isElementwise,
  Where: isElementwise,
  Expand: isElementwise,
  Clip: () => true,
  Cast: () => true,
  Isqrt: () => true,
  MaxPool: () => true,
  Reshape: () => true,
  Pad: () => true,
  Slice: () => true,
  Transpose: (_, step) => axisOf(step) === 0,
  ArgMax: isAlongAnother,
  ReduceSum: isAlongAnother,
  ReduceMax: isAlongAnother,
  CumSum: isAlongAnother,
  Concat: (parts, step) => allCount(parts) && isAlongAnother(parts, step),
  GatherElements: (parts, step) => allCount(parts) && isAlongAnother(parts, step),
  ScatterElements: (parts, step) => allCount(parts) && isAlongAnother(parts, step),
  Gather: ([data, indices], step) =>
    data!.counts ? !indices!.counts && axisOf(step) !== 0 : axisOf(step) === 0,
  Carry: () => false,
  Stop: () => false,
  Collect: () => false,
};

/** Slice names where it starts and how it steps along each axis; along the first it has to take every sample. */
const attributesOf = ({ op, attributes }: Step): readonly bigint[] =>
  op === "Slice" ? attributes.with(0, 0n).with(8, 1n) : attributes;

function counted(type: TensorType, size: number, step?: { index: number; op: OpName }): TensorType {
  if (type.shape[0] === 1) return { ...type, shape: [size, ...type.shape.slice(1)] };
  throw new NotBatchableError("a tensor's first axis is not of size 1", step);
}

/**
 * The program on `size` samples at once. Input `i` of the result holds input `i` of all samples along its first axis, and so do
 * the outputs. Every element is computed from the same elements of its own sample as before.
 *
 * @throws NotBatchableError
 */
export function batchProgram(program: Program, size: number): Program {
  if (program.maxPasses > 1) throw new NotBatchableError("its samples stop after different passes");
  const steps: Step[] = [];
  const counts: boolean[] = [];
  const isCounted = ({ source }: Operand): boolean =>
    source.kind === "input" || (source.kind === "slot" && counts[source.index]!);
  const inputs = program.inputs.map((type) => counted(type, size));
  const offsets = new Map(
    sourcesOf(program.inputs).map((start, index) => [start, sourcesOf(inputs)[index]!]),
  );

  for (const [index, step] of program.steps.entries()) {
    const { op } = step;
    const parts = step.operands.map((operand) => ({ type: operand.type, counts: isCounted(operand) }));
    const isOne = parts.some(({ counts }) => counts);
    counts.push(isOne);
    if (!isOne) {
      steps.push(step);
      continue;
    }
    const batched: Step = {
      op,
      operands: step.operands.map((operand) => {
        const { source } = operand;
        const type = isCounted(operand) ? counted(operand.type, size, { index, op }) : operand.type;
        return source.kind === "input"
          ? { source: { kind: "input", offset: offsets.get(source.offset) ?? -1 }, type }
          : { source, type };
      }),
      attributes: attributesOf(step),
      out: counted(step.out, size, { index, op }),
    };
    if (!keepsApart[op](parts, step) || operators[op].shapeFault(batched) !== 0)
      throw new NotBatchableError("a step would mix its samples", { index, op });
    steps.push(batched);
  }
  if (!program.outputs.every((slot) => counts[slot]))
    throw new NotBatchableError("an output does not depend on the input");
  return { ...program, inputs, steps };
}

/** Where packed tensors start. */
const sourcesOf = (types: readonly TensorType[]): number[] =>
  packedOffsets(types).offsets.map(({ start }) => start);

/** The input tensors of `batchProgram` that hold these packed inputs, sample by sample. */
export function joinInputs(program: Program, samples: readonly Uint8Array[]): Tensor[] {
  const unpacked = samples.map((input) => unpackInputs(program, input));
  return program.inputs.map((type, index) => {
    const bytes = new Uint8Array(samples.length * byteLength(type));
    unpacked.forEach((tensors, sample) => {
      bytes.set(bytesOf(tensors[index]!.data), sample * byteLength(type));
    });
    return { type: counted(type, samples.length), data: dataFromBytes(type.dtype, bytes) };
  });
}

/** The tensor of one sample of a tensor that holds several. */
export function sampleOf({ data }: Tensor, type: TensorType, sample: number): Tensor {
  const bytes = byteLength(type);
  return {
    type,
    data: dataFromBytes(type.dtype, bytesOf(data).subarray(sample * bytes, (sample + 1) * bytes)),
  };
}
