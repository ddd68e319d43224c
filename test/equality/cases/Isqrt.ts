// Cases of Isqrt: beside squares, where a rounded root may be one too large, and outside what runtimes are asked.
import { tensorType } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";

function roots(name: string, values: readonly bigint[], onnx = true) {
  const shape = [values.length];
  return stepCase("Isqrt", [tensorOf("i64", shape, values)], tensorType("i64", shape), { name, onnx });
}

const besideSquares = (bases: readonly bigint[]): bigint[] =>
  bases.flatMap((base) => [base * base - 1n, base * base, base * base + 1n]);

const bases = Array.from({ length: 26 }, (_, power) => 2n ** BigInt(power)).flatMap((base) => [
  base,
  base + 1n,
]);
const MOST = 2n ** 63n - 1n;

export const Isqrt: readonly StepCase[] = [
  roots("small numbers", [0n, 1n, 2n, 3n, 4n, 5n, 8n, 9n, 10n]),
  roots("beside squares", besideSquares(bases)),
  roots("the greatest", [2n ** 52n, 2n ** 52n - 1n, (2n ** 26n - 1n) ** 2n, (2n ** 26n - 1n) ** 2n - 1n]),
  roots(
    "beyond what a double holds",
    besideSquares([2n ** 27n + 1n, 2n ** 30n - 1n, 3037000499n, 2n ** 31n]),
    false,
  ),
  roots("the ends of the type", [MOST, MOST - 1n, -(2n ** 63n), -1n], false),
  stepCase("Isqrt", [tensorOf("i64", [], [99])], tensorType("i64", []), { name: "a scalar" }),
];
