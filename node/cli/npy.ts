// Reads NumPy's .npy files: numbers with their shape, in row-major order.
import { FatalError } from "../errors.ts";

export type NumberArray = { shape: readonly number[]; values: ArrayLike<number> };

/** The file does not hold numbers in a form that is known here. */
export class InputFormatError extends FatalError {
  override name = "InputFormatError";
}

const magic = "\u0093NUMPY";

type Read = { bytes: number; at(view: DataView, offset: number): number };

/** By NumPy's code; little-endian only. */
const readers: Readonly<Record<string, Read>> = {
  "|b1": { bytes: 1, at: (view, offset) => view.getUint8(offset) },
  "|u1": { bytes: 1, at: (view, offset) => view.getUint8(offset) },
  "|i1": { bytes: 1, at: (view, offset) => view.getInt8(offset) },
  "<u2": { bytes: 2, at: (view, offset) => view.getUint16(offset, true) },
  "<i2": { bytes: 2, at: (view, offset) => view.getInt16(offset, true) },
  "<i4": { bytes: 4, at: (view, offset) => view.getInt32(offset, true) },
  "<u4": { bytes: 4, at: (view, offset) => view.getUint32(offset, true) },
  "<i8": { bytes: 8, at: (view, offset) => Number(view.getBigInt64(offset, true)) },
  "<f4": { bytes: 4, at: (view, offset) => view.getFloat32(offset, true) },
  "<f8": { bytes: 8, at: (view, offset) => view.getFloat64(offset, true) },
};

export function isNpy(bytes: Uint8Array): boolean {
  return bytes.length >= 10 && String.fromCharCode(...bytes.subarray(0, 6)) === magic;
}

export function parseNpy(bytes: Uint8Array, file: string): NumberArray {
  const refuse = (reason: string, facts: Record<string, unknown> = {}): never => {
    throw new InputFormatError(`The .npy file ${reason}.`, {
      facts: { file, ...facts },
      hint: "Save it with numpy.save as a C-ordered array of floats or integers",
    });
  };
  if (!isNpy(bytes)) refuse("does not begin as one");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = view.getUint8(6) > 1;
  const start = isLong ? 12 : 10;
  const length = isLong && bytes.length >= 12 ? view.getUint32(8, true) : view.getUint16(8, true);
  if (start + length > bytes.length) refuse("ends inside its header");
  const header = new TextDecoder("latin1").decode(bytes.subarray(start, start + length));
  const code = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? "";
  const sizes = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  const read = readers[code];
  if (read === undefined || sizes === undefined || /'fortran_order':\s*True/.test(header))
    return refuse("has a type or order that is not read", {
      type: code,
      known: Object.keys(readers).join(", "),
    });
  const shape = (sizes.match(/\d+/g) ?? []).map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  const data = start + length;
  const given = bytes.length - data;
  if (given !== count * read.bytes)
    return refuse("has the wrong length", { given, required: count * read.bytes });
  return {
    shape,
    values: Float64Array.from({ length: count }, (_, index) => read.at(view, data + index * read.bytes)),
  };
}
