// Every supported operator, with its variants, compiled and held against the float model on random weights and inputs.
import { emitOnnx, readFastForm } from "@assay/sdk/program";
import { expect } from "chai";
import { type CompileOptions, type CompileResult, compileModel } from "../../../node/compiler/index.ts";
import { constant, floatModelBytes, integers, type ModelSketch, normal } from "../../helpers/floatModels.ts";
import { Random } from "../../helpers/random.ts";

const random = new Random(20);
const IMAGE = [1, 3, 9, 9];
const weights = (...shape: number[]) =>
  normal(random, shape, 1 / Math.sqrt(shape.slice(1).reduce((product, size) => product * size, 1)));

/** Random samples of the first input, uniform in [low, high]. */
function samplesOf({ inputs }: ModelSketch, low: number, high: number): Float32Array[][] {
  const lengths = Object.values(inputs).map((shape) =>
    shape.reduce<number>((product, size) => product * (typeof size === "string" ? 1 : size), 1),
  );
  return Array.from({ length: 48 }, () =>
    lengths.map((length) => Float32Array.from({ length }, () => low + (high - low) * random.next())),
  );
}

async function compile(
  model: ModelSketch,
  { low = -1, high = 1, ...options }: Partial<CompileOptions> & { low?: number; high?: number } = {},
): Promise<CompileResult> {
  const result = await compileModel({
    modelBytes: floatModelBytes(model),
    calibration: samplesOf(model, low, high),
    options: { name: "test", ...options },
  });
  expect(readFastForm(emitOnnx(result.program))).to.deep.equal(result.program);
  return result;
}

/** Every layer of the program follows the float model: signal at least `decibels` above the noise. */
function expectClose({ report }: CompileResult, decibels = 28): void {
  expect(report.layers.length).to.be.greaterThan(0);
  for (const { node, sqnr } of report.layers)
    if (sqnr !== null) expect(sqnr, `${node}, dB`).to.be.greaterThan(decibels);
}

const operatorsOf = ({ program }: CompileResult): string[] => program.steps.map(({ op }) => op);
const requantization = ["Add", "Div", "Clip", "Cast"];

