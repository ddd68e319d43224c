// The committed vectors of the operators: a step, its operands and what it must give.
import { readFileSync } from "node:fs";
import { dataFromBytes, decodeDescriptor, type OpName, type Pass, type Tensor } from "@assay/sdk/program";
import { type Hex, hexToBytes } from "@assay/sdk/protocol";
import { isExactInOnnxruntime } from "./exactness.ts";
import type { StepCase } from "./stepCase.ts";

interface OpVector {
  readonly op: OpName;
  readonly name: string;
  readonly descriptor: Hex;
  readonly operands: readonly { readonly data: Hex }[];
  readonly pass: Pass;
  readonly expected: Hex;
}

export interface KnownStep {
  readonly stepCase: StepCase;
  readonly expected: readonly bigint[];
}

function stepCaseOf({ op, name, descriptor, operands, pass }: OpVector): StepCase {
  const step = decodeDescriptor(hexToBytes(descriptor));
  const tensors: Tensor[] = step.operands.map(({ type }, index) => ({
    type,
    data: dataFromBytes(type.dtype, hexToBytes(operands[index]!.data)),
  }));
  return {
    name: `${op}, ${name}`,
    step,
    operands: tensors,
    pass,
    onnx: isExactInOnnxruntime(step, tensors),
  };
}

export function opVectors(): KnownStep[] {
  const file = readFileSync(new URL("../vectors/ops.json", import.meta.url), "utf8");
  return (JSON.parse(file) as OpVector[]).map((vector) => {
    const stepCase = stepCaseOf(vector);
    const data = dataFromBytes(stepCase.step.out.dtype, hexToBytes(vector.expected));
    return { stepCase, expected: Array.from<number | bigint, bigint>(data, BigInt) };
  });
}
