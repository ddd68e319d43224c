// Channels of uneven size: balancing leaves the float model as it is, and makes its program more exact or smaller.
import { decodeNumbers, encodeNumbers, type Program } from "@assay/sdk/program";
import { expect } from "chai";
import { balance, divideAt, sitesOf } from "../../../node/compiler/balancing/index.ts";
import { buildModel } from "../../../node/compiler/build.ts";
import { calibrate } from "../../../node/compiler/calibration.ts";
import { GraphSession, type ModelGraph, readGraph } from "../../../node/compiler/graph/index.ts";
import { compileModel, formatReport } from "../../../node/compiler/index.ts";
import type { Linear } from "../../../node/compiler/linear.ts";
import { planOf } from "../../../node/compiler/patterns/index.ts";
import type { Normalization, Operation, Plan } from "../../../node/compiler/plan.ts";
import { ProgramSession } from "../../../node/execution/programSession.ts";
import { floatModelBytes, integers, type ModelSketch, normal } from "../../helpers/floatModels.ts";
import { Random } from "../../helpers/random.ts";

const WIDTH = 64;
const ROWS = 4;
const CLASSES = 10;
/** The channel that is larger than the others, as single channels of large language models are. */
const OUTLIER = 5;

const random = new Random(7);
const gauss = (...shape: number[]) => normal(random, shape);

/** A matrix with the weights from one row, or to one column, multiplied. */
function matrix(columns: number, factor = 1, axis: "row" | "column" = "row") {
  const { shape, data } = normal(random, [WIDTH, columns], 1 / Math.sqrt(WIDTH));
  const scaled = (data as Float32Array).map((value, index) => {
    const at = axis === "row" ? Math.floor(index / columns) : index % columns;
    return at === OUTLIER ? value * factor : value;
  });
  return { shape, data: scaled };
}

const uneven = (gain: number) => ({
  shape: [WIDTH],
  data: Float32Array.from({ length: WIDTH }, (_, channel) =>
    channel === OUTLIER ? gain : 1 + 0.2 * Math.sin(channel),
  ),
});

interface Unevenness {
  /** how much larger a channel is */
  readonly activations: number;
  /** what its weights are multiplied with */
  readonly weights: number;
}

/** A normalization that two products read. */
const normalized = ({ activations, weights }: Unevenness): ModelSketch => ({
  opset: 17,
  inputs: { x: [1, ROWS, WIDTH] },
  outputs: ["z", "v"],
  nodes: [
    { op: "MatMul", in: ["x", "before"], out: "h" },
    { op: "LayerNormalization", name: "norm", in: ["h", "gain", "shift"], out: "y" },
    { op: "MatMul", in: ["y", "first"], out: "z" },
    { op: "MatMul", in: ["y", "second"], out: "v" },
  ],
  constants: {
    before: matrix(WIDTH),
    gain: uneven(activations),
    shift: uneven(activations / 4),
    first: matrix(CLASSES, weights),
    second: matrix(7, weights),
  },
});

/** A gate, one side of which has a large channel. */
const gated = ({ activations, weights }: Unevenness): ModelSketch => ({
  inputs: { x: [1, ROWS, WIDTH] },
  outputs: ["z"],
  nodes: [
    { op: "MatMul", in: ["x", "gate"], out: "g" },
    { op: "Tanh", in: ["g"], out: "t" },
    { op: "MatMul", name: "up", in: ["x", "values"], out: "u" },
    { op: "Mul", in: ["t", "u"], out: "y" },
    { op: "MatMul", in: ["y", "down"], out: "z" },
  ],
  constants: {
    gate: matrix(WIDTH),
    values: matrix(WIDTH, activations, "column"),
    down: matrix(CLASSES, weights),
  },
});

const samples = (count: number): Float32Array[][] =>
  Array.from({ length: count }, () => [gauss(ROWS * WIDTH).data as Float32Array]);

