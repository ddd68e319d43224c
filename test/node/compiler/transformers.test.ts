// What transformers are made of, compiled and held against the float model; every program means the same in both executors.
import { readFileSync } from "node:fs";
import { decodeNumbers, emitOnnx, execute, packInputs, readFastForm } from "@assay/sdk/program";
import { expect } from "chai";
import { GraphSession, readGraph } from "../../../node/compiler/graph/index.ts";
import {
  type CompileOptions,
  type CompileResult,
  compileModel,
  encodeSample,
  evaluateModel,
} from "../../../node/compiler/index.ts";
import { ProgramSession } from "../../../node/execution/programSession.ts";
import {
  constant,
  floatModelBytes,
  integers,
  type ModelSketch,
  type NodeSketch,
  normal,
} from "../../helpers/floatModels.ts";
import { Random } from "../../helpers/random.ts";

const random = new Random(31);
const gauss = (length: number, deviation = 1): Float32Array =>
  normal(random, [length], deviation).data as Float32Array;

function samplesOf({ inputs }: ModelSketch, count: number, low?: number): Float32Array[][] {
  const lengths = Object.values(inputs).map((shape) =>
    shape.reduce<number>((product, size) => product * Number(size), 1),
  );
  return Array.from({ length: count }, () =>
    lengths.map((length) => {
      const values = gauss(length);
      return low === undefined ? values : values.map((value) => Math.max(low, Math.abs(value)));
    }),
  );
}

/** Decibels by which the first output's values stand above their error, over samples that calibration did not see. */
async function quality(
  result: CompileResult,
  modelBytes: Uint8Array,
  samples: Float32Array[][],
): Promise<number> {
  const graph = await readGraph(modelBytes);
  const float = await GraphSession.open(graph, [graph.outputs[0]!.tensor.name]);
  const { program, manifest } = result;
  const fast = await ProgramSession.open(program, { form: "trace" });
  let [signal, noise] = [0, 0];
  for (const sample of samples) {
    const inputs = encodeSample(result, sample);
    const slots = await fast.run(inputs);
    const bytes = packInputs(
      program,
      inputs.map(({ data }) => data),
    );
    expect(slots, "reference").to.deep.equal(execute(program, bytes));
    const [real] = await float.run(sample);
    const numbers = decodeNumbers(manifest.outputs[0]!.codec, slots[program.outputs[0]!]!.data);
    (real!.data as Float32Array).forEach((value, index) => {
      signal += value * value;
      noise += (numbers[index]! - value) ** 2;
    });
  }
  await float.close();
  await fast.close();
  return 10 * Math.log10(signal / noise);
}

interface Case {
  readonly model: ModelSketch;
  readonly decibels: number;
  /** what no computed step may be */
  readonly low?: number;
  readonly options?: Partial<CompileOptions>;
  readonly operators?: readonly string[];
}

async function check({ model, decibels, low, options, operators }: Case): Promise<void> {
  const modelBytes = floatModelBytes({ opset: 21, ...model });
  const result = await compileModel({
    modelBytes,
    calibration: samplesOf(model, 40, low),
    options: { name: "test", classifier: false, ...options },
  });
  expect(readFastForm(emitOnnx(result.program))).to.deep.equal(result.program);
  const found = await quality(result, modelBytes, samplesOf(model, 4, low));
  expect(found, "dB").to.be.greaterThan(decibels);
  const used = new Set(result.program.steps.map(({ op }) => op));
  for (const name of operators ?? []) expect([...used]).to.include(name);
}

const WIDTH = 24;
const ROWS = 6;
const SHAPE = [1, ROWS, WIDTH];
const matrix = (rows: number, columns: number) => normal(random, [rows, columns], 1 / Math.sqrt(rows));

/** Nodes between a product before and a product behind, as layers meet them. */
const between = (nodes: readonly NodeSketch[], constants: ModelSketch["constants"] = {}): ModelSketch => ({
  inputs: { x: SHAPE },
  outputs: ["z"],
  nodes: [
    { op: "MatMul", in: ["x", "before"], out: "h" },
    ...nodes,
    { op: "MatMul", in: ["y", "behind"], out: "z" },
  ],
  constants: { before: matrix(WIDTH, WIDTH), behind: matrix(WIDTH, 10), ...constants },
});

