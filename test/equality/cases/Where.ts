// Cases of Where.
import { type DType, dtypeBounds, tensorType } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";

const dtypes: readonly DType[] = ["u8", "i32", "i64"];

function ends(dtype: DType) {
  const { min, max } = dtypeBounds(dtype);
  const operands = [
    tensorOf("bool", [4], [0, 1]),
    tensorOf(dtype, [4], [min, min, max, max]),
    tensorOf(dtype, [4], [max, max, min, min]),
  ];
  return stepCase("Where", operands, tensorType(dtype, [4]), { name: `the ends of ${dtype}` });
}

function stretch(name: string, shapes: [number[], number[], number[]], out: number[], layout?: number[]) {
  const [condition, x, y] = shapes;
  const operands = [
    tensorOf("bool", condition, [1, 0, 0, 1, 1]),
    tensorOf("i32", x, [10, 11, 12, 13, 14]),
    tensorOf("i32", y, [-20, -21, -22]),
  ];
  return stepCase("Where", operands, tensorType("i32", out, layout), { name });
}

export const Where: readonly StepCase[] = [
  ...dtypes.map(ends),
  stretch("three scalars", [[], [], []], []),
  stretch("one condition", [[1], [2, 3], [3]], [2, 3], [1, 0]),
  stretch("one condition for each row", [[4, 1], [1, 3], []], [4, 3]),
  stretch(
    "all three stretch",
    [
      [2, 1, 1],
      [1, 3, 1],
      [1, 1, 4],
    ],
    [2, 3, 4],
    [1, 2, 0],
  ),
  stretch("axes that come in front", [[3], [2, 1, 1], [2, 3]], [2, 2, 3]),
  stretch("several tiles", [[600], [2, 600], [1]], [2, 600]),
];
