// What reading makes of a model: functions inlined, constants folded, types widened, shapes fixed; and what it refuses.
import type { FunctionProto, ModelProto } from "@assay/sdk/program";
import { writeOnnxModel } from "@assay/sdk/program";
import { expect } from "chai";
import { GraphSession, type ModelGraph, readGraph } from "../../../node/compiler/graph/index.ts";
import { UnsupportedModelError, UnsupportedNodeError } from "../../../node/compiler/index.ts";
import {
  attributeProto,
  type ConstantSketch,
  floats,
  longs,
  nodeProto,
  type OnnxSketch,
  onnxBytes,
  onnxModel,
} from "../../helpers/onnxModels.ts";

const sketch = (parts: Partial<OnnxSketch> & Pick<OnnxSketch, "nodes">): OnnxSketch => ({
  opset: 17,
  inputs: { x: ["f32", [2, 3]] },
  outputs: ["y"],
  ...parts,
});
const read = (parts: Partial<OnnxSketch> & Pick<OnnxSketch, "nodes">): Promise<ModelGraph> =>
  readGraph(onnxBytes(sketch(parts)));
const operators = ({ nodes }: ModelGraph): string[] => nodes.map(({ op }) => op);

async function outputOf(graph: ModelGraph, ...feeds: Parameters<GraphSession["run"]>[0][number][]) {
  const session = await GraphSession.open(
    graph,
    graph.outputs.map(({ tensor }) => tensor.name),
  );
  const [result] = await session.run(feeds);
  await session.close();
  return result!;
}

