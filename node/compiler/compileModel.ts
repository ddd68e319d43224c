// From a float ONNX model and sample inputs to a provable program, its manifest and a report.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  type Codec,
  checkProgram,
  encodeManifest,
  type Json,
  type Manifest,
  type Program,
} from "@assay/sdk/program";
import { balance } from "./balancing/index.ts";
import { type BuiltModel, buildModel } from "./build.ts";
import { arraysOf, calibrate, type Sample, type Samples } from "./calibration.ts";
import { CalibrationError, UnsupportedModelError } from "./errors.ts";
import { compareClasses, compareLayers } from "./evaluation.ts";
import { type ConstantData, type ModelGraph, type ModelSource, readGraph } from "./graph/index.ts";
import { compileInteger, isIntegerModel } from "./integer/index.ts";
import type { Precision } from "./lowering/Lowering.ts";
import { registry } from "./lowering/lowerGraph.ts";
import { planOf } from "./patterns/index.ts";
import type { Plan } from "./plan.ts";
import { type CompileReport, programTitle, reportSizes, reportSteps } from "./report.ts";

/** Changes whenever the same model and samples would give another program. */
export const COMPILER_VERSION = "3";

/** How many samples the per-layer comparison runs, and how many bytes of intermediate values in all. */
const COMPARED_SAMPLES = 64;
const COMPARED_BYTES = 2 ** 31;

export interface CompileOptions {
  /** of the program, for its manifest */
  readonly name: string;
  readonly version?: string;
  /** an SPDX expression */
  readonly licence?: string;
  /** what each class number means, in order; by default what the model calls its classes, where it does */
  readonly labels?: readonly string[];
  /** a final Softmax is computed, refused, or left out so that the program returns logits; the manifest records it */
  readonly softmax?: "keep" | "refuse" | "drop";
  /** add the output `label`, the number of the largest logit; by default where the one output is [1, classes] */
  readonly classifier?: boolean;
  /** real bounds of inputs by name, such as [0, 1]; by default the bounds that the calibration samples show */
  readonly inputRanges?: Readonly<Record<string, readonly [number, number]>>;
  /** `high` takes two bytes for what products read and for weights: about four times the work. By default balanced. */
  readonly precision?: Precision;
  /** sizes of symbolic dimensions by name, such as { sequence: 128 } */
  readonly dimensions?: Readonly<Record<string, number>>;
}

export type CompileStage = "read" | "calibrate" | "quantize" | "check" | "compare";

export interface CompileProgress {
  readonly stage: CompileStage;
  readonly done: number;
  readonly total: number;
}

