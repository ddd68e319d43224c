// From a float decoder and texts to a program that generates: its manifest and a report.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  checkProgram,
  encodeManifest,
  type Json,
  type Manifest,
  type ManifestTensor,
  type Program,
  type PromptTemplate,
} from "@assay/sdk/program";
import { readTokenizer, tokenizerHash } from "@assay/sdk/text";
import type { Balance } from "../balancing/index.ts";
import { COMPILER_VERSION } from "../compileModel.ts";
import { type ModelSource, readGraph } from "../graph/index.ts";
import {
  describeBalances,
  programTitle,
  reportSizes,
  reportSteps,
  type Sizes,
  type StepReport,
} from "../report.ts";
import { type DecoderNames, readDecoder } from "./decoder.ts";
import { GenerationError } from "./errors.ts";
import { FloatDecoder } from "./FloatDecoder.ts";
import { floatStep } from "./floatStep.ts";
import {
  type GenerationOptions,
  generationInputs,
  generationOutputs,
  generationProgram,
} from "./generate.ts";
import { IntegerDecoder } from "./IntegerDecoder.ts";
import { type Comparison, comparePredictions } from "./perplexity.ts";
import { thinned } from "./sequences.ts";

export interface CompileGenerationOptions extends GenerationOptions {
  /** of the program, for its manifest */
  readonly name: string;
  readonly version?: string;
  /** an SPDX expression */
  readonly licence?: string;
  /** of the model's inputs and outputs, where they are not found by themselves */
  readonly names?: DecoderNames;
  /** sizes of symbolic dimensions by name, such as { past_sequence_length: 255 } */
  readonly dimensions?: Readonly<Record<string, number>>;
  /** what makes words of tokens; without it the program takes and gives numbers */
  readonly text?: { readonly tokenizer: Uint8Array; readonly template: PromptTemplate };
}

export interface CompileGenerationParameters {
  /** a decoder that reads one token per run, as bytes or by its path */
  readonly modelBytes: ModelSource;
  /** typical texts as tokens */
  readonly sequences: readonly (readonly number[])[];
  readonly options: CompileGenerationOptions;
  readonly onProgress?: (progress: {
    readonly stage: "calibrate" | "quantize" | "check" | "compare";
    readonly done: number;
    readonly total: number;
  }) => void;
}

export interface GenerationReport {
  readonly program: string;
  readonly generation: {
    readonly prompt: number;
    readonly tokens: number;
    readonly sampling: "greedy" | "seeded";
    readonly stopToken: number | null;
    readonly vocabulary: number;
    readonly maxPasses: number;
  };
  /** what was balanced before quantization */
  readonly balances: readonly Balance[];
  readonly comparison: Comparison;
  readonly steps: readonly StepReport[];
  readonly sizes: Sizes;
}

export interface CompileGenerationResult {
  readonly program: Program;
  readonly manifest: Manifest;
  readonly report: GenerationReport;
}

/** Tokens that calibration and comparison read at most. */
const CALIBRATED_TOKENS = 1024;
const COMPARED_TOKENS = 512;

/**
 * Compiles a float decoder, and what selects its tokens, into one iterated program. Deterministic: the same bytes, sequences
 * and options give the same program and manifest.
 * @throws UnsupportedNodeError for a node without provable form; GenerationError for a model that is no decoder
 * @example
 * const { program, manifest } = await compileGeneration({
 *   modelBytes: { path: "storyteller.onnx" },
 *   sequences, // number[][]
 *   options: { name: "storyteller", prompt: 64, tokens: 64, stopToken: 0, sampling: "seeded" },
 * });
 */
export async function compileGeneration(
  parameters: CompileGenerationParameters,
): Promise<CompileGenerationResult> {
  const { modelBytes, sequences, options } = parameters;
  const tell = (stage: "calibrate" | "quantize" | "check" | "compare", total: number) => (done: number) =>
    parameters.onProgress?.({ stage, done, total });
  const graph = await readGraph(modelBytes, options.dimensions ? { dimensions: options.dimensions } : {});
  const decoder = readDecoder(graph, options.names);
  const { vocabulary, context } = decoder;
  if (options.text) checkTokenizer(options.text.tokenizer, vocabulary);
  const usable = checkSequences(sequences, decoder).map((sequence) => sequence.slice(0, context));
  const calibrated = thinned(usable, CALIBRATED_TOKENS);
  const total = calibrated.reduce((sum, { length }) => sum + length, 0);
  const step = await floatStep({ decoder, sequences: calibrated, onSample: tell("calibrate", total) });
  tell("quantize", 1)(0);
  const program = generationProgram(step, options);
  tell("check", 1)(0);
  checkProgram(program);

  const compared = thinned(usable, COMPARED_TOKENS);
  const comparedTokens = compared.reduce((sum, { length }) => sum + length, 0);
  const float = await FloatDecoder.open(decoder);
  const integer = await IntegerDecoder.open(step);
  const { stopToken } = options;
  const comparison = await comparePredictions({
    ...{ float, integer, sequences: compared, stopToken, onToken: tell("compare", comparedTokens) },
  }).finally(async () => {
    await float.close();
    await integer.close();
  });
  const bytes = bytesOf(modelBytes);
  const manifest = writeManifest(parameters, program, bytes, {
    sequences: calibrated.length,
    tokens: total,
    sha256: createHash("sha256").update(JSON.stringify(calibrated)).digest("hex"),
  });
  const report: GenerationReport = {
    program: programTitle(manifest),
    generation: {
      ...{ prompt: options.prompt, tokens: options.tokens, sampling: options.sampling ?? "greedy" },
      ...{ stopToken: stopToken ?? null, vocabulary, maxPasses: program.maxPasses },
    },
    balances: step.balances,
    comparison,
    steps: reportSteps(program),
    sizes: reportSizes(program, bytes.length, encodeManifest(manifest).length),
  };
  return { program, manifest, report };
}

