// Cases of Div. A divisor that is not positive never reaches onnxruntime: INT_MIN / -1 kills the process.
import { type DType, dtypeBounds } from "@assay/sdk/program";
import type { StepCase } from "../stepCase.ts";
import { extremes, integers, pair, stretches } from "./pairs.ts";

const MIN = -(2n ** 31n);
const MAX = 2n ** 31n - 1n;
const signed: readonly DType[] = ["i8", "i16", "i32", "i64"];

const divisors = (dtype: DType): bigint[] => {
  const { max } = dtypeBounds(dtype);
  return [1n, 2n, 3n, max / 2n + 1n, max - 1n, max];
};

const divide = (name: string, dividends: bigint[], by: bigint[], onnx: boolean) =>
  pair("Div", "i32", dividends, by, { name, onnx });

/** What no runtime may be asked. */
function forbidden(dtype: DType) {
  const { min, max } = dtypeBounds(dtype);
  const options = { name: `zero, and below, of ${dtype}`, onnx: false };
  return pair("Div", dtype, [min, max, 0n, min, 7n], [0n, 0n, 0n, min < 0n ? -1n : 0n, min], options);
}

export const Div: readonly StepCase[] = [
  divide(
    "truncates toward zero",
    [-7n, 7n, -1n, 1n, -8n, -9n, MIN, MAX],
    [2n, 2n, 2n, 2n, 4n, 4n, 3n, 3n],
    true,
  ),
  divide("greatest divisors", [MIN, MAX, MIN + 1n, 0n], [MAX, MAX, MAX, 1n], true),
  divide("negative divisors", [-7n, 7n, MIN, MAX], [-2n, -2n, MIN, MIN], false),
  ...integers.map((dtype) => extremes("Div", dtype, { second: divisors })),
  ...integers.map(forbidden),
  ...signed.map((dtype) => {
    const { min } = dtypeBounds(dtype);
    return pair("Div", dtype, [min], [-1n], { name: `the quotient of ${dtype} that wraps`, onnx: false });
  }),
  ...stretches("Div", "i32"),
  ...stretches("Div", "u64"),
];
