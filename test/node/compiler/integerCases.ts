// Small integer models for tests of the compiler: one operator each, with the values that its inputs may take.
import type { DType } from "@assay/sdk/program";
import type { ConstantData } from "../../../node/compiler/graph/index.ts";
import { dataOf } from "../../../node/compiler/integer/emit.ts";
import { type ConstantSketch, longs, type NodeSketch, onnxBytes } from "../../helpers/onnxModels.ts";

export type InputSketch = readonly [dtype: DType, shape: readonly number[], low: number, high: number];

export interface Sketch {
  readonly inputs: Readonly<Record<string, InputSketch>>;
  readonly nodes: readonly NodeSketch[];
  readonly constants?: Readonly<Record<string, ConstantSketch>>;
  readonly outputs?: readonly string[];
  readonly opset?: number;
}

export const fileOf = ({ inputs, nodes, constants = {}, outputs = ["y"], opset = 21 }: Sketch): Uint8Array =>
  onnxBytes({
    opset,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, [dtype, shape]]) => [name, [dtype, shape]]),
    ),
    nodes,
    constants,
    outputs,
  });

export const constant = (dtype: DType, shape: readonly number[], ...values: number[]): ConstantSketch => ({
  dtype,
  shape,
  data: dataOf(dtype, values) as ConstantData,
});

export const node = (op: string, inputs: string, attributes: NodeSketch["attributes"] = {}): NodeSketch => ({
  op,
  in: inputs.split(" ").map((name) => (name === "-" ? "" : name)),
  out: "y",
  attributes,
});

export const image: InputSketch = ["i32", [1, 8, 4, 6], -99, 99];
export const matrix: InputSketch = ["i32", [3, 5], -50, 50];
export const row: InputSketch = ["i64", [2, 7, 3], -6, 6];

export const one = (
  op: string,
  inputs: Readonly<Record<string, InputSketch>>,
  attributes: NodeSketch["attributes"] = {},
  constants: Readonly<Record<string, ConstantSketch>> = {},
  opset?: number,
): Sketch => {
  const names = [...Object.keys(inputs), ...Object.keys(constants)];
  return { inputs, constants, nodes: [node(op, names.join(" "), attributes)], ...(opset ? { opset } : {}) };
};

export const pairs: readonly InputSketch[] = [
  ["i32", [2, 3], -9, 9],
  ["i64", [3], -9, 9],
];

