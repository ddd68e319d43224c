// Writes a raw graph as a file for onnxruntime, with any of its tensors as outputs.
import { type TensorProto, type ValueInfoProto, writeOnnxModel } from "@assay/sdk/program";
import { codeOfDtype } from "./dtypes.ts";
import { intAttribute, live, type RawGraph, type RawNode } from "./rawGraph.ts";
import { isNarrow } from "./runtime.ts";
import type { GraphTensor, OnnxDType } from "./types.ts";

/** From IR version 4 on, a constant need not be listed as an input too. */
const LEAST_IR_VERSION = 8;

const toValueInfo = ({ name, dtype, shape }: GraphTensor): ValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: codeOfDtype(dtype),
      shape: { dim: shape.map((size) => ({ dimValue: BigInt(size) })) },
    },
  },
});

const cast = (from: string, to: string, dtype: OnnxDType): RawNode => ({
  name: to,
  op: "Cast",
  domain: "",
  inputs: [from],
  outputs: [to],
  attributes: [intAttribute("to", codeOfDtype(dtype))],
});

/**
 * 16-bit floats do not pass between JavaScript and onnxruntime: inputs and outputs of that type become 32 bits wide
 * under their names, and what is inside has another name.
 */
function widened(
  nodes: readonly RawNode[],
  inputs: readonly GraphTensor[],
  outputs: readonly string[],
  dtypes: ReadonlyMap<string, OnnxDType>,
): { nodes: readonly RawNode[]; inputs: readonly GraphTensor[] } {
  const narrow = new Map<string, OnnxDType>();
  for (const [name, dtype] of [...inputs.map(({ name, dtype }) => [name, dtype] as const), ...dtypes])
    if (isNarrow(dtype)) narrow.set(name, dtype);
  const given = inputs.filter(({ name }) => narrow.has(name));
  const asked = outputs.filter((name) => narrow.has(name));
  if (given.length + asked.length === 0) return { nodes, inputs };
  const outside = new Set([...given.map(({ name }) => name), ...asked]);
  const inner = (name: string): string => (outside.has(name) ? `${name}/narrow` : name);
  return {
    inputs: inputs.map((input) => (outside.has(input.name) ? { ...input, dtype: "f32" } : input)),
    nodes: [
      ...given.map(({ name, dtype }) => cast(name, inner(name), dtype)),
      ...nodes.map((node) => ({ ...node, inputs: node.inputs.map(inner), outputs: node.outputs.map(inner) })),
      ...asked.map((name) => cast(inner(name), name, "f32")),
    ],
  };
}

/**
 * A model file that computes the named tensors; `inputs` with their fixed shapes.
 * @param dtypes of the tensors, where they are known: 16-bit floats among the outputs are widened
 */
export function writeRuntimeModel(
  graph: RawGraph,
  graphInputs: readonly GraphTensor[],
  outputs: readonly string[],
  dtypes: ReadonlyMap<string, OnnxDType>,
): Uint8Array {
  const { nodes, inputs } = widened(live(graph.nodes, outputs), graphInputs, outputs, dtypes);
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const initializer: TensorProto[] = [];
  for (const [name, proto] of graph.constants) if (read.has(name)) initializer.push({ ...proto, name });
  return writeOnnxModel({
    irVersion: BigInt(Math.max(graph.irVersion, LEAST_IR_VERSION)),
    opsetImport: [...graph.opsets].map(([domain, version]) => ({ domain, version: BigInt(version) })),
    graph: {
      name: "graph",
      // named by their outputs: names of nodes need not be unique in a file, but onnxruntime wants them so
      node: nodes.map(({ op, domain, inputs: input, outputs: output, attributes }) => ({
        name: output.find((name) => name !== "") ?? "",
        opType: op,
        domain,
        input,
        output,
        attribute: attributes,
      })),
      initializer,
      input: inputs.map(toValueInfo),
      output: outputs.map((name) => ({ name })),
    },
  });
}

const integerTypes: ReadonlySet<OnnxDType> = new Set(["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"]);

/**
 * Integer divisions by 0 end the process that runs them, and zeros are what shapes are found with: a divisor that is
 * computed becomes 1 where it is below 1. No program divides by anything else, so where one can be compiled nothing
 * changes.
 */
export function guardDivisions(graph: RawGraph, dtypes: ReadonlyMap<string, OnnxDType>): RawGraph {
  const constants = new Map(graph.constants);
  const nodes: RawNode[] = [];
  for (const node of graph.nodes) {
    const divisor = node.inputs[1] ?? "";
    const dtype = dtypes.get(divisor);
    const divides = node.domain === "" && (node.op === "Div" || node.op === "Mod");
    if (!divides || !dtype || !integerTypes.has(dtype)) {
      nodes.push(node);
      continue;
    }
    const part = (name: string): string => `${node.outputs[0]}/divisor/${name}`;
    const step = (op: string, inputs: string[], attributes: RawNode["attributes"] = []): string => {
      const output = part(op + inputs.length);
      nodes.push({ name: output, op, domain: "", inputs, outputs: [output], attributes });
      return output;
    };
    // in 64 bits: comparison and choice have kernels for it in every operator set
    constants.set(part("one"), { dims: [], dataType: codeOfDtype("i64"), int64Data: [1n] });
    const wide = step("Cast", [divisor], [intAttribute("to", codeOfDtype("i64"))]);
    const below = step("Less", [wide, part("one")]);
    const chosen = step("Where", [below, part("one"), wide]);
    nodes.push(cast(chosen, part("safe"), dtype));
    nodes.push({ ...node, inputs: [node.inputs[0]!, part("safe")] });
  }
  return { ...graph, constants, nodes };
}
