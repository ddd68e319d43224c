// Small quantized models as quantizers write them: a network of two convolutions and a product, and a perceptron.
import { type ConstantSketch, floats, longs, type NodeSketch, type OnnxSketch } from "./onnxModels.ts";
import type { Random } from "./random.ts";

const bytes = (dtype: "u8" | "i8", shape: readonly number[], values: readonly number[]): ConstantSketch => ({
  dtype,
  shape,
  data: dtype === "u8" ? Uint8Array.from(values) : Int8Array.from(values),
});

const integers = (shape: readonly number[], values: readonly number[]): ConstantSketch => ({
  dtype: "i32",
  shape,
  data: Int32Array.from(values),
});

type Constants = Record<string, ConstantSketch>;

/** Greatest weight: beyond 64 some processors saturate in onnxruntime. */
const MOST = 60;

const draw = (random: Random, count: number, most: number): number[] =>
  Array.from({ length: count }, () => random.integer(-most, most));

/** Numbers that are exact in binary32 and no powers of two. */
const scales = (random: Random, count: number, around: number): number[] =>
  Array.from({ length: count }, () => Math.fround(around * (0.5 + random.next())));

export const SIZES = { channels: 2, size: 8, first: 4, second: 6, classes: 5 };
const FLAT = SIZES.second * 16;

interface Grid {
  readonly scale: number;
  readonly zero: number;
}

/** What each activation stands for; those behind a Relu begin at 0. */
const grids: Readonly<Record<string, Grid>> = {
  x: { scale: 0.0157, zero: 128 },
  a: { scale: 0.031, zero: 0 },
  b: { scale: 0.043, zero: 0 },
  y: { scale: 0.087, zero: 121 },
};

/** Weights of one layer, one scale for each filter. */
function layer(
  constants: Constants,
  random: Random,
  name: string,
  shape: readonly number[],
  filters: number,
  input: Grid,
): void {
  const depth = shape.reduce((product, size) => product * size, 1) / filters;
  const weights = scales(random, filters, 1.5 / Math.sqrt(depth) / 64);
  constants[`${name}.w`] = bytes("i8", shape, draw(random, depth * filters, MOST));
  constants[`${name}.ws`] = floats([filters], ...weights);
  constants[`${name}.wz`] = bytes("i8", [filters], new Array(filters).fill(0));
  constants[`${name}.b`] = integers([filters], draw(random, filters, 400));
  constants[`${name}.bs`] = floats([filters], ...weights.map((scale) => Math.fround(scale * input.scale)));
  constants[`${name}.bz`] = integers([filters], new Array(filters).fill(0));
}

/** All layers; with `signed`, activations are signed bytes with zero points 128 lower. */
function parts(random: Random, signed: boolean): Constants {
  const { channels, first, second, classes } = SIZES;
  const constants: Constants = { shape: longs(1, FLAT) };
  for (const [name, { scale, zero }] of Object.entries(grids)) {
    constants[`${name}.s`] = floats([], scale);
    constants[`${name}.z`] = bytes(signed ? "i8" : "u8", [], [signed ? zero - 128 : zero]);
  }
  layer(constants, random, "one", [first, channels, 3, 3], first, grids.x!);
  layer(constants, random, "two", [second, first, 3, 3], second, grids.a!);
  layer(constants, random, "three", [classes, FLAT], classes, grids.b!);
  return constants;
}

const quantize = (from: string, grid: string, out: string): NodeSketch => ({
  op: "QuantizeLinear",
  in: [from, `${grid}.s`, `${grid}.z`],
  out,
});

const dequantize = (from: string, grid: string, out: string): NodeSketch => ({
  op: "DequantizeLinear",
  in: [from, `${grid}.s`, `${grid}.z`],
  out,
});

const weightsOf = (name: string): NodeSketch[] => [
  {
    op: "DequantizeLinear",
    in: [`${name}.w`, `${name}.ws`, `${name}.wz`],
    out: `${name}.wf`,
    attributes: { axis: 0 },
  },
  {
    op: "DequantizeLinear",
    in: [`${name}.b`, `${name}.bs`, `${name}.bz`],
    out: `${name}.bf`,
    attributes: { axis: 0 },
  },
];

const inputs = { x: ["f32", [1, SIZES.channels, SIZES.size, SIZES.size]] } as const;

