// How each operator's attributes are written in its ONNX node: one table, read in both directions.
import type { OpName } from "../types.ts";

/**
 * One part of a node, in descriptor order:
 * - `int`: the next attribute as an ONNX attribute of type INT
 * - `ints`: the next `length` attributes as one ONNX attribute of type INTS
 * - `axes`: the next 8 attributes as one ONNX attribute of type INTS, one for each axis that there is
 * - `choice`: the next attribute as an ONNX attribute of type STRING: the number of one of `values`
 * - `scalar`: the next attribute as one more node input, a scalar constant with the dtype of operand `operand`
 * - `place`: the next attribute as one more node input, an int64 constant of one element and that rank
 * - `outputType`: no attribute of ours; the ONNX attribute holds the type code of the output
 * - `outputShape`: no attribute of ours; one more node input, an int64 constant, holds the output's dimensions
 * - `slice`: 8 starts and 8 steps as four more node inputs, int64 constants: starts, ends, axes and steps
 * - `pads`: 8 beginnings as one more node input, an int64 constant: how much is added before and after each axis
 * - `everyAxis`: no attribute of ours; one more node input, an int64 constant, names all axes in order
 */
export type OnnxPart =
  | { readonly as: "int"; readonly name: string }
  | { readonly as: "ints"; readonly name: string; readonly length: number }
  | { readonly as: "axes"; readonly name: string }
  | { readonly as: "choice"; readonly name: string; readonly values: readonly string[] }
  | { readonly as: "scalar"; readonly operand: number }
  | { readonly as: "place"; readonly rank: 0 | 1 }
  | { readonly as: "outputType"; readonly name: string }
  | { readonly as: "outputShape" }
  | { readonly as: "slice" }
  | { readonly as: "pads" }
  | { readonly as: "everyAxis" };

/** Operators that are no node: the graph's inputs and outputs and the metadata say them. */
export type NodelessOpName = "Carry" | "Stop" | "Collect";
export type OnnxOpName = Exclude<OpName, NodelessOpName>;

const WINDOW = [
  { as: "ints", name: "pads", length: 4 },
  { as: "ints", name: "strides", length: 2 },
  { as: "ints", name: "dilations", length: 2 },
] as const;

const AXIS = [{ as: "int", name: "axis" }] as const;
const REDUCTION = [
  { as: "place", rank: 1 },
  { as: "int", name: "keepdims" },
] as const;

/** Every operator that is a node. */
export const onnxForms: Readonly<Record<OnnxOpName, readonly OnnxPart[]>> = {
  MatMulInteger: [
    { as: "scalar", operand: 0 },
    { as: "scalar", operand: 1 },
  ],
  ConvInteger: [
    ...WINDOW,
    { as: "int", name: "group" },
    { as: "scalar", operand: 0 },
    { as: "scalar", operand: 1 },
  ],
  Add: [],
  Div: [],
  Clip: [
    { as: "scalar", operand: 0 },
    { as: "scalar", operand: 0 },
  ],
  Cast: [{ as: "outputType", name: "to" }],
  MaxPool: [{ as: "ints", name: "kernel_shape", length: 2 }, ...WINDOW],
  Reshape: [{ as: "outputShape" }],
  ArgMax: [...AXIS, { as: "int", name: "keepdims" }],
  Sub: [],
  Mul: [],
  Mod: [],
  Min: [],
  Max: [],
  BitShift: [{ as: "choice", name: "direction", values: ["LEFT", "RIGHT"] }],
  BitwiseAnd: [],
  BitwiseOr: [],
  BitwiseXor: [],
  Equal: [],
  Less: [],
  Where: [],
  Isqrt: [],
  Gather: AXIS,
  GatherElements: AXIS,
  ScatterElements: AXIS,
  Concat: AXIS,
  Slice: [{ as: "slice" }],
  // Optimizers merge a Pad that names no axes into a pool, whose padding holds no values.
  Pad: [{ as: "pads" }, { as: "scalar", operand: 0 }, { as: "everyAxis" }],
  Transpose: [{ as: "axes", name: "perm" }],
  Expand: [{ as: "outputShape" }],
  ReduceSum: REDUCTION,
  ReduceMax: REDUCTION,
  CumSum: [
    { as: "place", rank: 0 },
    { as: "int", name: "exclusive" },
    { as: "int", name: "reverse" },
  ],
};

export function isOnnxOp(name: string): name is OnnxOpName {
  return Object.hasOwn(onnxForms, name);
}
