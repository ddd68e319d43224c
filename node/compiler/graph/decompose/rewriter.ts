// Replaces nodes of a probed graph by simpler ones, keeping the types and shapes of every tensor known.

import type { AttributeProto } from "@assay/sdk/program";
import { MemoryConstant } from "../constants.ts";
import { codeOfDtype } from "../dtypes.ts";
import type { RawGraph, RawNode } from "../rawGraph.ts";
import type { Constant, ConstantData, GraphTensor, OnnxDType } from "../types.ts";
import { attributeProtoOf } from "./attributes.ts";

export type AttributeSketch = Readonly<Record<string, number | readonly number[]>>;

export interface NewNode {
  readonly op: string;
  readonly inputs: readonly GraphTensor[];
  readonly shape: readonly number[];
  readonly dtype: OnnxDType;
  readonly attributes?: AttributeSketch;
  /** attributes as they are in the file */
  readonly raw?: readonly AttributeProto[];
  readonly output?: string;
  readonly domain?: string;
}

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

  /** The output of this number, where anything may read it. */
  outputAt(index: number): GraphTensor | undefined {
    return this.#tensors.get(this.node.outputs[index] ?? "");
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

  /** One node of the output's type; the one that computes the output is called with `last`. */
  step(
    op: string,
    inputs: readonly GraphTensor[],
    shape: readonly number[],
    attributes: AttributeSketch = {},
    last = false,
  ): GraphTensor {
    const { dtype } = this.output;
    return this.add({
      op,
      inputs,
      shape,
      dtype,
      attributes,
      ...(last ? { output: this.node.outputs[0]! } : {}),
    });
  }

  /** One node of any type; it computes an output of the node that is taken apart where `output` names it. */
  add({ op, inputs, shape, dtype, attributes = {}, output, domain = "", raw = [] }: NewNode): GraphTensor {
    const name = output ?? this.#name(op);
    this.nodes.push({
      name: this.node.name,
      op,
      domain,
      inputs: inputs.map((input) => input.name),
      outputs: [name],
      attributes: [...Object.entries(attributes).map(([key, value]) => attributeProtoOf(key, value)), ...raw],
    });
    const tensor = { name, dtype, shape };
    this.#tensors.set(name, tensor);
    return tensor;
  }

  reshape(input: GraphTensor, shape: readonly number[], last = false): GraphTensor {
    return this.step("Reshape", [input, this.integers(...shape)], shape, {}, last);
  }

  /** The mean along one axis, which stays as 1. */
  mean(input: GraphTensor, axis: number): GraphTensor {
    return this.reduce("ReduceMean", input, [axis], input.shape.with(axis, 1));
  }

  /** A reduction whose axes stay as 1. */
  reduce(op: string, input: GraphTensor, axes: readonly number[], shape: readonly number[]): GraphTensor {
    const asInput = this.opset >= (op === "ReduceSum" ? 13 : 18);
    return asInput
      ? this.step(op, [input, this.integers(...axes)], shape)
      : this.step(op, [input], shape, { axes });
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
