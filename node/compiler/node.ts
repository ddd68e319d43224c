// One node of the float model, with typed access to its attributes: what is not read is refused.
import { ATTRIBUTE_TYPE, type AttributeProto, type NodeProto } from "@assay/sdk/program";
import { type Constant, readConstant } from "./constants.ts";
import { UnsupportedNodeError } from "./errors.ts";

const text = new TextDecoder();

export class FloatNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #attributes: Map<string, AttributeProto>;
  readonly #read = new Set<string>();

  constructor(proto: NodeProto) {
    this.op = proto.opType ?? "";
    this.inputs = proto.input ?? [];
    this.outputs = proto.output ?? [];
    this.name = proto.name || this.outputs[0] || this.op;
    this.#attributes = new Map((proto.attribute ?? []).map((attribute) => [attribute.name ?? "", attribute]));
    const domain = proto.domain ?? "";
    if (domain !== "" && domain !== "ai.onnx")
      this.refuse(
        `it belongs to the operator domain ${domain}`,
        "Export the model with standard ONNX operators.",
      );
    if (this.#attributes.size !== (proto.attribute ?? []).length)
      this.refuse("it has an attribute twice", "Export the model again.");
    for (const { name, refAttrName } of this.#attributes.values())
      if (refAttrName)
        this.refuse(`its attribute ${name} refers to a function`, "Inline functions before compiling.");
  }

  refuse(reason: string, remedy: string): never {
    throw new UnsupportedNodeError({ node: this.name, op: this.op, reason, remedy });
  }

  #attribute(name: string, type: number): AttributeProto | undefined {
    this.#read.add(name);
    const attribute = this.#attributes.get(name);
    if (attribute && attribute.type !== undefined && attribute.type !== 0 && attribute.type !== type)
      this.refuse(`its attribute ${name} has the wrong type`, "Export the model again.");
    return attribute;
  }

  int(name: string, otherwise: number): number {
    const attribute = this.#attribute(name, ATTRIBUTE_TYPE.INT);
    return attribute ? Number(attribute.i ?? 0n) : otherwise;
  }

  float(name: string, otherwise: number): number {
    const attribute = this.#attribute(name, ATTRIBUTE_TYPE.FLOAT);
    return attribute ? (attribute.f ?? 0) : otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    return this.#attribute(name, ATTRIBUTE_TYPE.INTS)?.ints?.map(Number);
  }

  string(name: string, otherwise: string): string {
    const attribute = this.#attribute(name, ATTRIBUTE_TYPE.STRING);
    return attribute ? text.decode(attribute.s ?? new Uint8Array()) : otherwise;
  }

  tensor(name: string): Constant | undefined {
    const proto = this.#attribute(name, ATTRIBUTE_TYPE.TENSOR)?.t;
    return proto ? readConstant({ name: this.name, ...proto }) : undefined;
  }

  /** Call after the last attribute is read: a node with an attribute that nobody looked at is not understood. */
  done(): void {
    for (const name of this.#attributes.keys())
      if (!this.#read.has(name))
        this.refuse(
          `the attribute ${name} is not known here`,
          "Export the model without it, or report the operator.",
        );
  }
}
