// assay compile: a float ONNX model becomes a provable program.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { emitOnnx, encodeManifest } from "@assay/sdk/program";
import type { Hex } from "viem";
import { z } from "zod";
import { readExpected, readLabels, readSamples } from "../cli/calibrationData.ts";
import { defaulted, defineCommand, optional, repeated, required, toggle } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { UsageError } from "../cli/failure.ts";
import { type GenerationWish, generationFlags, readGeneration } from "../cli/generation.ts";
import { readInputFile } from "../cli/numbers.ts";
import { toJson } from "../cli/output.ts";
import { writeProgramFolder } from "../cli/programFolder.ts";
import { oneOf, text } from "../cli/values.ts";
import {
  compileGeneration,
  formatGenerationReport,
  type GenerationReport,
} from "../compiler/generation/index.ts";
import { readGraph } from "../compiler/graph/index.ts";
import {
  type CompileOptions,
  type CompileProgress,
  type CompileReport,
  compileModel,
  formatReport,
} from "../compiler/index.ts";
import { isIntegerModel } from "../compiler/integer/index.ts";
import { FatalError } from "../errors.ts";
import { manifestFile, programFile, programOf } from "../programFiles.ts";

const reportFile = "report.json";

type Compiled = { programId: Hex; folder: string; report: CompileReport | GenerationReport; text: string };

const range = z.string().transform((typed, context): [string, [number, number]] => {
  const [, name, low, high] = /^(.+)=(-?[\d.eE+-]+),(-?[\d.eE+-]+)$/.exec(typed) ?? [];
  const bounds: [number, number] = [Number(low), Number(high)];
  if (name !== undefined && bounds.every(Number.isFinite) && bounds[0] < bounds[1]) return [name, bounds];
  context.addIssue(`expected INPUT=LOW,HIGH with LOW below HIGH; got "${typed}"`);
  return z.NEVER;
});

const dimension = z.string().transform((typed, context): [string, number] => {
  const [, name, size] = /^(.+)=([1-9]\d{0,8})$/.exec(typed) ?? [];
  if (name !== undefined) return [name, Number(size)];
  context.addIssue(`expected NAME=SIZE with a positive size; got "${typed}"`);
  return z.NEVER;
});

const stages = {
  read: "reading the model",
  calibrate: "running the samples",
  quantize: "quantizing layers",
  check: "proving value ranges",
  compare: "comparing with the float model",
} as const;

export const compileCommand = defineCommand({
  name: "compile",
  group: "Programs",
  summary: "Turn a float ONNX model into a provable program",
  about:
    "Writes a folder with the program, its manifest and a report. What cannot be compiled is refused by the node's name; nothing is approximated silently.",
  args: { model: required(text, "The model, an .onnx file; external data lie beside it") },
  flags: {
    calibration: repeated(
      text,
      "Typical inputs: .npy, .json, or raw float32; INPUT=FILE for models with several inputs; texts for --generate",
      {
        placeholder: "file",
      },
    ),
    out: optional(text, "Folder to write; the model's name if not given", { placeholder: "folder" }),
    force: toggle("Replace what the folder holds"),
    name: optional(text, "Name of the program; the model's name if not given"),
    programVersion: defaulted(text, "1", "Version of the program, for its manifest"),
    licence: defaulted(text, "", "Licence as an SPDX expression, for its manifest"),
    labels: optional(text, "Class names: .json list, .txt with one a line, or a comma-separated list", {
      placeholder: "file",
    }),
    softmax: defaulted(
      oneOf("keep", "drop", "refuse"),
      "keep",
      "A final Softmax is computed, dropped so that logits come out, or refused",
    ),
    precision: defaulted(
      oneOf("balanced", "high"),
      "balanced",
      "High takes two bytes for weights and for what products read, at about four times the work",
    ),
    inputRange: repeated(range, "Real bounds of an input; the samples' own if not given", {
      placeholder: "input=low,high",
    }),
    expected: optional(
      text,
      "Right class of each sample, to report accuracy: .npy, .json, or one byte each",
      {
        placeholder: "file",
      },
    ),
    dimension: repeated(dimension, "Size of a dimension that the model leaves open", {
      placeholder: "name=size",
    }),
    ...generationFlags,
  },
  examples: [
    "assay compile model.onnx --calibration samples.npy --labels labels.txt",
    "assay compile model.onnx --calibration samples.npy --input-range image=0,1 --out my-program",
    "assay compile decoder.onnx --generate prompt=64,tokens=64,sampling=seeded --tokenizer tokenizer.json --calibration texts.txt",
  ],
  run: async (context, given): Promise<Compiled> => {
    const model = { bytes: readInputFile(given.model), folder: dirname(resolve(given.model)) };
    const title = given.name ?? basename(given.model, extname(given.model));
    const folder = targetFolder(context, given.out ?? title, given.force);
    const generation = readGeneration(given);
    const progress = context.progress("compile");
    const onProgress = ({ stage, done, total }: CompileProgress) => {
      context.signal.throwIfAborted();
      progress.update(stages[stage], total === 0 ? undefined : done / total);
    };
    const options = optionsOf(title, given);
    const made = await (generation
      ? compileText({ model, options, generation, onProgress })
      : compileTensors({ model, options, given, onProgress })
    ).finally(() => progress.done());
    const { program, manifest, report, text } = made;
    const tokenizerBytes = generation?.tokenizerBytes;
    const files = programOf(emitOnnx(program), encodeManifest(manifest), { tokenizerBytes });
    writeProgramFolder(folder, files);
    writeFileSync(join(folder, reportFile), `${toJson(report)}\n`);
    return { programId: files.programId, folder, report, text };
  },
  render: ({ programId, folder, text }) =>
    [
      text,
      `Program id ${programId}`,
      `Wrote ${programFile}, ${manifestFile} and ${reportFile} to ${folder}.\nNext: assay publish ${folder}`,
    ].join("\n\n"),
});

