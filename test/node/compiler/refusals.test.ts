// What the compiler does not compile: refused by node and operator, with the reason and what to do, never approximated.
import { BaseError } from "@assay/sdk";
import { type ModelProto, OnnxFormatError, writeOnnxModel } from "@assay/sdk/program";
import { expect } from "chai";
import { readFloatModel } from "../../../node/compiler/floatModel.ts";
import {
  CalibrationError,
  type CompileOptions,
  compileModel,
  UnsupportedModelError,
  UnsupportedNodeError,
} from "../../../node/compiler/index.ts";
import { fuse } from "../../../node/compiler/lowering/fuse.ts";
import { lower } from "../../../node/compiler/lowering/lower.ts";
import { constant, floatModel, integers, type ModelSketch, normal } from "../../helpers/floatModels.ts";
import { changeBytes, changeModel } from "../../helpers/hostileOnnx.ts";
import { Random } from "../../helpers/random.ts";

const random = new Random(5);
const w = normal(random, [4, 3, 3, 3], 0.2);
const IMAGE = [1, 3, 6, 6];
const conv = { op: "Conv", name: "conv", in: ["x", "w"], out: "c" };

const compileProto = (model: ModelProto, length: number, options: Partial<CompileOptions> = {}) =>
  compileModel({
    modelBytes: writeOnnxModel(model),
    calibration: Array.from({ length: 4 }, () => Float32Array.from({ length }, () => random.next())),
    options: { name: "test", ...options },
  });

async function refusalOf(action: Promise<unknown>): Promise<unknown> {
  return action.then(
    () => expect.fail("compiled"),
    (error: unknown) => error,
  );
}

/** A graph behind one convolution [1, 4, 4, 4]. */
const behindConv = (...nodes: ModelSketch["nodes"]): ModelSketch => ({
  inputs: { x: IMAGE },
  outputs: ["y"],
  nodes: [conv, ...nodes],
  constants: { w, one: constant([1], 1), grid: constant([4, 4], ...new Array<number>(16).fill(1)) },
});

