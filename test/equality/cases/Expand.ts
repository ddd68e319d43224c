// Cases of Expand.
import { type DType, tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase } from "../stepCase.ts";

function expand(name: string, dtype: DType, shape: number[], out: number[], layout?: number[]) {
  const data = filled(tensorType(dtype, shape), (index) =>
    BigInt((index * 37 + 5) % (dtype === "bool" ? 2 : 120)),
  );
  return stepCase("Expand", [data], tensorType(dtype, out, layout), { name });
}

const types: readonly DType[] = ["u8", "i8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"];

export const Expand: readonly StepCase[] = [
  ...types.map((dtype) => expand(`of ${dtype}`, dtype, [3, 1], [3, 4])),
  expand("a scalar to a scalar", "i32", [], []),
  expand("a scalar to a cube", "i32", [], [2, 3, 2]),
  expand("nothing", "i32", [2, 3], [2, 3], [1, 0]),
  expand("in the middle and in front", "i64", [2, 1, 3], [2, 2, 4, 3], [3, 1, 0, 2]),
  expand("several tiles", "u8", [1, 700], [3, 700]),
];
