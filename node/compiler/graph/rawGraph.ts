// A model's graph as it is written in the file, made flat: constants by name, nodes in an executable order, none without use.
import {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  type TensorProto,
  type ValueInfoProto,
} from "@assay/sdk/program";
import { UnsupportedModelError, UnsupportedNodeError } from "../errors.ts";

export interface RawNode {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  /** "" where an optional input is left out */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly AttributeProto[];
}

export interface RawGraph {
  readonly inputs: readonly ValueInfoProto[];
  /** by the names that the model gives them */
  readonly outputs: readonly { readonly name: string; readonly tensor: string }[];
  readonly constants: Map<string, TensorProto>;
  readonly nodes: readonly RawNode[];
  /** operator sets by domain, the standard one under "" */
  readonly opsets: ReadonlyMap<string, number>;
  readonly irVersion: number;
}

export const standardDomain = (domain: string | undefined): string =>
  domain === undefined || domain === "ai.onnx" ? "" : domain;

export function refuseNode(node: RawNode, reason: string, remedy: string): never {
  throw new UnsupportedNodeError({ node: node.name, op: node.op, reason, remedy });
}

export const attributeOf = (node: RawNode, name: string): AttributeProto | undefined =>
  node.attributes.find((attribute) => attribute.name === name);

const folding = "Run constant folding with fixed shapes before compiling.";
const unsupported: Readonly<Record<string, string>> = {
  If: `Export the model without control flow, for fixed shapes. ${folding}`,
  Loop: `Export the model without control flow, with loops unrolled. ${folding}`,
  Scan: `Export the model without control flow, with loops unrolled. ${folding}`,
  NonZero: "Replace it by a mask: the shape of its result depends on values.",
  Unique: "Leave it out: the shape of its result depends on values.",
  Compress: "Replace it by a mask or by Gather with constant indices: its shape depends on values.",
  NonMaxSuppression: "Compile the model up to the boxes and scores, and select boxes outside.",
};
const families: readonly (readonly [RegExp, string])[] = [
  [/^(Random|Bernoulli|Multinomial)/, "Give random numbers to the model as an input."],
  [
    /^(Sequence|SplitToSequence|ConcatFromSequence|Optional)/,
    "Export the model with tensors instead of sequences.",
  ],
  [/^(String|Regex|TfIdf|Tokenizer)/, "Do the work on text before the model."],
  [/^(Gradient|Momentum|Adagrad|Adam)$/, "Export the model for inference."],
];

function remedyFor({ domain, op }: RawNode): string | undefined {
  if (domain !== "") return undefined;
  return unsupported[op] ?? families.find(([pattern]) => pattern.test(op))?.[1];
}

/** Operators that have no place in any program, refused before anything runs. */
export function checkOperators(nodes: readonly RawNode[]): void {
  for (const node of nodes) {
    const remedy = remedyFor(node);
    if (remedy) refuseNode(node, "what it computes has no fixed form", remedy);
    const names = new Set<string>();
    for (const { name = "", g, graphs } of node.attributes) {
      if (g || graphs?.length) refuseNode(node, "it contains a graph", unsupported.If!);
      if (names.has(name)) refuseNode(node, "it has an attribute twice", "Export the model again.");
      names.add(name);
    }
  }
}

/** The value of a Constant node as an initializer of the same name. */
function constantOf(node: RawNode): TensorProto {
  const [attribute, ...others] = node.attributes;
  const name = node.outputs[0] ?? "";
  if (attribute && others.length === 0) {
    const { t, i, f, ints, floats } = attribute;
    if (attribute.name === "value" && t) return { ...t, name };
    if (attribute.name === "value_int") return { name, dims: [], dataType: 7, int64Data: [i ?? 0n] };
    if (attribute.name === "value_float") return { name, dims: [], dataType: 1, floatData: [f ?? 0] };
    if (attribute.name === "value_ints")
      return { name, dims: [BigInt(ints?.length ?? 0)], dataType: 7, int64Data: ints ?? [] };
    if (attribute.name === "value_floats")
      return { name, dims: [BigInt(floats?.length ?? 0)], dataType: 1, floatData: floats ?? [] };
  }
  return refuseNode(node, "it holds no tensor or number", "Export the model with dense, numeric constants.");
}

