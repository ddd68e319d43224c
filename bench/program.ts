// How long one inference of a compiled program takes beside its float model, both in onnxruntime with one thread.
import { readFileSync } from "node:fs";
import { emitOnnx, inputName, type Program, type Tensor, tensorType } from "@assay/sdk/program";
import { InferenceSession, type Tensor as OrtTensor } from "onnxruntime-node";
import { digitsInput, digitsModel, digitsSamples } from "../examples/digits/digits.ts";
import { feedsOf } from "../node/compiler/calibration.ts";
import { readDecoder } from "../node/compiler/generation/decoder.ts";
import { FloatDecoder } from "../node/compiler/generation/FloatDecoder.ts";
import { floatStep } from "../node/compiler/generation/floatStep.ts";
import { stepProgram } from "../node/compiler/generation/IntegerDecoder.ts";
import { sequencesOf, thinned } from "../node/compiler/generation/sequences.ts";
import { type ModelGraph, readGraph } from "../node/compiler/graph/index.ts";
import { toOrt } from "../node/compiler/graph/runtime.ts";
import { compileModel, encodeSample, type Sample, type SampleData } from "../node/compiler/index.ts";
import { toOrt as toProgramOrt } from "../node/execution/session.ts";
import { cnnModel, decoderModel, mlpModel } from "./lib/floatModels.ts";
import { atMost, type Bar, median, progress, type Row, report, round } from "./lib/report.ts";

type Feeds = Record<string, OrtTensor>;

/** One model in both forms, and an input for each. */
interface Pair {
  readonly name: string;
  /** the greatest ratio that the bar allows; printed only where it is left out */
  readonly limit: number;
  readonly model: Uint8Array;
  readonly program: Program;
  readonly floatFeeds: Feeds;
  readonly programFeeds: Feeds;
}

const SECONDS = 6;
const WARM_UP = 20;

const open = (model: Uint8Array, level: "all" | "basic"): Promise<InferenceSession> =>
  InferenceSession.create(model, {
    executionProviders: ["cpu"],
    graphOptimizationLevel: level,
    executionMode: "sequential",
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { disable_quant_qdq: "1", set_denormal_as_zero: "0" } },
  });

async function timed(session: InferenceSession, feeds: Feeds): Promise<number> {
  const start = performance.now();
  await session.run(feeds);
  return performance.now() - start;
}

/** Medians in milliseconds, the two taking turns. */
async function measure({ model, program, floatFeeds, programFeeds }: Pair) {
  // the float model gets every optimization of the graph, the program the options that it is served with
  const float = await open(model, "all");
  const integer = await open(emitOnnx(program), "basic");
  const floatTimes: number[] = [];
  const integerTimes: number[] = [];
  const end = performance.now() + 1000 * SECONDS;
  for (let run = 0; run < WARM_UP || performance.now() < end; run++) {
    const floatTime = await timed(float, floatFeeds);
    const integerTime = await timed(integer, programFeeds);
    if (run < WARM_UP) continue;
    floatTimes.push(floatTime);
    integerTimes.push(integerTime);
  }
  await float.release();
  await integer.release();
  return { float: median(floatTimes), integer: median(integerTimes), runs: floatTimes.length };
}

const floatFeedsOf = (graph: ModelGraph, sample: Sample): Feeds =>
  Object.fromEntries(
    feedsOf(graph.inputs, sample, 0).map((data, index) => {
      const { name, dtype, shape } = graph.inputs[index]!;
      return [name, toOrt(dtype, shape, data)];
    }),
  );

const programFeedsOf = (tensors: readonly Tensor[]): Feeds =>
  Object.fromEntries(
    tensors.map(({ type, data }, index) => [inputName(index), toProgramOrt({ dims: type.shape, data })]),
  );

function randomSamples(length: number, low: number): Float32Array[] {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: 8 }, () => Float32Array.from({ length }, () => low + (1 - low) * random()));
}