type Work = {
  model: { bytes: Uint8Array; folder: string };
  options: CompileOptions;
  onProgress: (progress: CompileProgress) => void;
};

async function compileTensors({
  model,
  options,
  given,
  onProgress,
}: Work & { given: Pick<Given, "calibration" | "expected"> }) {
  const graph = await readGraph(model, options.dimensions ? { dimensions: options.dimensions } : {});
  const calibration = isIntegerModel(graph) ? [] : readSamples(given.calibration, graph.inputs);
  const expected = given.expected === undefined ? undefined : readExpected(given.expected);
  const compiled = await compileModel({
    ...{ modelBytes: model, calibration, options, onProgress },
    ...(expected && { expected }),
  });
  return { ...compiled, text: formatReport(compiled.report) };
}

async function compileText({
  model,
  options,
  generation,
  onProgress,
}: Work & { generation: GenerationWish }) {
  if (generation.sequences.length === 0)
    throw new UsageError("--calibration is needed.", {
      hint: "Give some thousand tokens of typical text as .txt, or .json with lists of tokens",
    });
  const { name, version, licence, dimensions } = options;
  const compiled = await compileGeneration({
    modelBytes: model,
    sequences: generation.sequences,
    options: {
      ...generation.options,
      ...{
        name,
        ...(version && { version }),
        ...(licence && { licence }),
        ...(dimensions && { dimensions }),
      },
    },
    onProgress,
  });
  return { ...compiled, text: formatGenerationReport(compiled.report) };
}

type Given = {
  calibration: readonly string[];
  expected: string | undefined;
  dimension: readonly [string, number][];
  programVersion: string;
  licence: string;
  labels: string | undefined;
  softmax: "keep" | "drop" | "refuse";
  precision: "balanced" | "high";
  inputRange: readonly [string, [number, number]][];
};

function optionsOf(
  name: string,
  { programVersion, licence, labels, softmax, precision, inputRange, dimension }: Given,
): CompileOptions {
  return {
    name,
    version: programVersion,
    licence,
    softmax,
    precision,
    inputRanges: Object.fromEntries(inputRange),
    ...(dimension.length > 0 && { dimensions: Object.fromEntries(dimension) }),
    ...(labels !== undefined && { labels: readLabels(labels) }),
  };
}

function targetFolder({ io }: Context, named: string, force: boolean): string {
  const folder = resolve(io.folder, named);
  if (!force && existsSync(folder) && readdirSync(folder).length > 0)
    throw new FatalError("The folder to write is not empty.", {
      facts: { folder },
      hint: "Name another one with --out, or replace its program with --force",
    });
  return folder;
}