describe("compiler: convolutions", () => {
  const variants: Record<
    string,
    { attributes: Record<string, number | number[] | string>; shape: number[] }
  > = {
    "without pads": { attributes: {}, shape: [6, 3, 3, 3] },
    "with uneven pads": { attributes: { pads: [1, 0, 2, 1] }, shape: [6, 3, 3, 3] },
    "with strides": { attributes: { strides: [2, 3], pads: [1, 1, 1, 1] }, shape: [6, 3, 3, 3] },
    "with dilations": { attributes: { dilations: [2, 1], pads: [2, 1, 2, 1] }, shape: [6, 3, 3, 3] },
    "with groups": { attributes: { group: 3, pads: [1, 1, 1, 1] }, shape: [6, 1, 3, 3] },
    "1×1": { attributes: {}, shape: [4, 3, 1, 1] },
    "with SAME_UPPER": { attributes: { auto_pad: "SAME_UPPER", strides: [2, 2] }, shape: [6, 3, 4, 4] },
    "with SAME_LOWER": { attributes: { auto_pad: "SAME_LOWER", strides: [2, 2] }, shape: [6, 3, 4, 4] },
    "with VALID": { attributes: { auto_pad: "VALID" }, shape: [6, 3, 3, 3] },
  };
  for (const [name, { attributes, shape }] of Object.entries(variants))
    it(`${name}, followed by Relu`, async () => {
      const result = await compile({
        inputs: { x: IMAGE },
        outputs: ["y"],
        nodes: [
          { op: "Conv", in: ["x", "w", "b"], out: "c", attributes },
          { op: "Relu", in: ["c"], out: "y" },
        ],
        constants: { w: weights(...shape), b: normal(random, [shape[0]!], 0.1) },
      });
      expect(operatorsOf(result)).to.deep.equal(["ConvInteger", ...requantization]);
      expectClose(result);
    });

  it("without bias, as the last layer, keeps 32 bits", async () => {
    const result = await compile({
      inputs: { x: IMAGE },
      outputs: ["y"],
      nodes: [{ op: "Conv", in: ["x", "w"], out: "y" }],
      constants: { w: weights(2, 3, 3, 3) },
    });
    expect(operatorsOf(result)).to.deep.equal(["ConvInteger", "Add"]);
    expect(result.manifest.outputs).to.have.length(1);
    expect(result.manifest.outputs[0]).to.deep.include({ name: "y", dtype: "i32", shape: [1, 2, 7, 7] });
    expectClose(result, 32);
  });

  it("with a signed output in the middle: the zero point carries the sign", async () => {
    const result = await compile({
      inputs: { x: IMAGE },
      outputs: ["y"],
      nodes: [
        { op: "Conv", in: ["x", "w"], out: "c" },
        { op: "Conv", in: ["c", "v"], out: "d" },
        { op: "Relu", in: ["d"], out: "y" },
      ],
      constants: { w: weights(6, 3, 3, 3), v: weights(5, 6, 3, 3) },
    });
    expect(result.report.layers[0]!.zeroPoint).to.be.within(100, 156);
    expectClose(result);
  });

  it("folds BatchNormalization, Mul, Sub and Add per channel into the weights", async () => {
    const result = await compile({
      inputs: { x: IMAGE },
      outputs: ["y"],
      nodes: [
        { op: "Conv", in: ["x", "w"], out: "c" },
        {
          op: "BatchNormalization",
          in: ["c", "s", "b", "m", "v"],
          out: "n",
          attributes: { epsilon: { float: 1e-3 } },
        },
        { op: "Mul", in: ["scale", "n"], out: "p" },
        { op: "Sub", in: ["p", "shift"], out: "q" },
        { op: "Div", in: ["q", "two"], out: "r" },
        { op: "Sub", in: ["one", "r"], out: "t" },
        { op: "Relu", in: ["t"], out: "y" },
      ],
      constants: {
        w: weights(4, 3, 3, 3),
        s: constant([4], 1, 0.5, -2, 1.5),
        b: constant([4], 0.3, -0.2, 0.1, 0),
        m: constant([4], 0.1, 0.2, -0.3, 0),
        v: constant([4], 1, 0.5, 2, 0.1),
        scale: constant([1, 4, 1, 1], 1, 2, 3, 0.25),
        shift: constant([4, 1, 1], 0.5, 0, -0.5, 0.1),
        two: constant([], 2),
        one: constant([], 1),
      },
    });
    expect(operatorsOf(result)).to.deep.equal(["ConvInteger", ...requantization]);
    expectClose(result);
  });
});

