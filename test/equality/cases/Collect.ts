// Cases of Collect, which no ONNX runtime knows.
import { byteLength, type Tensor, tensorType } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";

function collect(name: string, operands: readonly Tensor[]) {
  const end = operands.reduce((start, { type }) => Math.ceil(start / 8) * 8 + byteLength(type), 0);
  return stepCase("Collect", operands, tensorType("u8", [end]), { name, onnx: false });
}

export const Collect: readonly StepCase[] = [
  collect("zeros between outputs", [
    tensorOf("u8", [3], [255, 254, 253]),
    tensorOf("i64", [], [-(2n ** 63n)]),
    tensorOf("i8", [1], [-1]),
    tensorOf("i32", [2], [-2, 2n ** 31n - 1n]),
  ]),
  collect("one byte", [tensorOf("u8", [], [1])]),
  collect("several tiles", [tensorOf("i32", [300], [-1, 2, -3]), tensorOf("u8", [7], [9])]),
];
