// Cases of Add.
import { dtypeBounds } from "../../../sdk/program/dtype.ts";
import { tensorType } from "../../../sdk/program/tensor.ts";
import type { DType } from "../../../sdk/program/types.ts";
import { type Random, tensorOf } from "../random.ts";
import { type CaseSource, randomLayout, stepCase } from "../stepCase.ts";
import { randomPair } from "./pair.ts";

function extremes(dtype: DType) {
  const { min, max } = dtypeBounds(dtype);
  const a = [min, max, min, max, -1n, 0n, 1n, max];
  const b = [min, max, max, 1n, min, 0n, -1n, min];
  return stepCase("Add", [tensorOf(dtype, [8], a), tensorOf(dtype, [8], b)], tensorType(dtype, [8]), {
    name: `wraps at the ends of ${dtype}`,
  });
}

export const Add: CaseSource = {
  worst: [
    extremes("i32"),
    extremes("i64"),
    stepCase("Add", [tensorOf("i32", [], [5]), tensorOf("i32", [], [-7])], tensorType("i32", []), {
      name: "two scalars",
    }),
    stepCase(
      "Add",
      [tensorOf("i32", [2, 1, 3], [1, 2, 3, 4]), tensorOf("i32", [4, 1], [10, 20, 30])],
      tensorType("i32", [2, 4, 3], [2, 0, 1]),
      { name: "both stretch" },
    ),
  ],
  random(random: Random) {
    const { a, b, out } = randomPair(random);
    const dtype = random.pick(["i32", "i64"] as const);
    const operands = [random.tensor(dtype, a), random.tensor(dtype, b)];
    return stepCase("Add", operands, randomLayout(random, dtype, out));
  },
};
