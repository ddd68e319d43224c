// Cases of Div. A divisor that is not positive never reaches onnxruntime: INT_MIN / -1 kills the process.
import { tensorType } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";

const MIN = -(2n ** 31n);
const MAX = 2n ** 31n - 1n;

function divide(name: string, dividends: bigint[], divisors: bigint[], onnx: boolean) {
  const shape = [dividends.length];
  const operands = [tensorOf("i32", shape, dividends), tensorOf("i32", shape, divisors)];
  return stepCase("Div", operands, tensorType("i32", shape), { name, onnx });
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
  divide("the quotient that wraps", [MIN], [-1n], false),
  divide("nothing by nothing is nothing", [0n, 1n, MIN, MAX], [0n, 0n, 0n, 0n], false),
];
