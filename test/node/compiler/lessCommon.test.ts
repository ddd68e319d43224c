// The less common operators, compiled and held against the float model on random weights and inputs.
import { bytesOf, emitOnnx, execute, type Program, packInputs, readFastForm } from "@assay/sdk/program";
import { expect } from "chai";
import { elements } from "../../../node/compiler/graph/index.ts";
import {
  type CompileOptions,
  type CompileResult,
  compileModel,
  UnsupportedNodeError,
} from "../../../node/compiler/index.ts";
import { ProgramSession } from "../../../node/execution/programSession.ts";
import { floats, longs, type NodeSketch, type OnnxSketch, onnxBytes } from "../../helpers/onnxModels.ts";
import { Random } from "../../helpers/random.ts";

const random = new Random(31);
const some = (shape: readonly number[], size = 1) =>
  floats(shape, ...Array.from({ length: elements(shape) }, () => size * (2 * random.next() - 1)));
const weights = (...shape: number[]) =>
  some(shape, 1.7 / Math.sqrt(shape.slice(1).reduce((a, b) => a * b, 1)));

type Sketch = Partial<OnnxSketch> & Pick<OnnxSketch, "nodes"> & { readonly shape: readonly number[] };

const modelBytesOf = ({ shape, ...parts }: Sketch): Uint8Array =>
  onnxBytes({ opset: 21, inputs: { x: ["f32", shape] }, outputs: ["y"], ...parts });

async function compile(sketch: Sketch, options: Partial<CompileOptions> = {}): Promise<CompileResult> {
  const result = await compileModel({
    modelBytes: modelBytesOf(sketch),
    calibration: Array.from({ length: 32 }, () => [some(sketch.shape).data as Float32Array]),
    options: { name: "test", classifier: false, ...options },
  });
  expect(readFastForm(emitOnnx(result.program))).to.deep.equal(result.program);
  await expectEqualExecutions(result.program);
  return result;
}

/** The fast form and the reference agree bit for bit on inputs that nobody calibrated. */
async function expectEqualExecutions(program: Program): Promise<void> {
  const session = await ProgramSession.open(program);
  const data = program.inputs.map((type) => random.data(type.dtype, elements(type.shape)));
  const fast = await session.run(program.inputs.map((type, index) => ({ type, data: data[index]! })));
  await session.close();
  const slots = execute(program, packInputs(program, data));
  program.outputs.forEach((slot, index) => {
    expect(
      Buffer.from(bytesOf(fast[index]!.data)).equals(bytesOf(slots[slot]!.data)),
      `output ${index}`,
    ).to.equal(true);
  });
}

function expectClose({ report }: CompileResult, decibels: number): void {
  expect(report.layers.at(-1)?.sqnr, "of the last layer").to.be.a("number");
  for (const { node, sqnr } of report.layers)
    if (sqnr !== null) expect(sqnr, `${node}, dB`).to.be.greaterThan(decibels);
}

const conv = (from = "x", to = "c"): NodeSketch => ({
  op: "Conv",
  in: [from, "w"],
  out: to,
  attributes: { pads: [1, 1, 1, 1] },
});
const IMAGE = [1, 3, 8, 10];
const onConv = (...nodes: NodeSketch[]): Pick<Sketch, "nodes" | "constants" | "shape"> => ({
  shape: IMAGE,
  constants: { w: weights(4, 3, 3, 3) },
  nodes: [conv(), { op: "Relu", in: ["c"], out: "r" }, ...nodes],
});
const last = (op: string, attributes: NodeSketch["attributes"] = {}, ...inputs: string[]): NodeSketch => ({
  op,
  in: ["r", ...inputs],
  out: "y",
  attributes,
});

interface Case {
  readonly sketch: Sketch;
  /** signal to noise, in decibels, that every layer keeps */
  readonly decibels?: number;
  readonly has?: readonly string[];
}

const reduced = (op: string, axes: readonly number[], keepdims = 1, shape = IMAGE): Case => ({
  sketch: {
    shape,
    constants: { a: longs(...axes) },
    nodes: [{ op, in: ["x", "a"], out: "y", attributes: { keepdims } }],
  },
});

