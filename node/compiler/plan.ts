// What is lowered: the nodes of the model after patterns have become one operation each.
import type { Ensemble } from "./ensembles.ts";
import type { GraphNode } from "./graph/GraphNode.ts";
import type { Constant, GraphTensor, ModelGraph } from "./graph/types.ts";
import type { Linear } from "./linear.ts";

/** The float tensor whose values a tensor of the plan has, after clamping them to [min, max]. */
export interface Observed {
  readonly tensor: string;
  readonly min: number;
  readonly max: number;
  /** numbers that the values of each index along an axis are divided by */
  readonly channels?: { readonly axis: number; readonly divisors: Float64Array };
}

/** What the float model's values of an observed tensor stand for, by their place. */
export function observedValues(
  { min, max, channels }: Observed,
  shape: readonly number[],
  values: ArrayLike<number>,
): (place: number) => number {
  const clamped = (place: number): number => Math.min(max, Math.max(min, values[place]!));
  if (!channels) return clamped;
  const { axis, divisors } = channels;
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  return (place) => clamped(place) / divisors[Math.floor(place / inner) % divisors.length]!;
}

/** A function of one number, made of one or more nodes. */
export interface Unary {
  readonly kind: "unary";
  readonly apply: (value: number) => number;
}

/** (x − mean) / sqrt(variance + epsilon) · gain + bias along `axis`; without `centered` no mean is subtracted */
export interface Normalization {
  readonly kind: "normalization";
  readonly axis: number;
  readonly centered: boolean;
  readonly epsilon: number;
  /** one per index of the axis, or a single one */
  readonly gain: Float64Array;
  readonly bias: Float64Array | undefined;
}

/** Rows of a constant matrix by number; a number outside reads `outside`, or is clipped. */
export interface Embedding {
  readonly kind: "embedding";
  readonly shape: readonly [rows: number, width: number];
  readonly rows: Constant | Float32Array;
  /** the row that numbers beyond the last one read is the last one and holds what the model gives for them */
  readonly hasOutside: boolean;
}

export type OperationParameters = Linear | Unary | Normalization | Embedding | Ensemble;

/** One thing to lower. `op` is ONNX's name, or Linear, Unary, Normalization, Embedding, Ensemble. */
export interface Operation {
  readonly op: string;
  /** the (last) node that it stands for: attributes, reports, refusals */
  readonly node: GraphNode;
  /** every tensor that it reads, constants among them; "" where an optional one is absent */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly parameters?: OperationParameters;
}

/** An output of the program: its name, and the tensor that it is. */
export interface PlanOutput {
  readonly name: string;
  readonly tensor: string;
}

const operationOf = (node: GraphNode): Operation => ({
  op: node.op,
  node,
  inputs: node.inputs.map((name) => name ?? ""),
  outputs: node.outputs,
});

/** The operations of a model in order, which patterns rewrite. */
export class Plan {
  readonly graph: ModelGraph;
  #operations: readonly Operation[] = [];
  #producers = new Map<string, Operation>();
  #readers = new Map<string, Operation[]>();
  #outputs: ReadonlySet<string>;
  #named: readonly PlanOutput[];
  readonly #observed = new Map<string, Observed>();

  constructor(graph: ModelGraph) {
    this.graph = graph;
    this.#named = graph.outputs.map(({ name, tensor }) => ({ name, tensor: tensor.name }));
    this.#outputs = new Set(this.#named.map(({ tensor }) => tensor));
    this.operations = graph.nodes.map(operationOf);
  }

  get outputs(): readonly PlanOutput[] {
    return this.#named;
  }

  /** Lets the output that is one tensor be another one, which keeps its own name. */
  renameOutput(from: string, to: string): void {
    this.#named = this.#named.map((output) => (output.tensor === from ? { name: to, tensor: to } : output));
    this.#outputs = new Set(this.#named.map(({ tensor }) => tensor));
    this.operations = this.#operations;
  }

  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** Takes new operations and drops those that nothing reads. */
  set operations(operations: readonly Operation[]) {
    const needed = new Set(this.#outputs);
    const kept: Operation[] = [];
    for (const operation of operations.toReversed()) {
      if (!operation.outputs.some((name) => needed.has(name))) continue;
      for (const name of operation.inputs) needed.add(name);
      kept.push(operation);
    }
    this.#operations = kept.reverse();
    this.#producers = new Map();
    this.#readers = new Map();
    for (const operation of this.#operations) {
      for (const name of operation.outputs) this.#producers.set(name, operation);
      for (const name of new Set(operation.inputs))
        this.#readers.set(name, [...(this.#readers.get(name) ?? []), operation]);
    }
  }

  tensor(name: string): GraphTensor {
    return this.graph.tensor(name);
  }

  shape(name: string): readonly number[] {
    return this.graph.tensor(name).shape;
  }

  constant(name: string | undefined): Constant | undefined {
    return name ? this.graph.tensors.get(name)?.constant : undefined;
  }

  producer(name: string): Operation | undefined {
    return this.#producers.get(name);
  }

  readers(name: string): readonly Operation[] {
    return this.#readers.get(name) ?? [];
  }

  isOutput(name: string): boolean {
    return this.#outputs.has(name);
  }

  /** The one operation that reads a tensor, if nothing else sees it. */
  soleReader(name: string): Operation | undefined {
    const readers = this.readers(name);
    return readers.length === 1 && !this.isOutput(name) ? readers[0] : undefined;
  }

  /** Where the float model shows the values of a tensor. */
  observed(name: string): Observed {
    return this.#observed.get(name) ?? { tensor: name, min: -Infinity, max: Infinity };
  }

  observe(name: string, observed: Observed): void {
    this.#observed.set(name, observed);
  }

  /** The number that a constant of one element holds. */
  number(name: string | undefined): number | undefined {
    const constant = this.constant(name);
    return constant?.size === 1 ? Number(constant.data[0]) : undefined;
  }
}

/** The values of a constant as numbers. */
export const numbersOf = (constant: Constant): Float64Array<ArrayBuffer> =>
  Float64Array.from(constant.data as ArrayLike<number | bigint>, Number);
