// Cases of MatMulInteger.
import { tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase, tensorOf } from "../stepCase.ts";

/** A [1,K] × B [K,1], both filled with one value each, in the layout that makes the sum contiguous or not. */
function dot(
  name: string,
  length: number,
  a: number,
  b: number,
  dtype: "u8" | "i8",
  zeros: [number, number],
  onnx = true,
) {
  const layout = name.includes("strided") ? [0, 1] : [1, 0];
  const operands = [
    filled(tensorType("u8", [1, length]), () => BigInt(a)),
    filled(tensorType(dtype, [length, 2], layout), (index) => BigInt(index % 2 === 0 ? b : -b & 127)),
  ];
  return stepCase("MatMulInteger", operands, tensorType("i32", [1, 2]), { name, attributes: zeros, onnx });
}

function ramp(length: number) {
  const operands = [
    filled(tensorType("u8", [2, length]), (index) => BigInt((index * 37 + 11) % 256)),
    filled(tensorType("u8", [length, 2], [1, 0]), (index) => BigInt((index * 101 + 5) % 256)),
  ];
  const options = { name: `a ramp of ${length}`, attributes: [7, 200] };
  return stepCase("MatMulInteger", operands, tensorType("i32", [2, 2]), options);
}

export const MatMulInteger: readonly StepCase[] = [
  dot("greatest products, no zero points", 8192, 255, 255, "u8", [0, 0]),
  dot("greatest negative products", 1031, 255, 0, "u8", [0, 255]),
  dot("zero points at the far end", 1025, 0, 0, "u8", [255, 255]),
  dot("greatest signed weights", 4096, 255, 64, "i8", [0, 0]),
  dot("least signed weights", 4096, 255, -64, "i8", [255, 0]),
  dot("weights of the full signed range", 300, 255, -128, "i8", [3, 0], false),
  dot("a strided sum", 61, 254, 253, "u8", [1, 2]),
  dot("the longest signed sum", 32768, 255, -64, "i8", [0, 0]),
  ...[1, 2, 29, 30, 31, 32, 33, 59, 60, 61, 1023, 1024, 1025, 2047].map(ramp),
  stepCase(
    "MatMulInteger",
    [tensorOf("u8", [3, 1, 2, 3], [1, 255, 0, 17]), tensorOf("i8", [2, 3, 2], [-64, 64, 1, -1, 0])],
    tensorType("i32", [3, 2, 2, 2]),
    { name: "stacks that stretch to each other", attributes: [128, 0] },
  ),
];
