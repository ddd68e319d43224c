// Makes the input bytes of a request from what was given: an image, numbers, or raw bytes.
import { encodeInput, type TensorValues } from "@assay/sdk";
import type { Manifest, ManifestTensor } from "@assay/sdk/program";
import type { Io } from "./context.ts";
import { UsageError } from "./failure.ts";
import { type ImageOptions, imageValues, isImage, readImage } from "./image.ts";
import { InputFormatError, isNpy, type NumberArray, parseNpy } from "./npy.ts";
import { flatten, parseJson, readInputFile } from "./numbers.ts";

export type InputOptions = {
  /** `file`, or `name=file`; `-` is standard input. */
  sources: readonly string[];
  /** A file with the program's input bytes as they are. */
  raw: string | undefined;
  invert: boolean;
};

/** @throws UsageError, InputFormatError, TensorValuesError */
export async function readRequestInput(
  { sources, raw, invert }: InputOptions,
  { manifest, inputBytes }: { manifest: Manifest | undefined; inputBytes: number },
  io: Pick<Io, "stdin">,
): Promise<Uint8Array> {
  if (raw !== undefined) {
    if (sources.length > 0)
      throw new UsageError("--input and --raw are both given.", { hint: "Keep one of them" });
    const bytes = await read(raw, io);
    if (bytes.length === inputBytes) return bytes;
    throw new InputFormatError("The raw input has the wrong length.", {
      facts: { file: raw, given: bytes.length, required: inputBytes },
    });
  }
  if (sources.length === 0 && manifest?.text)
    throw new UsageError("--prompt is needed.", { hint: 'Ask in words: --prompt "…"' });
  if (sources.length === 0)
    throw new UsageError("--input is needed.", {
      hint: "Give a .png, .pgm, .npy or .json file, or --raw with the bytes",
    });
  if (manifest === undefined)
    throw new UsageError("The program's manifest is not at hand, so numbers cannot be encoded.", {
      hint: "Name the program's folder instead of its id, or give the input bytes with --raw",
    });
  return encodeInput(manifest, await readValues(sources, manifest, { invert }, io));
}

async function readValues(
  sources: readonly string[],
  manifest: Manifest,
  options: { invert: boolean },
  io: Pick<Io, "stdin">,
): Promise<TensorValues> {
  const values: Record<string, ArrayLike<number>> = {};
  for (const source of sources) {
    const at = source.indexOf("=");
    const named = at < 0 ? undefined : manifest.inputs.find(({ name }) => name === source.slice(0, at));
    const file = named === undefined ? source : source.slice(at + 1);
    const bytes = await read(file, io);
    const json = isText(bytes) ? parseJson(new TextDecoder().decode(bytes), file) : undefined;
    if (named === undefined && isRecord(json)) {
      for (const [name, item] of Object.entries(json))
        values[name] = checked(
          flatten(item, name),
          manifest.inputs.find((input) => input.name === name),
          file,
        );
      continue;
    }
    const input = named ?? onlyInput(manifest, file);
    values[input.name] =
      json === undefined
        ? numbersOf(bytes, input, file, { ...options, range: rangeOf(manifest, input) })
        : checked(flatten(json, file), input, file);
  }
  return values;
}

function numbersOf(
  bytes: Uint8Array,
  input: ManifestTensor,
  file: string,
  options: ImageOptions,
): ArrayLike<number> {
  if (isImage(bytes)) return imageValues(readImage(bytes, file), input, options);
  if (isNpy(bytes)) return checked(parseNpy(bytes, file), input, file);
  throw new InputFormatError("The input file is of no kind that is read.", {
    facts: { file, known: ".png, .pgm, .ppm, .npy, .json" },
    hint: "Convert it, or give the program's input bytes with --raw",
  });
}

/** The bounds that the input was compiled for, as the manifest records them. */
function rangeOf({ compiler }: Manifest, { name }: ManifestTensor): [number, number] | undefined {
  const ranges = compiler.options.inputRanges as Readonly<Record<string, unknown>> | undefined;
  const range = ranges?.[name];
  const isRange = Array.isArray(range) && range.length === 2 && range.every((end) => typeof end === "number");
  return isRange ? (range as [number, number]) : undefined;
}

/** Shapes may differ by axes of size 1, as with a missing batch axis; else the numbers would silently mean something else. */
function checked(
  { shape, values }: NumberArray,
  input: ManifestTensor | undefined,
  file: string,
): ArrayLike<number> {
  const essential = (sizes: readonly number[]) => sizes.filter((size) => size !== 1).join("×");
  const isFlat = shape.filter((size) => size !== 1).length <= 1;
  if (input === undefined || isFlat || essential(shape) === essential(input.shape)) return values;
  throw new InputFormatError("The input has another shape than the program takes.", {
    facts: { file, input: input.name, given: shape.join("×"), required: input.shape.join("×") },
  });
}

function onlyInput({ inputs }: Manifest, file: string): ManifestTensor {
  const [first, ...others] = inputs;
  if (first !== undefined && others.length === 0) return first;
  throw new UsageError("The program has several inputs.", {
    facts: { file, inputs: inputs.map(({ name }) => name).join(", ") },
    hint: "Write --input NAME=FILE for each of them, or give a .json object with all",
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** JSON begins with a bracket or a brace, after white space. */
const isText = (bytes: Uint8Array): boolean =>
  /^\s*[[{]/.test(new TextDecoder("latin1").decode(bytes.subarray(0, 64)));

async function read(file: string, { stdin }: Pick<Io, "stdin">): Promise<Uint8Array> {
  if (file !== "-") return readInputFile(file);
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return new Uint8Array(Buffer.concat(chunks));
}
