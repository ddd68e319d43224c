// Models of quantized operators as models of float operators between DequantizeLinear and QuantizeLinear.
import type { AttributeProto } from "@assay/sdk/program";
import { attributeOf, type RawGraph, type RawNode, refuseNode } from "../rawGraph.ts";
import { Expander, type Scaling } from "./Expander.ts";

type Expansion = (node: RawNode, expander: Expander) => void;

const MICROSOFT = "com.microsoft";

/** Inputs `from`, `from + 1`, `from + 2`: a quantized tensor, its scale, its zero point. */
function realAt(node: RawNode, expander: Expander, from: number, axis?: number): string {
  const [name = "", scale = "", zero = ""] = node.inputs.slice(from, from + 3);
  return expander.real(node, name, { scale, zero }, axis);
}

const scalingAt = ({ inputs }: RawNode, from: number): Scaling => ({
  scale: inputs[from] ?? "",
  zero: inputs[from + 1] ?? "",
});

const without = (node: RawNode, ...names: string[]): AttributeProto[] =>
  node.attributes.filter(({ name = "" }) => !names.includes(name));

const outputOf = ({ outputs }: RawNode): string => outputs[0] ?? "";

function convolution(node: RawNode, expander: Expander): void {
  const operands = [realAt(node, expander, 0), realAt(node, expander, 3, 0)];
  const bias = node.inputs[8];
  if (bias) operands.push(expander.bias(node, bias, node.inputs[1]!, node.inputs[4]!));
  expander.quantized(node, "Conv", operands, outputOf(node), scalingAt(node, 6));
}

function product(node: RawNode, expander: Expander): void {
  const operands = [realAt(node, expander, 0), realAt(node, expander, 3, -1)];
  expander.quantized(node, "MatMul", operands, outputOf(node), scalingAt(node, 6));
}

function gemm(node: RawNode, expander: Expander): void {
  const isTransposed = attributeOf(node, "transB")?.i === 1n;
  const operands = [realAt(node, expander, 0), realAt(node, expander, 3, isTransposed ? 0 : 1)];
  const bias = node.inputs[6];
  if (bias) operands.push(expander.bias(node, bias, node.inputs[1]!, node.inputs[4]!));
  if (!node.inputs[7]) {
    expander.emit(node, "Gemm", operands, node.outputs, node.attributes);
    return;
  }
  expander.quantized(node, "Gemm", operands, outputOf(node), scalingAt(node, 7));
}

const pair =
  (op: string): Expansion =>
  (node, expander) =>
    expander.quantized(
      node,
      op,
      [realAt(node, expander, 0), realAt(node, expander, 3)],
      outputOf(node),
      scalingAt(node, 6),
    );

const single =
  (op: string): Expansion =>
  (node, expander) => {
    if (attributeOf(node, "channels_last")?.i)
      refuseNode(node, "its channels lie last", "Export the model with channels first.");
    const attributes = without(node, "channels_last");
    expander.quantized(node, op, [realAt(node, expander, 0)], outputOf(node), scalingAt(node, 3), attributes);
  };

function concat(node: RawNode, expander: Expander): void {
  const operands: string[] = [];
  for (let from = 2; from < node.inputs.length; from += 3) operands.push(realAt(node, expander, from));
  expander.quantized(node, "Concat", operands, outputOf(node), scalingAt(node, 0));
}

/** Quantizes what only the run can tell: the float model that is meant has no such rounding. */
function dynamic(node: RawNode, expander: Expander): void {
  const [output = "", scale = "", zero = ""] = node.outputs;
  const [input = ""] = node.inputs;
  expander.meanFloat(output, input);
  if (scale) expander.addNamed(scale, "f32", Float32Array.of(1));
  if (zero) expander.addNamed(zero, "u8", Uint8Array.of(0));
}

/** A product of integers whose first operand stands for floats at scale 1: the product of those. */
const ofFloats =
  (op: string, axis: number): Expansion =>
  (node, expander) => {
    const [a = "", b = "", , zero = ""] = node.inputs;
    const float = expander.float(a);
    if (float === undefined) {
      expander.nodes.push(node);
      return;
    }
    const weights = expander.real(node, b, { scale: expander.one(), zero }, axis);
    expander.emit(node, op, [float, weights], node.outputs, node.attributes);
  };

const expansions: Readonly<Record<string, Expansion>> = {
  QLinearConv: convolution,
  QLinearMatMul: product,
  DynamicQuantizeLinear: dynamic,
  MatMulInteger: ofFloats("MatMul", -1),
  ConvInteger: ofFloats("Conv", 0),
  [`${MICROSOFT}:QGemm`]: gemm,
  [`${MICROSOFT}:QLinearAdd`]: pair("Add"),
  [`${MICROSOFT}:QLinearMul`]: pair("Mul"),
  [`${MICROSOFT}:QLinearConcat`]: concat,
  [`${MICROSOFT}:QLinearSigmoid`]: single("Sigmoid"),
  [`${MICROSOFT}:QLinearLeakyRelu`]: single("LeakyRelu"),
  [`${MICROSOFT}:QLinearAveragePool`]: single("AveragePool"),
  [`${MICROSOFT}:QLinearGlobalAveragePool`]: single("GlobalAveragePool"),
};