const one = (op: string, attributes: NodeSketch["attributes"] = {}): Case => ({
  model: between([{ op, in: ["h"], out: "y", attributes }]),
  decibels: 27,
  operators: ["GatherElements"],
});

describe("compiler: functions of one number", () => {
  const cases: Record<string, Case> = {
    Sigmoid: one("Sigmoid"),
    Tanh: one("Tanh"),
    Erf: one("Erf"),
    Gelu: one("Gelu"),
    "Gelu by tanh": one("Gelu", { approximate: "tanh" }),
    HardSwish: one("HardSwish"),
    LeakyRelu: one("LeakyRelu", { alpha: { float: 0.1 } }),
    Softplus: one("Softplus"),
    Elu: one("Elu"),
    Abs: one("Abs"),
    "SiLU, spelled out": {
      ...one("Sigmoid"),
      model: between([
        { op: "Sigmoid", in: ["h"], out: "s" },
        { op: "Mul", in: ["h", "s"], out: "y" },
      ]),
    },
    "GELU by erf, spelled out": {
      ...one("Erf"),
      model: between(
        [
          { op: "Div", in: ["h", "root"], out: "a" },
          { op: "Erf", in: ["a"], out: "b" },
          { op: "Add", in: ["b", "one"], out: "c" },
          { op: "Mul", in: ["h", "c"], out: "d" },
          { op: "Mul", in: ["d", "half"], out: "y" },
        ],
        { root: constant([], Math.SQRT2), one: constant([], 1), half: constant([], 0.5) },
      ),
    },
  };
  for (const [name, each] of Object.entries(cases)) it(name, () => check(each));

  it("is one table however many nodes spell it out", async () => {
    const model = between(
      [
        { op: "Pow", in: ["h", "three"], out: "a" },
        { op: "Mul", in: ["a", "k"], out: "b" },
        { op: "Add", in: ["h", "b"], out: "c" },
        { op: "Tanh", in: ["c"], out: "d" },
        { op: "Mul", in: ["h", "d"], out: "y" },
      ],
      { three: constant([], 3), k: constant([], 0.044715) },
    );
    const { program } = await compileModel({
      modelBytes: floatModelBytes({ opset: 21, ...model }),
      calibration: samplesOf(model, 8),
      options: { name: "test" },
    });
    expect(program.steps.filter(({ op }) => op === "GatherElements")).to.have.length(1);
  });
});

