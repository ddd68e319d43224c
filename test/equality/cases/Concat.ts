// Cases of Concat.
import { type DType, dtypeBounds, tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase } from "../stepCase.ts";

function concat(name: string, dtype: DType, shapes: readonly number[][], axis: number, layout?: number[]) {
  const { min, max } = dtypeBounds(dtype);
  const operands = shapes.map((shape, number) =>
    filled(tensorType(dtype, shape), (index) => {
      if (dtype === "bool") return BigInt((index + number) % 2);
      return [min, max, BigInt((index + 50 * number) % 120)][index % 3]!;
    }),
  );
  const size = shapes.reduce((sum, shape) => sum + shape[axis]!, 0);
  const out = tensorType(dtype, shapes[0]!.with(axis, size), layout);
  return stepCase("Concat", operands, out, { name, attributes: [axis] });
}

const types: readonly DType[] = ["u8", "i8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"];

export const Concat: readonly StepCase[] = [
  ...types.map((dtype) =>
    concat(
      `of ${dtype}`,
      dtype,
      [
        [2, 3],
        [1, 3],
      ],
      0,
    ),
  ),
  concat("one operand", "i32", [[2, 3]], 1),
  concat("eight operands", "u8", [[1], [2], [1], [3], [1], [1], [4], [1]], 0),
  concat(
    "along the innermost axis",
    "i64",
    [
      [2, 2, 1],
      [2, 2, 3],
    ],
    2,
    [2, 0, 1],
  ),
  concat(
    "along the middle",
    "i16",
    [
      [2, 1, 3],
      [2, 4, 3],
      [2, 2, 3],
    ],
    1,
    [1, 2, 0],
  ),
  concat(
    "several tiles",
    "i32",
    [
      [2, 300],
      [2, 400],
    ],
    1,
  ),
];