const nodes: Record<string, { model: ModelSketch; node: string; reason: RegExp; remedy: RegExp }> = {
  "an activation function that is not piecewise linear": {
    model: behindConv({ op: "Sigmoid", name: "gate", in: ["c"], out: "y" }),
    node: "gate",
    reason: /no provable form/,
    remedy: /Relu or Clip/,
  },
  "an operator that nobody knows": {
    model: behindConv({ op: "Resize", name: "up", in: ["c"], out: "y" }),
    node: "up",
    reason: /no provable form/,
    remedy: /supported operators: .*Conv.*MaxPool/,
  },
  "a node without a name, which is called by its output": {
    model: behindConv({ op: "Tanh", in: ["c"], out: "y" }),
    node: "y",
    reason: /no provable form/,
    remedy: /Relu/,
  },
  "control flow": {
    model: behindConv({ op: "Loop", name: "loop", in: ["c"], out: "y" }),
    node: "loop",
    reason: /no provable form/,
    remedy: /without control flow/,
  },
  "quantized operators": {
    model: behindConv({ op: "QuantizeLinear", name: "q", in: ["c"], out: "y" }),
    node: "q",
    reason: /no provable form/,
    remedy: /float model/,
  },
  "a residual connection": {
    model: behindConv({ op: "Add", name: "skip", in: ["c", "c"], out: "y" }),
    node: "skip",
    reason: /both of its operands are computed/,
    remedy: /constant can be added/,
  },
  "a final Softmax without the option": {
    model: behindConv({ op: "Softmax", name: "soft", in: ["c"], out: "y" }),
    node: "soft",
    reason: /exponential/,
    remedy: /softmax: drop/,
  },
  "a Softmax inside": {
    model: behindConv(
      { op: "Softmax", name: "soft", in: ["c"], out: "s" },
      { op: "Relu", in: ["s"], out: "y" },
    ),
    node: "soft",
    reason: /inside a model/,
    remedy: /final Softmax/,
  },
  "a normalisation of the input": {
    model: {
      inputs: { x: IMAGE },
      outputs: ["c"],
      nodes: [
        { op: "Div", name: "norm", in: ["x", "s"], out: "n" },
        { ...conv, in: ["n", "w"] },
      ],
      constants: { w, s: constant([], 255) },
    },
    node: "norm",
    reason: /does not directly follow/,
    remedy: /apply it to the inputs/,
  },
  "a normalisation whose input others read": {
    model: { ...behindConv({ op: "Add", name: "late", in: ["c", "one"], out: "y" }), outputs: ["y", "c"] },
    node: "late",
    reason: /nothing else reads/,
    remedy: /Fold it/,
  },
  "a constant that varies over the image": {
    model: behindConv({ op: "Mul", name: "mask", in: ["c", "grid"], out: "y" }),
    node: "mask",
    reason: /more than one axis/,
    remedy: /one value per channel/,
  },
  "a transposition of activations": {
    model: behindConv({
      op: "Transpose",
      name: "nhwc",
      in: ["c"],
      out: "y",
      attributes: { perm: [0, 2, 3, 1] },
    }),
    node: "nhwc",
    reason: /moves activations/,
    remedy: /channels first/,
  },
  "an attribute that is not known": {
    model: behindConv({ op: "Relu", name: "odd", in: ["c"], out: "y", attributes: { slope: 1 } }),
    node: "odd",
    reason: /attribute slope/,
    remedy: /without it/,
  },
  "an attribute of another type": {
    model: behindConv({ op: "Flatten", name: "odd", in: ["c"], out: "y", attributes: { axis: [1] } }),
    node: "odd",
    reason: /wrong type/,
    remedy: /again/,
  },
  "an operator of another domain": {
    model: behindConv({ op: "Relu", name: "ms", in: ["c"], out: "y", domain: "com.microsoft" }),
    node: "ms",
    reason: /com\.microsoft/,
    remedy: /standard ONNX/,
  },
  "weights that the model computes": {
    model: {
      inputs: { x: [1, 8], v: [8, 2] },
      outputs: ["y"],
      nodes: [{ op: "MatMul", name: "mm", in: ["x", "v"], out: "y" }],
    },
    node: "mm",
    reason: /both of its operands/,
    remedy: /not supported yet/,
  },
  "a one-dimensional convolution": {
    model: {
      inputs: { x: [1, 3, 9] },
      outputs: ["y"],
      nodes: [{ op: "Conv", name: "conv1d", in: ["x", "k"], out: "y" }],
      constants: { k: normal(random, [2, 3, 3]) },
    },
    node: "conv1d",
    reason: /two-dimensional/,
    remedy: /height 1/,
  },
  "indices of MaxPool": {
    model: {
      ...behindConv({
        op: "MaxPool",
        name: "pool",
        in: ["c"],
        out: ["y", "i"],
        attributes: { kernel_shape: [2, 2] },
      }),
      outputs: ["y", "i"],
    },
    node: "pool",
    reason: /besides the first/,
    remedy: /inference/,
  },
  "a window in the padding": {
    model: behindConv({
      op: "MaxPool",
      name: "pool",
      in: ["c"],
      out: "y",
      attributes: { kernel_shape: [2, 2], pads: [2, 0, 0, 0] },
    }),
    node: "pool",
    reason: /padding only/,
    remedy: /smaller/,
  },
  "an average that counts differently at the border": {
    model: behindConv({
      op: "AveragePool",
      name: "avg",
      in: ["c"],
      out: "y",
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
    }),
    node: "avg",
    reason: /border/,
    remedy: /count_include_pad/,
  },
  "a sum of too many products": {
    model: {
      inputs: { x: [1, 33000] },
      outputs: ["y"],
      nodes: [{ op: "MatMul", name: "wide", in: ["x", "k"], out: "y" }],
      constants: { k: { shape: [33000, 2], data: new Float32Array(66000).fill(0.01) } },
    },
    node: "wide",
    reason: /33000 products/,
    remedy: /Split/,
  },
  "a weight that dwarfs the outputs": {
    model: {
      inputs: { x: [1, 4] },
      outputs: ["y"],
      nodes: [
        { op: "Gemm", name: "huge", in: ["x", "k", "b"], out: "g" },
        { op: "Relu", in: ["g"], out: "y" },
      ],
      constants: { k: constant([4, 1], 900, 0, 0, 0), b: constant([1], -900) },
    },
    node: "huge",
    reason: /no 8-bit scale/,
    remedy: /typical inputs/,
  },
};

