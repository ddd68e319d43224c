// Cases of Gather. Indices that lead nowhere never reach onnxruntime, which counts negative ones from the end.
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
  const shape = data.type.shape.toSpliced(axis, 1, ...indices.type.shape);
  const out = tensorType(data.type.dtype, shape, layout);
  return stepCase("Gather", [data, indices], out, { name, attributes: [axis], onnx });
}

const types: readonly DType[] = ["u8", "i8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"];

export const Gather: readonly StepCase[] = [
  ...types.map((dtype) =>
    gather(`rows of ${dtype}`, ramp(dtype, [5, 3]), tensorOf("i64", [4], [4, 0, 0, 2]), 0),
  ),
  gather("a scalar index takes an axis away", ramp("i32", [3, 4]), tensorOf("i32", [], [2]), 0),
  gather("columns", ramp("i32", [3, 4, 2]), tensorOf("i32", [2], [3, 1]), 1, true, [2, 0, 1]),
  gather("the innermost axis", ramp("u8", [2, 300]), tensorOf("i32", [2, 2], [299, 0, 150, 1]), 1),
  gather(
    "more axes",
    ramp("i16", [4, 2], [1, 0]),
    tensorOf("i64", [2, 3], [0, 3, 1, 2, 2, 0]),
    0,
    true,
    [2, 0, 1],
  ),
  gather("one element", ramp("i64", [1]), tensorOf("i64", [1], [0]), 0),
  gather("rows over several tiles", ramp("i32", [7, 400]), tensorOf("i64", [3], [6, 0, 3]), 0),
  gather(
    "indices that lead nowhere",
    ramp("i32", [3, 2]),
    tensorOf("i64", [8], [-1, 3, 2n ** 63n - 1n, -(2n ** 63n), 2, -3, 4, 2n ** 53n + 1n]),
    0,
    false,
  ),
  gather(
    "32-bit indices that lead nowhere",
    ramp("u8", [3]),
    tensorOf("i32", [4], [-1, 3, 2 ** 31 - 1, -(2 ** 31)]),
    0,
    false,
  ),
];