describe("compiler: constants of a model", () => {
  const halves: ConstantSketch = {
    dtype: "i16",
    shape: [4],
    // 1, −2.5, the least subnormal, 65504
    data: Int16Array.from([0x3c00, 0xc100, 0x0001, 0x7bff]),
  };
  const wide = Float32Array.of(1, -2.5, 2 ** -24, 65504);

  it("of 16-bit floats are widened, from raw data and from lists", async () => {
    for (const stored of [
      { rawData: new Uint8Array(halves.data.buffer) },
      { int32Data: [0x3c00, 0xc100, 0x0001, 0x7bff] },
    ]) {
      const graph = await read({
        inputs: { x: ["f16", [1]] },
        constants: { w: { dims: [4n], dataType: 10, ...stored } },
        nodes: [{ op: "Add", in: ["x", "w"], out: "y" }],
      });
      expect(graph.tensor("w")).to.include({ dtype: "f16" });
      expect(graph.tensor("w").constant?.data).to.deep.equal(wide);
      const result = await outputOf(graph, Float32Array.of(0.5));
      expect(result.dtype).to.equal("f16");
      expect([...(result.data as Float32Array)].slice(0, 2)).to.deep.equal([1.5, -2]);
    }
  });

  it("of bfloat16 and 4 bits are widened", async () => {
    const graph = await read({
      opset: 21,
      constants: {
        b: { dims: [3n], dataType: 16, rawData: Uint8Array.of(0x80, 0x3f, 0x00, 0xc0, 0x49, 0x40) },
        q: { dims: [3n], dataType: 22, rawData: Uint8Array.of(0x8f, 0x07) },
        s: floats([], 0.5),
      },
      nodes: [
        { op: "Cast", in: ["b"], out: "wide", attributes: { to: 1 } },
        { op: "DequantizeLinear", in: ["q", "s"], out: "d" },
        { op: "Add", in: ["x", "wide"], out: "z" },
        { op: "Add", in: ["z", "d"], out: "y" },
      ],
    });
    expect(graph.tensor("wide").constant?.data).to.deep.equal(Float32Array.of(1, -2, 3.140625));
    expect(graph.tensor("d").constant?.data).to.deep.equal(Float32Array.of(-0.5, -4, 3.5));
    expect(operators(graph)).to.deep.equal(["Add", "Add"]);
  });

  it("are folded wherever no input is needed: shapes, ranges, masks, transposed weights", async () => {
    const graph = await read({
      opset: 21,
      inputs: { x: ["f32", ["batch", 4, 6]] },
      constants: { w: floats([2, 6], ...Array.from({ length: 12 }, (_, index) => index)), one: longs(1) },
      nodes: [
        { op: "Shape", in: ["x"], out: "shape" },
        { op: "Constant", out: "zero", attributes: { value_int: 0 } },
        { op: "Constant", out: "step", attributes: { value_int: 1 } },
        { op: "Constant", out: "four", attributes: { value_int: 4 } },
        { op: "Gather", in: ["shape", "one"], out: "length" },
        { op: "Range", in: ["zero", "four", "step"], out: "positions" },
        { op: "Less", in: ["positions", "length"], out: "mask" },
        { op: "Cast", in: ["mask"], out: "gain", attributes: { to: 1 } },
        { op: "Unsqueeze", in: ["gain", "one"], out: "column" },
        { op: "Transpose", in: ["w"], out: "wt" },
        { op: "MatMul", in: ["x", "wt"], out: "product" },
        { op: "Mul", in: ["product", "column"], out: "scaled" },
        { op: "Shape", in: ["scaled"], out: "again" },
        { op: "Reshape", in: ["scaled", "again"], out: "y" },
      ],
    });
    expect(operators(graph)).to.deep.equal(["MatMul", "Mul"]);
    expect(graph.openBatch).to.deep.equal(["x"]);
    expect(graph.inputs[0]?.shape).to.deep.equal([1, 4, 6]);
    expect(graph.outputs).to.deep.equal([
      { name: "y", tensor: { name: "scaled", dtype: "f32", shape: [1, 4, 2] } },
    ]);
    expect(graph.tensor("wt").constant?.shape).to.deep.equal([6, 2]);
    expect(graph.tensor("column").constant?.data).to.deep.equal(Float32Array.of(1, 1, 1, 1));
    expect([...graph.tensors.keys()].toSorted()).to.deep.equal(["column", "product", "scaled", "wt", "x"]);
    expect(graph.producer("scaled")?.op).to.equal("Mul");
    expect(graph.readers("product").map(({ op }) => op)).to.deep.equal(["Mul"]);
    expect(() => graph.tensor("shape")).to.throw("no tensor of this name");
  });

  it("and nodes without use are left out, whatever they are", async () => {
    const graph = await read({
      constants: { text: { dims: [1n], dataType: 8, stringData: [new Uint8Array(1)] } },
      nodes: [
        { op: "Nonsense", in: ["x"], out: "unused", domain: "nowhere" },
        { op: "Relu", in: ["x"], out: "y" },
      ],
    });
    expect(operators(graph)).to.deep.equal(["Relu"]);
  });

  it("that divide integers by what is computed do not end the process", async () => {
    const graph = await read({
      inputs: { x: ["i32", [3]] },
      nodes: [
        { op: "Mod", in: ["x", "x"], out: "m" },
        { op: "Div", in: ["m", "x"], out: "y" },
      ],
    });
    expect(operators(graph)).to.deep.equal(["Mod", "Div"]);
    expect((await outputOf(graph, Int32Array.of(0, 7, -3))).data).to.deep.equal(Int32Array.of(0, 0, 0));
  });
});

