// From a float ONNX model and sample inputs to a provable program, its manifest and a report.
import { createHash } from "node:crypto";
import {
  type Codec,
  checkProgram,
  encodeManifest,
  type Json,
  type Manifest,
  type Program,
} from "@assay/sdk/program";
import { type BuiltModel, buildProgram, type Quantized } from "./build.ts";
import { arraysOf, calibrate, openObserved, type Sample, type Watched } from "./calibration.ts";
import { CalibrationError, UnsupportedModelError } from "./errors.ts";
import { compareLayers, evaluateModel } from "./evaluation.ts";
import { type FloatModel, readFloatModel } from "./floatModel.ts";
import { type FusedGraph, isLinear, readAxis } from "./layers.ts";
import { fuse } from "./lowering/fuse.ts";
import { lower } from "./lowering/lower.ts";
import { type CompileReport, programTitle, reportSizes, reportSteps } from "./report.ts";

/** Changes whenever the same model and samples would give another program. */
export const COMPILER_VERSION = "1";

/** How many samples the per-layer comparison runs. */
const COMPARED_SAMPLES = 64;

export interface CompileOptions {
  /** of the program, for its manifest */
  readonly name: string;
  readonly version?: string;
  /** an SPDX expression */
  readonly licence?: string;
  /** what each class number means, in order */
  readonly labels?: readonly string[];
  /** a final Softmax is refused, or left out so that the program returns logits; the manifest records it */
  readonly softmax?: "refuse" | "drop";
  /** add the output `label`, the number of the largest logit; by default where the one output is [1, classes] */
  readonly classifier?: boolean;
  /** real bounds of inputs by name, such as [0, 1]; by default the bounds that the calibration samples show */
  readonly inputRanges?: Readonly<Record<string, readonly [number, number]>>;
}

export type CompileStage = "read" | "calibrate" | "quantize" | "check" | "compare";

export interface CompileProgress {
  readonly stage: CompileStage;
  readonly done: number;
  readonly total: number;
}

export interface CompileParameters {
  /** a float32 ONNX file with everything in it */
  readonly modelBytes: Uint8Array;
  /** typical inputs; some hundred are enough */
  readonly calibration: readonly Sample[];
  /** the right class of each calibration sample, for the report */
  readonly expected?: readonly number[];
  readonly options: CompileOptions;
  readonly onProgress?: (progress: CompileProgress) => void;
}

export interface CompileResult {
  readonly program: Program;
  readonly manifest: Manifest;
  readonly report: CompileReport;
}

function isClassifier(graph: FusedGraph, wanted: boolean | undefined): boolean {
  const [output, ...others] = graph.outputs;
  const shape = output?.shape ?? [];
  const fits = others.length === 0 && shape.length === 2 && shape[0] === 1 && shape[1]! > 1;
  if (wanted && !fits)
    throw new UnsupportedModelError("Only a model with the one output [1, classes] is a classifier.", {
      facts: { outputs: graph.outputs.length, shape: shape.join("×") },
      hint: "Leave the option classifier away.",
    });
  return wanted ?? fits;
}

function watchedTensors(graph: FusedGraph): { inputs: Watched[]; layers: Watched[] } {
  const shapes = new Map<string, readonly number[]>();
  for (const { name, shape } of graph.inputs) shapes.set(name, shape);
  for (const { output, shape } of graph.layers) shapes.set(output, shape);
  const axes = new Map<string, Set<number>>([...shapes.keys()].map((name) => [name, new Set()]));
  for (const layer of graph.layers)
    if (isLinear(layer)) axes.get(layer.input)!.add(readAxis(layer, shapes.get(layer.input)!.length));
  return {
    inputs: graph.inputs.map(({ name, shape }) => ({
      observed: { tensor: name, min: -Infinity, max: Infinity },
      shape,
      axes: axes.get(name)!,
    })),
    layers: graph.layers.map(({ output, shape, observed }) => ({ observed, shape, axes: axes.get(output)! })),
  };
}

function checkOptions(model: FloatModel, graph: FusedGraph, options: CompileOptions): void {
  for (const [name, [min, max]] of Object.entries(options.inputRanges ?? {}))
    if (!model.inputs.some((input) => input.name === name) || !(min < max))
      throw new CalibrationError("An input range names no input, or is empty.", {
        facts: { input: name, min, max, inputs: model.inputs.map((input) => input.name).join(", ") },
      });
  const classes = graph.outputs[0]?.shape[1];
  if (options.labels && options.labels.length !== classes)
    throw new CalibrationError("The number of labels is not the number of classes.", {
      facts: { labels: options.labels.length, classes: classes ?? 0 },
    });
}