async function plain(name: string, limit: number, model: Uint8Array, samples: SampleData[]): Promise<Pair> {
  progress(`compiling ${name}`);
  const compiled = await compileModel({ modelBytes: model, calibration: samples, options: { name } });
  return {
    ...{ name, limit, model },
    program: compiled.program,
    floatFeeds: floatFeedsOf(await readGraph(model), samples[0]!),
    programFeeds: programFeedsOf(encodeSample(compiled, samples[0]!)),
  };
}

/** A decode step in the middle of its context. */
async function decode(name: string, limit: number, model: Uint8Array, sequences: number[][]): Promise<Pair> {
  progress(`compiling ${name}`);
  const decoder = readDecoder(await readGraph(model));
  const step = await floatStep({ decoder, sequences });
  const { program } = stepProgram(step);
  const float = await FloatDecoder.open(decoder);
  const [sequence = []] = sequences;
  for (const token of sequence.slice(0, -1)) await float.step(token);
  const sample = float.feeds(sequence.at(-1)!);
  await float.close();
  const scalar = (value: number): Tensor => ({ type: tensorType("i32", [1]), data: Int32Array.of(value) });
  const caches = step.caches.map(({ type, initial }): Tensor => ({ type, data: initial }));
  return {
    ...{ name, limit, model, program },
    floatFeeds: floatFeedsOf(decoder.graph, sample),
    programFeeds: programFeedsOf([scalar(sequence.at(-1)!), scalar(sequence.length - 1), ...caches]),
  };
}

const file = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../examples/${path}`, import.meta.url)));

function passages(): SampleData[] {
  const { verses } = JSON.parse(new TextDecoder().decode(file("passages/data/heldOut.json"))) as {
    verses: { tokens: number[] }[];
  };
  return verses.slice(0, 200).map(({ tokens }) => {
    const input = new Int32Array(64).fill(1);
    input.set(tokens.slice(0, 64));
    return input;
  });
}

function story(): number[][] {
  const text = new TextDecoder().decode(file("storyteller/data/heldOut.txt"));
  const tokenizer = file("storyteller/tokenizer.json");
  return thinned(sequencesOf(text, { tokenizer, most: 128 }), 512);
}

const decoderSizes = {
  width: 768,
  layers: 2,
  heads: 12,
  keyHeads: 4,
  hidden: 2048,
  context: 256,
  vocabulary: 4096,
};
const randomTokens = Array.from({ length: 48 }, (_, index) => (index * 977 + 13) % decoderSizes.vocabulary);

const pairs: Record<string, (name: string) => Promise<Pair>> = {
  mlp_768: (name) => plain(name, 0.8, mlpModel(768, 6), randomSamples(768, -1)),
  mlp_2048: (name) => plain(name, 0.8, mlpModel(2048, 3), randomSamples(2048, -1)),
  cnn: (name) => plain(name, 1, cnnModel(28, 96), randomSamples(3 * 28 * 28, 0)),
  decode_768: (name) => decode(name, 1, decoderModel(decoderSizes), [randomTokens]),
  digits: (name) => plain(name, 2, digitsModel(), digitsSamples().slice(0, 200).map(digitsInput)),
  passages: (name) => plain(name, 2, file("passages/passages.onnx"), passages()),
  storyteller: (name) => decode(name, 2, file("storyteller/storyteller.onnx"), story()),
};

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const bars: Bar[] = [];
const rows: Row[] = [];
for (const [name, make] of Object.entries(pairs)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const pair = await make(name);
  progress(`measuring ${pair.name}`);
  const { float, integer, runs } = await measure(pair);
  const ratio = integer / float;
  bars.push(atMost(`${pair.name}_ratio_p50`, ratio, pair.limit, "ratio"));
  rows.push({
    model: pair.name,
    steps: pair.program.steps.length,
    "float ms": round(float),
    "program ms": round(integer),
    ratio: round(ratio),
    runs,
  });
}
report("program", bars, rows);
