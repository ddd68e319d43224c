// Reads sample inputs for the compiler from files.
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import type { Sample } from "../compiler/index.ts";
import { UsageError } from "./failure.ts";
import { InputFormatError, type NumberArray } from "./npy.ts";
import { flatten, parseJson, readInputFile, readNumbers } from "./numbers.ts";

export type ModelInput = { name: string; shape: readonly number[] };

const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/**
 * The samples of one file (a model with one input, or .json with objects), or of one `input=file` per input.
 * A file holds whole samples one after the other.
 */
export function readSamples(sources: readonly string[], inputs: readonly ModelInput[]): Sample[] {
  const [first, ...others] = sources;
  if (first === undefined)
    throw new UsageError("--calibration is needed.", {
      hint: "Give some hundred typical inputs as .npy, .json or raw float32: value ranges are taken from them",
    });
  const named = sources.map((source) => splitSource(source, inputs));
  if (named.every(({ input }) => input !== undefined)) return joinInputs(named as Named[], inputs);
  if (others.length > 0)
    throw new UsageError("Several calibration files need the name of their input each.", {
      facts: { inputs: inputs.map(({ name }) => name).join(", ") },
      hint: "Write --calibration input=file for every input",
    });
  const objects = readObjects(first);
  if (objects !== undefined) return objects.map((object, index) => sampleOf(object, index, inputs));
  const [only] = inputs;
  if (only === undefined || inputs.length > 1)
    throw new UsageError("The model has several inputs.", {
      facts: { inputs: inputs.map(({ name }) => name).join(", ") },
      hint: "Write --calibration input=file for every input, or give a .json list of objects",
    });
  return cut(readNumbers(first), only, first);
}

type Named = { input: ModelInput; file: string };

function splitSource(
  source: string,
  inputs: readonly ModelInput[],
): { input: ModelInput | undefined; file: string } {
  const at = source.indexOf("=");
  const input = at < 0 ? undefined : inputs.find(({ name }) => name === source.slice(0, at));
  return input === undefined ? { input, file: source } : { input, file: source.slice(at + 1) };
}

function joinInputs(named: readonly Named[], inputs: readonly ModelInput[]): Sample[] {
  const columns = inputs.map((input) => {
    const source = named.find((one) => one.input === input);
    if (source === undefined)
      throw new UsageError(`No calibration file is given for the input "${input.name}".`);
    return cut(readNumbers(source.file), input, source.file);
  });
  const counts = columns.map((column) => column.length);
  if (new Set(counts).size > 1)
    throw new InputFormatError("The calibration files hold different numbers of samples.", {
      facts: Object.fromEntries(inputs.map(({ name }, index) => [name, counts[index]])),
    });
  return columns[0]!.map((_, index) => columns.map((column) => column[index]!));
}

function cut({ values, shape }: NumberArray, input: ModelInput, file: string): Float32Array[] {
  const size = countOf(input.shape);
  const count = values.length / size;
  if (!Number.isInteger(count) || count === 0)
    throw new InputFormatError("The file does not hold whole samples.", {
      facts: {
        file,
        values: values.length,
        shape: shape.join("×"),
        sample: input.shape.join("×"),
        valuesOfSample: size,
      },
    });
  const all = Float32Array.from(values);
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size));
}

/** The list of objects of a .json file; undefined for other files and other JSON. */
function readObjects(file: string): Record<string, unknown>[] | undefined {
  if (extname(file) !== ".json") return undefined;
  const value = parseJson(readFileSync(file, "utf8"), file);
  const isObject = (item: unknown) => typeof item === "object" && item !== null && !Array.isArray(item);
  return Array.isArray(value) && value.length > 0 && value.every(isObject) ? value : undefined;
}

function sampleOf(object: Record<string, unknown>, index: number, inputs: readonly ModelInput[]): Sample {
  return inputs.map((input) => {
    const where = `sample ${index}, input ${input.name}`;
    if (object[input.name] === undefined)
      throw new InputFormatError("A sample lacks an input.", {
        facts: { where, given: Object.keys(object).join(", ") },
      });
    const { values, shape } = flatten(object[input.name], where);
    if (values.length !== countOf(input.shape))
      throw new InputFormatError("A sample has the wrong number of values.", {
        facts: { where, given: values.length, shape: shape.join("×"), required: countOf(input.shape) },
      });
    return Float32Array.from(values);
  });
}

/** Class names: a .json list, a text file with one a line, or a comma-separated list. */
export function readLabels(source: string): string[] {
  if (extname(source) === ".json") {
    const value = parseJson(new TextDecoder().decode(readInputFile(source)), source);
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    throw new InputFormatError("The file is not a list of class names.", { facts: { file: source } });
  }
  if (extname(source) === ".txt")
    return new TextDecoder()
      .decode(readInputFile(source))
      .split(/\r?\n/)
      .filter((line) => line !== "");
  return source.split(",").map((label) => label.trim());
}

/** The right class of each sample, from a file of numbers; raw bytes where it is neither .npy nor .json. */
export function readExpected(file: string): number[] {
  const known = [".npy", ".json"].includes(extname(file));
  return Array.from(known ? readNumbers(file).values : readInputFile(file));
}