const cases: Record<string, Case> = {
  "AveragePool without pads": {
    sketch: onConv(last("AveragePool", { kernel_shape: [2, 2], strides: [2, 2] })),
  },
  "AveragePool that counts pads": {
    sketch: onConv(last("AveragePool", { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 })),
  },
  "AveragePool that does not count pads": {
    sketch: onConv(last("AveragePool", { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 1] })),
  },
  "AveragePool rounding up": {
    sketch: onConv(last("AveragePool", { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 })),
  },
  "AveragePool in one dimension": {
    sketch: {
      shape: [1, 4, 20],
      nodes: [
        {
          op: "AveragePool",
          in: ["x"],
          out: "y",
          attributes: { kernel_shape: [4], strides: [3], pads: [2, 1] },
        },
      ],
    },
  },
  GlobalAveragePool: { sketch: onConv(last("GlobalAveragePool")), has: ["ReduceSum"] },
  "GlobalAveragePool of more than one proof can read": {
    sketch: { shape: [1, 1, 128, 132], nodes: [{ op: "GlobalAveragePool", in: ["x"], out: "y" }] },
    decibels: 20,
  },
  GlobalMaxPool: { sketch: onConv(last("GlobalMaxPool")), has: ["ReduceMax"] },
  "ReduceMean of images": reduced("ReduceMean", [2, 3], 0),
  "ReduceMean of rows": reduced("ReduceMean", [-1], 1, [4, 50]),
  "ReduceMean of scattered axes": reduced("ReduceMean", [0, 2], 0, [3, 4, 5, 2]),
  "ReduceSum of rows": reduced("ReduceSum", [1], 0, [4, 50]),
  "ReduceMax of rows": reduced("ReduceMax", [1, 2], 0, [4, 5, 6]),
  "ReduceMin of everything": reduced("ReduceMin", [0, 1], 0, [4, 50]),
  "ReduceMax of more than one proof can read": reduced("ReduceMax", [1], 1, [1, 20_011]),
  "ReduceSum of more than one proof can read": reduced("ReduceSum", [0], 1, [20_000, 2]),
  "Resize, nearest, by whole factors": {
    sketch: {
      ...onConv(
        last("Resize", { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }, "", "s"),
      ),
      constants: { w: weights(4, 3, 3, 3), s: floats([4], 1, 1, 2, 3) },
    },
    has: ["Gather"],
  },
  "Resize, nearest, to sizes": {
    sketch: {
      ...onConv(last("Resize", {}, "", "", "z")),
      constants: { w: weights(4, 3, 3, 3), z: longs(1, 4, 13, 7) },
    },
  },
  "Upsample of operator set 9": {
    sketch: {
      ...onConv({ op: "Upsample", in: ["r", "s"], out: "y" }),
      opset: 9,
      constants: { w: weights(4, 3, 3, 3), s: floats([4], 1, 1, 2, 2) },
    },
  },
  ...Object.fromEntries(
    ["half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"].map((mode) => [
      `Resize, linear, ${mode}`,
      {
        sketch: {
          ...onConv(last("Resize", { mode: "linear", coordinate_transformation_mode: mode }, "", "", "z")),
          constants: { w: weights(4, 3, 3, 3), z: longs(1, 4, 20, 15) },
        },
      },
    ]),
  ),
  "Pad with a number": {
    sketch: {
      ...onConv(last("Pad", {}, "p", "v")),
      constants: { w: weights(4, 3, 3, 3), p: longs(0, 0, 1, 2, 0, 0, 3, 0), v: floats([], 0.25) },
    },
    has: ["Pad"],
  },
  ...Object.fromEntries(
    ["reflect", "edge", "wrap"].map((mode) => [
      `Pad by ${mode}`,
      {
        sketch: {
          ...onConv(last("Pad", { mode }, "p")),
          constants: { w: weights(4, 3, 3, 3), p: longs(0, 0, 1, 2, 0, 0, 3, 0) },
        },
      },
    ]),
  ),
  "Pad that cuts": {
    sketch: {
      ...onConv(last("Pad", {}, "p")),
      constants: { w: weights(4, 3, 3, 3), p: longs(0, 0, -1, 2, 0, 0, 3, -2) },
    },
  },
  "Gather of channels": {
    sketch: {
      ...onConv({ op: "Gather", in: ["r", "i"], out: "y", attributes: { axis: 1 } }),
      constants: { w: weights(4, 3, 3, 3), i: longs(3, 0, -2) },
    },
  },
  "Gather of one number": {
    sketch: {
      shape: [5, 6],
      constants: { i: { dtype: "i64", shape: [], data: BigInt64Array.of(-1n) } },
      nodes: [{ op: "Gather", in: ["x", "i"], out: "y", attributes: { axis: 1 } }],
    },
  },
  Tile: {
    sketch: {
      shape: [2, 3],
      constants: { n: longs(3, 2) },
      nodes: [{ op: "Tile", in: ["x", "n"], out: "y" }],
    },
    has: ["Expand"],
  },
  "DepthToSpace, depth first": { sketch: onConv(last("DepthToSpace", { blocksize: 2 })) },
  "DepthToSpace, columns first": { sketch: onConv(last("DepthToSpace", { blocksize: 2, mode: "CRD" })) },
  SpaceToDepth: { sketch: onConv(last("SpaceToDepth", { blocksize: 2 })) },
  InstanceNormalization: {
    sketch: {
      ...onConv(last("InstanceNormalization", {}, "s", "b")),
      constants: { w: weights(4, 3, 3, 3), s: floats([4], 1, 0.5, 2, 1.5), b: some([4]) },
    },
    decibels: 24,
  },
  GroupNormalization: {
    sketch: {
      ...onConv(last("GroupNormalization", { num_groups: 2 }, "s", "b")),
      constants: { w: weights(4, 3, 3, 3), s: floats([4], 1, 0.5, 2, 1.5), b: some([4]) },
    },
    decibels: 24,
  },
  "PRelu with a slope per channel": {
    sketch: {
      shape: IMAGE,
      constants: { w: weights(4, 3, 3, 3), s: floats([4, 1, 1], 0.1, 0.25, 0.5, -0.2) },
      nodes: [conv(), { op: "PRelu", in: ["c", "s"], out: "y" }],
    },
  },
  "ReduceL2 as the norm of an embedding": {
    sketch: {
      shape: [2, 24],
      constants: { a: longs(1), l: floats([], 1e-12) },
      nodes: [
        { op: "ReduceL2", in: ["x", "a"], out: "n" },
        { op: "Clip", in: ["n", "l"], out: "m" },
        { op: "Div", in: ["x", "m"], out: "y" },
      ],
    },
  },
  LpNormalization: { sketch: { shape: [2, 24], nodes: [{ op: "LpNormalization", in: ["x"], out: "y" }] } },
  "LpNormalization by the sum": {
    sketch: { shape: [2, 24], nodes: [{ op: "LpNormalization", in: ["x"], out: "y", attributes: { p: 1 } }] },
  },
  LogSoftmax: { sketch: { shape: [3, 12], nodes: [{ op: "LogSoftmax", in: ["x"], out: "y" }] } },
  "ReduceLogSumExp of rows": reduced("ReduceLogSumExp", [1], 0, [3, 12]),
  "ReduceL1 of rows": reduced("ReduceL1", [1], 1, [3, 12]),
  "Mean of two": {
    sketch: {
      shape: [3, 12],
      constants: { c: some([12]) },
      nodes: [{ op: "Mean", in: ["x", "c"], out: "y" }],
    },
  },
  LRN: { sketch: onConv(last("LRN", { size: 3, alpha: { float: 0.3 }, bias: { float: 1 } })) },
  "Einsum as attention": {
    sketch: {
      shape: [1, 2, 6, 8],
      constants: { w: weights(8, 8), v: weights(8, 8) },
      nodes: [
        { op: "MatMul", in: ["x", "w"], out: "q" },
        { op: "MatMul", in: ["x", "v"], out: "k" },
        { op: "Einsum", in: ["q", "k"], out: "y", attributes: { equation: "bhid,bhjd->bhij" } },
      ],
    },
  },
  "Einsum with weights": {
    sketch: {
      shape: [2, 3, 16],
      constants: { w: weights(16, 5) },
      nodes: [{ op: "Einsum", in: ["x", "w"], out: "y", attributes: { equation: "bid,de->bei" } }],
    },
  },
  ConvTranspose: {
    sketch: {
      ...onConv(last("ConvTranspose", { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }, "t")),
      constants: { w: weights(4, 3, 3, 3), t: some([4, 2, 3, 3], 0.4) },
    },
  },
  "Conv in one dimension, dilated and grouped": {
    sketch: {
      shape: [1, 4, 30],
      constants: { w: weights(6, 2, 5), b: some([6]) },
      nodes: [
        {
          op: "Conv",
          in: ["x", "w", "b"],
          out: "y",
          attributes: { group: 2, dilations: [3], pads: [4, 6], strides: [2] },
        },
      ],
    },
  },
};