interface Quality {
  /** by which the values of the first output stand above their error */
  readonly decibels: number;
  /** rows whose largest value is not where the float model has it */
  readonly missed: number;
  readonly steps: number;
  readonly program: Program;
}

async function measure(
  graph: ModelGraph,
  plan: Plan,
  statistics: Parameters<typeof buildModel>[1],
  tested: Float32Array[][],
): Promise<Quality> {
  const { program, inputs, outputs } = buildModel(
    plan,
    statistics,
    { inputRanges: {}, classifier: false },
    () => {},
  );
  const float = await GraphSession.open(graph, ["z"]);
  const integer = await ProgramSession.open(program);
  let [signal, noise, missed] = [0, 0, 0];
  const largest = (values: ArrayLike<number>, row: number): number => {
    const all = Array.from({ length: CLASSES }, (_, at) => values[row * CLASSES + at]!);
    return all.indexOf(Math.max(...all));
  };
  for (const [sample] of tested as [Float32Array][]) {
    const real = (await float.run([sample]))[0]!.data as Float32Array;
    const [type] = program.inputs;
    const data = encodeNumbers(inputs[0]!.codec, type!.dtype, sample);
    const [result] = await integer.run([{ type: type!, data }]);
    const numbers = decodeNumbers(outputs[0]!.codec, result!.data);
    real.forEach((value, index) => {
      signal += value ** 2;
      noise += (value - numbers[index]!) ** 2;
    });
    for (let row = 0; row < ROWS; row++) if (largest(real, row) !== largest(numbers, row)) missed++;
  }
  await float.close();
  await integer.close();
  return { decibels: 10 * Math.log10(signal / noise), missed, steps: program.steps.length, program };
}

/** The same model with and without balancing, on samples that calibration did not see. */
async function compare(model: ModelSketch) {
  const graph = await readGraph(floatModelBytes(model));
  const [calibrating, tested] = [samples(40), samples(100)];
  const plain = planOf(graph);
  const statistics = await calibrate(plain, calibrating, () => {});
  const without = await measure(graph, plain, statistics, tested);
  const plan = planOf(graph);
  const balanced = balance(plan, statistics);
  const balancing = await measure(graph, plan, balanced.statistics, tested);
  return { without, with: balancing, balances: balanced.balances };
}

const twoBytes = ({ program }: Quality): number =>
  program.steps.filter(({ op }) => op === "BitwiseAnd").length;

describe("compiler: balanced channels", () => {
  it("keep a normalization with an outlier channel exact, in one byte instead of two", async () => {
    const found = await compare(normalized({ activations: 60, weights: 0.1 }));
    expect(found.balances).to.have.length(1);
    expect(found.balances[0]).to.include({ node: "norm", tensor: "y" });
    expect(found.with.decibels - found.without.decibels, "dB").to.be.greaterThan(4);
    expect(found.with.missed).to.be.lessThan(0.6 * found.without.missed);
    expect([twoBytes(found.without), twoBytes(found.with)]).to.deep.equal([1, 0]);
    expect(found.with.steps).to.be.lessThan(found.without.steps);
    expect(found.balances[0]!.bytes).to.deep.equal([2, 1]);
  });

  it("are found behind a Reshape", async () => {
    const model = normalized({ activations: 60, weights: 0.1 });
    const [before, norm, first, second] = model.nodes;
    const found = await compare({
      ...model,
      nodes: [
        before!,
        norm!,
        { op: "Reshape", in: ["y", "rows"], out: "r" },
        { ...first!, in: ["r", "first"] },
        { ...second!, in: ["y", "second"] },
      ],
      constants: { ...model.constants, rows: integers(ROWS, WIDTH) },
    });
    expect(found.balances.map(({ tensor }) => tensor)).to.deep.equal(["y"]);
    expect(found.with.decibels - found.without.decibels, "dB").to.be.greaterThan(4);
    expect([twoBytes(found.without), twoBytes(found.with)]).to.deep.equal([2, 0]);
  });

  it("keep a gate with an outlier channel exact", async () => {
    const found = await compare(gated({ activations: 30, weights: 0.1 }));
    expect(found.balances.map(({ node }) => node)).to.deep.equal(["up"]);
    expect(found.with.decibels - found.without.decibels, "dB").to.be.greaterThan(1.5);
    expect([twoBytes(found.without), twoBytes(found.with)]).to.deep.equal([1, 0]);
  });

  it("stay as they are where no channel stands out", async () => {
    const found = await compare(normalized({ activations: 1, weights: 1 }));
    expect(found.balances).to.deep.equal([]);
    expect(found.with.program).to.deep.equal(found.without.program);
  });
});

