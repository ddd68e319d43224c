// Cases of Transpose.
import { type DType, tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase } from "../stepCase.ts";

function transpose(name: string, dtype: DType, shape: number[], permutation: number[], layout?: number[]) {
  const data = filled(tensorType(dtype, shape), (index) =>
    BigInt((index * 37 + 5) % (dtype === "bool" ? 2 : 120)),
  );
  const attributes = Array.from({ length: 8 }, (_, axis) => permutation[axis] ?? axis);
  const out = tensorType(
    dtype,
    permutation.map((axis) => shape[axis]!),
    layout,
  );
  return stepCase("Transpose", [data], out, { name, attributes });
}

const types: readonly DType[] = ["u8", "i8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"];

export const Transpose: readonly StepCase[] = [
  ...types.map((dtype) => transpose(`of ${dtype}`, dtype, [2, 3, 4], [2, 0, 1])),
  transpose("a scalar", "i32", [], []),
  transpose("a row", "i32", [5], [0]),
  transpose("nothing", "i32", [2, 3], [0, 1], [1, 0]),
  transpose("heads", "i8", [6, 4, 8], [1, 0, 2], [1, 0, 2]),
  transpose("axes of one", "i64", [1, 3, 1, 2], [3, 0, 1, 2]),
  transpose("several tiles", "i32", [40, 30], [1, 0]),
  transpose("eight axes", "u8", [2, 1, 2, 3, 1, 2, 1, 2], [7, 6, 5, 4, 3, 2, 1, 0]),
];