describe("compiler: less common operators", () => {
  for (const [name, { sketch, decibels = 28, has = [] }] of Object.entries(cases))
    it(name, async () => {
      const result = await compile(sketch);
      expectClose(result, decibels);
      expect(result.program.steps.map(({ op }) => op)).to.include.members([...has]);
    });
});

describe("compiler: the numbers of the largest elements", () => {
  const selecting = async (sketch: Sketch, input: Int32Array): Promise<unknown[]> => {
    const { program } = await compile(sketch);
    expect(program.inputs[0]!.dtype).to.equal("i32");
    const slots = execute(program, packInputs(program, [input]));
    return program.outputs.map((slot) => [...slots[slot]!.data].map(Number));
  };
  const selected: Record<string, [node: NodeSketch, size: number, expected: (row: number[]) => number[]]> = {
    ArgMax: [
      { op: "ArgMax", in: ["x"], out: "y", attributes: { axis: 1 } },
      40,
      (row) => [row.indexOf(Math.max(...row))],
    ],
    "ArgMax, the last one": [
      { op: "ArgMax", in: ["x"], out: "y", attributes: { axis: -1, select_last_index: 1, keepdims: 0 } },
      40,
      (row) => [row.lastIndexOf(Math.max(...row))],
    ],
    ArgMin: [
      { op: "ArgMin", in: ["x"], out: "y", attributes: { axis: 1 } },
      40,
      (row) => [row.indexOf(Math.min(...row))],
    ],
    "ArgMax in blocks": [
      { op: "ArgMax", in: ["x"], out: "y", attributes: { axis: 1 } },
      9001,
      (row) => [row.indexOf(Math.max(...row))],
    ],
  };
  for (const [name, [node, size, expected]] of Object.entries(selected))
    it(name, async () => {
      const rows = [0, 1].map(() => Array.from({ length: size }, () => random.integer(-30, 30)));
      const [found] = await selecting({ shape: [2, size], nodes: [node] }, Int32Array.from(rows.flat()));
      expect(found).to.deep.equal(rows.flatMap(expected));
    });

  it("numbers of elements that nobody bounded read something that is there", async () => {
    const sketch: Sketch = {
      shape: [4, 3],
      inputs: { x: ["f32", [4, 3]], n: ["i64", [2]] },
      nodes: [
        { op: "Relu", in: ["x"], out: "r" },
        { op: "Gather", in: ["r", "n"], out: "y" },
      ],
    };
    const { program } = await compileModel({
      modelBytes: modelBytesOf(sketch),
      calibration: Array.from({ length: 8 }, () => [
        some([4, 3]).data as Float32Array,
        BigInt64Array.of(1n, -1n),
      ]),
      options: { name: "rows", classifier: false },
    });
    const x = random.data(program.inputs[0]!.dtype, 12);
    const rowsAt = (...places: bigint[]) => {
      const slots = execute(program, packInputs(program, [x, BigInt64Array.from(places)]));
      return [...slots[program.outputs[0]!]!.data];
    };
    const rows = [...rowsAt(0n, 1n), ...rowsAt(2n, 3n)];
    expect(rowsAt(-1n, -4n)).to.deep.equal([...rows.slice(9), ...rows.slice(0, 3)]);
    expect(rows).to.include.members(rowsAt(2n ** 62n + 1n, -(2n ** 63n)));
    await expectEqualExecutions(program);
  });

  for (const largest of [0, 1])
    it(`TopK, ${largest ? "largest" : "least"}`, async () => {
      const row = Array.from({ length: 50 }, () => random.integer(-30, 30));
      const sketch: Sketch = {
        shape: [1, 50],
        outputs: ["v", "i"],
        constants: { k: longs(5) },
        nodes: [{ op: "TopK", in: ["x", "k"], out: ["v", "i"], attributes: { largest } }],
      };
      const [values, places] = await selecting(sketch, Int32Array.from(row));
      // of equal elements the first comes first
      const order = row
        .map((_, place) => place)
        .sort((a, b) => (largest ? row[b]! - row[a]! : row[a]! - row[b]!) || a - b);
      expect(places).to.deep.equal(order.slice(0, 5));
      expect(values).to.deep.equal(order.slice(0, 5).map((place) => row[place]));
    });
});

