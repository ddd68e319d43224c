// Cases of ArgMax.
import { type DType, dtypeBounds, tensorType } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";
import { halves } from "./pairs.ts";

const dtypes: readonly DType[] = ["i8", "u8", "i32", "i64"];

const extremes = (dtype: DType) => {
  const { min, max } = dtypeBounds(dtype);
  return stepCase(
    "ArgMax",
    [tensorOf(dtype, [3, 3], [min, min, min, 0, max, max, min, max, 0])],
    tensorType("i64", [3]),
    {
      name: `ends and ties of ${dtype}`,
      attributes: [1, 0],
    },
  );
};

const sameHalves = (dtype: DType) => {
  const values = halves(dtype);
  const count = values.length;
  return stepCase("ArgMax", [tensorOf(dtype, [count, count], [...values, 0n])], tensorType("i64", [count]), {
    name: `halves of ${dtype} that are the same`,
    attributes: [1, 0],
  });
};

export const ArgMax: readonly StepCase[] = [
  ...dtypes.map(extremes),
  ...dtypes.map(sameHalves),
  stepCase("ArgMax", [tensorOf("i32", [1], [-5])], tensorType("i64", []), {
    name: "one element",
    attributes: [0, 0],
  }),
  stepCase("ArgMax", [tensorOf("i32", [2, 300], [1, 2, 3, 3, 2])], tensorType("i64", [2, 1]), {
    name: "ties over several tiles",
    attributes: [1, 1],
  }),
];
