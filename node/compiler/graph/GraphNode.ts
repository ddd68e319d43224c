// One node of a model in the form of operator set 21, with typed access to its attributes: what is not read is refused.
import { UnsupportedNodeError } from "../errors.ts";
import type { Constant } from "./types.ts";

export type AttributeValue =
  | { readonly type: "int"; readonly value: bigint }
  | { readonly type: "ints"; readonly value: readonly bigint[] }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "floats"; readonly value: readonly number[] }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "tensor"; readonly value: Constant };

type Kind = AttributeValue["type"];
type ValueOf<K extends Kind> = Extract<AttributeValue, { type: K }>["value"];

/** The attributes of a node. Each reader takes the value that the operator has by default. */
export class Attributes {
  readonly #values: ReadonlyMap<string, AttributeValue>;
  readonly #read = new Set<string>();
  readonly #refuse: (reason: string, remedy: string) => never;

  constructor(
    values: ReadonlyMap<string, AttributeValue>,
    refuse: (reason: string, remedy: string) => never,
  ) {
    this.#values = values;
    this.#refuse = refuse;
  }

  #get<const K extends Kind>(name: string, type: K): ValueOf<K> | undefined {
    this.#read.add(name);
    const attribute = this.#values.get(name);
    if (attribute && attribute.type !== type)
      this.#refuse(`its attribute ${name} has the wrong type`, "Export the model again.");
    return attribute?.value as ValueOf<K> | undefined;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** The attribute as it stands, for passing nodes on. */
  value(name: string): AttributeValue | undefined {
    return this.#values.get(name);
  }

  int(name: string, otherwise: number): number {
    const value = this.#get(name, "int");
    return value === undefined ? otherwise : Number(value);
  }

  ints(name: string): readonly number[] | undefined {
    return this.#get(name, "ints")?.map(Number);
  }

  float(name: string, otherwise: number): number {
    return this.#get(name, "float") ?? otherwise;
  }

  floats(name: string): readonly number[] | undefined {
    return this.#get(name, "floats");
  }

  string(name: string, otherwise: string): string {
    return this.#get(name, "string") ?? otherwise;
  }

  strings(name: string): readonly string[] | undefined {
    return this.#get(name, "strings");
  }

  tensor(name: string): Constant | undefined {
    return this.#get(name, "tensor");
  }

  /** Call after the last attribute is read: a node with an attribute that nobody looked at is not understood. */
  done(): void {
    for (const name of this.#values.keys())
      if (!this.#read.has(name))
        this.#refuse(
          `the attribute ${name} is not known here`,
          "Export the model without it, or report the operator.",
        );
  }
}

export interface NodeParts {
  readonly name: string;
  readonly op: string;
  /** "" is ONNX itself; "ai.onnx.ml", "com.microsoft" … */
  readonly domain: string;
  readonly inputs: readonly (string | undefined)[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeValue>;
}

/** Trailing optional inputs that are left out are not listed; an output that nobody names is "". */
export class GraphNode {
  /** its own, or that of its first output where it has none */
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly (string | undefined)[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;

  constructor({ name, op, domain, inputs, outputs, attributes }: NodeParts) {
    this.name = name;
    this.op = op;
    this.domain = domain;
    this.inputs = inputs;
    this.outputs = outputs;
    this.attributes = new Attributes(attributes, (reason, remedy) => this.refuse(reason, remedy));
  }

  /** @throws UnsupportedNodeError reason: one clause without a full stop; remedy: one sentence */
  refuse(reason: string, remedy: string): never {
    throw new UnsupportedNodeError({ node: this.name, op: this.op, reason, remedy });
  }
}