describe("compiler: less common operators that are refused", () => {
  const refused: Record<string, [reason: string, sketch: Sketch]> = {
    LpPool: [
      "no provable form",
      { shape: IMAGE, nodes: [{ op: "LpPool", in: ["x"], out: "y", attributes: { kernel_shape: [2, 2] } }] },
    ],
    "cubic Resize": [
      "mode cubic",
      {
        shape: IMAGE,
        constants: { z: longs(1, 3, 5, 5) },
        nodes: [{ op: "Resize", in: ["x", "", "", "z"], out: "y", attributes: { mode: "cubic" } }],
      },
    ],
    "averages over volumes": [
      "averages over 3 axes",
      {
        shape: [1, 1, 4, 4, 4],
        nodes: [{ op: "AveragePool", in: ["x"], out: "y", attributes: { kernel_shape: [2, 2, 2] } }],
      },
    ],
    "TopK of many": [
      "selects 200 elements",
      {
        shape: [1, 500],
        constants: { k: longs(200) },
        outputs: ["v"],
        nodes: [{ op: "TopK", in: ["x", "k"], out: ["v", "i"] }],
      },
    ],
  };
  for (const [name, [reason, sketch]] of Object.entries(refused))
    it(name, async () => {
      let error: unknown;
      await compile(sketch).catch((caught) => {
        error = caught;
      });
      expect(error).to.be.instanceOf(UnsupportedNodeError);
      expect((error as UnsupportedNodeError).refusal.reason).to.include(reason);
    });
});
