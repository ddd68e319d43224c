// Which tensors share a scale: those that are added to each other, joined, or carried from pass to pass.
import type { Plan } from "../plan.ts";
import type { Quantization } from "../quantization/activation.ts";
import type { Registry } from "./registry.ts";

/** Disjoint sets of names. */
class Sets {
  readonly #parents = new Map<string, string>();
  readonly #members = new Map<string, string[]>();

  root(name: string): string {
    let root = name;
    for (let up = this.#parents.get(root); up !== undefined; up = this.#parents.get(root)) root = up;
    return root;
  }

  join(a: string, b: string): void {
    const [left, right] = [this.root(a), this.root(b)];
    if (left === right) return;
    this.#parents.set(right, left);
    this.#members.set(left, [...this.members(left), ...this.members(right)]);
  }

  members(name: string): readonly string[] {
    const root = this.root(name);
    return this.#members.get(root) ?? [root];
  }
}

export class Groups {
  readonly #wide = new Sets();
  readonly #bytes = new Sets();
  readonly #tied = new Set<string>();
  readonly #scales = new Map<string, number>();
  readonly #quantizations = new Map<string, Quantization>();

  constructor(plan: Plan, registry: Registry, tied: readonly (readonly [string, string])[]) {
    const ties: string[] = [];
    for (const operation of plan.operations) {
      const { joins, joinsWide } = registry.definition(operation);
      const [output = ""] = operation.outputs;
      const computed = (indices: readonly number[]): string[] =>
        indices.map((index) => operation.inputs[index] ?? "").filter((name) => name && !plan.constant(name));
      for (const name of computed(joinsWide?.(operation) ?? []))
        for (const each of operation.outputs) this.#wide.join(each, name);
      const joined = computed(joins?.(operation) ?? []);
      for (const name of joined)
        for (const each of operation.outputs) {
          this.#wide.join(each, name);
          this.#bytes.join(each, name);
        }
      if (new Set(joined).size > 1) ties.push(output);
    }
    for (const [a, b] of tied) {
      this.#bytes.join(a, b);
      ties.push(a);
    }
    for (const name of ties) this.#tied.add(this.#bytes.root(name));
    // a quantized model says its own scales
    for (const [name, quantization] of plan.graph.quantizations) {
      const root = this.#bytes.root(name);
      this.#tied.add(root);
      if (!this.#quantizations.has(root)) this.#quantizations.set(root, quantization);
    }
  }

  wideScale(name: string, choose: (members: readonly string[]) => number): number {
    const root = this.#wide.root(name);
    const known = this.#scales.get(root);
    if (known !== undefined) return known;
    const scale = choose(this.#wide.members(root));
    this.#scales.set(root, scale);
    return scale;
  }

  tiedQuantization(
    name: string,
    choose: (members: readonly string[]) => Quantization,
  ): Quantization | undefined {
    const root = this.#bytes.root(name);
    if (!this.#tied.has(root)) return undefined;
    const known = this.#quantizations.get(root);
    if (known) return known;
    const quantization = choose(this.#bytes.members(root));
    this.#quantizations.set(root, quantization);
    return quantization;
  }
}
