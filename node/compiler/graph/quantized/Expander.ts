// Takes quantized operators apart: what they read is dequantized, computed with in floats, and quantized again.
import type { AttributeProto, TensorProto } from "@assay/sdk/program";
import { readConstant } from "../constants.ts";
import { codeOfDtype } from "../dtypes.ts";
import { live, type RawGraph, type RawNode, refuseNode } from "../rawGraph.ts";
import type { Constant } from "../types.ts";
import { dequantize } from "./dequantize.ts";

/** Names of the constants that say what a quantized tensor stands for. */
export interface Scaling {
  readonly scale: string;
  readonly zero: string;
}

export class Expander {
  readonly nodes: RawNode[] = [];
  readonly constants: Map<string, TensorProto>;
  readonly #folder: string | undefined;
  readonly #taken: Set<string>;
  readonly #scalings = new Map<string, Scaling>();
  readonly #real = new Map<string, string>();
  readonly #floats = new Map<string, string>();
  #one: string | undefined;

  constructor(graph: RawGraph, folder: string | undefined) {
    this.constants = new Map(graph.constants);
    this.#folder = folder;
    this.#taken = new Set([
      ...graph.inputs.map(({ name = "" }) => name),
      ...graph.constants.keys(),
      ...graph.nodes.flatMap(({ outputs }) => outputs),
    ]);
  }

  name(base: string): string {
    let name = base;
    for (let count = 2; this.#taken.has(name); count++) name = `${base}.${count}`;
    this.#taken.add(name);
    return name;
  }

  constant(name: string): Constant | undefined {
    const proto = this.constants.get(name);
    return proto && readConstant({ ...proto, name }, this.#folder);
  }

  /** A constant that a node must have. */
  needed(node: RawNode, name: string): Constant {
    const constant = this.constant(name);
    if (!constant)
      refuseNode(node, "its scales are not constant", "Quantize with scales that are constants.");
    return constant;
  }

  addFloats(base: string, shape: readonly number[], values: Float32Array): string {
    const name = this.name(base);
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.constants.set(name, { name, dims: shape.map(BigInt), dataType: codeOfDtype("f32"), rawData });
    return name;
  }

  /** What a computed tensor stands for, where it is known. */
  scaling(name: string): Scaling | undefined {
    return this.#scalings.get(name);
  }

  isSameScaling(a: Scaling, b: Scaling): boolean {
    const numbers = ({ scale, zero }: Scaling) =>
      [scale, zero].map((name) => (name === "" ? [0] : Array.from(this.constant(name)?.data ?? [], Number)));
    return JSON.stringify(numbers(a)) === JSON.stringify(numbers(b));
  }

  /** Lets a tensor of integers stand for a float one, at scale 1. */
  meanFloat(name: string, float: string): void {
    this.#floats.set(name, float);
  }

  /** The float tensor that a tensor of integers stands for at scale 1. */
  float(name: string): string | undefined {
    return this.#floats.get(name);
  }

  addNamed(name: string, dtype: "f32" | "u8", values: Float32Array | Uint8Array): void {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.constants.set(name, { name, dims: [], dataType: codeOfDtype(dtype), rawData });
  }

  one(): string {
    this.#one ??= this.addFloats("one", [], Float32Array.of(1));
    return this.#one;
  }

  /** The model with what was emitted; what nothing reads any more is left out. */
  graph(graph: RawGraph): RawGraph {
    const outputs = graph.outputs.map(({ tensor }) => tensor);
    const nodes = live(this.nodes, outputs);
    const read = new Set([...outputs, ...nodes.flatMap(({ inputs }) => inputs)]);
    const constants = new Map([...this.constants].filter(([name]) => read.has(name)));
    return { ...graph, nodes, constants };
  }

  emit(
    from: RawNode,
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: readonly AttributeProto[] = [],
  ): void {
    this.nodes.push({ name: from.name, op, domain: "", inputs, outputs, attributes });
  }

  /** The float tensor that a quantized one stands for; of a constant a constant, per index of `axis`. */
  real(node: RawNode, name: string, scaling: Scaling, axis = 0): string {
    const key = `${name}\0${scaling.scale}\0${scaling.zero}`;
    const known = this.#real.get(key);
    if (known) return known;
    const constant = this.constant(name);
    let real: string;
    if (constant) {
      const scale = this.needed(node, scaling.scale);
      const zero = scaling.zero === "" ? undefined : this.needed(node, scaling.zero);
      const values = dequantize({ data: constant.data, start: 0, shape: constant.shape, scale, zero, axis });
      real = this.addFloats(`${name}/real`, constant.shape, values);
    } else {
      real = this.name(`${name}/real`);
      this.emit(node, "DequantizeLinear", [name, scaling.scale, scaling.zero].filter(Boolean), [real]);
    }
    this.#real.set(key, real);
    return real;
  }

  /** Remembers what a quantized tensor stands for. */
  know(name: string, scaling: Scaling): void {
    this.#scalings.set(name, scaling);
  }

  /** Quantizes what `op` computes of float operands into the tensor that the node gives. */
  quantized(
    node: RawNode,
    op: string,
    inputs: readonly string[],
    output: string,
    scaling: Scaling,
    attributes: readonly AttributeProto[] = node.attributes,
  ): void {
    const float = this.name(`${output}/float`);
    this.emit(node, op, inputs, [float], attributes);
    this.emit(node, "QuantizeLinear", [float, scaling.scale, scaling.zero].filter(Boolean), [output]);
    this.know(output, scaling);
  }

  /** A bias of 32 bits, whose scale is the product of two others. */
  bias(node: RawNode, name: string, first: string, second: string): string {
    const [bias, a, b] = [name, first, second].map((each) => this.needed(node, each)) as [
      Constant,
      Constant,
      Constant,
    ];
    const values = Float32Array.from({ length: bias.size }, (_, index) => {
      const scale = Number(a.data[a.size === 1 ? 0 : index]) * Number(b.data[b.size === 1 ? 0 : index]);
      return Number(bias.data[index]) * scale;
    });
    return this.addFloats(`${name}/real`, bias.shape, values);
  }
}
