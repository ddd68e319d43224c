// Softmax up to operator set 12 normalizes over all axes from one on: written as rows of two axes, between two reshapes.
import { MemoryConstant } from "./constants.ts";
import { attributeOf, intAttribute, type RawGraph, type RawNode } from "./rawGraph.ts";
import type { GraphTensor } from "./types.ts";

const rowWise = new Set(["Softmax", "LogSoftmax", "Hardmax"]);

/** Adds the tensors of the reshapes to `tensors`. */
export function splitOldSoftmax(graph: RawGraph, tensors: Map<string, GraphTensor>): RawGraph {
  if ((graph.opsets.get("") ?? 0) >= 13) return graph;
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.flatMap((node): RawNode[] => {
    const input = tensors.get(node.inputs[0] ?? "");
    const [output = ""] = node.outputs;
    if (!rowWise.has(node.op) || node.domain !== "" || !input || tensors.get(output)?.constant) return [node];
    const { shape, dtype } = input;
    const given = Number(attributeOf(node, "axis")?.i ?? 1n);
    const axis = given < 0 ? given + shape.length : given;
    if (shape.slice(axis + 1).every((size) => size === 1)) return [node];
    const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
    const rows = [product(shape.slice(0, axis)), product(shape.slice(axis))];
    const part = (name: string, sizes: readonly number[]): string => {
      const full = `${output}/${name}`;
      constants.set(`${full}/shape`, {
        dims: [BigInt(sizes.length)],
        dataType: 7,
        int64Data: sizes.map(BigInt),
      });
      tensors.set(`${full}/shape`, {
        name: `${full}/shape`,
        dtype: "i64",
        shape: [sizes.length],
        constant: new MemoryConstant("i64", [sizes.length], BigInt64Array.from(sizes, BigInt)),
      });
      return full;
    };
    const before = part("rows", rows);
    const after = part("normalized", shape);
    tensors.set(before, { name: before, dtype, shape: rows });
    tensors.set(after, { name: after, dtype, shape: rows });
    const reshape = (from: string, to: string, sizes: string): RawNode => ({
      name: to,
      op: "Reshape",
      domain: "",
      inputs: [from, sizes],
      outputs: [to],
      attributes: [],
    });
    return [
      reshape(node.inputs[0]!, before, `${before}/shape`),
      { ...node, inputs: [before], outputs: [after], attributes: [intAttribute("axis", 1)] },
      reshape(after, output, `${after}/shape`),
    ];
  });
  return { ...graph, constants, nodes };
}
