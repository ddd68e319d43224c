// Cases of BitShift. Shifts by the type's width or more never reach onnxruntime.
import { type DType, WIDTH } from "@assay/sdk/program";
import type { StepCase } from "../stepCase.ts";
import { extremes, pair, stretches } from "./pairs.ts";

const dtypes: readonly DType[] = ["u8", "u32", "u64"];

const shifts = (dtype: DType): bigint[] => {
  const bits = BigInt(8 * WIDTH[dtype]);
  return [0n, 1n, bits / 2n, bits - 2n, bits - 1n];
};

function beyond(dtype: DType, direction: number) {
  const bits = BigInt(8 * WIDTH[dtype]);
  const most = 2n ** bits - 1n;
  const options = {
    name: `${dtype} by its width and more`,
    attributes: [direction],
    onnx: false,
  };
  return pair("BitShift", dtype, [most, most, 1n, most], [bits, bits + 1n, most, bits - 1n], options);
}

export const BitShift: readonly StepCase[] = [0, 1].flatMap((direction) => [
  ...dtypes.map((dtype) => extremes("BitShift", dtype, { attributes: [direction], second: shifts })),
  ...dtypes.map((dtype) => beyond(dtype, direction)),
  ...stretches("BitShift", "u8", { attributes: [direction] }),
  ...stretches("BitShift", "u64", { attributes: [direction] }),
]);