/** Move quantized numbers as they are: the first inputs are data, the others say how. */
const moving: Readonly<Record<string, number>> = {
  Concat: Number.POSITIVE_INFINITY,
  DepthToSpace: 1,
  Expand: 1,
  Flatten: 1,
  Gather: 1,
  Identity: 1,
  MaxPool: 1,
  Reshape: 1,
  Resize: 1,
  Slice: 1,
  SpaceToDepth: 1,
  Split: 1,
  Squeeze: 1,
  Tile: 1,
  Transpose: 1,
  Unsqueeze: 1,
};

/** A quantized tensor that is only moved is moved as the floats that it stands for. */
function move(node: RawNode, expander: Expander): void {
  const count = moving[node.op] ?? 0;
  const data = node.inputs.slice(0, count);
  const scaling = expander.scaling(data[0] ?? "");
  if (!scaling) {
    expander.nodes.push(node);
    return;
  }
  const others = data.map((name) => expander.scaling(name));
  if (others.some((other) => !other || !expander.isSameScaling(other, scaling)))
    refuseNode(node, "it joins tensors of different scales", "Dequantize its inputs first.");
  const inputs = [...data.map((name) => expander.real(node, name, scaling)), ...node.inputs.slice(count)];
  const floats = node.outputs.map((output) => (output === "" ? "" : expander.name(`${output}/float`)));
  expander.emit(node, node.op, inputs, floats, node.attributes);
  for (const [index, output] of node.outputs.entries()) {
    if (output === "") continue;
    const given = [floats[index]!, scaling.scale, scaling.zero].filter(Boolean);
    expander.emit(node, "QuantizeLinear", given, [output]);
    expander.know(output, scaling);
  }
}

/** Rows of a quantized table, dequantized after they were picked: picked from the dequantized table. */
function dequantize(node: RawNode, expander: Expander, producer: RawNode | undefined): void {
  const [, scale = "", zero = ""] = node.inputs;
  const [table = "", indices = ""] = producer?.inputs ?? [];
  const isTable = producer?.op === "Gather" && expander.constants.has(table);
  if (!isTable || expander.constant(scale)?.size !== 1) {
    expander.nodes.push(node);
    return;
  }
  const rows = expander.real(node, table, { scale, zero });
  expander.emit(node, "Gather", [rows, indices], node.outputs, producer.attributes);
}

/** Whether what a DynamicQuantizeLinear gives is only read by products: then it stands for its input. */
function feedsProducts({ outputs }: RawNode, { nodes, outputs: named }: RawGraph): boolean {
  const [values = "", scale = "", zero = ""] = outputs;
  const isOutput = named.some(({ tensor }) => outputs.includes(tensor));
  const others = nodes.filter(
    ({ op, inputs }) =>
      inputs.some((name) => name === values || name === zero) &&
      !(["MatMulInteger", "ConvInteger"].includes(op) && inputs[0] === values && inputs[2] === zero),
  );
  return values !== "" && scale !== "" && !isOutput && others.length === 0;
}

const isQuantized = ({ op, domain }: RawNode): boolean =>
  (domain === "" && ["QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear"].includes(op)) ||
  (op.startsWith("Q") && Object.hasOwn(expansions, domain === "" ? op : `${domain}:${op}`));

/** The same model without operators on quantized tensors; a model without any is returned as it is. */
export function expandQuantized(graph: RawGraph, folder: string | undefined): RawGraph {
  if (!graph.nodes.some(isQuantized)) return graph;
  const expander = new Expander(graph, folder);
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  for (const node of graph.nodes) {
    const key = node.domain === "" ? node.op : `${node.domain}:${node.op}`;
    const expansion = Object.hasOwn(expansions, key) ? expansions[key] : undefined;
    if (key === "DynamicQuantizeLinear" && !feedsProducts(node, graph)) expander.nodes.push(node);
    else if (expansion) expansion(node, expander);
    else if (node.domain === "" && Object.hasOwn(moving, node.op)) move(node, expander);
    else if (key === "DequantizeLinear") dequantize(node, expander, producers.get(node.inputs[0] ?? ""));
    else {
      expander.nodes.push(node);
      if (key === "QuantizeLinear") expander.know(outputOf(node), scalingAt(node, 1));
    }
  }
  return expander.graph(graph);
}
