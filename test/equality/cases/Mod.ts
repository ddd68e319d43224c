// Cases of Mod. A divisor that is not positive never reaches onnxruntime.
import { type DType, dtypeBounds } from "@assay/sdk/program";
import type { StepCase } from "../stepCase.ts";
import { extremes, integers, pair, stretches } from "./pairs.ts";

const divisors = (dtype: DType): bigint[] => {
  const { max } = dtypeBounds(dtype);
  return [1n, 2n, 3n, max / 2n + 1n, max - 1n, max];
};

/** What no runtime may be asked. */
function forbidden(dtype: DType) {
  const { min, max } = dtypeBounds(dtype);
  const below = min < 0n ? [-1n, -2n, min, -3n] : [0n, 0n, 0n, 0n];
  const options = { name: `zero, and below, of ${dtype}`, onnx: false };
  return pair("Mod", dtype, [min, max, 0n, min, 7n, max, 8n], [0n, 0n, 0n, ...below], options);
}

export const Mod: readonly StepCase[] = [
  pair("Mod", "i32", [-7, 7, -1, -8, -9, 0], [2, 2, 3, 4, 4, 5], { name: "takes the sign of the divisor" }),
  pair("Mod", "i32", [-7, 7, -8, 8, 0], [-2, -2, -4, -4, -5], { name: "of negative divisors", onnx: false }),
  ...integers.map((dtype) => extremes("Mod", dtype, { second: divisors })),
  ...integers.map(forbidden),
  ...stretches("Mod", "i32"),
  ...stretches("Mod", "i64"),
];
