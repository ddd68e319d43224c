// assay compile: a float ONNX model becomes a provable program.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { emitOnnx, encodeManifest } from "@assay/sdk/program";
import type { Hex } from "viem";
import { z } from "zod";
import { readExpected, readLabels, readSamples } from "../cli/calibrationData.ts";
import { defaulted, defineCommand, optional, repeated, required, toggle } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { readInputFile } from "../cli/numbers.ts";
import { toJson } from "../cli/output.ts";
import { writeProgramFolder } from "../cli/programFolder.ts";
import { oneOf, text } from "../cli/values.ts";
import { readGraph } from "../compiler/graph/index.ts";
import { type CompileOptions, type CompileReport, compileModel, formatReport } from "../compiler/index.ts";
import { FatalError } from "../errors.ts";
import { manifestFile, programFile, programOf } from "../programFiles.ts";

const reportFile = "report.json";

type Compiled = { programId: Hex; folder: string; report: CompileReport; text: string };

const range = z.string().transform((typed, context): [string, [number, number]] => {
  const [, name, low, high] = /^(.+)=(-?[\d.eE+-]+),(-?[\d.eE+-]+)$/.exec(typed) ?? [];
  const bounds: [number, number] = [Number(low), Number(high)];
  if (name !== undefined && bounds.every(Number.isFinite) && bounds[0] < bounds[1]) return [name, bounds];
  context.addIssue(`expected INPUT=LOW,HIGH with LOW below HIGH; got "${typed}"`);
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
  args: { model: required(text, "The float32 model, an .onnx file with everything in it") },
  flags: {
    calibration: repeated(
      text,
      "Typical inputs: .npy, .json, or raw float32; INPUT=FILE for models with several inputs",
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
      oneOf("refuse", "drop"),
      "refuse",
      "A final Softmax is refused, or dropped so that logits come out",
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
  },
  examples: [
    "assay compile model.onnx --calibration samples.npy --labels labels.txt",
    "assay compile model.onnx --calibration samples.npy --input-range image=0,1 --out my-program",
  ],
  run: async (context, given): Promise<Compiled> => {
    const modelBytes = readInputFile(given.model);
    const title = given.name ?? basename(given.model, extname(given.model));
    const folder = targetFolder(context, given.out ?? title, given.force);
    const { inputs } = await readGraph(modelBytes);
    const calibration = readSamples(given.calibration, inputs);
    const expected = given.expected === undefined ? undefined : readExpected(given.expected);
    const progress = context.progress("compile");
    const { program, manifest, report } = await compileModel({
      modelBytes,
      calibration,
      ...(expected && { expected }),
      options: optionsOf(title, given),
      onProgress: ({ stage, done, total }) => {
        context.signal.throwIfAborted();
        progress.update(stages[stage], total === 0 ? undefined : done / total);
      },
    }).finally(() => progress.done());
    const files = programOf(emitOnnx(program), encodeManifest(manifest));
    writeProgramFolder(folder, files);
    writeFileSync(join(folder, reportFile), `${toJson(report)}\n`);
    return { programId: files.programId, folder, report, text: formatReport(report) };
  },
  render: ({ programId, folder, text }) =>
    [
      text,
      `Program id ${programId}`,
      `Wrote ${programFile}, ${manifestFile} and ${reportFile} to ${folder}.\nNext: assay publish ${folder}`,
    ].join("\n\n"),
});

type Given = {
  programVersion: string;
  licence: string;
  labels: string | undefined;
  softmax: "refuse" | "drop";
  inputRange: readonly [string, [number, number]][];
};

function optionsOf(
  name: string,
  { programVersion, licence, labels, softmax, inputRange }: Given,
): CompileOptions {
  return {
    name,
    version: programVersion,
    licence,
    softmax,
    inputRanges: Object.fromEntries(inputRange),
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
