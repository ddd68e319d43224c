// Replaces nodes of a probed graph by simpler ones, keeping the types and shapes of every tensor known.

import { MemoryConstant } from "../constants.ts";
import { codeOfDtype } from "../dtypes.ts";
import type { RawGraph, RawNode } from "../rawGraph.ts";
import type { Constant, ConstantData, GraphTensor, OnnxDType } from "../types.ts";
import { attributeProtoOf } from "./attributes.ts";

export type AttributeSketch = Readonly<Record<string, number | readonly number[]>>;

/** Builds the nodes that stand for one. */
export class Rewriter {
  readonly node: RawNode;
  readonly nodes: RawNode[] = [];
  readonly opset: number;
  readonly #constants: RawGraph["constants"];
  readonly #tensors: Map<string, GraphTensor>;
  #count = 0;

  constructor(
    node: RawNode,
    graph: Pick<RawGraph, "constants" | "opsets">,
    tensors: Map<string, GraphTensor>,
  ) {
    this.node = node;
    this.opset = graph.opsets.get("") ?? 0;
    this.#constants = graph.constants;
    this.#tensors = tensors;
  }

  input(index: number): GraphTensor | undefined {
    return this.#tensors.get(this.node.inputs[index] ?? "");
  }

  get output(): GraphTensor {
    return this.#tensors.get(this.node.outputs[0]!)!;
  }

  #name(what: string): string {
    return `${this.node.outputs[0]}/${what}.${this.#count++}`;
  }

  constant(dtype: Exclude<OnnxDType, "string">, shape: readonly number[], data: ConstantData): GraphTensor {
    const name = this.#name("constant");
    const { buffer, byteOffset, byteLength } = data;
    this.#constants.set(name, {
      name,
      dims: shape.map(BigInt),
      dataType: codeOfDtype(dtype),
      rawData: new Uint8Array(buffer, byteOffset, byteLength),
    });
    const constant: Constant = new MemoryConstant(dtype, shape, data);
    const tensor = { name, dtype, shape, constant };
    this.#tensors.set(name, tensor);
    return tensor;
  }

  integers(...values: readonly number[]): GraphTensor {
    return this.constant("i64", [values.length], BigInt64Array.from(values, BigInt));
  }

  /** Real numbers of the type of the node's input, in 32 or 64 bits. */
  reals(shape: readonly number[], values: ArrayLike<number>): GraphTensor {
    return this.output.dtype === "f64"
      ? this.constant("f64", shape, Float64Array.from(values))
      : this.constant("f32", shape, Float32Array.from(values));
  }

  /** One node; the one that computes the output is called with `last`. */
  step(
    op: string,
    inputs: readonly GraphTensor[],
    shape: readonly number[],
    attributes: AttributeSketch = {},
    last = false,
  ): GraphTensor {
    const name = last ? this.node.outputs[0]! : this.#name(op);
    const { dtype } = this.output;
    this.nodes.push({
      name: this.node.name,
      op,
      domain: "",
      inputs: inputs.map((input) => input.name),
      outputs: [name],
      attributes: Object.entries(attributes).map(([key, value]) => attributeProtoOf(key, value)),
    });
    const tensor = { name, dtype, shape };
    if (!last) this.#tensors.set(name, tensor);
    return tensor;
  }

  reshape(input: GraphTensor, shape: readonly number[], last = false): GraphTensor {
    return this.step("Reshape", [input, this.integers(...shape)], shape, {}, last);
  }

  /** The mean along one axis, which stays as 1. */
  mean(input: GraphTensor, axis: number): GraphTensor {
    const shape = input.shape.with(axis, 1);
    return this.opset >= 18
      ? this.step("ReduceMean", [input, this.integers(axis)], shape)
      : this.step("ReduceMean", [input], shape, { axes: [axis] });
  }

  /** `begins` and `ends` of zeros. */
  pad(input: GraphTensor, begins: readonly number[], ends: readonly number[]): GraphTensor {
    const shape = input.shape.map((size, axis) => size + begins[axis]! + ends[axis]!);
    const pads = [...begins, ...ends];
    return this.opset >= 11
      ? this.step("Pad", [input, this.integers(...pads)], shape)
      : this.step("Pad", [input], shape, { pads });
  }
}