/** Float operators between pairs of QuantizeLinear and DequantizeLinear; the pairs clip, there is no Relu. */
export function qdqNetwork(random: Random, signed = false): OnnxSketch {
  return {
    opset: 17,
    inputs,
    constants: parts(random, signed),
    nodes: [
      ...["one", "two", "three"].flatMap(weightsOf),
      quantize("x", "x", "xq"),
      dequantize("xq", "x", "xf"),
      { op: "Conv", in: ["xf", "one.wf", "one.bf"], out: "c1", attributes: { pads: [1, 1, 1, 1] } },
      quantize("c1", "a", "aq"),
      dequantize("aq", "a", "af"),
      { op: "MaxPool", in: ["af"], out: "p", attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
      quantize("p", "a", "pq"),
      dequantize("pq", "a", "pf"),
      { op: "Conv", in: ["pf", "two.wf", "two.bf"], out: "c2", attributes: { pads: [1, 1, 1, 1] } },
      quantize("c2", "b", "bq"),
      { op: "Reshape", in: ["bq", "shape"], out: "rq" },
      dequantize("rq", "b", "rf"),
      { op: "Gemm", in: ["rf", "three.wf", "three.bf"], out: "g", attributes: { transB: 1 } },
      quantize("g", "y", "yq"),
      dequantize("yq", "y", "y"),
    ],
    outputs: ["y"],
  };
}

/** Operators on quantized tensors. */
export function qOperatorNetwork(random: Random): OnnxSketch {
  const constants = parts(random, false);
  const three = constants["three.w"]!;
  const data = three.data as Int8Array;
  const columns = Int8Array.from(data, (_, place) => {
    const [row, column] = [Math.floor(place / SIZES.classes), place % SIZES.classes];
    return data[column * FLAT + row]!;
  });
  constants["three.t"] = { dtype: "i8", shape: [FLAT, SIZES.classes], data: columns };
  const convolution = (
    from: string,
    input: string,
    name: string,
    output: string,
    out: string,
  ): NodeSketch => ({
    op: "QLinearConv",
    in: [
      ...[from, `${input}.s`, `${input}.z`],
      ...[`${name}.w`, `${name}.ws`, `${name}.wz`],
      ...[`${output}.s`, `${output}.z`, `${name}.b`],
    ],
    out,
    attributes: { pads: [1, 1, 1, 1] },
  });
  return {
    opset: 13,
    inputs,
    constants,
    nodes: [
      quantize("x", "x", "xq"),
      convolution("xq", "x", "one", "a", "aq"),
      { op: "MaxPool", in: ["aq"], out: "pq", attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
      convolution("pq", "a", "two", "b", "bq"),
      { op: "Reshape", in: ["bq", "shape"], out: "rq" },
      {
        op: "QLinearMatMul",
        in: ["rq", "b.s", "b.z", "three.t", "three.ws", "three.wz", "y.s", "y.z"],
        out: "yq",
      },
      dequantize("yq", "y", "y"),
    ],
    outputs: ["y"],
  };
}

/** The same, from unsigned bytes to unsigned bytes. */
export function qBorderNetwork(random: Random): OnnxSketch {
  const sketch = qOperatorNetwork(random);
  return {
    ...sketch,
    inputs: { xq: ["u8", inputs.x[1]] },
    nodes: sketch.nodes.slice(1, -1),
    outputs: ["yq"],
  };
}

/** A perceptron whose inputs of products are quantized by what the run finds. */
export function dynamicPerceptron(random: Random): OnnxSketch {
  const product = (from: string, name: string, out: string): NodeSketch[] => [
    { op: "DynamicQuantizeLinear", in: [from], out: [`${name}.q`, `${name}.s`, `${name}.z`] },
    { op: "MatMulInteger", in: [`${name}.q`, `${name}.w`, `${name}.z`, `${name}.wz`], out: `${name}.i` },
    { op: "Cast", in: [`${name}.i`], out: `${name}.c`, attributes: { to: 1 } },
    { op: "Mul", in: [`${name}.s`, `${name}.ws`], out: `${name}.m` },
    { op: "Mul", in: [`${name}.c`, `${name}.m`], out: `${name}.f` },
    { op: "Add", in: [`${name}.f`, `${name}.b`], out },
  ];
  const weights = (name: string, rows: number, columns: number): Constants => ({
    [`${name}.w`]: bytes("i8", [rows, columns], draw(random, rows * columns, MOST)),
    [`${name}.wz`]: bytes("i8", [], [0]),
    [`${name}.ws`]: floats([], 1.5 / Math.sqrt(rows) / 64),
    [`${name}.b`]: floats([columns], ...draw(random, columns, 20).map((value) => value / 64)),
  });
  return {
    opset: 13,
    inputs: { x: ["f32", [1, 32]] },
    constants: { ...weights("one", 32, 24), ...weights("two", 24, 6) },
    nodes: [...product("x", "one", "h"), { op: "Relu", in: ["h"], out: "r" }, ...product("r", "two", "y")],
    outputs: ["y"],
  };
}

/** onnxruntime's own operators on quantized tensors. */
export function contribNetwork(random: Random): OnnxSketch {
  const constants = parts(random, false);
  constants["g.w"] = bytes("i8", [3, 4], draw(random, 12, MOST));
  const at = (name: string, grid: string): string[] => [name, `${grid}.s`, `${grid}.z`];
  const to = (grid: string): string[] => [`${grid}.s`, `${grid}.z`];
  const own = (
    op: string,
    from: readonly string[],
    out: string,
    attributes: NodeSketch["attributes"] = {},
  ) => ({
    op,
    domain: "com.microsoft",
    in: from,
    out,
    attributes,
  });
  const weights = ["one.w", "one.ws", "one.wz"];
  return {
    ...{ opset: 13, domains: { "com.microsoft": 1 }, inputs },
    constants: {
      ...constants,
      "s.s": floats([], 1 / 256),
      "s.z": bytes("u8", [], [0]),
      "g.s": floats([], 0.01),
      "g.z": bytes("i8", [], [0]),
      flat: longs(1, SIZES.first),
    },
    nodes: [
      quantize("x", "x", "xq"),
      {
        op: "QLinearConv",
        in: [...at("xq", "x"), ...weights, ...to("y"), "one.b"],
        out: "cq",
        attributes: { pads: [1, 1, 1, 1] },
      },
      own("QLinearAdd", [...at("cq", "y"), ...at("cq", "y"), ...to("y")], "dq"),
      own("QLinearLeakyRelu", [...at("dq", "y"), ...to("y")], "lq", { alpha: { float: 0.125 } }),
      own("QLinearSigmoid", [...at("cq", "y"), ...to("s")], "eq"),
      own("QLinearMul", [...at("lq", "y"), ...at("eq", "s"), ...to("y")], "mq"),
      own("QLinearConcat", [...to("y"), ...at("mq", "y"), ...at("lq", "y")], "jq", { axis: 2 }),
      own("QLinearAveragePool", [...at("jq", "y"), ...to("y")], "aq", {
        kernel_shape: [2, 2],
        strides: [2, 2],
      }),
      own("QLinearGlobalAveragePool", [...at("aq", "y"), ...to("y")], "pq", { channels_last: 0 }),
      { op: "Reshape", in: ["pq", "flat"], out: "fq" },
      own("QGemm", [...at("fq", "y"), "g.w", "g.s", "g.z", "", ...to("y")], "gq", { transB: 1 }),
      dequantize("gq", "y", "y"),
    ],
    outputs: ["y"],
  };
}

/** A quantized table of rows, and activations of 16 bits. */
export function tableNetwork(random: Random): OnnxSketch {
  return {
    opset: 21,
    inputs: { t: ["i64", [3]] },
    constants: {
      table: bytes(
        "u8",
        [8, 4],
        Array.from({ length: 32 }, () => random.integer(0, 255)),
      ),
      "k.s": floats([], 0.02),
      "k.z": bytes("u8", [], [120]),
      "w.s": floats([], 0.0001),
      "w.z": { dtype: "u16", shape: [], data: Uint16Array.of(32768) },
      m: floats([4, 2], ...draw(random, 8, 50).map((value) => value / 64)),
    },
    nodes: [
      { op: "Gather", in: ["table", "t"], out: "r" },
      dequantize("r", "k", "f"),
      { op: "MatMul", in: ["f", "m"], out: "p" },
      quantize("p", "w", "wq"),
      dequantize("wq", "w", "y"),
    ],
    outputs: ["y"],
  };
}