describe("compiler: local functions", () => {
  const scale: FunctionProto = {
    name: "Scale",
    domain: "mine",
    input: ["a", "factor"],
    output: ["b"],
    attribute: ["shift"],
    attributeProto: [attributeProto("alpha", { float: 0.25 })],
    opsetImport: [{ domain: "", version: 17n }],
    node: [
      nodeProto({ op: "Constant", out: "offset", attributes: { value_float: { ref: "shift", type: 1 } } }),
      nodeProto({ op: "Mul", in: ["a", "factor"], out: "inner" }),
      nodeProto({
        op: "LeakyRelu",
        in: ["inner"],
        out: "leaky",
        attributes: { alpha: { ref: "alpha", type: 1 } },
      }),
      nodeProto({ op: "Add", in: ["leaky", "offset"], out: "b" }),
    ],
  };
  const twice: FunctionProto = {
    name: "Twice",
    domain: "mine",
    input: ["a", "f"],
    output: ["b", "a"],
    opsetImport: [
      { domain: "", version: 17n },
      { domain: "mine", version: 1n },
    ],
    node: [
      nodeProto({
        op: "Scale",
        domain: "mine",
        in: ["a", "f"],
        out: "inner",
        attributes: { shift: { float: 1 } },
      }),
      nodeProto({
        op: "Scale",
        domain: "mine",
        in: ["inner", "f"],
        out: "b",
        attributes: { shift: { float: 0 } },
      }),
    ],
  };
  const parts: Partial<OnnxSketch> & Pick<OnnxSketch, "nodes"> = {
    domains: { mine: 1 },
    functions: [scale, twice],
    constants: { f: floats([1], -2) },
    nodes: [
      { op: "Twice", domain: "mine", in: ["x", "f"], out: ["t", "same"] },
      { op: "Add", in: ["t", "same"], out: "y" },
    ],
  };

  it("are inlined, with attributes given and by default, one in the other", async () => {
    const graph = await read(parts);
    expect(operators(graph)).to.deep.equal(["Mul", "LeakyRelu", "Add", "Mul", "LeakyRelu", "Add", "Add"]);
    const leaky = (value: number): number => (value < 0 ? value / 4 : value);
    const expected = (x: number): number => leaky(-2 * (leaky(-2 * x) + 1)) + x;
    const feed = Float32Array.of(0, 1, -1, 2, -3, 0.5);
    expect((await outputOf(graph, feed)).data).to.deep.equal(feed.map(expected));
  });

  it("that call themselves, are defined twice or use another operator set are refused", async () => {
    const endless = { ...twice, name: "Scale" };
    for (const functions of [
      [endless],
      [scale, scale, twice],
      [{ ...scale, opsetImport: [{ version: 9n }] }, twice],
    ]) {
      let error: unknown;
      await read({ ...parts, functions }).catch((caught) => {
        error = caught;
      });
      expect(error).to.satisfy(
        (caught: unknown) =>
          caught instanceof UnsupportedNodeError || caught instanceof UnsupportedModelError,
      );
    }
  });
});

describe("compiler: shapes of a model", () => {
  const nodes = [{ op: "Relu", in: ["x"], out: "y" }];

  it("take symbolic dimensions by name", async () => {
    const bytes = onnxBytes(sketch({ nodes, inputs: { x: ["f32", ["batch", "sequence", 3]] } }));
    const graph = await readGraph(bytes, { dimensions: { sequence: 5 } });
    expect(graph.outputs[0]?.tensor.shape).to.deep.equal([1, 5, 3]);
    expect(graph.openBatch).to.deep.equal(["x"]);
    const both = await readGraph(bytes, { dimensions: { batch: 2, sequence: 5 } });
    expect(both.outputs[0]?.tensor.shape).to.deep.equal([2, 5, 3]);
    expect(both.openBatch).to.deep.equal([]);
  });

  it("that stay open are refused with the name of the dimension", async () => {
    let message = "";
    await read({ nodes, inputs: { x: ["f32", [1, "sequence"]] } }).catch((error: Error) => {
      message = error.message;
    });
    expect(message).to.include('"sequence"').and.to.include('"x"');
  });
});

