// What the compiler does not compile: refused by node and operator, with the reason and what to do, never approximated.
import { BaseError } from "@assay/sdk";
import { type ModelProto, OnnxFormatError, writeOnnxModel } from "@assay/sdk/program";
import { expect } from "chai";
import {
  CalibrationError,
  type CompileOptions,
  compileModel,
  UnsupportedModelError,
  UnsupportedNodeError,
} from "../../../node/compiler/index.ts";
import { constant, floatModel, type ModelSketch, normal } from "../../helpers/floatModels.ts";
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

const nodes: Record<
  string,
  { model: ModelSketch; node: string; reason: RegExp; remedy: RegExp; options?: Partial<CompileOptions> }
> = {
  "an operator that nobody knows": {
    model: behindConv({
      op: "LpPool",
      name: "pool",
      in: ["c"],
      out: "y",
      attributes: { kernel_shape: [2, 2] },
    }),
    node: "pool",
    reason: /no provable form/,
    remedy: /supported operators: .*Conv.*MaxPool/,
  },
  "a node without a name, which is called by its output": {
    model: behindConv({ op: "LpPool", in: ["c"], out: "y", attributes: { kernel_shape: [2, 2] } }),
    node: "y",
    reason: /no provable form/,
    remedy: /Relu/,
  },
  "control flow": {
    model: behindConv({ op: "Loop", name: "loop", in: ["c"], out: "y" }),
    node: "loop",
    reason: /fixed form/,
    remedy: /./,
  },
  "a final Softmax, where the options say so": {
    model: behindConv({ op: "Softmax", name: "soft", in: ["c"], out: "y" }),
    options: { softmax: "refuse" },
    node: "soft",
    reason: /final Softmax/,
    remedy: /keep or drop/,
  },
  "a convolution with weights that the model computes": {
    model: {
      inputs: { x: [1, 1, 6, 6], v: [2, 1, 3, 3] },
      outputs: ["y"],
      nodes: [{ op: "Conv", name: "conv", in: ["x", "v"], out: "y" }],
    },
    node: "conv",
    reason: /no provable form/,
    remedy: /supported operators/,
  },
  "a three-dimensional convolution": {
    model: {
      inputs: { x: [1, 2, 4, 4, 4] },
      outputs: ["y"],
      nodes: [{ op: "Conv", name: "conv3d", in: ["x", "k"], out: "y" }],
      constants: { k: normal(random, [2, 2, 3, 3, 3]) },
    },
    node: "conv3d",
    reason: /3 spatial dimensions/,
    remedy: /\[N, C, H, W\]/,
  },
  "a division by a value that can be 0": {
    model: {
      inputs: { x: [1, 8] },
      outputs: ["y"],
      nodes: [
        { op: "MatMul", in: ["x", "k"], out: "m" },
        { op: "Div", name: "ratio", in: ["x", "m"], out: "y" },
      ],
      constants: { k: normal(random, [8, 8]) },
    },
    node: "ratio",
    reason: /divides by a computed value/,
    remedy: /positive constant/,
  },
  "a convolution that sums too many products": {
    model: {
      inputs: { x: [1, 1024, 3, 3] },
      outputs: ["y"],
      nodes: [{ op: "Conv", name: "wide", in: ["x", "k"], out: "y" }],
      constants: { k: { shape: [1, 1024, 3, 3], data: new Float32Array(9216).fill(0.01) } },
    },
    node: "wide",
    reason: /9216 products/,
    remedy: /Split/,
  },
};

describe("compiler: refused nodes", () => {
  for (const [name, { model, node, reason, remedy, options }] of Object.entries(nodes))
    it(name, async () => {
      const length = (Object.values(model.inputs)[0] as number[]).reduce((a, b) => a * b, 1);
      const error = await refusalOf(compileProto(floatModel(model), length, options));
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
    "single-precision weights that are said to be half-precision": {
      model: {
        ...good,
        graph: { ...graph, initializer: graph.initializer!.map((item) => ({ ...item, dataType: 10 })) },
      },
      message: /as many values/,
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
    "no outputs": { model: { ...good, graph: { ...graph, output: [] } }, message: /no output/ },
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
