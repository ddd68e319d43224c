// A node on its way to the form of operator set 21, and what its rules may look up.
import { ATTRIBUTE_TYPE, type AttributeProto } from "@assay/sdk/program";
import { integerConstant, integersOf, readConstant } from "../constants.ts";
import type { AttributeValue } from "../GraphNode.ts";
import { type RawNode, refuseNode } from "../rawGraph.ts";
import type { Constant, GraphTensor } from "../types.ts";

const text = new TextDecoder();

function toValue(attribute: AttributeProto): AttributeValue | undefined {
  const { type = 0, i, f, s, t, ints, floats, strings } = attribute;
  const is = (code: number, given: unknown): boolean => type === code || (type === 0 && given !== undefined);
  if (is(ATTRIBUTE_TYPE.INT, i)) return { type: "int", value: i ?? 0n };
  if (is(ATTRIBUTE_TYPE.FLOAT, f)) return { type: "float", value: f ?? 0 };
  if (is(ATTRIBUTE_TYPE.STRING, s)) return { type: "string", value: text.decode(s) };
  if (is(ATTRIBUTE_TYPE.INTS, ints)) return { type: "ints", value: ints ?? [] };
  if (is(ATTRIBUTE_TYPE.FLOATS, floats)) return { type: "floats", value: floats ?? [] };
  if (is(ATTRIBUTE_TYPE.STRINGS, strings))
    return { type: "strings", value: (strings ?? []).map((bytes) => text.decode(bytes)) };
  if (is(ATTRIBUTE_TYPE.TENSOR, t)) return { type: "tensor", value: readConstant(t ?? {}, undefined) };
  return undefined;
}

/** What the rules know about the graph. */
export interface Surroundings {
  /** of the file */
  readonly opset: number;
  tensor(name: string): GraphTensor;
  /** Adds a constant under a name made from `base`; returns the name. */
  addConstant(base: string, constant: Constant): string;
  readonly used: ReadonlySet<string>;
}

export class Draft {
  readonly name: string;
  op: string;
  readonly domain: string;
  inputs: (string | undefined)[];
  outputs: string[];
  readonly attributes = new Map<string, AttributeValue>();
  readonly #raw: RawNode;
  readonly #around: Surroundings;

  constructor(raw: RawNode, around: Surroundings) {
    this.#raw = raw;
    this.#around = around;
    this.name = raw.name;
    this.op = raw.op;
    this.domain = raw.domain;
    this.inputs = raw.inputs.map((name) => (name === "" ? undefined : name));
    this.outputs = [...raw.outputs];
    for (const attribute of raw.attributes) {
      const value = toValue(attribute);
      if (!value)
        this.refuse(`its attribute ${attribute.name} has an unknown type`, "Export the model again.");
      this.attributes.set(attribute.name ?? "", value);
    }
  }

  get opset(): number {
    return this.#around.opset;
  }

  refuse(reason: string, remedy: string): never {
    return refuseNode(this.#raw, reason, remedy);
  }

  has(index: number): boolean {
    return this.inputs[index] !== undefined;
  }

  /** Whether something reads output `index`. */
  isUsed(index: number): boolean {
    const name = this.outputs[index] ?? "";
    return name !== "" && this.#around.used.has(name);
  }

  input(index: number): GraphTensor {
    const name = this.inputs[index];
    if (name === undefined) return this.refuse(`its input ${index} is missing`, "Export the model again.");
    return this.#around.tensor(name);
  }

  output(index = 0): GraphTensor {
    return this.#around.tensor(this.outputs[index]!);
  }

  get rank(): number {
    return this.input(0).shape.length;
  }

  /** The integers of a constant input; undefined where it is left out. */
  integers(index: number): number[] | undefined {
    if (!this.has(index)) return undefined;
    const { constant } = this.input(index);
    if (!constant)
      return this.refuse(`its input ${index} is not constant`, "Export the model for fixed shapes.");
    return integersOf(constant);
  }

  setInput(index: number, constant: Constant): void {
    while (this.inputs.length < index) this.inputs.push(undefined);
    this.inputs[index] = this.#around.addConstant(`${this.outputs[0]}/${index}`, constant);
  }

  setIntegers(index: number, values: readonly number[], shape?: number[]): void {
    this.setInput(index, integerConstant(values, shape));
  }

  takeInt(name: string, otherwise: number): number {
    const attribute = this.attributes.get(name);
    this.attributes.delete(name);
    return attribute?.type === "int" ? Number(attribute.value) : otherwise;
  }

  takeInts(name: string): number[] | undefined {
    const attribute = this.attributes.get(name);
    this.attributes.delete(name);
    return attribute?.type === "ints" ? attribute.value.map(Number) : undefined;
  }

  takeFloat(name: string): number | undefined {
    const attribute = this.attributes.get(name);
    this.attributes.delete(name);
    return attribute?.type === "float" ? attribute.value : undefined;
  }

  takeString(name: string, otherwise: string): string {
    const attribute = this.attributes.get(name);
    this.attributes.delete(name);
    return attribute?.type === "string" ? attribute.value : otherwise;
  }

  setInt(name: string, value: number): void {
    this.attributes.set(name, { type: "int", value: BigInt(value) });
  }

  setInts(name: string, values: readonly number[]): void {
    this.attributes.set(name, { type: "ints", value: values.map(BigInt) });
  }

  setString(name: string, value: string): void {
    this.attributes.set(name, { type: "string", value });
  }

  /** An axis counted from the front. */
  axis(value: number, rank = this.rank): number {
    const axis = value < 0 ? value + rank : value;
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank)
      this.refuse(`its axis ${value} does not exist`, "Export the model again.");
    return axis;
  }

  /** Different axes counted from the front, ascending. */
  axes(values: readonly number[], rank = this.rank): number[] {
    const axes = values.map((value) => this.axis(value, rank)).sort((a, b) => a - b);
    if (new Set(axes).size !== axes.length) this.refuse("it names an axis twice", "Export the model again.");
    return axes;
  }
}

/** A rule rewrites a draft in place; it returns the name of an input where the node does nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a rule that always rewrites returns nothing
export type Rule = (draft: Draft) => string | undefined | void;
