// Operands for self-tests: one value throughout, or numbers that are random and always the same.
import {
  allocate,
  type DType,
  dtypeBounds,
  elementCount,
  type Program,
  packInputs,
  type TensorData,
  type TensorType,
} from "@assay/sdk/program";

/** The largest weight that products of 8 bits may have without saturating on some processors. */
const largestWeight = 64n;

/** The least and greatest value; of an i8 that is multiplied, what programs may hold. */
export function extremes(
  dtype: DType,
  use: "inputs" | "weights" = "inputs",
): { least: bigint; greatest: bigint } {
  if (dtype === "i8" && use === "weights") return { least: -largestWeight, greatest: largestWeight };
  const { min, max } = dtypeBounds(dtype);
  return { least: min, greatest: max };
}

export function fill(type: TensorType, value: bigint): TensorData {
  const data = allocate(type.dtype, elementCount(type));
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.fill(value);
  else data.fill(Number(value));
  return data;
}

/** Every bit random, from a seed (xorshift32). */
export function randomData(type: TensorType, seed: number): TensorData {
  const data = allocate(type.dtype, elementCount(type));
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let state = seed >>> 0 || 1;
  for (let index = 0; index < bytes.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state >>> 8;
  }
  return data;
}

/** Extreme and random inputs, with their names. */
export function inputsOf(program: Program): [string, Uint8Array][] {
  const inputOf = (data: (type: TensorType, index: number) => TensorData) =>
    packInputs(program, program.inputs.map(data));
  return [
    ["all inputs least", inputOf((type) => fill(type, extremes(type.dtype).least))],
    ["all inputs greatest", inputOf((type) => fill(type, extremes(type.dtype).greatest))],
    ["random inputs 1", inputOf((type, index) => randomData(type, 1 + index))],
    ["random inputs 2", inputOf((type, index) => randomData(type, 101 + index))],
  ];
}