describe("compiler: normalization, attention and residual streams", () => {
  const gains = {
    gain: { shape: [WIDTH], data: gauss(WIDTH, 0.3).map((value) => 1 + value) },
    shift: normal(random, [WIDTH], 0.2),
    epsilon: constant([], 1e-5),
    axes: integers(-1),
    two: constant([], 2),
  };
  const layer: NodeSketch = { op: "LayerNormalization", in: ["h", "gain", "shift"], out: "y" };
  const rms: NodeSketch[] = [
    { op: "Pow", in: ["h", "two"], out: "a" },
    { op: "ReduceMean", in: ["a", "axes"], out: "b" },
    { op: "Add", in: ["b", "epsilon"], out: "c" },
    { op: "Sqrt", in: ["c"], out: "d" },
    { op: "Div", in: ["h", "d"], out: "e" },
    { op: "Mul", in: ["e", "gain"], out: "y" },
  ];
  const split: NodeSketch[] = [
    { op: "ReduceMean", in: ["h", "axes"], out: "m" },
    { op: "Sub", in: ["h", "m"], out: "a" },
    { op: "Mul", in: ["a", "a"], out: "b" },
    { op: "ReduceMean", in: ["b", "axes"], out: "c" },
    { op: "Add", in: ["c", "epsilon"], out: "d" },
    { op: "Sqrt", in: ["d"], out: "e" },
    { op: "Div", in: ["a", "e"], out: "f" },
    { op: "Mul", in: ["f", "gain"], out: "g" },
    { op: "Add", in: ["g", "shift"], out: "y" },
  ];
  const heads = {
    shape4: integers(1, ROWS, 3, WIDTH / 3),
    shape3: integers(...SHAPE),
    scale: constant([], 0.35),
  };
  const head = (name: string, perm: number[]): NodeSketch[] => [
    { op: "MatMul", in: ["h", `w${name}`], out: `${name}0` },
    { op: "Reshape", in: [`${name}0`, "shape4"], out: `${name}1` },
    { op: "Transpose", in: [`${name}1`], out: name, attributes: { perm } },
  ];
  const attention: NodeSketch[] = [
    ...head("q", [0, 2, 1, 3]),
    ...head("k", [0, 2, 3, 1]),
    ...head("v", [0, 2, 1, 3]),
    { op: "MatMul", in: ["q", "k"], out: "s" },
    { op: "Mul", in: ["s", "scale"], out: "t" },
    { op: "Add", in: ["t", "mask"], out: "u" },
    { op: "Softmax", in: ["u"], out: "p", attributes: { axis: -1 } },
    { op: "MatMul", in: ["p", "v"], out: "o" },
    { op: "Transpose", in: ["o"], out: "o1", attributes: { perm: [0, 2, 1, 3] } },
    { op: "Reshape", in: ["o1", "shape3"], out: "y" },
  ];
  const causal = Float32Array.from({ length: ROWS * ROWS }, (_, index) =>
    index % ROWS <= Math.floor(index / ROWS) ? 0 : -1e9,
  );
  const projections = {
    ...heads,
    wq: matrix(WIDTH, WIDTH),
    wk: matrix(WIDTH, WIDTH),
    wv: matrix(WIDTH, WIDTH),
    mask: { shape: [1, 1, ROWS, ROWS], data: causal },
  };
  const cases: Record<string, Case> = {
    LayerNormalization: { model: between([layer], gains), decibels: 30, operators: ["Isqrt"] },
    "LayerNormalization, spelled out": { model: between(split, gains), decibels: 30, operators: ["Isqrt"] },
    "RMS normalization, spelled out": { model: between(rms, gains), decibels: 30, operators: ["Isqrt"] },
    "LayerNormalization in two bytes": {
      model: between([layer], gains),
      decibels: 40,
      options: { precision: "high" },
    },
    "causal attention with several heads": { model: between(attention, projections), decibels: 26 },
    Softmax: {
      model: between([{ op: "Softmax", in: ["h"], out: "y", attributes: { axis: -1 } }]),
      decibels: 28,
    },
    "a Softmax at the end": {
      model: {
        inputs: { x: [1, WIDTH] },
        outputs: ["p"],
        nodes: [
          { op: "MatMul", in: ["x", "w"], out: "l" },
          { op: "Softmax", in: ["l"], out: "p", attributes: { axis: -1 } },
        ],
        constants: { w: matrix(WIDTH, 12) },
      },
      decibels: 32,
    },
    "a residual stream over many layers": {
      model: {
        inputs: { x: SHAPE },
        outputs: ["z"],
        nodes: [
          ...Array.from({ length: 12 }, (_, index): NodeSketch[] => [
            { op: "MatMul", in: [index === 0 ? "x" : `r${index - 1}`, "before"], out: `m${index}` },
            { op: "Relu", in: [`m${index}`], out: `a${index}` },
            { op: "MatMul", in: [`a${index}`, "back"], out: `b${index}` },
            { op: "Add", in: [index === 0 ? "x" : `r${index - 1}`, `b${index}`], out: `r${index}` },
          ]).flat(),
          { op: "MatMul", in: ["r11", "behind"], out: "z" },
        ],
        constants: {
          before: matrix(WIDTH, WIDTH),
          back: normal(random, [WIDTH, WIDTH], 0.05),
          behind: matrix(WIDTH, 10),
        },
      },
      decibels: 28,
    },
  };
  for (const [name, each] of Object.entries(cases)) it(name, () => check(each));
});