/** The program must give every bit that the model gives. */
export const cases: Readonly<Record<string, Sketch>> = {
  Abs: one("Abs", { x: matrix }),
  "Abs of unsigned": one("Abs", { x: ["u8", [4], 0, 255] }),
  Neg: one("Neg", { x: matrix }),
  Sign: one("Sign", { x: ["i8", [2, 9], -2, 2] }),
  "Sign of unsigned": one("Sign", { x: ["u32", [9], 0, 3] }),
  "Mod with the sign of the dividend": one("Mod", { a: matrix, b: ["i32", [5], 1, 9] }, { fmod: 1 }),
  "Pow by a constant": one("Pow", { x: matrix }, {}, { n: constant("i32", [], 3) }),
  "Max of i16": one("Max", { a: ["i32", [4], -9, 9], b: ["i32", [2, 1], -9, 9], c: ["i32", [], 0, 1] }),
  "Clip between constants": one(
    "Clip",
    { x: matrix },
    {},
    { low: constant("i32", [], -3), high: constant("i32", [], 7) },
  ),
  "Clip with crossed bounds": one(
    "Clip",
    { x: matrix },
    {},
    { low: constant("i32", [], 8), high: constant("i32", [], -7) },
  ),
  "Clip at an input": one("Clip", { x: matrix, low: ["i32", [], -5, 5] }),
  Relu: one("Relu", { x: ["i8", [9], -128, 127] }, {}, {}, 14),
  BitwiseNot: one("BitwiseNot", { x: ["u16", [9], 0, 65535] }),
  "Cast to bool": {
    inputs: { x: matrix },
    nodes: [{ op: "Cast", in: ["x"], out: "b", attributes: { to: 9 } }, node("Cast", "b", { to: 7 })],
  },
  "logic of comparisons": {
    inputs: { a: pairs[0]!, b: ["i32", [3], -9, 9] },
    nodes: [
      { op: "LessOrEqual", in: ["a", "b"], out: "c" },
      { op: "Greater", in: ["a", "b"], out: "d" },
      { op: "Not", in: ["d"], out: "e" },
      { op: "Xor", in: ["c", "e"], out: "f" },
      { op: "Concat", in: ["c", "f"], out: "g", attributes: { axis: 0 } },
      node("Cast", "g", { to: 6 }),
    ],
  },
  "Concat of ten": {
    inputs: { x: matrix },
    nodes: [{ op: "Concat", in: new Array(10).fill("x"), out: "y", attributes: { axis: -1 } }],
  },
  "Slice backwards": one(
    "Slice",
    { x: row },
    {},
    { s: longs(-1, 5), e: longs(-100, 0), a: longs(2, 1), t: longs(-1, -2) },
  ),
  "Split, opset 11": {
    inputs: { x: ["i32", [6, 2], -9, 9] },
    nodes: [{ op: "Split", in: ["x"], out: ["y", "z"], attributes: { axis: 0, split: [2, 4] } }],
    outputs: ["z", "y"],
    opset: 11,
  },
  "Tile of two axes": one("Tile", { x: matrix }, {}, { n: longs(2, 3) }),
  "Expand to more axes": one("Expand", { x: ["i64", [3, 1], -9, 9] }, {}, { n: longs(2, 1, 4) }),
  "Pad by reflection": one("Pad", { x: matrix }, { mode: "reflect" }, { p: longs(1, 2, 2, 3) }),
  "Pad by wrapping": one("Pad", { x: matrix }, { mode: "wrap" }, { p: longs(0, 2, 1, 3) }),
  "Pad and cut": one("Pad", { x: matrix }, {}, { p: longs(-1, 2, 1, -2), v: constant("i32", [], 7) }),
  "DepthToSpace, DCR": one("DepthToSpace", { x: ["u8", [1, 8, 2, 3], 0, 255] }, { blocksize: 2 }),
  "DepthToSpace, CRD": one(
    "DepthToSpace",
    { x: ["u8", [1, 8, 2, 3], 0, 255] },
    { blocksize: 2, mode: "CRD" },
  ),
  "Resize to twice the size": one(
    "Resize",
    { x: image },
    { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
    {
      r: { dtype: "f32", shape: [0], data: new Float32Array(0) },
      s: { dtype: "f32", shape: [4], data: Float32Array.of(1, 1, 2, 3) },
    },
  ),
  "Resize with half pixels": one(
    "Resize",
    { x: image },
    { mode: "nearest" },
    {
      r: { dtype: "f32", shape: [0], data: new Float32Array(0) },
      s: { dtype: "f32", shape: [4], data: Float32Array.of(1, 1, 3, 2) },
    },
  ),
  "ArgMax, last of equals": one("ArgMax", { x: ["i32", [4, 6], 0, 2] }, { axis: 1, select_last_index: 1 }),
  "ArgMin of u8": one("ArgMin", { x: ["u8", [4, 6], 0, 3] }, { axis: -1, keepdims: 0 }),
  "ReduceMin of two axes": one("ReduceMin", { x: row }, { keepdims: 0 }, { a: longs(0, 2) }),
  "ReduceSum, opset 11": one("ReduceSum", { x: row }, { axes: [-1, 0], keepdims: 1 }, {}, 11),
  "ReduceMax of all": one("ReduceMax", { x: ["u8", [3, 4], 0, 255] }, { keepdims: 0 }),
  ReduceProd: one("ReduceProd", { x: row }, { keepdims: 1 }, { a: longs(1) }),
  ReduceL1: one("ReduceL1", { x: matrix }, {}, { a: longs(1) }),
  ReduceSumSquare: one("ReduceSumSquare", { x: matrix }, {}, { a: longs(0) }),
  ReduceMean: one("ReduceMean", { x: ["i32", [3, 5], -50, 50] }, {}, { a: longs(1) }),
  "CumSum backwards": one("CumSum", { x: row }, { reverse: 1 }, { a: constant("i64", [], -2) }),
  "Gather with a dynamic index": one("Gather", { x: matrix, i: ["i64", [2, 2], -3, 2] }, { axis: 0 }),
  "Gather along the last axis": one("Gather", { x: matrix }, { axis: 1 }, { i: constant("i32", [], -1) }),
  "GatherND with dynamic tuples": one("GatherND", { x: ["i32", [3, 4, 2], -9, 9], i: ["i64", [5, 2], 0, 2] }),
  "GatherND in batches": one(
    "GatherND",
    { x: ["i32", [2, 3, 4], -9, 9], i: ["i64", [2, 3, 1], -3, 2] },
    { batch_dims: 1 },
  ),
  "ScatterND at constant places": one(
    "ScatterND",
    { x: ["i32", [4, 3], -9, 9] },
    {},
    {
      i: { dtype: "i64", shape: [2, 1], data: BigInt64Array.of(3n, -3n) },
      u: constant("i32", [2, 3], 1, 2, 3, 4, 5, 6),
    },
  ),
  "ScatterND at one place": {
    inputs: { x: ["i32", [4, 3], -9, 9], i: ["i64", [1, 1], -4, 3], u: ["i32", [1, 3], 50, 99] },
    nodes: [node("ScatterND", "x i u")],
  },
  "ScatterElements at constant places": {
    inputs: { x: ["i32", [2, 4], -9, 9], u: ["i32", [2, 2], 50, 99] },
    constants: { i: { dtype: "i64", shape: [2, 2], data: BigInt64Array.of(0n, -1n, 2n, 1n) } },
    nodes: [node("ScatterElements", "x i u", { axis: 1 })],
  },
  OneHot: one(
    "OneHot",
    { i: ["i64", [2, 3], -6, 6] },
    { axis: 1 },
    { d: constant("i64", [], 4), v: constant("i64", [2], -3, 5) },
  ),
  "TopK, smallest": {
    inputs: { x: ["i32", [3, 7], -3, 3] },
    constants: { k: longs(4) },
    nodes: [{ op: "TopK", in: ["x", "k"], out: ["y", "z"], attributes: { axis: 1, largest: 0 } }],
    outputs: ["y", "z"],
  },
  "TopK, largest": {
    inputs: { x: ["i32", [7, 2], -3, 3] },
    constants: { k: longs(5) },
    nodes: [{ op: "TopK", in: ["x", "k"], out: ["y", "z"], attributes: { axis: 0 } }],
    outputs: ["y", "z"],
  },
  Trilu: one("Trilu", { x: ["i64", [2, 3, 4], -9, 9] }, { upper: 1 }, { k: constant("i64", [], 1) }),
  "MatMul of i32": one("MatMul", { a: ["i32", [2, 3, 4], -9, 9], b: ["i32", [4, 5], -9, 9] }),
  "MatMul of a vector": one("MatMul", { a: ["i32", [4], -9, 9], b: ["i32", [2, 4, 3], -9, 9] }),
  "MatMulInteger, signed and with zero points": {
    inputs: { a: ["i8", [3, 6], -128, 127], b: ["u8", [6, 4], 0, 255] },
    constants: { za: constant("i8", [], -7), zb: constant("u8", [], 9) },
    nodes: [node("MatMulInteger", "a b za zb")],
  },
  "MatMulInteger, a zero point for each column": {
    inputs: { a: ["u8", [3, 6], 0, 255] },
    constants: {
      b: constant("u8", [6, 2], 9, 8, 7, 6, 5, 4, 3, 2, 1, 200, 255, 0),
      za: constant("u8", [], 3),
      zb: constant("u8", [2], 4, 250),
    },
    nodes: [node("MatMulInteger", "a b za zb")],
  },
  "ConvInteger of one axis, grouped": {
    inputs: { x: ["u8", [1, 4, 9], 0, 255] },
    constants: {
      w: constant("u8", [4, 2, 3], ...Array.from({ length: 24 }, (_, index) => (index * 37) % 256)),
      zx: constant("u8", [], 5),
    },
    nodes: [node("ConvInteger", "x w zx", { group: 2, strides: [2], pads: [1, 0] })],
  },
  "ConvInteger with auto_pad": {
    inputs: { x: ["u8", [1, 2, 5, 6], 0, 255] },
    constants: {
      w: constant("u8", [3, 2, 2, 3], ...Array.from({ length: 36 }, (_, index) => (index * 53) % 256)),
    },
    nodes: [node("ConvInteger", "x w", { auto_pad: "SAME_UPPER", strides: [2, 2] })],
  },
  "MaxPool with ceil_mode": one(
    "MaxPool",
    { x: ["u8", [1, 2, 5, 6], 0, 255] },
    { kernel_shape: [2, 3], strides: [2, 2], ceil_mode: 1 },
  ),
  "MaxPool of one axis": one(
    "MaxPool",
    { x: ["i8", [1, 2, 9], -128, 127] },
    { kernel_shape: [3], strides: [2], pads: [1, 1] },
    {},
    12,
  ),
  "an input as output, and one value twice": {
    inputs: { x: matrix },
    nodes: [
      { op: "Neg", in: ["x"], out: "y" },
      { op: "Identity", in: ["y"], out: "z" },
    ],
    outputs: ["z", "y"],
  },
};

/** Models of several operators whose ranges are proven, so that damage can leave them acceptable. */
export const hostileModels: readonly Sketch[] = [
  {
    inputs: { x: ["i32", [2, 3], 0, 9], k: ["i64", [2, 2], 0, 9] },
    constants: {
      low: constant("i32", [], -100),
      high: constant("i32", [], 100),
      count: longs(2),
      shape: longs(3, 2),
      pads: longs(0, 1, 1, 0),
    },
    nodes: [
      { op: "Clip", in: ["x", "low", "high"], out: "a" },
      { op: "Mul", in: ["a", "a"], out: "b" },
      { op: "TopK", in: ["b", "count"], out: ["v", "i"] },
      { op: "Gather", in: ["a", "k"], out: "g", attributes: { axis: 1 } },
      { op: "Reshape", in: ["b", "shape"], out: "r" },
      { op: "Pad", in: ["r", "pads", "low"], out: "p" },
      { op: "ReduceSum", in: ["p"], out: "y", attributes: { keepdims: 0 } },
    ],
    outputs: ["v", "i", "g", "y"],
  },
  {
    inputs: { x: ["u8", [1, 2, 5, 5], 0, 255] },
    constants: {
      w: constant("u8", [3, 2, 2, 2], ...Array.from({ length: 24 }, (_, index) => (index * 37) % 256)),
      zero: constant("u8", [], 5),
      half: constant("i32", [], 2),
    },
    nodes: [
      { op: "ConvInteger", in: ["x", "w", "zero"], out: "c", attributes: { pads: [1, 1, 0, 0] } },
      { op: "Div", in: ["c", "half"], out: "d" },
      { op: "ArgMax", in: ["d"], out: "e", attributes: { axis: 1, keepdims: 0 } },
      { op: "MaxPool", in: ["x"], out: "m", attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
      { op: "Transpose", in: ["m"], out: "t", attributes: { perm: [0, 2, 3, 1] } },
    ],
    outputs: ["e", "t"],
  },
  {
    inputs: { a: ["u8", [4, 6], 0, 255], n: ["i32", [4], 0, 9] },
    constants: {
      b: constant("u8", [6, 3], ...Array.from({ length: 18 }, (_, index) => (index * 53) % 256)),
      za: constant("u8", [], 3),
      starts: longs(-1),
      ends: longs(-100),
      axes: longs(0),
      steps: longs(-1),
      nine: constant("i32", [], 9),
      one: constant("i32", [], 1),
    },
    nodes: [
      { op: "MatMulInteger", in: ["a", "b", "za"], out: "s" },
      { op: "Slice", in: ["s", "starts", "ends", "axes", "steps"], out: "t" },
      { op: "Concat", in: ["s", "t"], out: "c", attributes: { axis: 1 } },
      { op: "Clip", in: ["n", "one", "nine"], out: "m" },
      { op: "Unsqueeze", in: ["m", "steps"], out: "u" },
      { op: "Mod", in: ["c", "u"], out: "y" },
      { op: "Less", in: ["s", "t"], out: "l" },
      { op: "Where", in: ["l", "s", "t"], out: "w" },
    ],
    outputs: ["y", "w"],
  },
];
