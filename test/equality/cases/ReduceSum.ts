// Cases of ReduceSum.
import { type DType, dtypeBounds, tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase, tensorOf } from "../stepCase.ts";

const dtypes: readonly DType[] = ["i32", "i64"];

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
  return stepCase("ReduceSum", [data], tensorType(dtype, reduced, layout), {
    name,
    attributes: [axis, keepdims],
  });
}

/** Sums that no runtime is asked: in another order they may be rounded or overflow. */
function ends(dtype: DType) {
  const { min, max } = dtypeBounds(dtype);
  const data = tensorOf(dtype, [4, 3], [min, min, min, max, max, max, min, max, -1n, max, min, 1n]);
  const options = { name: `wraps at the ends of ${dtype}`, attributes: [1, 0], onnx: false };
  return stepCase("ReduceSum", [data], tensorType(dtype, [4]), options);
}

/** The largest sums that runtimes add up exactly. */
function largest(dtype: DType, bits: bigint) {
  const most = 2n ** bits - 1n;
  const rows = [most - 1n, 1n, 0n, -most, 0n, 0n, most / 2n, -(most / 2n), 1n];
  const options = { name: `the largest sums of ${dtype}`, attributes: [1, 0] };
  return stepCase("ReduceSum", [tensorOf(dtype, [3, 3], rows)], tensorType(dtype, [3]), options);
}

export const ReduceSum: readonly StepCase[] = [
  ...dtypes.map(ends),
  largest("i32", 31n),
  largest("i64", 53n),
  ...dtypes.flatMap((dtype) => [
    along(`the first axis of ${dtype}`, dtype, [3, 2, 4], 0, 0, [1, 0]),
    along(`the middle of ${dtype}`, dtype, [3, 2, 4], 1, 1, [2, 1, 0]),
    along(`the last axis of ${dtype}`, dtype, [3, 2, 4], 2, 0),
    along(`one element of ${dtype}`, dtype, [1], 0, 0),
    along(`several tiles of ${dtype}`, dtype, [3, 700], 1, 1),
  ]),
];
