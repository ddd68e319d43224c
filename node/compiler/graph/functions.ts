// Puts the bodies of a model's local functions in the place of their calls.
import type { AttributeProto, FunctionProto, ModelProto, NodeProto } from "@assay/sdk/program";
import { UnsupportedModelError } from "../errors.ts";
import { type RawNode, refuseNode, standardDomain } from "./rawGraph.ts";

/** Most nodes after inlining: functions can call each other so that a small file unfolds without end. */
const MAX_NODES = 200_000;
const MAX_DEPTH = 64;

const keyOf = (domain: string | undefined, name: string | undefined, overload: string | undefined): string =>
  `${standardDomain(domain)}\0${name ?? ""}\0${overload ?? ""}`;

export function toRawNode(proto: NodeProto): RawNode {
  const outputs = proto.output ?? [];
  const op = proto.opType ?? "";
  return {
    name: proto.name || outputs[0] || op,
    op,
    domain: standardDomain(proto.domain),
    inputs: proto.input ?? [],
    outputs,
    attributes: proto.attribute ?? [],
  };
}

/** Replaces references to the function's attributes by what the call gives, or by the defaults. */
function bindAttributes(
  node: RawNode,
  call: RawNode,
  { attributeProto = [] }: FunctionProto,
): readonly AttributeProto[] {
  return node.attributes.flatMap((attribute): AttributeProto[] => {
    const { refAttrName } = attribute;
    if (!refAttrName) return [attribute];
    const given =
      call.attributes.find(({ name }) => name === refAttrName) ??
      attributeProto.find(({ name }) => name === refAttrName);
    if (given && attribute.type && given.type && given.type !== attribute.type)
      refuseNode(call, `its attribute ${refAttrName} has the wrong type`, "Export the model again.");
    return given ? [{ ...given, name: attribute.name ?? "" }] : [];
  });
}

class Inliner {
  readonly #functions = new Map<string, FunctionProto>();
  readonly #opsets: ReadonlyMap<string, number>;
  readonly nodes: RawNode[] = [];
  #calls = 0;

  constructor(model: ModelProto, opsets: ReadonlyMap<string, number>) {
    this.#opsets = opsets;
    for (const body of model.functions ?? []) {
      const key = keyOf(body.domain, body.name, body.overload);
      if (this.#functions.has(key))
        throw new UnsupportedModelError(`The function "${body.name ?? ""}" is defined twice.`, {
          facts: { function: body.name ?? "", domain: body.domain ?? "" },
          hint: "Export the model again.",
        });
      this.#functions.set(key, body);
    }
  }

  add(proto: NodeProto, node: RawNode, depth: number): void {
    const body = this.#functions.get(keyOf(proto.domain, proto.opType, proto.overload));
    if (body) this.#inline(body, node, depth);
    else if (this.nodes.push(node) > MAX_NODES)
      throw new UnsupportedModelError("The model unfolds into too many nodes.", {
        facts: { limit: MAX_NODES },
      });
  }

  #inline(body: FunctionProto, call: RawNode, depth: number): void {
    if (depth > MAX_DEPTH)
      refuseNode(call, "its functions call each other without end", "Export the model again.");
    for (const { domain, version = 0n } of body.opsetImport ?? []) {
      const known = this.#opsets.get(standardDomain(domain));
      if (known !== undefined && BigInt(known) !== version)
        refuseNode(
          call,
          `its function uses operator set ${version}, the model ${known}`,
          "Export the model with one operator set.",
        );
    }
    const formals = body.input ?? [];
    const results = body.output ?? [];
    if (call.inputs.length > formals.length || call.outputs.length > results.length)
      refuseNode(call, "it gives its function more than that takes", "Export the model again.");
    const prefix = `${call.name}#${this.#calls++}/`;
    const names = new Map<string, string>([["", ""]]);
    formals.forEach((formal, index) => {
      names.set(formal, call.inputs[index] ?? "");
    });
    const passed: [string, string][] = [];
    results.forEach((result, index) => {
      const actual = call.outputs[index] ?? "";
      if (actual === "") return;
      if (names.has(result)) passed.push([names.get(result)!, actual]);
      else names.set(result, actual);
    });
    const rename = (name: string): string => {
      const known = names.get(name);
      if (known !== undefined) return known;
      names.set(name, prefix + name);
      return prefix + name;
    };
    for (const proto of body.node ?? []) {
      const inner = toRawNode(proto);
      const node: RawNode = {
        ...inner,
        name: prefix + inner.name,
        inputs: inner.inputs.map(rename),
        outputs: inner.outputs.map(rename),
        attributes: bindAttributes(inner, call, body),
      };
      this.add(proto, node, depth + 1);
    }
    for (const [from, to] of passed)
      this.nodes.push({
        name: to,
        op: "Identity",
        domain: "",
        inputs: [from],
        outputs: [to],
        attributes: [],
      });
  }
}

/** The nodes of the model with every call of a local function replaced by its body. */
export function inlineFunctions(model: ModelProto, opsets: ReadonlyMap<string, number>): readonly RawNode[] {
  const inliner = new Inliner(model, opsets);
  for (const proto of model.graph?.node ?? []) {
    const node = toRawNode(proto);
    const reference = node.attributes.find(({ refAttrName }) => refAttrName);
    if (reference)
      refuseNode(node, `its attribute ${reference.name} refers to a function`, "Export the model again.");
    inliner.add(proto, node, 0);
  }
  return inliner.nodes;
}