export interface CompileParameters {
  /** an ONNX file, as bytes or by its path */
  readonly modelBytes: ModelSource;
  /** typical inputs; some hundred are enough. Not needed where every value of the model is an integer. */
  readonly calibration: Samples;
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

function isClassifier(graph: ModelGraph, wanted: boolean | undefined): boolean {
  const [output, ...others] = graph.outputs;
  const shape = output?.tensor.shape ?? [];
  const fits = others.length === 0 && shape.length === 2 && shape[0] === 1 && shape[1]! > 1;
  if (wanted && !fits)
    throw new UnsupportedModelError("Only a model with the one output [1, classes] is a classifier.", {
      facts: { outputs: graph.outputs.length, shape: shape.join("×") },
      hint: "Leave the option classifier away.",
    });
  return wanted ?? fits;
}

function checkOptions(graph: ModelGraph, options: CompileOptions): void {
  for (const [name, [min, max]] of Object.entries(options.inputRanges ?? {}))
    if (!graph.inputs.some((input) => input.name === name) || !(min < max))
      throw new CalibrationError("An input range names no input, or is empty.", {
        facts: { input: name, min, max, inputs: graph.inputs.map((input) => input.name).join(", ") },
      });
  const classes = graph.outputs.find(({ tensor }) => tensor.shape.length === 2)?.tensor.shape[1];
  if (options.labels && options.labels.length !== classes)
    throw new CalibrationError("The number of labels is not the number of classes.", {
      facts: { labels: options.labels.length, classes: classes ?? 0 },
    });
}

/** What went through calibration: its digest, and the first samples, which are compared in the end. */
class SampleRecord {
  readonly kept: Sample[] = [];
  count = 0;
  readonly #hash = createHash("sha256");
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async *watch(samples: Samples): AsyncGenerator<Sample> {
    for await (const sample of samples) {
      for (const data of arraysOf(sample))
        this.#hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      this.count++;
      if (this.kept.length < this.#limit)
        this.kept.push(arraysOf(sample).map((data) => data.slice() as ConstantData));
      yield sample;
    }
  }

  digest(): string {
    return this.#hash.digest("hex");
  }
}

const bytesOfSource = (source: ModelSource): Uint8Array | undefined =>
  source instanceof Uint8Array ? source : "bytes" in source ? source.bytes : undefined;

function describe(name: string, { dtype, shape, codec }: BuiltModel["outputs"][number]) {
  return { name, dtype, shape: [...shape], codec };
}

function writeManifest(
  { modelBytes, options }: CompileParameters,
  graph: ModelGraph,
  built: Pick<BuiltModel, "inputs" | "outputs">,
  recorded: Readonly<Record<string, Json>>,
): Manifest {
  const bytes = bytesOfSource(modelBytes) ?? readFileSync((modelBytes as { path: string }).path);
  return {
    name: options.name,
    version: options.version ?? "1",
    licence: options.licence ?? "",
    inputs: built.inputs.map((input) => describe(input.name, input)),
    outputs: built.outputs.map((output) => describe(output.name, output)),
    labels: [...(options.labels ?? graph.labels ?? [])],
    source: { sha256: createHash("sha256").update(bytes).digest("hex") },
    compiler: {
      version: COMPILER_VERSION,
      options: { ...recorded, openBatch: [...graph.openBatch], softmax: options.softmax ?? "keep" },
    },
  };
}

/** A model whose every value is an integer: taken over value for value. */
function compileIntegers(parameters: CompileParameters, graph: ModelGraph): CompileResult {
  const program = compileInteger(graph);
  const codec: Codec = { kind: "integer" };
  const inputs = program.inputs.map((type, index) => ({ ...type, codec, name: graph.inputs[index]!.name }));
  const outputs = program.outputs.map((slot, index) => ({
    ...program.steps[slot]!.out,
    codec,
    name: graph.outputs[index]!.name,
  }));
  const manifest = writeManifest(parameters, graph, { inputs, outputs }, { exact: true });
  return {
    program,
    manifest,
    report: {
      program: programTitle(manifest),
      layers: [],
      balances: [],
      steps: reportSteps(program),
      comparison: null,
      sizes: sizesOf(parameters, program, manifest),
    },
  };
}

const sizesOf = ({ modelBytes }: CompileParameters, program: Program, manifest: Manifest) =>
  reportSizes(program, bytesOfSource(modelBytes)?.length ?? null, encodeManifest(manifest).length);

/** How many samples the comparison of every value may run. */
function comparable(plan: Plan): number {
  let bytes = 0;
  for (const { outputs } of plan.operations)
    for (const name of outputs)
      bytes += 8 * (plan.graph.tensors.get(name)?.shape ?? [0]).reduce((product, size) => product * size, 1);
  return Math.max(1, Math.min(COMPARED_SAMPLES, Math.floor(COMPARED_BYTES / Math.max(1, bytes))));
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
  const { dimensions } = options;
  const graph = await readGraph(modelBytes, dimensions ? { dimensions } : {});
  if (isIntegerModel(graph)) return compileIntegers(parameters, graph);
  const classifier = isClassifier(graph, options.classifier);
  checkOptions(graph, options);
  const plan = planOf(graph, options.softmax ?? "keep");
  // what cannot be lowered is refused before anything runs
  for (const operation of plan.operations) registry.definition(operation);
  tell("read", plan.operations.length)(plan.operations.length);

  const total = Array.isArray(calibration) ? calibration.length : 0;
  const record = new SampleRecord(classifier ? Number.POSITIVE_INFINITY : comparable(plan));
  const seen = await calibrate(plan, record.watch(calibration), tell("calibrate", total));
  // two bytes everywhere leave nothing to balance
  const { statistics, balances } =
    options.precision === "high" ? { statistics: seen, balances: [] } : balance(plan, seen);
  const built = buildModel(
    plan,
    statistics,
    {
      inputRanges: options.inputRanges ?? {},
      classifier,
      ...(options.precision ? { precision: options.precision } : {}),
    },
    tell("quantize", plan.operations.length),
  );
  const { program } = built;
  checkProgram(program);
  tell("check", 1)(1);

  const ranges = Object.entries(options.inputRanges ?? {}).map(
    ([name, range]) => [name, [...range]] as const,
  );
  const manifest = writeManifest(parameters, graph, built, {
    calibration: { samples: record.count, sha256: record.digest() },
    classifier,
    inputRanges: Object.fromEntries(ranges),
    precision: options.precision ?? "balanced",
  });
  const samples = record.kept.slice(0, comparable(plan));
  const compiled = { program, manifest };
  const layers = await compareLayers({
    plan,
    lowered: built.lowered,
    compiled,
    samples,
    onSample: tell("compare", samples.length),
  });
  const comparison = classifier
    ? await compareClasses(graph, { ...compiled, samples: record.kept, ...(expected ? { expected } : {}) })
    : null;
  return {
    program,
    manifest,
    report: {
      program: programTitle(manifest),
      layers,
      balances,
      steps: reportSteps(program),
      comparison,
      sizes: sizesOf(parameters, program, manifest),
    },
  };
}
