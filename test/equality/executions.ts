// The executions off the chain that must be equal: fast and element by element in TypeScript, and in onnxruntime.

import {
  byteLength,
  elementCount,
  emitOnnx,
  inputName,
  operators,
  type Program,
  slotName,
  type Tensor,
  type TensorData,
  tensorType,
  wrap,
} from "@assay/sdk/program";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { StepCase } from "./stepCase.ts";

const toBigints = (data: TensorData): bigint[] => Array.from<bigint | number, bigint>(data, BigInt);

/** The fast reference execution. */
export const evaluated = ({ step, operands }: StepCase): bigint[] =>
  toBigints(operators[step.op].evaluate(step, operands));

/** The same, one element at a time. */
export function byElements({ step, operands }: StepCase): bigint[] {
  const read = (operand: number, index: number) => BigInt(operands[operand]!.data[index]!);
  const { element } = operators[step.op];
  return Array.from({ length: elementCount(step.out) }, (_, index) =>
    wrap(element(read, step, index), step.out.dtype),
  );
}

function toOrt({ data, type }: Tensor): OrtTensor {
  const dims = [...type.shape];
  if (data instanceof Uint8Array) return new OrtTensor("uint8", data, dims);
  if (data instanceof Int8Array) return new OrtTensor("int8", data, dims);
  if (data instanceof Int32Array) return new OrtTensor("int32", data, dims);
  return new OrtTensor("int64", data, dims);
}

/** The step as a model of one node in onnxruntime. */
export async function inOnnxruntime({ step, operands }: StepCase): Promise<bigint[]> {
  let offset = 0;
  const read = step.operands.map(({ type }) => {
    const source = { kind: "input", offset } as const;
    offset += Math.ceil(byteLength(type) / 8) * 8;
    return { source, type: tensorType(type.dtype, type.shape) };
  });
  const program: Program = {
    operatorSet: 1,
    maxPasses: 1,
    inputs: read.map(({ type }) => type),
    steps: [{ ...step, operands: read }],
    outputs: [0],
    constants: [],
  };
  const options = { graphOptimizationLevel: "basic", intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const session = await InferenceSession.create(emitOnnx(program), options);
  const feeds = Object.fromEntries(operands.map((tensor, index) => [inputName(index), toOrt(tensor)]));
  const result = (await session.run(feeds))[slotName(0)]!;
  await session.release();
  return toBigints(result.data as TensorData);
}
