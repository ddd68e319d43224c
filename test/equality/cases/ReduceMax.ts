// Cases of ReduceMax.
import { type DType, dtypeBounds, tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase, tensorOf } from "../stepCase.ts";
import { halves } from "./pairs.ts";

const dtypes: readonly DType[] = ["i8", "u8", "i32", "i64"];

function along(
  name: string,
  dtype: DType,
  shape: number[],
  axis: number,
  keepdims: 0 | 1,
  layout?: number[],
) {
  const data = filled(tensorType(dtype, shape), (index) => BigInt((index * 37 + 5) % 120));
  const reduced = shape.toSpliced(axis, 1, ...(keepdims === 1 ? [1] : []));
  return stepCase("ReduceMax", [data], tensorType(dtype, reduced, layout), {
    name,
    attributes: [axis, keepdims],
  });
}

function ends(dtype: DType) {
  const { min, max } = dtypeBounds(dtype);
  const data = tensorOf(dtype, [4, 3], [min, min, min, max, max, max, min, max, 0n, 1n, min, min]);
  return stepCase("ReduceMax", [data], tensorType(dtype, [4]), {
    name: `the ends of ${dtype}`,
    attributes: [1, 0],
  });
}

/** onnxruntime is wrong here for 64 bits, which is why checkProgram refuses them. */
function sameHalves(dtype: DType) {
  const values = halves(dtype);
  const data = tensorOf(dtype, [values.length, values.length], [...values, 0n]);
  return stepCase("ReduceMax", [data], tensorType(dtype, [values.length]), {
    name: `halves of ${dtype} that are the same`,
    attributes: [1, 0],
    onnx: dtype !== "i64",
  });
}

export const ReduceMax: readonly StepCase[] = [
  ...dtypes.map(ends),
  ...dtypes.map(sameHalves),
  ...dtypes.flatMap((dtype) => [
    along(`the first axis of ${dtype}`, dtype, [3, 2, 4], 0, 0, [1, 0]),
    along(`the middle of ${dtype}`, dtype, [3, 2, 4], 1, 1, [2, 1, 0]),
    along(`the last axis of ${dtype}`, dtype, [3, 2, 4], 2, 0),
    along(`one element of ${dtype}`, dtype, [1], 0, 0),
    along(`several tiles of ${dtype}`, dtype, [3, 700], 1, 1),
  ]),
];