/** Orders nodes so that each stands behind what it reads; keeps the file's order where it can. */
function ordered(nodes: readonly RawNode[], known: ReadonlySet<string>): RawNode[] {
  const producer = new Map<string, RawNode>();
  for (const node of nodes)
    for (const name of node.outputs) {
      if (name === "") continue;
      if (producer.has(name) || known.has(name))
        refuseNode(node, `its output "${name}" has a name that is taken`, "Export the model again.");
      producer.set(name, node);
    }
  const done = new Set<RawNode>();
  const open = new Set<RawNode>();
  const result: RawNode[] = [];
  for (const first of nodes) {
    const stack = [first];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      if (done.has(node)) {
        stack.pop();
        continue;
      }
      open.add(node);
      const before: RawNode[] = [];
      for (const name of node.inputs) {
        if (name === "" || known.has(name)) continue;
        const from = producer.get(name);
        if (!from) refuseNode(node, `it reads "${name}", which nothing computes`, "Export the model again.");
        if (!done.has(from)) before.push(from);
      }
      if (before.some((other) => open.has(other)))
        refuseNode(node, "it reads what is computed from its own output", "Export the model again.");
      if (before.length === 0) {
        stack.pop();
        open.delete(node);
        done.add(node);
        result.push(node);
      } else stack.push(before[0]!);
    }
  }
  return result;
}

/** The nodes that an output depends on. */
export function live(nodes: readonly RawNode[], outputs: readonly string[]): RawNode[] {
  const needed = new Set(outputs);
  const kept: RawNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    kept.push(node);
    for (const name of node.inputs) needed.add(name);
  }
  return kept.reverse();
}

/** Constants as constants, maps of probabilities as tensors, dead nodes dropped, the rest in order. */
export function flatten(graph: RawGraph): RawGraph {
  const constants = new Map(graph.constants);
  const inputs = new Set(graph.inputs.map(({ name = "" }) => name));
  const nodes: RawNode[] = [];
  const maps = new Map<string, string>();
  for (const node of graph.nodes) {
    const [output = ""] = node.outputs;
    if (node.op === "Constant" && node.domain === "") {
      if (constants.has(output) || inputs.has(output))
        refuseNode(node, `its output "${output}" has a name that is taken`, "Export the model again.");
      constants.set(output, constantOf(node));
    } else if (node.op === "ZipMap" && node.domain === "ai.onnx.ml") maps.set(output, node.inputs[0] ?? "");
    else nodes.push(node);
  }
  const outputs = graph.outputs.map(({ name, tensor }) => ({ name, tensor: maps.get(tensor) ?? tensor }));
  const known = new Set([...inputs, ...constants.keys()]);
  const names = outputs.map(({ tensor }) => tensor);
  const kept = live(ordered(nodes, known), names);
  const computed = new Set(kept.flatMap((node) => node.outputs));
  for (const { name, tensor } of outputs)
    if (!known.has(tensor) && !computed.has(tensor))
      throw new UnsupportedModelError(`The output "${name}" is computed by nothing.`, {
        facts: { output: name },
        hint: "Export the model again.",
      });
  checkOperators(kept);
  const read = new Set([...names, ...kept.flatMap((node) => node.inputs)]);
  for (const name of constants.keys()) if (!read.has(name)) constants.delete(name);
  return { ...graph, constants, nodes: kept, outputs };
}

export const intAttribute = (name: string, value: number): AttributeProto => ({
  name,
  i: BigInt(value),
  type: ATTRIBUTE_TYPE.INT,
});
