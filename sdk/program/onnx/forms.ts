// How each operator's attributes are written in its ONNX node: one table, read in both directions.
import type { OpName } from "../types.ts";

/**
 * One part of a node, in descriptor order:
 * - `int`: the next attribute as an ONNX attribute of type INT
 * - `ints`: the next `length` attributes as one ONNX attribute of type INTS
 * - `scalar`: the next attribute as one more node input, a scalar constant with the dtype of operand `operand`
 * - `outputType`: no attribute of ours; the ONNX attribute holds the type code of the output
 * - `outputShape`: no attribute of ours; one more node input, an int64 constant, holds the output's dimensions
 */
export type OnnxPart =
  | { readonly as: "int"; readonly name: string }
  | { readonly as: "ints"; readonly name: string; readonly length: number }
  | { readonly as: "scalar"; readonly operand: number }
  | { readonly as: "outputType"; readonly name: string }
  | { readonly as: "outputShape" };

const WINDOW = [
  { as: "ints", name: "pads", length: 4 },
  { as: "ints", name: "strides", length: 2 },
  { as: "ints", name: "dilations", length: 2 },
] as const;

/** Every operator that a step can have; Collect is no node, the graph's outputs say it. */
export const onnxForms: Readonly<Record<Exclude<OpName, "Collect">, readonly OnnxPart[]>> = {
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
  ArgMax: [
    { as: "int", name: "axis" },
    { as: "int", name: "keepdims" },
  ],
};

export type OnnxOpName = keyof typeof onnxForms;

export function isOnnxOp(name: string): name is OnnxOpName {
  return Object.hasOwn(onnxForms, name);
}
