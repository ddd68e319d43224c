// The executions off the chain that must be equal: fast and element by element in TypeScript, and in onnxruntime.

import {
  elementCount,
  emitOnnx,
  inputName,
  operators,
  type Program,
  packedOffsets,
  slotName,
  type TensorData,
  tensorType,
  wrap,
} from "@assay/sdk/program";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-common";
import * as native from "onnxruntime-node";
import type { StepCase } from "./stepCase.ts";

const toBigints = (data: TensorData): bigint[] => Array.from<bigint | number, bigint>(data, BigInt);

/** The fast reference execution. */
export const evaluated = ({ step, operands, pass }: StepCase): bigint[] =>
  toBigints(operators[step.op].evaluate(step, operands, pass));

/** The same, one element at a time. */
export function byElements({ step, operands, pass }: StepCase): bigint[] {
  const read = (operand: number, index: number) => BigInt(operands[operand]!.data[index]!);
  const { element } = operators[step.op];
  return Array.from({ length: elementCount(step.out) }, (_, index) =>
    wrap(element(read, step, index, pass), step.out.dtype),
  );
}

export const ortTypes = {
  u8: "uint8",
  i8: "int8",
  i16: "int16",
  u16: "uint16",
  i32: "int32",
  u32: "uint32",
  i64: "int64",
  u64: "uint64",
  bool: "bool",
} as const;

/** One of onnxruntime's builds. */
export interface Runtime {
  readonly Tensor: new (type: OrtTensor.Type, data: OrtTensor.DataType, dims: readonly number[]) => OrtTensor;
  open(file: Uint8Array): Promise<InferenceSession>;
}

const nativeRuntime: Runtime = {
  Tensor: native.Tensor,
  open: (file) =>
    native.InferenceSession.create(file, {
      graphOptimizationLevel: "basic",
      intraOpNumThreads: 1,
      logSeverityLevel: 3,
    }),
};

/** The steps side by side as one model in onnxruntime, each a node of its own. */
export async function inOnnxruntime(
  cases: readonly StepCase[],
  { Tensor, open }: Runtime = nativeRuntime,
): Promise<bigint[][]> {
  if (cases.length === 0) return [];
  const inputs = cases.flatMap(({ operands }) =>
    operands.map(({ type }) => tensorType(type.dtype, type.shape)),
  );
  const { offsets } = packedOffsets(inputs);
  let next = 0;
  const program: Program = {
    operatorSet: 1,
    maxPasses: 1,
    inputs,
    steps: cases.map(({ step }) => ({
      ...step,
      operands: step.operands.map(() => ({
        source: { kind: "input", offset: offsets[next]!.start },
        type: inputs[next++]!,
      })),
    })),
    outputs: cases.map((_, slot) => slot),
    constants: [],
  };
  const session = await open(emitOnnx(program));
  const feeds = Object.fromEntries(
    cases
      .flatMap(({ operands }) => operands)
      .map(({ data, type }, index) => [inputName(index), new Tensor(ortTypes[type.dtype], data, type.shape)]),
  );
  const results = await session.run(feeds);
  await session.release();
  return cases.map((_, slot) => toBigints(results[slotName(slot)]!.data as TensorData));
}