function checkSequences(
  sequences: readonly (readonly number[])[],
  { vocabulary }: { readonly vocabulary: number },
): readonly number[][] {
  const isToken = (token: number) => Number.isInteger(token) && token >= 0 && token < vocabulary;
  const wrong = sequences.flat().find((token) => !isToken(token));
  if (wrong !== undefined)
    throw new GenerationError("A calibration sequence has a token that the model does not know.", {
      facts: { token: wrong, vocabulary },
      hint: "Take the tokenizer that the model was trained with",
    });
  const read = sequences.filter(({ length }) => length > 0);
  if (read.length === 0)
    throw new GenerationError("Calibration needs texts.", {
      hint: "Give some thousand tokens of what the program will read and write",
    });
  return read.map((sequence) => [...sequence]);
}

/** A token beyond the vocabulary would be read as its last one: a prompt that nobody wrote. */
function checkTokenizer(file: Uint8Array, vocabulary: number): void {
  const { tokenizer } = readTokenizer(file);
  for (const [text, token] of tokenizer.get_vocab())
    if (text !== undefined && token >= vocabulary)
      throw new GenerationError("The tokenizer has a token that the model does not know.", {
        facts: { token, text, vocabulary },
        hint: "Take the tokenizer that the model was trained with",
      });
}

const bytesOf = (source: ModelSource): Uint8Array =>
  source instanceof Uint8Array ? source : "bytes" in source ? source.bytes : readFileSync(source.path);

function writeManifest(
  { options }: CompileGenerationParameters,
  program: Program,
  model: Uint8Array,
  calibration: { readonly [key: string]: Json },
): Manifest {
  const { prompt, tokens, stopToken, padToken, sampling = "greedy", text, names } = options;
  const integer = { kind: "integer" } as const;
  const inputs = program.inputs.map(
    ({ dtype, shape }, index): ManifestTensor => ({
      ...{ name: generationInputs[sampling][index]!, dtype, shape: [...shape], codec: integer },
    }),
  );
  const outputs = program.outputs.map((slot, index): ManifestTensor => {
    const { dtype, shape } = program.steps[slot]!.out;
    return { name: generationOutputs[index]!, dtype, shape: [...shape], codec: integer };
  });
  const named = JSON.parse(JSON.stringify(names ?? {})) as Json;
  return {
    name: options.name,
    version: options.version ?? "1",
    licence: options.licence ?? "",
    inputs,
    outputs,
    labels: [],
    source: { sha256: createHash("sha256").update(model).digest("hex") },
    compiler: {
      version: COMPILER_VERSION,
      options: {
        calibration,
        generation: {
          prompt,
          tokens,
          sampling,
          stopToken: stopToken ?? null,
          padToken: padToken ?? 0,
          names: named,
        },
        dimensions: { ...options.dimensions },
      },
    },
    ...(text && {
      text: {
        tokenizer: { sha256: tokenizerHash(text.tokenizer) },
        template: text.template,
        inputs: {
          ...{ prompt: "prompt", length: "length" },
          ...(sampling === "seeded"
            ? { seed: "seed", temperature: "temperature" }
            : { seed: null, temperature: null }),
        },
        outputs: { tokens: "tokens", count: "count" },
        stopToken: stopToken ?? null,
      },
    }),
  };
}

/** A report as text, for a terminal. */
export function formatGenerationReport({
  program,
  generation,
  balances,
  comparison,
  sizes,
}: GenerationReport): string {
  const { prompt, tokens, sampling, maxPasses, vocabulary } = generation;
  const { floatPerplexity, integerPerplexity, agree, tokens: compared } = comparison;
  return [
    `program ${program}: ${sizes.slots} steps a pass, at most ${maxPasses} passes, ${sizes.weights} weights`,
    `reads up to ${prompt} tokens, writes up to ${tokens} of ${vocabulary}, ${sampling}`,
    ...describeBalances(balances),
    `perplexity ${integerPerplexity.toFixed(3)}, of the float model ${floatPerplexity.toFixed(3)} ` +
      `(ratio ${(integerPerplexity / floatPerplexity).toFixed(4)}, ${compared} calibration tokens)`,
    `same likeliest token as the float model: ${agree} of ${compared} (${((100 * agree) / compared).toFixed(2)} %)`,
    `file ${sizes.fastForm} bytes (float ${sizes.floatModel ?? "not measured"}), manifest ${sizes.manifest}, ` +
      `input ${sizes.input}, output ${sizes.output}, trace ${sizes.trace} a pass`,
  ].join("\n");
}