describe("compiler: refused nodes", () => {
  for (const [name, { model, node, reason, remedy }] of Object.entries(nodes))
    it(name, async () => {
      const length = (Object.values(model.inputs)[0] as number[]).reduce((a, b) => a * b, 1);
      const error = await refusalOf(compileProto(floatModel(model), length));
      expect(error).to.be.instanceOf(UnsupportedNodeError).and.instanceOf(BaseError);
      const { refusal, message } = error as UnsupportedNodeError;
      expect(refusal.node).to.equal(node);
      expect(refusal.reason).to.match(reason);
      expect(refusal.remedy).to.match(remedy);
      expect(message).to.include(`Node "${node}" (${refusal.op}) cannot be compiled`);
    });
});

describe("compiler: refused models", () => {
  const good = floatModel(behindConv({ op: "Relu", in: ["c"], out: "y" }));
  const graph = good.graph!;
  const models: Record<string, { model: ModelProto; message: RegExp }> = {
    "an open image size": {
      model: floatModel({
        ...behindConv({ op: "Relu", in: ["c"], out: "y" }),
        inputs: { x: [1, 3, "H", 6] },
      }),
      message: /Dimension 2 of the input "x" is open/,
    },
    "an old opset": { model: { ...good, opsetImport: [{ version: 5n }] }, message: /operator set is 5/ },
    "no opset": { model: { ...good, opsetImport: [] }, message: /operator set/ },
    "local functions": { model: { ...good, functions: [new Uint8Array()] }, message: /functions/ },
    "sparse constants": {
      model: { ...good, graph: { ...graph, sparseInitializer: [new Uint8Array()] } },
      message: /sparse/,
    },
    "a constant twice": {
      model: { ...good, graph: { ...graph, initializer: [...graph.initializer!, graph.initializer![0]!] } },
      message: /given twice/,
    },
    "weights in another file": {
      model: {
        ...good,
        graph: { ...graph, initializer: graph.initializer!.map((item) => ({ ...item, dataLocation: 1 })) },
      },
      message: /outside the model file/,
    },
    "half-precision weights": {
      model: {
        ...good,
        graph: { ...graph, initializer: graph.initializer!.map((item) => ({ ...item, dataType: 10 })) },
      },
      message: /has the type float16/,
    },
    "weights of the wrong size": {
      model: {
        ...good,
        graph: {
          ...graph,
          initializer: graph.initializer!.map((item) => ({ ...item, rawData: new Uint8Array(4) })),
        },
      },
      message: /as many values/,
    },
    "an output that is an input": {
      model: { ...good, graph: { ...graph, output: [{ name: "x" }] } },
      message: /output "x" is not computed/,
    },
    "no outputs": { model: { ...good, graph: { ...graph, output: [] } }, message: /no output/ },
    "an integer input": {
      model: {
        ...good,
        graph: {
          ...graph,
          input: [{ name: "x", type: { tensorType: { elemType: 7, shape: { dim: [] } } } }],
        },
      },
      message: /"x" is int64/,
    },
  };
  for (const [name, { model, message }] of Object.entries(models))
    it(name, async () => {
      const error = await refusalOf(compileProto(model, 108));
      expect(error).to.be.instanceOf(UnsupportedModelError);
      expect((error as Error).message).to.match(message);
    });

  it("no ONNX at all", async () => {
    const modelBytes = new TextEncoder().encode("not a model");
    const error = await refusalOf(compileModel({ modelBytes, calibration: [], options: { name: "test" } }));
    expect(error).to.be.instanceOf(OnnxFormatError);
  });
});

