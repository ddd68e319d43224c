// Cases of Pad. No runtime pads scalars or 16-bit integers.
import { type DType, dtypeBounds, tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase } from "../stepCase.ts";
import { integers } from "./pairs.ts";

interface Around {
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  readonly value: bigint;
}

function pad(
  name: string,
  dtype: DType,
  shape: number[],
  { begins, ends, value }: Around,
  layout?: number[],
) {
  const data = filled(tensorType(dtype, shape), (index) => BigInt((index * 37 + 5) % 120));
  const attributes = [...Array.from({ length: 8 }, (_, axis) => begins[axis] ?? 0), value];
  const out = tensorType(
    dtype,
    shape.map((size, axis) => begins[axis]! + size + ends[axis]!),
    layout,
  );
  const onnx = shape.length > 0 && dtype !== "i16" && dtype !== "u16";
  return stepCase("Pad", [data], out, { name, attributes, onnx });
}

const MOST = 2n ** 63n - 1n;

export const Pad: readonly StepCase[] = [
  ...integers.flatMap((dtype) => {
    const { min, max } = dtypeBounds(dtype);
    const around = { begins: [1, 0], ends: [0, 2] };
    return [
      pad(`the least of ${dtype}`, dtype, [2, 2], { ...around, value: min }),
      pad(`the greatest of ${dtype}`, dtype, [2, 2], { ...around, value: max < MOST ? max : MOST }),
    ];
  }),
  pad("a scalar", "i32", [], { begins: [], ends: [], value: 3n }),
  pad("nothing", "i32", [3], { begins: [0], ends: [0], value: 9n }),
  pad("before only", "u8", [1], { begins: [7], ends: [0], value: 200n }),
  pad("three axes", "i64", [2, 1, 3], { begins: [0, 2, 1], ends: [3, 0, 1], value: -1n }, [2, 0, 1]),
  pad("several tiles", "i32", [3, 200], { begins: [1, 50], ends: [1, 100], value: -7n }, [1, 0]),
];