/** What a plan of matrix products, normalizations and gates computes, in binary64. */
function evaluate(plan: Plan, input: ArrayLike<number>): Map<string, Float64Array> {
  const values = new Map<string, Float64Array>([["x", Float64Array.from(input)]]);
  const normalize = ({ centered, epsilon, gain, bias }: Normalization, given: Float64Array): Float64Array => {
    const out = new Float64Array(given.length);
    for (let start = 0; start < given.length; start += WIDTH) {
      const row = given.subarray(start, start + WIDTH);
      const mean = centered ? row.reduce((sum, value) => sum + value, 0) / WIDTH : 0;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / WIDTH;
      row.forEach((value, at) => {
        const scaled = ((value - mean) / Math.sqrt(variance + epsilon)) * gain[gain.length === 1 ? 0 : at]!;
        out[start + at] = scaled + (bias?.[bias.length === 1 ? 0 : at] ?? 0);
      });
    }
    return out;
  };
  const multiply = ({ weights, bias }: Linear, given: Float64Array): Float64Array => {
    const rows = given.length / weights.depth;
    const out = new Float64Array(rows * weights.channels);
    weights.forEach((floats, channel) => {
      for (let row = 0; row < rows; row++) {
        let sum = bias[channel]!;
        for (let k = 0; k < weights.depth; k++) sum += floats[k]! * given[row * weights.depth + k]!;
        out[row * weights.channels + channel] = sum;
      }
    });
    return out;
  };
  const apply = ({ inputs, parameters }: Operation): Float64Array => {
    const [first, second] = inputs.map((name) => values.get(name)!);
    if (parameters?.kind === "normalization") return normalize(parameters, first!);
    if (parameters?.kind === "linear") return multiply(parameters, first!);
    if (parameters?.kind === "unary") return first!.map(parameters.apply);
    return first!.map((value, index) => value * second![index]!);
  };
  for (const operation of plan.operations) values.set(operation.outputs[0]!, apply(operation));
  return values;
}

const nearest = (left: Float64Array, right: ArrayLike<number>): number =>
  left.reduce((most, value, index) => Math.max(most, Math.abs(value - right[index]!)), 0);

