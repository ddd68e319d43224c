// A model that was read: its nodes and tensors, and who computes and reads them.
import { FatalError } from "../../errors.ts";
import type { GraphNode } from "./GraphNode.ts";
import type { GraphTensor, ModelGraph } from "./types.ts";

type Parts = Omit<ModelGraph, "tensor" | "producer" | "readers">;

export class Graph implements ModelGraph {
  readonly inputs: Parts["inputs"];
  readonly outputs: Parts["outputs"];
  readonly nodes: Parts["nodes"];
  readonly tensors: Parts["tensors"];
  readonly opset: number;
  readonly openBatch: Parts["openBatch"];
  readonly labels: Parts["labels"];
  readonly quantizations: Parts["quantizations"];
  readonly runtime: Parts["runtime"];
  readonly #producers = new Map<string, GraphNode>();
  readonly #readers = new Map<string, GraphNode[]>();

  constructor(parts: Parts) {
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.nodes = parts.nodes;
    this.tensors = parts.tensors;
    this.opset = parts.opset;
    this.openBatch = parts.openBatch;
    this.labels = parts.labels;
    this.quantizations = parts.quantizations;
    this.runtime = parts.runtime;
    for (const node of this.nodes) {
      for (const name of node.outputs) this.#producers.set(name, node);
      for (const name of new Set(node.inputs)) {
        if (name === undefined) continue;
        const readers = this.#readers.get(name);
        if (readers) readers.push(node);
        else this.#readers.set(name, [node]);
      }
    }
  }

  tensor(name: string): GraphTensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new FatalError("The graph has no tensor of this name.", { facts: { name } });
    return tensor;
  }

  producer(name: string): GraphNode | undefined {
    return this.#producers.get(name);
  }

  readers(name: string): readonly GraphNode[] {
    return this.#readers.get(name) ?? [];
  }
}
