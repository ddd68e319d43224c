// Cases of ScatterElements. Indices that are named twice or lead nowhere never reach onnxruntime.
import { type DType, tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase, tensorOf } from "../stepCase.ts";

type Operand = ReturnType<typeof tensorOf>;

const ramp = (dtype: DType, shape: number[], layout?: number[]) =>
  filled(tensorType(dtype, shape, layout), (index) =>
    BigInt((index * 37 + 5) % (dtype === "bool" ? 2 : 120)),
  );

/** Updates that no element of the ramp is, but for `bool`. */
const updates = (dtype: DType, shape: readonly number[]) =>
  filled(tensorType(dtype, [...shape]), (index) =>
    dtype === "bool" ? BigInt(index + 1) % 2n : 127n - BigInt(index % 7),
  );

function scatter(
  name: string,
  data: Operand,
  indices: Operand,
  axis: number,
  onnx = true,
  layout?: number[],
) {
  const { dtype, shape } = data.type;
  const operands = [data, indices, updates(dtype, indices.type.shape)];
  return stepCase("ScatterElements", operands, tensorType(dtype, shape, layout), {
    name,
    attributes: [axis],
    onnx,
  });
}

const types: readonly DType[] = ["u8", "i8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"];

export const ScatterElements: readonly StepCase[] = [
  ...types.map((dtype) =>
    scatter(`of ${dtype}`, ramp(dtype, [4, 3]), tensorOf("i64", [2, 3], [1, 3, 0, 2, 0, 3]), 0),
  ),
  scatter(
    "one place of a cache",
    ramp("i8", [2, 6, 4], [1, 0, 2]),
    tensorOf("i64", [2, 1, 4], [4]),
    1,
    true,
    [1, 0, 2],
  ),
  scatter(
    "a part of the other axes",
    ramp("i32", [3, 5]),
    tensorOf("i32", [2, 2], [4, 1, 0, 3]),
    1,
    true,
    [1, 0],
  ),
  scatter("every place", ramp("u8", [5]), tensorOf("i32", [5], [3, 1, 4, 0, 2]), 0),
  scatter("one element", ramp("i64", [1]), tensorOf("i64", [1], [0]), 0),
  scatter("several tiles", ramp("i32", [3, 500]), tensorOf("i64", [3, 3], [499, 0, 250]), 1),
  scatter(
    "the same place again: the last one counts",
    ramp("i32", [3, 2]),
    tensorOf("i64", [4, 2], [1, 0, 1, 2, 0, 0, 1, 0]),
    0,
    false,
  ),
  scatter(
    "places that do not exist",
    ramp("i32", [3]),
    tensorOf("i64", [5], [-1, 3, 2n ** 63n - 1n, -(2n ** 63n), 1]),
    0,
    false,
  ),
  scatter(
    "the most indices along the axis",
    ramp("u8", [3, 2]),
    filled(tensorType("i32", [1024, 2]), (index) => BigInt(index % 5 === 0 ? index % 2 : 2)),
    0,
    false,
  ),
];