describe("compiler: balancing in floats", () => {
  const models = {
    "a normalization": normalized({ activations: 60, weights: 0.1 }),
    "a gate": gated({ activations: 30, weights: 0.1 }),
  };
  for (const [name, model] of Object.entries(models))
    it(`leaves a model with ${name} what it is`, async () => {
      const graph = await readGraph(floatModelBytes(model));
      const [site, ...others] = sitesOf(planOf(graph));
      expect(others).to.deep.equal([]);
      const divisors = Float64Array.from({ length: WIDTH }, () => 2 ** (8 * random.next() - 4));
      const [plain, divided] = [planOf(graph), planOf(graph)];
      divideAt(divided, site!, divisors);
      const float = await GraphSession.open(graph, ["z"]);
      for (const [sample] of samples(3) as [Float32Array][]) {
        const [before, after] = [evaluate(plain, sample), evaluate(divided, sample)];
        const real = (await float.run([sample]))[0]!.data as Float32Array;
        const most = real.reduce((value, each) => Math.max(value, Math.abs(each)), 0);
        expect(nearest(before.get("z")!, real) / most, "model").to.be.lessThan(1e-5);
        expect(nearest(after.get("z")!, real) / most, "balanced").to.be.lessThan(1e-5);
        expect(nearest(after.get("z")!, before.get("z")!) / most, "both").to.be.lessThan(1e-12);
        // what lies between is another tensor: each channel is divided
        const expected = before.get("y")!.map((value, index) => value / divisors[index % WIDTH]!);
        expect(nearest(after.get("y")!, expected)).to.be.lessThan(1e-9);
        expect(nearest(after.get("y")!, before.get("y")!)).to.be.greaterThan(0.1);
      }
      await float.close();
    });

  it("divides statistics as if the divided tensor had been seen", async () => {
    const graph = await readGraph(floatModelBytes(models["a gate"]));
    const plan = planOf(graph);
    const [site] = sitesOf(plan);
    const divisors = Float64Array.from({ length: WIDTH }, (_, channel) => 1 + channel);
    const given = samples(5);
    const seen = (await calibrate(plan, given, () => {})).get("y")!;
    const divided = seen.divided(site!.axis, divisors);
    const values = given.flatMap(([sample]) => [...evaluate(plan, sample!).get("y")!]);
    const expected = values.map((value, index) => value / divisors[index % WIDTH]!);
    expect(divided.min).to.be.closeTo(Math.min(...expected), 1e-5);
    expect(divided.max).to.be.closeTo(Math.max(...expected), 1e-5);
    expect(nearest(Float64Array.from(divided.sample), expected)).to.be.lessThan(1e-5);
    const channel = expected.filter((_, index) => index % WIDTH === OUTLIER);
    const mean = (numbers: readonly number[]): number =>
      numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    expect(divided.mean(site!.axis, OUTLIER)).to.be.closeTo(mean(channel), 1e-5);
    expect(divided.secondMoment(site!.axis, OUTLIER)).to.be.closeTo(mean(channel.map((v) => v * v)), 1e-5);
    expect(divided.most(site!.axis, OUTLIER)).to.be.closeTo(Math.max(...channel.map(Math.abs)), 1e-5);
  });
});

describe("compiler: what is not balanced", () => {
  const base = normalized({ activations: 60, weights: 0.1 });
  const cases: Record<string, ModelSketch> = {
    "a tensor that something else reads too": {
      ...base,
      outputs: ["z", "w"],
      nodes: [...base.nodes.slice(0, 3), { op: "Add", in: ["y", "h"], out: "w" }],
    },
    "an output of the model": { ...base, outputs: ["z", "y"] },
    "a gate that is its own square": {
      ...gated({ activations: 30, weights: 0.1 }),
      nodes: [
        { op: "MatMul", in: ["x", "values"], out: "u" },
        { op: "Mul", in: ["u", "u"], out: "y" },
        { op: "MatMul", in: ["y", "down"], out: "z" },
      ],
    },
  };
  for (const [name, model] of Object.entries(cases))
    it(name, async () => {
      const graph = await readGraph(floatModelBytes(model));
      expect(sitesOf(planOf(graph))).to.deep.equal([]);
    });

  it("with high precision, nothing", async () => {
    const compile = (precision: "balanced" | "high") =>
      compileModel({ modelBytes: floatModelBytes(base), calibration, options: { name: "test", precision } });
    const calibration = samples(40);
    const [balanced, high] = [await compile("balanced"), await compile("high")];
    expect(high.report.balances).to.deep.equal([]);
    expect(balanced.report.balances).to.have.length(1);
    expect(formatReport(balanced.report)).to.match(
      /^balanced norm: α 0\.\d+, factors .* in one byte instead of two$/m,
    );
    // the rows of the report compare with the divided values
    const row = balanced.report.layers.find(({ node }) => node === "norm");
    expect(row!.sqnr).to.be.greaterThan(30);
  });
});
