// Cases of Slice.
import { type DType, tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase } from "../stepCase.ts";

interface Part {
  readonly start: number;
  readonly step: number | bigint;
  readonly count: number;
}

function slice(
  name: string,
  dtype: DType,
  shape: number[],
  parts: readonly Part[],
  layout?: number[],
  onnx = true,
) {
  const data = filled(tensorType(dtype, shape), (index) =>
    BigInt((index * 37 + 5) % (dtype === "bool" ? 2 : 120)),
  );
  const attributes = [
    ...Array.from({ length: 8 }, (_, axis) => parts[axis]?.start ?? 0),
    ...Array.from({ length: 8 }, (_, axis) => parts[axis]?.step ?? 1),
  ];
  const out = tensorType(
    dtype,
    parts.map(({ count }) => count),
    layout,
  );
  return stepCase("Slice", [data], out, { name, attributes, onnx });
}

const types: readonly DType[] = ["u8", "i8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"];
const all = (count: number): Part => ({ start: 0, step: 1, count });

export const Slice: readonly StepCase[] = [
  ...types.map((dtype) => slice(`of ${dtype}`, dtype, [5, 4], [{ start: 1, step: 2, count: 2 }, all(4)])),
  slice("a scalar, which no runtime slices", "i32", [], [], undefined, false),
  slice("backwards to the very first", "i32", [6, 2], [{ start: 5, step: -1, count: 6 }, all(2)]),
  slice("backwards in large steps", "i64", [9], [{ start: 8, step: -4, count: 3 }]),
  slice("backwards and not to the end", "u8", [9], [{ start: 7, step: -3, count: 2 }]),
  slice("the last element", "i32", [4], [{ start: 3, step: 1, count: 1 }]),
  slice(
    "one element with a step of the greatest size",
    "i32",
    [4],
    [{ start: 0, step: 2 ** 31 - 1, count: 1 }],
  ),
  slice(
    "one element with a step back out of the axis",
    "i32",
    [4],
    [{ start: 3, step: -(2 ** 31 - 1), count: 1 }],
  ),
  slice(
    "one element with a step of 64 bits",
    "i32",
    [4],
    [{ start: 3, step: 2n ** 63n - 1n, count: 1 }],
    undefined,
    false,
  ),
  slice(
    "one element with the least step",
    "i32",
    [4],
    [{ start: 3, step: -(2n ** 63n), count: 1 }],
    undefined,
    false,
  ),
  slice(
    "three axes",
    "i16",
    [4, 5, 6],
    [
      { start: 3, step: -2, count: 2 },
      { start: 1, step: 3, count: 2 },
      { start: 5, step: -1, count: 5 },
    ],
    [1, 2, 0],
  ),
  slice(
    "half of the last axis over several tiles",
    "i32",
    [3, 800],
    [all(3), { start: 400, step: 1, count: 400 }],
  ),
  slice(
    "eight axes",
    "u8",
    [2, 1, 2, 1, 2, 1, 2, 2],
    Array.from({ length: 8 }, (_, axis) => ({
      start: axis % 2 === 0 ? 1 : 0,
      step: -1,
      count: axis % 2 === 0 ? 2 : 1,
    })),
  ),
];