describe("compiler: refused calibration", () => {
  const modelBytes = writeOnnxModel(floatModel(behindConv({ op: "Relu", in: ["c"], out: "y" })));
  const compile = (calibration: Float32Array[] | Float32Array[][], options: Partial<CompileOptions> = {}) =>
    refusalOf(compileModel({ modelBytes, calibration, options: { name: "test", ...options } }));
  const sample = new Float32Array(108).fill(0.5);

  it("no samples, wrong lengths, wrong counts, values that are no numbers", async () => {
    const cases: [Float32Array[] | Float32Array[][], RegExp][] = [
      [[], /at least one sample/],
      [[sample, new Float32Array(107)], /number of values/],
      [[[sample, sample]], /number of inputs/],
      [[new Float32Array(108).fill(Number.NaN)], /not a finite number/],
    ];
    for (const [calibration, message] of cases) {
      const error = await compile(calibration);
      expect(error).to.be.instanceOf(CalibrationError);
      expect((error as Error).message).to.match(message);
    }
  });

  it("options that do not fit the model", async () => {
    for (const options of [
      { inputRanges: { nowhere: [0, 1] as const } },
      { inputRanges: { x: [1, 1] as const } },
      { labels: ["a"] },
    ])
      expect(await compile([sample], options)).to.be.instanceOf(CalibrationError);
    expect(await compile([sample], { classifier: true })).to.be.instanceOf(UnsupportedModelError);
  });
});

describe("compiler: damaged models", () => {
  const originals: ModelSketch[] = [
    {
      ...behindConv(
        { op: "MaxPool", in: ["c"], out: "p", attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
        { op: "Reshape", in: ["p", "shape"], out: "f" },
        { op: "Gemm", in: ["f", "v"], out: "y", attributes: { transB: 1 } },
      ),
      constants: { w, shape: integers(1, -1), v: normal(random, [3, 16]) },
    },
    {
      ...behindConv(
        { op: "BatchNormalization", in: ["c", "four", "four", "four", "four"], out: "n" },
        { op: "Clip", in: ["n", "low", "high"], out: "r" },
        { op: "AveragePool", in: ["r"], out: "a", attributes: { kernel_shape: [2, 2], ceil_mode: 0 } },
        { op: "GlobalAveragePool", in: ["a"], out: "g" },
        { op: "Squeeze", in: ["g", "axes"], out: "y" },
      ),
      constants: {
        w,
        four: constant([4], 1, 2, 3, 4),
        low: constant([], 0),
        high: constant([], 6),
        axes: integers(2, 3),
      },
    },
    {
      inputs: { x: ["batch", 2, 6] },
      outputs: ["y"],
      nodes: [
        { op: "Shape", in: ["x"], out: "shape" },
        { op: "Gather", in: ["shape", "zero"], out: "batch" },
        { op: "Concat", in: ["batch", "open"], out: "target", attributes: { axis: 0 } },
        { op: "Reshape", in: ["x", "target"], out: "flat" },
        { op: "Unsqueeze", in: ["flat", "zero"], out: "rows" },
        { op: "Transpose", in: ["m"], out: "t", attributes: { perm: [1, 0] } },
        { op: "MatMul", in: ["rows", "t"], out: "z" },
        { op: "Sub", in: ["z", "shift"], out: "d" },
        { op: "Flatten", in: ["d"], out: "y" },
      ],
      constants: {
        zero: integers(0),
        open: integers(-1),
        m: normal(random, [3, 12]),
        shift: constant([3], 1, 2, 3),
      },
    },
  ];

  it("refuses or lowers 900 damaged files, never crashes", function () {
    this.timeout(30_000);
    const files = originals.map((sketch) => writeOnnxModel(floatModel(sketch)));
    for (const file of files) fuse(lower(readFloatModel(file), { softmax: "refuse" }));
    let lowered = 0;
    for (let seed = 0; seed < 900; seed++) {
      const source = new Random(seed);
      const original = files[seed % files.length]!;
      const file = source.next() < 0.3 ? changeBytes(original, source) : changeModel(original, source);
      try {
        fuse(lower(readFloatModel(file), { softmax: "refuse" }));
        lowered++;
      } catch (error) {
        expect(error, `seed ${seed}: ${(error as Error).stack}`).to.be.instanceOf(BaseError);
      }
    }
    expect(lowered).to.be.greaterThan(20).and.lessThan(800);
  });
});
