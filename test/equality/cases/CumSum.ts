// Cases of CumSum.
import { type DType, dtypeBounds, tensorType } from "@assay/sdk/program";
import { type StepCase, stepCase, tensorOf } from "../stepCase.ts";

const dtypes: readonly DType[] = ["i32", "i64"];
const kinds = [0, 1].flatMap((exclusive) => [0, 1].map((reverse) => ({ exclusive, reverse })));

function sums(dtype: DType, shape: number[], axis: number, layout?: number[]): StepCase[] {
  const { min, max } = dtypeBounds(dtype);
  return kinds.flatMap(({ exclusive, reverse }) => {
    const name = `axis ${axis} of ${shape}, ${dtype}, ${exclusive ? "without" : "with"} itself, from the ${reverse ? "end" : "start"}`;
    const attributes = [axis, exclusive, reverse];
    const out = tensorType(dtype, shape, layout);
    return [
      stepCase("CumSum", [tensorOf(dtype, shape, [5, -3, 70000, 1, -2])], out, { name, attributes }),
      stepCase("CumSum", [tensorOf(dtype, shape, [max, 1n, min, min, max])], out, {
        name: `wraps: ${name}`,
        attributes,
        onnx: false,
      }),
    ];
  });
}

export const CumSum: readonly StepCase[] = dtypes.flatMap((dtype) => [
  ...sums(dtype, [5], 0),
  ...sums(dtype, [1], 0),
  ...sums(dtype, [3, 4], 0, [1, 0]),
  ...sums(dtype, [2, 3, 4], 1, [2, 0, 1]),
  ...sums(dtype, [2, 150], 1),
]);