describe("compiler: activations and pooling", () => {
  const conv = { op: "Conv", in: ["x", "w"], out: "c" };
  const constants = {
    w: weights(4, 3, 3, 3),
    zero: constant([], 0),
    six: constant([], 6),
    low: constant([], -0.5),
  };

  it("compiles Clip to [0, 6] into the final clamp", async () => {
    const nodes = [conv, { op: "Clip", in: ["c", "zero", "six"], out: "y" }];
    const result = await compile(
      { inputs: { x: IMAGE }, outputs: ["y"], nodes, constants },
      { low: -9, high: 9 },
    );
    expect(operatorsOf(result)).to.deep.equal(["ConvInteger", ...requantization]);
    expectClose(result);
  });

  it("compiles Clip with a negative bound, and Clip of old opsets with attributes", async () => {
    const negative = { op: "Clip", in: ["c", "low"], out: "y" };
    expectClose(await compile({ inputs: { x: IMAGE }, outputs: ["y"], nodes: [conv, negative], constants }));
    const old = { op: "Clip", in: ["c"], out: "y", attributes: { min: { float: 0 }, max: { float: 0.5 } } };
    expectClose(
      await compile({ inputs: { x: IMAGE }, outputs: ["y"], nodes: [conv, old], constants, opset: 10 }),
    );
  });

  it("moves Relu through MaxPool and Reshape into the layer before them", async () => {
    const result = await compile(
      {
        inputs: { x: IMAGE },
        outputs: ["y"],
        nodes: [
          conv,
          {
            op: "MaxPool",
            in: ["c"],
            out: "p",
            attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
          },
          { op: "Flatten", in: ["p"], out: "f" },
          { op: "Relu", in: ["f"], out: "y" },
        ],
        constants,
      },
      { classifier: false },
    );
    expect(operatorsOf(result)).to.deep.equal(["ConvInteger", ...requantization, "MaxPool", "Reshape"]);
    expect(result.report.layers[0]!.zeroPoint).to.equal(0);
    expectClose(result);
  });

  it("keeps a Relu apart whose input others read, and one on the model's input", async () => {
    const shared = await compile({
      inputs: { x: IMAGE },
      outputs: ["y", "c"],
      nodes: [
        conv,
        { op: "MaxPool", in: ["c"], out: "p", attributes: { kernel_shape: [2, 2] } },
        { op: "Relu", in: ["p"], out: "y" },
      ],
      constants,
    });
    expect(operatorsOf(shared).slice(-4)).to.deep.equal(["MaxPool", "Cast", "Clip", "Cast"]);
    expectClose(shared);
    const first = await compile({
      inputs: { x: IMAGE },
      outputs: ["c"],
      nodes: [
        { op: "Relu", in: ["x"], out: "r" },
        { ...conv, in: ["r", "w"] },
      ],
      constants,
    });
    expect(operatorsOf(first)).to.deep.equal(["Cast", "Clip", "Cast", "ConvInteger", "Add"]);
    expectClose(first);
  });

  it("compiles MaxPool with pads, strides and dilations", async () => {
    const attributes = { kernel_shape: [3, 2], pads: [1, 0, 1, 1], strides: [2, 1], dilations: [1, 2] };
    const nodes = [conv, { op: "MaxPool", in: ["c"], out: "y", attributes }];
    expectClose(await compile({ inputs: { x: IMAGE }, outputs: ["y"], nodes, constants }));
  });

  it("compiles averages as convolutions", async () => {
    const attributes = { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0], count_include_pad: 1 };
    const result = await compile({
      inputs: { x: IMAGE },
      outputs: ["y"],
      nodes: [
        conv,
        { op: "Relu", in: ["c"], out: "r" },
        { op: "AveragePool", in: ["r"], out: "a", attributes },
        { op: "GlobalAveragePool", in: ["a"], out: "g" },
        { op: "Flatten", in: ["g"], out: "f" },
        { op: "Gemm", in: ["f", "v"], out: "y" },
      ],
      constants: { ...constants, v: weights(4, 3) },
    });
    expectClose(result, 24);
    expect(result.manifest.outputs.map(({ name }) => name)).to.deep.equal(["y", "label"]);
  });
});