describe("compiler: arithmetic on computed values", () => {
  const two = (op: string): ModelSketch => ({
    inputs: { x: SHAPE },
    outputs: ["z"],
    nodes: [
      { op: "MatMul", in: ["x", "before"], out: "g" },
      { op: "MatMul", in: ["x", "other"], out: "h" },
      { op, in: ["g", "h"], out: "y" },
      { op: "MatMul", in: ["y", "behind"], out: "z" },
    ],
    constants: { before: matrix(WIDTH, WIDTH), other: matrix(WIDTH, WIDTH), behind: matrix(WIDTH, 10) },
  });
  const gated: ModelSketch = {
    ...two("Mul"),
    nodes: [
      { op: "MatMul", in: ["x", "before"], out: "g0" },
      { op: "Sigmoid", in: ["g0"], out: "s" },
      { op: "Mul", in: ["g0", "s"], out: "g" },
      { op: "MatMul", in: ["x", "other"], out: "h" },
      { op: "Mul", in: ["g", "h"], out: "y" },
      { op: "MatMul", in: ["y", "behind"], out: "z" },
    ],
  };
  const quotient: ModelSketch = {
    inputs: { x: [1, WIDTH], d: [1, WIDTH] },
    outputs: ["z"],
    nodes: [
      { op: "Add", in: ["d", "one"], out: "e" },
      { op: "Div", in: ["x", "e"], out: "z" },
    ],
    constants: { one: constant([], 1) },
  };
  const perChannel = normal(random, [WIDTH], 1);
  const cases: Record<string, Case> = {
    Add: { model: two("Add"), decibels: 28 },
    Sub: { model: two("Sub"), decibels: 28 },
    Mul: { model: two("Mul"), decibels: 28 },
    Max: { model: two("Max"), decibels: 28 },
    Min: { model: two("Min"), decibels: 28 },
    "a gate in two bytes": { model: gated, decibels: 30, operators: ["BitwiseAnd"] },
    Div: { model: quotient, decibels: 50, low: 0.1 },
    "factors per channel": {
      model: between(
        [
          { op: "Tanh", in: ["h"], out: "t" },
          { op: "Mul", in: ["t", "factors"], out: "u" },
          { op: "Add", in: ["u", "factors"], out: "v" },
          { op: "Neg", in: ["v"], out: "y" },
        ],
        { factors: perChannel },
      ),
      decibels: 27,
    },
    "Concat, Slice and Split": {
      model: between(
        [
          { op: "Slice", in: ["h", "zero", "half", "last"], out: "a" },
          { op: "Slice", in: ["h", "half", "whole", "last"], out: "b" },
          { op: "Neg", in: ["b"], out: "c" },
          { op: "Concat", in: ["c", "a"], out: "y", attributes: { axis: -1 } },
        ],
        { zero: integers(0), half: integers(WIDTH / 2), whole: integers(WIDTH), last: integers(-1) },
      ),
      decibels: 28,
    },
  };
  for (const [name, each] of Object.entries(cases)) it(name, () => check(each));

  it("S-03: clips what inputs beyond calibration would carry out of 32 bits", async () => {
    const model = gated;
    const modelBytes = floatModelBytes({ opset: 21, ...model });
    const result = await compileModel({
      modelBytes,
      calibration: samplesOf(model, 8).map((sample) =>
        sample.map((data) => data.map((value) => value / 100)),
      ),
      options: { name: "test" },
    });
    const wild = samplesOf(model, 2).map((sample) => sample.map((data) => data.map((value) => 1e4 * value)));
    // equal in both executors whatever the inputs are
    expect(await quality(result, modelBytes, wild)).to.be.lessThan(20);
  });
});

describe("compiler: the passages encoder", function () {
  this.timeout(60_000);

  it("loses at most half a point of accuracy", async () => {
    const file = (name: string) =>
      readFileSync(new URL(`../../../examples/passages/${name}`, import.meta.url));
    const modelBytes = new Uint8Array(file("passages.onnx"));
    const { verses } = JSON.parse(file("data/heldOut.json").toString()) as {
      verses: { tokens: number[]; label: number }[];
    };
    const samples = verses.map(({ tokens }) => {
      const input = new Int32Array(64).fill(1);
      input.set(tokens.slice(0, 64));
      return input;
    });
    const compiled = await compileModel({
      modelBytes,
      calibration: samples.filter((_, index) => index % 25 === 0),
      options: { name: "passages" },
    });
    const tested = samples.map((_, index) => index).filter((index) => index % 2 === 1);
    const { floatCorrect, integerCorrect, agree } = await evaluateModel({
      ...compiled,
      modelBytes,
      samples: tested.map((index) => samples[index]!),
      expected: tested.map((index) => verses[index]!.label),
    });
    console.log(
      `      n = ${tested.length}: float ${floatCorrect} right, integer ${integerCorrect} right, ${agree} same`,
    );
    expect((floatCorrect! - integerCorrect!) / tested.length).to.be.at.most(0.005);
    expect(agree / tested.length).to.be.at.least(0.98);
  });
});