describe("compiler: models that are refused when they are read", () => {
  const refusal = async (bytes: Uint8Array): Promise<Error> => {
    try {
      await readGraph(bytes);
    } catch (error) {
      return error as Error;
    }
    throw new Error("The model was accepted.");
  };
  const nodesRefused: Record<string, [reason: string, parts: Parameters<typeof sketch>[0]]> = {
    "control flow": [
      "no fixed form",
      {
        inputs: { x: ["f32", [2]], c: ["bool", []] },
        nodes: [{ op: "If", in: ["c"], out: "y" }],
      },
    ],
    "results of unknown size": ["no fixed form", { nodes: [{ op: "NonZero", in: ["x"], out: "y" }] }],
    "random numbers": ["no fixed form", { nodes: [{ op: "RandomNormalLike", in: ["x"], out: "y" }] }],
    sequences: ["no fixed form", { nodes: [{ op: "SplitToSequence", in: ["x"], out: "y" }] }],
    "shapes that depend on values": [
      "depend on values",
      {
        inputs: { x: ["f32", [2, 3]], s: ["i64", [2]] },
        nodes: [{ op: "Reshape", in: ["x", "s"], out: "y" }],
      },
    ],
    "a training BatchNormalization": [
      "training mode",
      {
        inputs: { x: ["f32", [1, 2, 3]] },
        constants: { a: floats([2], 1, 1) },
        nodes: [
          {
            op: "BatchNormalization",
            in: ["x", "a", "a", "a", "a"],
            out: ["y", "m", "v"],
            attributes: { training_mode: 1 },
          },
        ],
      },
    ],
    "the positions of MaxPool": [
      "positions of its maxima",
      {
        inputs: { x: ["f32", [1, 1, 4]] },
        outputs: ["y", "i"],
        nodes: [{ op: "MaxPool", in: ["x"], out: ["y", "i"], attributes: { kernel_shape: [2] } }],
      },
    ],
    "a division of integers by 0": [
      "divides integers",
      {
        inputs: { x: ["i64", [1]] },
        constants: { z: longs(0) },
        nodes: [{ op: "Div", in: ["x", "z"], out: "y" }],
      },
    ],
    "a cycle": [
      "its own output",
      {
        nodes: [
          { op: "Add", in: ["x", "b"], out: "a" },
          { op: "Relu", in: ["a"], out: "b" },
          { op: "Relu", in: ["b"], out: "y" },
        ],
      },
    ],
    "a name that is taken": [
      "name that is taken",
      {
        nodes: [
          { op: "Relu", in: ["x"], out: "y" },
          { op: "Neg", in: ["x"], out: "y" },
        ],
      },
    ],
    "what nothing computes": ["nothing computes", { nodes: [{ op: "Add", in: ["x", "z"], out: "y" }] }],
    "an attribute twice": ["an attribute twice", { nodes: [{ op: "Elu", in: ["x"], out: "y" }] }],
  };
  for (const [name, [reason, parts]] of Object.entries(nodesRefused))
    it(name, async () => {
      let model = onnxModel(sketch(parts));
      if (name === "an attribute twice") {
        const attribute = [attributeProto("alpha", { float: 1 }), attributeProto("alpha", { float: 2 })];
        const node = [{ ...model.graph!.node![0]!, attribute }];
        model = { ...model, graph: { ...model.graph, node } };
      }
      const error = await refusal(writeOnnxModel(model));
      expect(error).to.be.instanceOf(UnsupportedNodeError);
      const { refusal: told } = error as UnsupportedNodeError;
      expect(told.reason).to.include(reason);
      expect(told.remedy).to.match(/^[A-Z].*\.$/);
      expect(told.node).to.not.equal("");
    });

  const relu = sketch({ nodes: [{ op: "Relu", in: ["x"], out: "y" }] });
  const base = onnxModel(relu);
  const modelsRefused: Record<string, [message: string, model: ModelProto]> = {
    "no graph": ["no graph", { irVersion: 8n }],
    "operator set 6": ["operator set is 6", onnxModel({ ...relu, opset: 6 })],
    "operator set 99": ["operator set is 99", onnxModel({ ...relu, opset: 99 })],
    "text as input": ["no tensor of numbers", onnxModel({ ...relu, inputs: { x: ["string", [1]] } })],
    "an operator that onnxruntime does not know": [
      "onnxruntime cannot run",
      onnxModel({ ...relu, nodes: [{ op: "Frobnicate", in: ["x"], out: "y" }] }),
    ],
    "shapes that contradict each other": [
      "onnxruntime cannot run",
      onnxModel({
        ...relu,
        constants: { w: floats([4], 1, 2, 3, 4) },
        nodes: [{ op: "Add", in: ["x", "w"], out: "y" }],
      }),
    ],
    "training information": ["training information", { ...base, trainingInfo: [Uint8Array.of()] }],
    "sparse constants": [
      "sparse",
      { ...base, graph: { ...base.graph, sparseInitializer: [Uint8Array.of()] } },
    ],
    "an output that nothing computes": ["computed by nothing", onnxModel({ ...relu, outputs: ["z"] })],
    "no input": ["no input", onnxModel({ ...relu, inputs: {} })],
    "a constant of the wrong length": [
      "as many values",
      onnxModel({
        ...relu,
        constants: { w: { dims: [3n], dataType: 1, rawData: new Uint8Array(8) } },
        nodes: [{ op: "Add", in: ["x", "w"], out: "y" }],
      }),
    ],
  };
  for (const [name, [message, model]] of Object.entries(modelsRefused))
    it(name, async () => {
      const error = await refusal(writeOnnxModel(model));
      expect(error).to.be.instanceOf(UnsupportedModelError);
      expect(error.message).to.include(message);
    });
});
