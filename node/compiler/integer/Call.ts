// One node as the integer rules see it: its operands so far, its constants, and where its results go.
import type { DType, Operand, TensorData } from "@assay/sdk/program";
import type { GraphNode } from "../graph/GraphNode.ts";
import type { GraphTensor, ModelGraph } from "../graph/types.ts";
import type { Emitter } from "./emit.ts";
import { fromFront } from "./shapes.ts";
import { type ElementTypes, integerData } from "./types.ts";

const WRONG_CONSTANT = "Export the model with this input as a constant.";

/** The translation of one node: its result, or one for each of its outputs, none where nobody reads it. */
export type Rule = (call: Call) => Operand | readonly (Operand | undefined)[];

/** What has been translated so far, by tensor name. */
export class Scope {
  readonly graph: ModelGraph;
  readonly emit: Emitter;
  readonly types: ElementTypes;
  readonly #values = new Map<string, Operand>();

  constructor(graph: ModelGraph, emit: Emitter, types: ElementTypes) {
    this.graph = graph;
    this.emit = emit;
    this.types = types;
  }

  set(name: string, value: Operand): void {
    this.#values.set(name, value);
  }

  value(tensor: GraphTensor): Operand {
    let value = this.#values.get(tensor.name);
    if (!value) {
      const { constant, shape, dtype } = tensor;
      if (!constant) throw new Error(`The tensor ${tensor.name} is read before it is computed.`);
      value = this.emit.tensor(this.types(dtype)!, shape, integerData(constant));
      this.#values.set(tensor.name, value);
    }
    return value;
  }
}

export class Call {
  readonly node: GraphNode;
  readonly emit: Emitter;
  readonly #scope: Scope;

  constructor(node: GraphNode, scope: Scope) {
    this.node = node;
    this.emit = scope.emit;
    this.#scope = scope;
  }

  refuse(reason: string, remedy: string): never {
    return this.node.refuse(reason, remedy);
  }

  get count(): number {
    return this.node.inputs.length;
  }

  has(index: number): boolean {
    return Boolean(this.node.inputs[index]);
  }

  tensor(index: number): GraphTensor {
    const name = this.node.inputs[index];
    if (!name) this.refuse(`its input ${index} is missing`, "Export the model again.");
    return this.#scope.graph.tensor(name);
  }

  shape(index: number): readonly number[] {
    return this.tensor(index).shape;
  }

  /** An operand as it is: a truth value may be a byte of 0 or 1. */
  any(index: number): Operand {
    return this.#scope.value(this.tensor(index));
  }

  /** An operand to compute with: truth values are bytes. */
  integers(index: number): Operand {
    return this.emit.asByte(this.any(index));
  }

  /** A truth value. */
  condition(index: number): Operand {
    return this.emit.asCondition(this.any(index));
  }

  /** The elements of an input that must be known now. */
  data(index: number): TensorData {
    const { constant } = this.tensor(index);
    if (!constant) this.refuse(`its input ${index} depends on the model's inputs`, WRONG_CONSTANT);
    return integerData(constant);
  }

  isConstant(index: number): boolean {
    return this.tensor(index).constant !== undefined;
  }

  /** The numbers of an input that must be known now; none where it is left out. */
  numbers(index: number): number[] | undefined {
    return this.has(index) ? Array.from<number | bigint, number>(this.data(index), Number) : undefined;
  }

  int(name: string, otherwise: number): number {
    return this.node.attributes.int(name, otherwise);
  }

  ints(name: string): readonly number[] | undefined {
    return this.node.attributes.ints(name);
  }

  string(name: string, otherwise: string): string {
    return this.node.attributes.string(name, otherwise);
  }

  /** An axis of operand 0, or of a tensor of the given rank. */
  axis(otherwise: number, rank = this.shape(0).length): number {
    return this.checkAxis(this.int("axis", otherwise), rank);
  }

  checkAxis(axis: number, rank: number): number {
    const front = fromFront(axis, rank);
    if (!Number.isInteger(front) || front < 0 || front >= rank)
      this.refuse(`its axis ${axis} does not exist in ${rank} dimensions`, "Export the model again.");
    return front;
  }

  get outputs(): number {
    return this.node.outputs.length;
  }

  /** True where somebody may read the result. */
  wants(index: number): boolean {
    return Boolean(this.node.outputs[index]);
  }

  out(index = 0): GraphTensor {
    return this.#scope.graph.tensor(this.node.outputs[index]!);
  }

  get outType(): DType {
    return this.#scope.types(this.out().dtype)!;
  }

  /** Hands over a result. */
  give(value: Operand, index: number): void {
    const { name, shape } = this.out(index);
    const { shape: given } = value.type;
    if (given.length !== shape.length || given.some((size, axis) => size !== shape[axis]))
      this.refuse(
        `its result has the shape [${given}] where the model says [${shape}]`,
        "Correct the shapes that the model states.",
      );
    this.#scope.set(name, value);
  }
}
