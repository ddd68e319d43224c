// A node test's program in the reference execution, step by step, and in onnxruntime.
import {
  type DType,
  emitOnnx,
  execute,
  inputName,
  ONLY_PASS,
  type Operand,
  packedOffsets,
  packInputs,
  slotName,
  type Tensor,
  type TensorData,
} from "@assay/sdk/program";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { NodeTest } from "./nodeTests.ts";
import type { StepCase } from "./stepCase.ts";

const ortTypes: Readonly<Record<DType, OrtTensor.Type>> = {
  u8: "uint8",
  i8: "int8",
  u16: "uint16",
  i16: "int16",
  u32: "uint32",
  i32: "int32",
  u64: "uint64",
  i64: "int64",
  bool: "bool",
};

/** A program and what goes in. */
export type Run = Pick<NodeTest, "name" | "program" | "inputs">;

export const slotsOf = ({ program, inputs }: Run): Tensor[] => execute(program, packInputs(program, inputs));

/** Every step with the operands that it has in this case. */
export function stepCases(test: Run): StepCase[] {
  const { name, program, inputs } = test;
  const slots = slotsOf(test);
  const { offsets } = packedOffsets(program.inputs);
  const operandOf = ({ source, type }: Operand): Tensor => {
    if (source.kind === "slot") return slots[source.index]!;
    if (source.kind === "constant") return program.constants[source.index]!;
    return { type, data: inputs[offsets.findIndex(({ start }) => start === source.offset)]! };
  };
  return program.steps.map((step, index) => ({
    name: `${name}, step ${index} (${step.op})`,
    step,
    operands: step.operands.map(operandOf),
    onnx: true,
    pass: ONLY_PASS,
  }));
}

/** The program's outputs in onnxruntime, from the file that it is served as. */
export async function outputsInOnnxruntime({ program, inputs }: NodeTest): Promise<TensorData[]> {
  const options = { graphOptimizationLevel: "basic", intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const session = await InferenceSession.create(emitOnnx(program), options);
  const feeds = Object.fromEntries(
    program.inputs.map(({ dtype, shape }, index) => [
      inputName(index),
      new OrtTensor(ortTypes[dtype], inputs[index]! as OrtTensor.DataType, [...shape]),
    ]),
  );
  const results = await session.run(feeds);
  await session.release();
  return program.outputs.map((slot) => results[slotName(slot)]!.data as TensorData);
}
