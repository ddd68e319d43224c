// Finds the type and shape of every tensor, and the value of those that no input reaches, by one run on zeros.
import type { Tensor as OrtTensor } from "onnxruntime-node";
import { UnsupportedModelError } from "../errors.ts";
import { elements, integersOf, MemoryConstant } from "./constants.ts";
import { type RawGraph, type RawNode, refuseNode } from "./rawGraph.ts";
import { dtypeOfOrt, fromOrt, openSession, zeros } from "./runtime.ts";
import { guardDivisions, writeRuntimeModel } from "./runtimeModel.ts";
import { type Constant, type ConstantData, type GraphTensor, isFloat, type OnnxDType } from "./types.ts";

export interface Probed {
  /** the graph that runs: with guarded divisions */
  readonly graph: RawGraph;
  /** of what nodes compute; folded ones with their values */
  readonly tensors: ReadonlyMap<string, GraphTensor>;
}

/** Inputs that say a shape: they must not depend on what the model is asked. */
const shapeInputs: Readonly<Record<string, readonly number[]>> = {
  CenterCropPad: [1],
  ConstantOfShape: [0],
  CumSum: [1],
  Expand: [1],
  OneHot: [1],
  Pad: [1, 3],
  Range: [0, 1, 2],
  ReduceL1: [1],
  ReduceL2: [1],
  ReduceLogSum: [1],
  ReduceLogSumExp: [1],
  ReduceMax: [1],
  ReduceMean: [1],
  ReduceMin: [1],
  ReduceProd: [1],
  ReduceSum: [1],
  ReduceSumSquare: [1],
  Reshape: [1],
  Resize: [1, 2, 3],
  Slice: [1, 2, 3, 4],
  Split: [1],
  Squeeze: [1],
  Tile: [1],
  TopK: [1],
  Trilu: [1],
  Unsqueeze: [1],
  Upsample: [1],
};

/** Weights stay quantized: what they dequantize to is computed where it is read. */
const neverFolded = new Set(["DequantizeLinear", "DynamicQuantizeLinear"]);

/** Names of the tensors that hold the same for every input. */
function foldable(graph: RawGraph): Set<string> {
  const fixed = new Set(graph.constants.keys());
  fixed.add("");
  for (const node of graph.nodes) {
    if (node.domain === "")
      for (const index of shapeInputs[node.op] ?? [])
        if (!fixed.has(node.inputs[index] ?? ""))
          refuseNode(
            node,
            `its shape or its axes depend on values ("${node.inputs[index]}")`,
            "Export the model for fixed shapes, so that this input is a constant.",
          );
    const ofShapes = node.domain === "" && (node.op === "Shape" || node.op === "Size");
    if (!ofShapes && (neverFolded.has(node.op) || node.inputs.some((name) => !fixed.has(name)))) continue;
    for (const name of node.outputs) fixed.add(name);
  }
  return fixed;
}

/** Integer constants that divide are looked at here: a division by 0, or of the least integer by −1, ends the process. */
function checkDivisors(graph: RawGraph, constants: ReadonlyMap<string, Constant>): void {
  for (const node of graph.nodes) {
    if (node.domain !== "" || (node.op !== "Div" && node.op !== "Mod")) continue;
    const divisor = constants.get(node.inputs[1] ?? "");
    if (!divisor || isFloat(divisor.dtype)) continue;
    if (integersOf(divisor).some((value) => value < 1))
      refuseNode(node, "it divides integers by 0 or by a negative constant", "Divide by positive integers.");
  }
}

/** Most elements of all tensors that are computed: one run holds every one of them. */
const MAX_COMPUTED = 2 ** 28;

const namesOf = (nodes: readonly RawNode[]): string[] =>
  nodes.flatMap((node) => node.outputs.filter((name) => name !== ""));

function describe(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message : String(inner);
}

/** Element types as onnxruntime infers them, before anything runs. */
async function inferTypes(bytes: Uint8Array, folder: string | undefined): Promise<Map<string, OnnxDType>> {
  const session = await openSession(bytes, { folder, plain: true });
  try {
    const types = new Map<string, OnnxDType>();
    let computed = 0;
    for (const meta of session.outputMetadata) {
      const dtype = meta.isTensor ? dtypeOfOrt(meta.type) : undefined;
      if (!meta.isTensor || dtype === undefined)
        throw new UnsupportedModelError(`The tensor "${meta.name}" has a type that cannot be compiled.`, {
          facts: { tensor: meta.name, type: meta.isTensor ? meta.type : "no tensor" },
          hint: "Export the model with tensors of numbers.",
        });
      types.set(meta.name, dtype);
      computed += elements(meta.shape.map((dim) => (typeof dim === "number" && dim > 0 ? dim : 1)));
      if (computed > MAX_COMPUTED)
        throw new UnsupportedModelError("The model computes too many numbers.", {
          facts: { tensor: meta.name, elements: computed, limit: MAX_COMPUTED },
          hint: "Compile it for a smaller input, or split it.",
        });
    }
    return types;
  } finally {
    await session.release();
  }
}

/** Runs the graph once on zeros. `constants` are those of the graph, read. */
export async function probe(
  flat: RawGraph,
  inputs: readonly GraphTensor[],
  constants: ReadonlyMap<string, Constant>,
  folder: string | undefined,
): Promise<Probed> {
  const tensors = new Map<string, GraphTensor>();
  if (flat.nodes.length === 0) return { graph: flat, tensors };
  const fixed = foldable(flat);
  checkDivisors(flat, constants);
  const names = namesOf(flat.nodes);
  let graph = flat;
  let session: Awaited<ReturnType<typeof openSession>> | undefined;
  try {
    const types = await inferTypes(writeRuntimeModel(flat, inputs, names, new Map()), folder);
    for (const { name, dtype } of inputs) types.set(name, dtype);
    graph = guardDivisions(flat, types);
    session = await openSession(writeRuntimeModel(graph, inputs, names, types), { folder, plain: true });
    const feeds = Object.fromEntries(inputs.map(({ name, dtype, shape }) => [name, zeros(dtype, shape)]));
    const results = await session.run(
      Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!])),
    );
    for (const name of names) {
      const { dtype, shape, data } = fromOrt(types.get(name)!, results[name] as OrtTensor);
      const folded = fixed.has(name) && dtype !== "string";
      const constant: Constant | undefined = folded
        ? new MemoryConstant(dtype, shape, data as ConstantData)
        : undefined;
      tensors.set(name, { name, dtype, shape, ...(constant ? { constant } : {}) });
    }
  } catch (cause) {
    if (cause instanceof UnsupportedModelError) throw cause;
    throw new UnsupportedModelError("onnxruntime cannot run the model.", {
      facts: { reason: describe(cause) },
      hint: "Check the model with onnx.checker and run it in onnxruntime once.",
      cause,
    });
  } finally {
    await session?.release();
  }
  return { graph, tensors };
}