const codecOf = ({ operand, scale, zeroPoint }: Quantized): Codec =>
  operand.type.dtype === "i64" ? { kind: "integer" } : { kind: "linear", scale, zeroPoint };

function sampleDigest(samples: readonly Sample[]): string {
  const hash = createHash("sha256");
  for (const sample of samples)
    for (const data of arraysOf(sample))
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest("hex");
}

function writeManifest(
  { modelBytes, calibration, options }: CompileParameters,
  model: FloatModel,
  graph: FusedGraph,
  built: BuiltModel,
  classifier: boolean,
): Manifest {
  const recorded: Record<string, Json> = {
    calibration: { samples: calibration.length, sha256: sampleDigest(calibration) },
    classifier,
    inputRanges: Object.fromEntries(
      Object.entries(options.inputRanges ?? {}).map(([k, range]) => [k, [...range]]),
    ),
    openBatch: [...model.openBatch],
    softmax: options.softmax ?? "refuse",
  };
  const describe = (name: string, quantized: Quantized) => {
    const { dtype, shape } = quantized.operand.type;
    return { name, dtype, shape: [...shape], codec: codecOf(quantized) };
  };
  const names = [...graph.outputs.map(({ name }) => name), ...(classifier ? ["label"] : [])];
  return {
    name: options.name,
    version: options.version ?? "1",
    licence: options.licence ?? "",
    inputs: built.inputs.map((quantized, index) => describe(graph.inputs[index]!.name, quantized)),
    outputs: built.outputs.map((quantized, index) => describe(names[index]!, quantized)),
    labels: [...(options.labels ?? [])],
    source: { sha256: createHash("sha256").update(modelBytes).digest("hex") },
    compiler: { version: COMPILER_VERSION, options: recorded },
  };
}

/**
 * Compiles a float model. Deterministic: the same bytes, samples and options give the same program and manifest.
 * @throws UnsupportedNodeError for a node without provable form: nothing is approximated silently
 * @example
 * import { readFileSync } from "node:fs";
 * import { compileModel, formatReport } from "@assay/node";
 * const { program, manifest, report } = await compileModel({
 *   modelBytes: readFileSync("digits.onnx"),
 *   calibration: images, // Float32Array[], one per sample
 *   options: { name: "digits" },
 * });
 * console.log(formatReport(report));
 */
export async function compileModel(parameters: CompileParameters): Promise<CompileResult> {
  const { modelBytes, calibration, expected, options } = parameters;
  const tell = (stage: CompileStage, total: number) => (done: number) =>
    parameters.onProgress?.({ stage, done, total });
  const model = readFloatModel(modelBytes);
  const graph = fuse(lower(model, { softmax: options.softmax ?? "refuse" }));
  const classifier = isClassifier(graph, options.classifier);
  checkOptions(model, graph, options);
  tell("read", graph.layers.length)(graph.layers.length);

  const watched = watchedTensors(graph);
  const all = [...watched.inputs, ...watched.layers];
  const session = await openObserved(
    modelBytes,
    [...model.outputs, ...model.inputs.map(({ name }) => name)],
    all.map(({ observed }) => observed.tensor),
  );
  const statistics = await calibrate(
    session,
    model.inputs,
    all,
    calibration,
    tell("calibrate", calibration.length),
  ).finally(() => session.close());
  const inputs = statistics.slice(0, watched.inputs.length);
  const layers = statistics.slice(watched.inputs.length);
  const built = buildProgram(
    graph,
    { inputs, layers },
    { inputRanges: options.inputRanges ?? {}, classifier },
    tell("quantize", graph.layers.length),
  );
  const { program } = built;
  checkProgram(program);
  tell("check", 1)(1);

  const manifest = writeManifest(parameters, model, graph, built, classifier);
  const compared = calibration.slice(0, COMPARED_SAMPLES);
  const compiled = { program, manifest };
  const layerReports = await compareLayers({
    modelBytes,
    graphOutputs: model.outputs,
    built,
    compiled,
    samples: compared,
    onSample: tell("compare", compared.length),
  });
  const comparison = classifier
    ? await evaluateModel({
        ...compiled,
        modelBytes,
        samples: calibration,
        ...(expected ? { expected } : {}),
      })
    : null;
  const report: CompileReport = {
    program: programTitle(manifest),
    layers: layerReports,
    steps: reportSteps(program),
    comparison,
    sizes: reportSizes(program, modelBytes.length, encodeManifest(manifest).length),
  };
  return { program, manifest, report };
}
