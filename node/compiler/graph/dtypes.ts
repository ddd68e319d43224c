// ONNX element types: codes, widths in a file, and the arrays that hold them.
import type { ConstantData, OnnxDType } from "./types.ts";

interface Format {
  readonly code: number;
  /** bits per element in raw data */
  readonly bits: number;
  readonly array: { new (length: number): ConstantData };
}

const formats: Readonly<Record<Exclude<OnnxDType, "string">, Format>> = {
  f32: { code: 1, bits: 32, array: Float32Array },
  u8: { code: 2, bits: 8, array: Uint8Array },
  i8: { code: 3, bits: 8, array: Int8Array },
  u16: { code: 4, bits: 16, array: Uint16Array },
  i16: { code: 5, bits: 16, array: Int16Array },
  i32: { code: 6, bits: 32, array: Int32Array },
  i64: { code: 7, bits: 64, array: BigInt64Array },
  bool: { code: 9, bits: 8, array: Uint8Array },
  f16: { code: 10, bits: 16, array: Float32Array },
  f64: { code: 11, bits: 64, array: Float64Array },
  u32: { code: 12, bits: 32, array: Uint32Array },
  u64: { code: 13, bits: 64, array: BigUint64Array },
  bf16: { code: 16, bits: 16, array: Float32Array },
  u4: { code: 21, bits: 4, array: Uint8Array },
  i4: { code: 22, bits: 4, array: Int8Array },
};

const STRING = 8;

export function dtypeOfCode(code: number | undefined): OnnxDType | undefined {
  if (code === STRING) return "string";
  for (const [dtype, format] of Object.entries(formats)) if (format.code === code) return dtype as OnnxDType;
  return undefined;
}

export const codeOfDtype = (dtype: OnnxDType): number => (dtype === "string" ? STRING : formats[dtype].code);

/** Bytes that `count` elements take in raw data. */
export const rawLength = (dtype: Exclude<OnnxDType, "string">, count: number): number =>
  Math.ceil((count * formats[dtype].bits) / 8);

export const allocateData = (dtype: Exclude<OnnxDType, "string">, count: number): ConstantData =>
  new formats[dtype].array(count);

/** IEEE 754 binary16 to the number. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const wideners: Partial<Record<OnnxDType, (bytes: Uint8Array, out: ConstantData) => void>> = {
  f16: (bytes, out) => {
    for (let index = 0; index < out.length; index++)
      out[index] = fromHalf(bytes[2 * index]! | (bytes[2 * index + 1]! << 8));
  },
  bf16: (bytes, out) => {
    const words = new Uint32Array(out.buffer);
    for (let index = 0; index < out.length; index++)
      words[index] = (bytes[2 * index]! << 16) | (bytes[2 * index + 1]! << 24);
  },
  u4: (bytes, out) => {
    for (let index = 0; index < out.length; index++)
      out[index] = (bytes[index >> 1]! >> (4 * (index & 1))) & 15;
  },
  i4: (bytes, out) => {
    for (let index = 0; index < out.length; index++) {
      const nibble = (bytes[index >> 1]! >> (4 * (index & 1))) & 15;
      out[index] = nibble < 8 ? nibble : nibble - 16;
    }
  },
  bool: (bytes, out) => {
    for (let index = 0; index < out.length; index++) out[index] = bytes[index] ? 1 : 0;
  },
};

/** Raw bytes as elements: a view where type and alignment allow it. */
export function fromRaw(dtype: Exclude<OnnxDType, "string">, bytes: Uint8Array, count: number): ConstantData {
  const widen = wideners[dtype];
  if (widen) {
    const out = allocateData(dtype, count);
    widen(bytes, out);
    return out;
  }
  const { array } = formats[dtype];
  const View = array as unknown as new (
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ) => ConstantData;
  const width = formats[dtype].bits / 8;
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return new View(aligned.buffer, aligned.byteOffset, count);
}
