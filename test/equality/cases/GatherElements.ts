// Cases of GatherElements. Indices that lead nowhere never reach onnxruntime.
import { type DType, tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase, tensorOf } from "../stepCase.ts";

const ramp = (dtype: DType, shape: number[], layout?: number[]) =>
  filled(tensorType(dtype, shape, layout), (index) =>
    BigInt((index * 37 + 5) % (dtype === "bool" ? 2 : 120)),
  );

function gather(
  name: string,
  data: ReturnType<typeof ramp>,
  indices: ReturnType<typeof tensorOf>,
  axis: number,
  onnx = true,
  layout?: number[],
) {
  const out = tensorType(data.type.dtype, indices.type.shape, layout);
  return stepCase("GatherElements", [data, indices], out, { name, attributes: [axis], onnx });
}

const types: readonly DType[] = ["u8", "i8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"];

export const GatherElements: readonly StepCase[] = [
  ...types.map((dtype) =>
    gather(`of ${dtype}`, ramp(dtype, [3, 3]), tensorOf("i64", [2, 3], [1, 2, 0, 2, 0, 0]), 0),
  ),
  gather(
    "fewer rows and more columns",
    ramp("i32", [4, 3], [1, 0]),
    tensorOf("i32", [2, 5], [2, 2, 0, 1, 1]),
    1,
    true,
    [1, 0],
  ),
  gather(
    "along the middle",
    ramp("u8", [2, 5, 3]),
    tensorOf("i64", [2, 7, 2], [4, 0, 3, 1]),
    1,
    true,
    [2, 1, 0],
  ),
  gather("a row", ramp("i64", [9]), tensorOf("i32", [4], [8, 8, 0, 4]), 0),
  gather("one element", ramp("i32", [1, 1]), tensorOf("i64", [1, 1], [0]), 1),
  gather("several tiles", ramp("i32", [3, 500]), tensorOf("i64", [3, 400], [499, 0, 250, 333]), 1),
  gather(
    "indices that lead nowhere",
    ramp("i32", [3, 2]),
    tensorOf("i64", [4, 2], [-1, 3, 2n ** 63n - 1n, 0, -(2n ** 63n), 2, -3, 1]),
    0,
    false,
  ),
];
