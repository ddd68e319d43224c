// How a program's integers stand for numbers that people use: the codecs of a manifest, computed in binary64.
import { BaseError } from "../errors.ts";
import { allocate, dtypeBounds, isWide } from "./dtype.ts";
import type { DType, TensorData } from "./types.ts";

/**
 * `linear`: number = scale · (integer − zeroPoint). To an integer: number / scale in binary64, rounded half to even, plus
 * zeroPoint, clamped to the dtype. `integer`: the integer itself.
 */
export type Codec =
  | { readonly kind: "linear"; readonly scale: number; readonly zeroPoint: number }
  | { readonly kind: "integer" };

/** A number that no codec can write, or values of the wrong count. */
export class CodecError extends BaseError {
  override readonly name = "CodecError";
}

/** The nearest integer, the even one of two equally near. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Turns numbers into a program's integers. A bigint is taken as it is where the tensor holds 64-bit integers.
 * @example
 * encodeNumbers({ kind: "linear", scale: 1 / 255, zeroPoint: 0 }, "u8", [0, 0.5, 1]); // Uint8Array [0, 128, 255]
 */
export function encodeNumbers(codec: Codec, dtype: DType, numbers: ArrayLike<number | bigint>): TensorData {
  const data = allocate(dtype, numbers.length);
  const { min, max } = dtypeBounds(dtype);
  for (let index = 0; index < numbers.length; index++) {
    const given = numbers[index]!;
    if (typeof given === "bigint" && codec.kind === "integer" && isWide(data)) {
      if (given < min || given > max)
        throw new CodecError("An integer is out of range.", { facts: { index, number: given, dtype } });
      data[index] = given;
      continue;
    }
    const number = Number(given);
    if (!Number.isFinite(number))
      throw new CodecError("Only finite numbers can be encoded.", { facts: { index, number } });
    const scaled = codec.kind === "linear" ? number / codec.scale : number;
    const integer = roundHalfEven(scaled) + (codec.kind === "linear" ? codec.zeroPoint : 0);
    if (codec.kind === "integer" && integer !== number)
      throw new CodecError("This tensor takes integers.", { facts: { index, number } });
    const clamped = Math.max(Number(min), Math.min(Number(max), integer));
    if (codec.kind === "integer" && clamped !== number)
      throw new CodecError("An integer is out of range.", { facts: { index, number, dtype } });
    if (isWide(data)) data[index] = BigInt(clamped) > max ? max : BigInt(clamped);
    else data[index] = clamped;
  }
  return data;
}

/** Turns a program's integers into numbers; an i64 beyond 2^53 loses its low digits. */
export function decodeNumbers(codec: Codec, data: TensorData): Float64Array {
  const numbers = new Float64Array(data.length);
  for (let index = 0; index < data.length; index++) {
    const integer = Number(data[index]);
    numbers[index] = codec.kind === "linear" ? codec.scale * (integer - codec.zeroPoint) : integer;
  }
  return numbers;
}
