// What the lowering of one node sees and changes: constants, values with shapes, and the layers so far.
import type { TensorProto } from "@assay/sdk/program";
import { type Constant, readConstant } from "../constants.ts";
import type { FloatModel } from "../floatModel.ts";
import type { GraphTensor, Layer } from "../layers.ts";
import type { FloatNode } from "../node.ts";

export interface LoweringOptions {
  /** `drop`: a Softmax that computes a graph output is left out, so that the output is its input */
  readonly softmax: "refuse" | "drop";
}

/** The parts of a layer that `Scope.add` fills in. */
type Generated = "node" | "op" | "input" | "output" | "shape" | "observed";
export type LayerOf<L extends Layer = Layer> = L extends Layer ? Omit<L, Generated> : never;

export class Scope {
  readonly layers: Layer[] = [];
  readonly options: LoweringOptions;
  readonly opset: number;
  readonly #constants = new Map<string, Constant>();
  readonly #stored: ReadonlyMap<string, TensorProto>;
  readonly #values = new Map<string, GraphTensor>();
  readonly #graphOutputs: ReadonlySet<string>;
  readonly #readers = new Set<string>();
  readonly #dropped = new Set<string>();

  constructor(model: FloatModel, options: LoweringOptions) {
    this.options = options;
    this.opset = model.opset;
    this.#stored = model.constants;
    for (const input of model.inputs) this.#values.set(input.name, input);
    this.#graphOutputs = new Set(model.outputs);
    for (const node of model.nodes) for (const name of node.inputs) this.#readers.add(name);
  }

  has(node: FloatNode, index: number): boolean {
    return (node.inputs[index] ?? "") !== "";
  }

  constant(node: FloatNode, index: number): Constant | undefined {
    return this.#constant(node.inputs[index] ?? "");
  }

  #constant(name: string): Constant | undefined {
    const known = this.#constants.get(name);
    const proto = this.#stored.get(name);
    if (known || !proto) return known;
    const constant = readConstant(proto);
    this.#constants.set(name, constant);
    return constant;
  }

  /** The constant operand `index`, or a refusal that calls it `what`. */
  needConstant(node: FloatNode, index: number, what: string): Constant {
    const constant = this.constant(node, index);
    if (constant) return constant;
    const reason = this.has(node, index) ? `its ${what} is computed by the model` : `it has no ${what}`;
    return node.refuse(reason, `Export the model with a constant ${what}.`);
  }

  value(name: string): GraphTensor | undefined {
    return this.#values.get(name);
  }

  needValue(node: FloatNode, index: number): GraphTensor {
    const name = node.inputs[index] ?? "";
    const value = this.#values.get(name);
    if (value) return value;
    if (this.#constants.has(name) || this.#stored.has(name))
      return node.refuse(
        "it computes on constants only in a way that is not folded here",
        "Simplify the model (constant folding) before compiling.",
      );
    return node.refuse(`it reads "${name}", which nothing before it computes`, "Export the model again.");
  }

  /** Whether the node's output is an output of the graph that no other node reads. */
  isFinal(node: FloatNode): boolean {
    const name = node.outputs[0] ?? "";
    return this.#graphOutputs.has(name) && !this.#readers.has(name);
  }

  setConstant(node: FloatNode, constant: Constant): void {
    this.#constants.set(this.#output(node), constant);
  }

  /** Lets the node's output stand for an existing value. */
  setAlias(node: FloatNode, value: GraphTensor): void {
    this.#values.set(this.#output(node), value);
  }

  /** Leaves the node out: its output is its input, and keeps the input's name. */
  drop(node: FloatNode, value: GraphTensor): void {
    this.setAlias(node, value);
    this.#dropped.add(node.outputs[0] ?? "");
  }

  isDropped(name: string): boolean {
    return this.#dropped.has(name);
  }

  /** Appends the layer that computes the node's output. */
  add(node: FloatNode, input: GraphTensor, shape: readonly number[], layer: LayerOf): void {
    const output = this.#output(node);
    const observed = { tensor: output, min: -Infinity, max: Infinity };
    this.layers.push({ ...layer, node: node.name, op: node.op, input: input.name, output, shape, observed });
    this.#values.set(output, { name: output, shape });
  }

  #output(node: FloatNode): string {
    const used = node.outputs.filter((name) => name !== "");
    const [first = ""] = node.outputs;
    if (first === "" || used.slice(1).some((name) => this.#readers.has(name) || this.#graphOutputs.has(name)))
      node.refuse("the model uses an output of it besides the first", "Export the model for inference.");
    if (this.#values.has(first) || this.#constants.has(first) || this.#stored.has(first))
      node.refuse(`its output "${first}" has a name that is taken`, "Export the model again.");
    return first;
  }
}
