// Reads numbers from files: .npy, .json (nested lists), or raw little-endian float32.
import { readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { InputFormatError, isNpy, type NumberArray, parseNpy } from "./npy.ts";

const largestFile = 2 ** 31;

/** A file's bytes, or a refusal that says what is wrong with it. */
export function readInputFile(file: string): Uint8Array {
  try {
    const { size } = statSync(file);
    if (size > largestFile)
      throw new InputFormatError("The file is too large.", {
        facts: { file, bytes: size, limit: largestFile },
      });
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    if (cause instanceof InputFormatError) throw cause;
    throw new InputFormatError("The file cannot be read.", { facts: { file }, cause });
  }
}

export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputFormatError("The file is not JSON.", { facts: { file }, cause });
  }
}

/** The numbers of a file. Raw files have no shape: theirs is one axis of float32. */
export function readNumbers(file: string): NumberArray {
  const bytes = readInputFile(file);
  if (isNpy(bytes)) return parseNpy(bytes, file);
  if (extname(file) === ".json") return flatten(parseJson(new TextDecoder().decode(bytes), file), file);
  if (bytes.length % 4 !== 0)
    throw new InputFormatError("Raw numbers are little-endian float32: four bytes each.", {
      facts: { file, bytes: bytes.length },
    });
  return { shape: [bytes.length / 4], values: new Float32Array(bytes.slice().buffer) };
}

/** Nested lists of numbers as one row-major array. */
export function flatten(value: unknown, where: string): NumberArray {
  const shape: number[] = [];
  const values: number[] = [];
  for (let level = value; Array.isArray(level); level = level[0]) shape.push(level.length);
  const visit = (item: unknown, axis: number): void => {
    if (axis === shape.length) {
      if (typeof item !== "number" || !Number.isFinite(item))
        throw new InputFormatError("A value is not a finite number.", {
          facts: { where, value: String(item) },
        });
      values.push(item);
      return;
    }
    if (!Array.isArray(item) || item.length !== shape[axis])
      throw new InputFormatError("The nested lists have different lengths.", {
        facts: {
          where,
          axis,
          expected: shape[axis],
          given: Array.isArray(item) ? item.length : String(item),
        },
      });
    for (const inner of item) visit(inner, axis + 1);
  };
  visit(value, 0);
  return { shape, values };
}
