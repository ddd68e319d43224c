// A float (or integer, or quantized) ONNX model as the compiler sees it: every tensor typed, every shape known, one form per operator.
import type { GraphNode } from "./GraphNode.ts";

/** Element types of tensors. `f16` and `bf16` constants are read widened to Float32Array, 4-bit ones to 8-bit arrays. */
export type OnnxDType =
  | "f32"
  | "f16"
  | "bf16"
  | "f64"
  | "i4"
  | "u4"
  | "i8"
  | "u8"
  | "i16"
  | "u16"
  | "i32"
  | "u32"
  | "i64"
  | "u64"
  | "bool"
  | "string";

export const isFloat = (dtype: OnnxDType): boolean =>
  dtype === "f32" || dtype === "f64" || dtype === "f16" || dtype === "bf16";

/** Elements in row-major order; bool is a Uint8Array of 0 and 1. */
export type ConstantData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A tensor known at compile time. */
export interface Constant {
  readonly dtype: OnnxDType;
  readonly shape: readonly number[];
  /** number of elements */
  readonly size: number;
  /** All elements; read from the file at each access where they lie in one, so keep the result no longer than needed. */
  readonly data: ConstantData;
  /** The elements [start, end): how to go through a tensor that is too large to hold. */
  part(start: number, end: number): ConstantData;
}

export interface GraphTensor {
  readonly name: string;
  readonly dtype: OnnxDType;
  readonly shape: readonly number[];
  /** the value, where it does not depend on the inputs */
  readonly constant?: Constant;
}

export interface GraphOutput {
  /** as the model calls it */
  readonly name: string;
  /** the tensor that it is: a node's output, an input or a constant */
  readonly tensor: GraphTensor;
}

/** Where a model is read from. External data lie in the folder of the file, or in `folder`. */
export type ModelSource =
  | Uint8Array
  | { readonly bytes: Uint8Array; readonly folder?: string }
  | { readonly path: string };

export interface ReadGraphOptions {
  /** sizes of symbolic dimensions by name, such as { sequence: 128 }; a symbolic dimension 0 is 1 without */
  readonly dimensions?: Readonly<Record<string, number>>;
}

/** The model as onnxruntime runs it, with names for every tensor of the graph. */
export interface RuntimeModel {
  /** A model file whose outputs are the named tensors; constants outside it are found in `folder`. */
  bytes(outputs: readonly string[]): Uint8Array;
  readonly folder?: string;
}

/** real = scale · (integer − zeroPoint), integer in 0..255 */
export interface GivenQuantization {
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface ModelGraph {
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphOutput[];
  /** topological; each computes something that an output depends on and that is not constant */
  readonly nodes: readonly GraphNode[];
  /** every tensor that a node or an output reads or a node computes */
  readonly tensors: ReadonlyMap<string, GraphTensor>;
  /** of the file; the nodes are in the form of operator set 21 */
  readonly opset: number;
  /** inputs whose first, open dimension was set to 1 */
  readonly openBatch: readonly string[];
  /** what a classifier of `ai.onnx.ml` calls its classes; its answer is the place of one */
  readonly labels: readonly string[] | undefined;
  /** the scales that tensors of a quantized model have in it, as unsigned bytes */
  readonly quantizations: ReadonlyMap<string, GivenQuantization>;
  readonly runtime: RuntimeModel;
  /** The tensor of this name; an internal fault if there is none. */
  tensor(name: string): GraphTensor;
  /** The node that computes a tensor. */
  producer(name: string): GraphNode | undefined;
  /** The nodes that read a tensor, in order, each once. */
  readers(name: string): readonly GraphNode[];
}
