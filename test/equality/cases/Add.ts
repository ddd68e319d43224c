// Cases of Add.
import { type DType, dtypeBounds, tensorType } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";

function extremes(dtype: DType) {
  const { min, max } = dtypeBounds(dtype);
  const a = [min, max, min, max, -1n, 0n, 1n, max];
  const b = [min, max, max, 1n, min, 0n, -1n, min];
  return stepCase("Add", [tensorOf(dtype, [8], a), tensorOf(dtype, [8], b)], tensorType(dtype, [8]), {
    name: `wraps at the ends of ${dtype}`,
  });
}

export const Add: readonly StepCase[] = [
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
];