describe("compiler: matrices and shapes", () => {
  it("compiles Gemm with alpha, beta and transB", async () => {
    const result = await compile({
      inputs: { x: [1, 20] },
      outputs: ["y"],
      nodes: [
        {
          op: "Gemm",
          in: ["x", "w", "b"],
          out: "y",
          attributes: { transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } },
        },
      ],
      constants: { w: weights(7, 20), b: normal(random, [1, 7], 0.2) },
    });
    expect(operatorsOf(result)).to.deep.equal(["MatMulInteger", "Add", "ArgMax"]);
    expectClose(result, 32);
  });

  it("compiles MatMul + Add on rows of several dimensions, with an open batch", async () => {
    const result = await compile({
      inputs: { x: ["batch", 5, 12] },
      outputs: ["y"],
      nodes: [
        { op: "MatMul", in: ["x", "w"], out: "m" },
        { op: "Add", in: ["b", "m"], out: "a" },
        { op: "Relu", in: ["a"], out: "r" },
        { op: "MatMul", in: ["r", "v"], out: "y" },
      ],
      constants: { w: weights(12, 8), b: normal(random, [8], 0.2), v: weights(8, 4) },
    });
    expect(result.manifest.outputs).to.have.length(1);
    expect(result.manifest.compiler.options.openBatch).to.deep.equal(["x"]);
    expectClose(result, 26);
  });

  it("folds what exporters write around a Reshape", async () => {
    const result = await compile({
      inputs: { x: [1, 2, 3, 4] },
      outputs: ["y"],
      nodes: [
        { op: "Shape", in: ["x"], out: "shape" },
        { op: "Constant", in: [], out: "first", attributes: { value_int: 0 } },
        { op: "Gather", in: ["shape", "first"], out: "batch" },
        { op: "Unsqueeze", in: ["batch", "axes"], out: "rows" },
        { op: "Concat", in: ["rows", "open"], out: "target", attributes: { axis: 0 } },
        { op: "Reshape", in: ["x", "target"], out: "flat" },
        { op: "Identity", in: ["flat"], out: "same" },
        { op: "Dropout", in: ["same"], out: "kept" },
        { op: "Transpose", in: ["w"], out: "wt" },
        { op: "MatMul", in: ["kept", "wt"], out: "y" },
      ],
      constants: { axes: integers(0), open: integers(-1), w: weights(5, 24) },
    });
    expect(operatorsOf(result)).to.deep.equal(["Reshape", "MatMulInteger", "Add", "ArgMax"]);
    expectClose(result, 32);
  });

  it("compiles several inputs and outputs, in order", async () => {
    const model: ModelSketch = {
      inputs: { a: [1, 10], b: [1, 6] },
      outputs: ["y", "z"],
      nodes: [
        { op: "MatMul", in: ["b", "v"], out: "z" },
        { op: "MatMul", in: ["a", "w"], out: "y" },
      ],
      constants: { w: weights(10, 3), v: weights(6, 2) },
    };
    const { program, manifest } = await compile(model, { inputRanges: { b: [-1, 1] } });
    expect(program.inputs.map(({ shape }) => shape)).to.deep.equal([
      [1, 10],
      [1, 6],
    ]);
    expect(manifest.outputs.map(({ name, shape }) => [name, shape])).to.deep.equal([
      ["y", [1, 3]],
      ["z", [1, 2]],
    ]);
  });

  it("survives channels without weights, and outputs that are always 0", async () => {
    const w = weights(10, 4);
    for (let row = 0; row < 10; row++) w.data[4 * row] = 0;
    const result = await compile({
      inputs: { x: [1, 10] },
      outputs: ["y"],
      nodes: [
        { op: "Gemm", in: ["x", "w", "b"], out: "g" },
        { op: "Relu", in: ["g"], out: "r" },
        { op: "Gemm", in: ["r", "v", "c"], out: "h" },
        { op: "Relu", in: ["h"], out: "y" },
      ],
      constants: {
        w,
        b: constant([4], 1000, -5, 0.1, 0),
        v: constant([4, 2], ...new Array<number>(8).fill(0)),
        c: constant([2], 0, -1),
      },
    });
    expect(result.report.layers[1]!.maxError).to.equal(0);
  });

  it("leaves a final Softmax out only when told, and says so", async () => {
    const model: ModelSketch = {
      inputs: { x: [1, 10] },
      outputs: ["p"],
      nodes: [
        { op: "MatMul", in: ["x", "w"], out: "logits" },
        { op: "Softmax", name: "last", in: ["logits"], out: "p", attributes: { axis: -1 } },
      ],
      constants: { w: weights(10, 4) },
    };
    const { manifest, report } = await compile(model, { softmax: "drop" });
    expect(manifest.outputs.map(({ name }) => name)).to.deep.equal(["logits", "label"]);
    expect(manifest.compiler.options.softmax).to.equal("drop");
    expect(report.comparison!.agree).to.be.at.least(46);
  });
});
