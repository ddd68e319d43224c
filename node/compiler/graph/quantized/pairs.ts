// Quantized activations as floats: a pair of QuantizeLinear and DequantizeLinear clips, and says which scale suits.
import { MemoryConstant } from "../constants.ts";
import { GraphNode } from "../GraphNode.ts";
import { attributeOf, type RawNode } from "../rawGraph.ts";
import type { Constant, GivenQuantization, GraphTensor, OnnxDType } from "../types.ts";
import { DequantizedConstant } from "./dequantize.ts";

type Tensors = Map<string, GraphTensor>;

const bounds: Partial<Record<OnnxDType, readonly [number, number]>> = {
  u8: [0, 255],
  i8: [-128, 127],
  u16: [0, 65535],
  i16: [-32768, 32767],
};

interface Grid extends GivenQuantization {
  readonly dtype: OnnxDType;
}

/** One scale and one zero point for the whole tensor, both constant. */
function gridOf(node: GraphNode, tensors: Tensors, dtype: OnnxDType): Grid | undefined {
  const [, scaleName = "", zeroName] = node.inputs;
  const scale = tensors.get(scaleName)?.constant;
  const zero = zeroName ? tensors.get(zeroName)?.constant : undefined;
  if (scale?.size !== 1 || (zeroName && zero?.size !== 1) || !bounds[dtype]) return undefined;
  return { dtype, scale: Number(scale.data[0]), zeroPoint: Number(zero?.data[0] ?? 0) };
}

const isByte = (dtype: OnnxDType): boolean => dtype === "u8" || dtype === "i8";

/** The same in unsigned bytes. */
const bytesOf = ({ dtype, scale, zeroPoint }: Grid): GivenQuantization => ({
  scale,
  zeroPoint: zeroPoint + (dtype === "i8" ? 128 : 0),
});

const isSame = (a: Grid, b: Grid | undefined): boolean =>
  a.dtype === b?.dtype && a.scale === b.scale && a.zeroPoint === b.zeroPoint;

/** Constants that are dequantized become constants of floats, made when they are read. */
export function foldDequantized(nodes: readonly RawNode[], tensors: Tensors): void {
  for (const node of nodes) {
    const { op, domain, inputs, outputs } = node;
    if (op !== "DequantizeLinear" || domain !== "" || attributeOf(node, "block_size")?.i) continue;
    const [constant, scale, zero] = inputs.map((name) => tensors.get(name)?.constant);
    const output = tensors.get(outputs[0] ?? "");
    if (!constant || !scale || output?.dtype !== "f32" || (inputs[2] && !zero)) continue;
    const axis = Number(attributeOf(node, "axis")?.i ?? 1n);
    tensors.set(output.name, {
      ...output,
      constant: new DequantizedConstant(constant, scale, zero, axis),
    });
  }
}

const partsOf = ({ name, op, domain, outputs, attributes }: GraphNode) => ({
  name,
  op,
  domain,
  outputs,
  attributes: new Map(attributes.names.map((each) => [each, attributes.value(each)!])),
});

/**
 * Replaces pairs by Clip, or by nothing where an input of the model is quantized first: it is encoded in that scale.
 * @returns the nodes, and the scale that each tensor of 8 bits has in the model
 */
export function dropPairs(
  nodes: readonly GraphNode[],
  tensors: Tensors,
  inputs: ReadonlySet<string>,
): { nodes: GraphNode[]; given: Map<string, GivenQuantization> } {
  const given = new Map<string, GivenQuantization>();
  const quantizers = new Map(
    nodes
      .filter(({ op, domain }) => op === "QuantizeLinear" && domain === "")
      .map((node) => [node.outputs[0]!, node]),
  );
  const readers = new Map<string, number>();
  for (const node of nodes)
    for (const name of node.inputs) if (name) readers.set(name, (readers.get(name) ?? 0) + 1);
  const addNumber = (base: string, value: number): string => {
    const constant: Constant = new MemoryConstant("f32", [], Float32Array.of(value));
    let name = base;
    for (let count = 2; tensors.has(name); count++) name = `${base}.${count}`;
    tensors.set(name, { name, dtype: "f32", shape: [], constant });
    return name;
  };
  // what is quantized and not dequantized again comes out of the model
  for (const [quantized, quantizer] of quantizers) {
    const { dtype } = tensors.get(quantized)!;
    const grid = gridOf(quantizer, tensors, dtype);
    if (grid && isByte(dtype)) given.set(quantizer.inputs[0] ?? "", bytesOf(grid));
  }
  const aliases = new Map<string, string>();
  const result = nodes.map((node): GraphNode => {
    const read = node.inputs.map((name) => (name && aliases.get(name)) ?? name);
    const own = new GraphNode({ ...partsOf(node), inputs: read });
    const [quantized = ""] = node.inputs;
    const quantizer = quantizers.get(quantized);
    const [output = ""] = node.outputs;
    const dtype = tensors.get(quantized)?.dtype;
    if (node.op !== "DequantizeLinear" || node.domain !== "" || !quantizer || !dtype) return own;
    const grid = gridOf(node, tensors, dtype);
    if (!grid || !isSame(grid, gridOf(quantizer, tensors, dtype))) return own;
    const [real = ""] = quantizer.inputs;
    if (isByte(dtype)) given.set(output, bytesOf(grid));
    if (isByte(dtype) && inputs.has(real) && readers.get(real) === 1) {
      aliases.set(output, real);
      return own;
    }
    const [low, high] = bounds[dtype]!.map((bound) => (bound - grid.zeroPoint) * grid.scale) as [
      number,
      number,
    ];
    return new GraphNode({
      name: node.name,
      op: "Clip",
      domain: "",
      inputs: [real, addNumber(`${output}/low`, low), addNumber(`${output}/high`, high)],
      outputs: node.outputs,
      attributes: new Map(),
    });
  });
  return { nodes: result, given };
}
