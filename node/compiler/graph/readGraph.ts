// Reads any ONNX file: functions inlined, constants folded, every shape known, every node in one form.
import type { ModelProto, ValueInfoProto } from "@assay/sdk/program";
import { UnsupportedModelError } from "../errors.ts";
import { elements, readConstant } from "./constants.ts";
import { decompose } from "./decompose/index.ts";
import { dtypeOfCode } from "./dtypes.ts";
import { inlineFunctions } from "./functions.ts";
import { Graph } from "./Graph.ts";
import type { GraphNode } from "./GraphNode.ts";
import { normalize } from "./normalize/index.ts";
import { splitOldSoftmax } from "./oldSoftmax.ts";
import { probe } from "./probe.ts";
import { expandQuantized } from "./quantized/expand.ts";
import { dropPairs, foldDequantized } from "./quantized/pairs.ts";
import { attributeOf, flatten, type RawGraph, standardDomain } from "./rawGraph.ts";
import { writeRuntimeModel } from "./runtimeModel.ts";
import { openModel } from "./source.ts";
import type { Constant, GraphTensor, ModelGraph, ModelSource, ReadGraphOptions } from "./types.ts";

/** Most values of one input. */
const MAX_INPUT = 2 ** 26;
const OPSETS = { oldest: 7, newest: 25 };

function refuse(message: string, hint: string, facts: Record<string, string | number> = {}): never {
  throw new UnsupportedModelError(message, { facts, hint });
}

function opsetsOf(model: ModelProto): Map<string, number> {
  const opsets = new Map<string, number>();
  for (const { domain, version = 0n } of model.opsetImport ?? []) {
    const name = standardDomain(domain);
    if (opsets.has(name) && opsets.get(name) !== Number(version))
      refuse(`The model names the operator set "${name}" twice.`, "Export the model again.");
    opsets.set(name, Number(version));
  }
  const opset = opsets.get("") ?? 0;
  if (opset === 0 && opsets.has("ai.onnx.ml")) opsets.set("", OPSETS.oldest);
  else if (opset < OPSETS.oldest || opset > OPSETS.newest)
    refuse(
      `The model's operator set is ${opset}; ${OPSETS.oldest} to ${OPSETS.newest} can be compiled.`,
      "Export or convert the model to opset 17.",
    );
  return opsets;
}

function readInput(
  info: ValueInfoProto,
  dimensions: Readonly<Record<string, number>>,
  openBatch: string[],
): GraphTensor {
  const name = info.name ?? "";
  const tensor = info.type?.tensorType;
  const dtype = tensor && dtypeOfCode(tensor.elemType);
  if (!dtype || dtype === "string")
    return refuse(
      `The input "${name}" is no tensor of numbers.`,
      "Export the model with inputs that are tensors of numbers.",
    );
  if (!tensor?.shape) refuse(`The input "${name}" has no shape.`, "Export the model with fixed input sizes.");
  const shape = (tensor.shape.dim ?? []).map(({ dimValue, dimParam = "" }, axis) => {
    if (dimValue !== undefined && dimValue > 0n) return Number(dimValue);
    const given = Object.hasOwn(dimensions, dimParam) ? dimensions[dimParam] : undefined;
    if (given !== undefined) {
      if (!Number.isInteger(given) || given < 1)
        refuse(`The dimension "${dimParam}" is given as ${given}.`, "Give a positive whole number.");
      return given;
    }
    if (axis !== 0)
      refuse(
        `Dimension ${axis} of the input "${name}" is open${dimParam && ` ("${dimParam}")`}.`,
        `Give its size${dimParam && ` as the dimension "${dimParam}"`}, or export the model with fixed input sizes (only the batch, dimension 0, may be open).`,
        { input: name, dimension: axis },
      );
    openBatch.push(name);
    return 1;
  });
  if (elements(shape) > MAX_INPUT)
    refuse(
      `The input "${name}" has more than ${MAX_INPUT} values.`,
      "Compile a model for one sample of a smaller size.",
    );
  return { name, dtype, shape };
}

function rawGraphOf(model: ModelProto): RawGraph {
  const { graph } = model;
  if (!graph) return refuse("The file has no graph.", "Check that the file is an ONNX model.");
  if (model.trainingInfo?.length)
    refuse("The model contains training information.", "Export the model for inference.");
  if (graph.sparseInitializer?.length)
    refuse("The model has sparse constants.", "Export the model with dense constants.");
  const opsets = opsetsOf(model);
  const constants = new Map<string, NonNullable<typeof graph.initializer>[number]>();
  for (const proto of graph.initializer ?? []) {
    const name = proto.name ?? "";
    if (constants.has(name) || name === "")
      refuse(`The constant "${name}" is given twice, or has no name.`, "Export the model again.");
    constants.set(name, proto);
  }
  const inputs = (graph.input ?? []).filter(({ name = "" }) => !constants.has(name));
  const names = inputs.map(({ name = "" }) => name);
  if (new Set(names).size !== names.length)
    refuse("Two inputs have the same name.", "Export the model again.");
  if (inputs.length === 0) refuse("The model has no input.", "A program computes something from its inputs.");
  const outputs = (graph.output ?? []).map(({ name = "" }) => ({ name, tensor: name }));
  if (outputs.length === 0) refuse("The model has no output.", "Name at least one output.");
  if (new Set(outputs.map(({ name }) => name)).size !== outputs.length)
    refuse("Two outputs have the same name.", "Export the model again.");
  const nodes = inlineFunctions(model, opsets);
  return { inputs, outputs, constants, nodes, opsets, irVersion: Number(model.irVersion ?? 0n) };
}

const text = new TextDecoder();

/** What a classifier of `ai.onnx.ml` calls its classes. */
function labelsOf({ nodes }: RawGraph): readonly string[] | undefined {
  for (const node of nodes) {
    const labels = attributeOf(node, "classlabels_strings")?.strings;
    if (labels?.length) return labels.map((bytes) => text.decode(bytes));
  }
  return undefined;
}

/** The nodes in one form, from the outputs back; what only constants or nothing need is left out. */
function normalizeAll(
  raw: RawGraph,
  tensors: Map<string, GraphTensor>,
): { nodes: GraphNode[]; resolve: (name: string) => string } {
  const aliases = new Map<string, string>();
  const resolve = (name: string): string => {
    let to = name;
    while (aliases.has(to)) to = aliases.get(to)!;
    return to;
  };
  const used = new Set([
    ...raw.nodes.flatMap((node) => node.inputs),
    ...raw.outputs.map(({ tensor }) => tensor),
  ]);
  const around = {
    opset: raw.opsets.get("") ?? 0,
    used,
    tensor: (name: string) => tensors.get(name)!,
    addConstant: (base: string, constant: Constant) => {
      let name = base;
      for (let count = 2; tensors.has(name); count++) name = `${base}.${count}`;
      const { dtype, shape } = constant;
      tensors.set(name, { name, dtype, shape, constant });
      return name;
    },
  };
  const nodes: GraphNode[] = [];
  for (const node of raw.nodes) {
    if (node.outputs.every((name) => name === "" || tensors.get(name)?.constant)) continue;
    const result = normalize({ ...node, inputs: node.inputs.map(resolve) }, around);
    if (typeof result === "string") aliases.set(node.outputs[0]!, result);
    else nodes.push(result);
  }
  return { nodes, resolve };
}

function liveNodes(nodes: readonly GraphNode[], outputs: readonly string[]): GraphNode[] {
  const needed = new Set<string | undefined>(outputs);
  const kept = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => name !== "" && needed.has(name))) return false;
    for (const name of node.inputs) needed.add(name);
    return true;
  });
  return kept.reverse();
}

/**
 * Reads a model from bytes or from a file.
 * @throws UnsupportedModelError or UnsupportedNodeError for what no program can hold, OnnxFormatError for other bytes
 * @example
 * const graph = await readGraph({ path: "model.onnx" }, { dimensions: { sequence: 128 } });
 */
export async function readGraph(
  source: ModelSource,
  { dimensions = {} }: ReadGraphOptions = {},
): Promise<ModelGraph> {
  const { model, folder } = openModel(source);
  const written = rawGraphOf(model);
  const openBatch: string[] = [];
  const inputs = written.inputs.map((info) => readInput(info, dimensions, openBatch));
  const flat = expandQuantized(flatten(written), folder);
  const constants = new Map<string, Constant>();
  for (const [name, proto] of flat.constants) constants.set(name, readConstant({ ...proto, name }, folder));
  const probed = await probe(flat, inputs, constants, folder);
  const tensors = new Map(probed.tensors);
  for (const input of inputs) tensors.set(input.name, input);
  for (const [name, constant] of constants) {
    const { dtype, shape } = constant;
    tensors.set(name, { name, dtype, shape, constant });
  }
  foldDequantized(flat.nodes, tensors);
  const runnable = decompose(splitOldSoftmax(probed.graph, tensors), tensors);
  // the guards of divisions run, but they are no part of the model
  const meant = decompose(splitOldSoftmax(flat, tensors), tensors);
  const dtypes = new Map([...tensors.values()].map(({ name, dtype }) => [name, dtype]));
  const { nodes: all, resolve } = normalizeAll(meant, tensors);
  const outputs = flat.outputs.map(({ name, tensor }) => ({ name, tensor: tensors.get(resolve(tensor))! }));
  const { nodes: paired, given } = dropPairs(all, tensors, new Set(inputs.map(({ name }) => name)));
  const nodes = liveNodes(
    paired,
    outputs.map(({ tensor }) => tensor.name),
  );
  const named = new Set<string | undefined>([
    ...inputs.map(({ name }) => name),
    ...outputs.map(({ tensor }) => tensor.name),
    ...nodes.flatMap((node) => [...node.inputs, ...node.outputs]),
  ]);
  return new Graph({
    inputs,
    outputs,
    nodes,
    tensors: new Map([...tensors].filter(([name]) => named.has(name))),
    opset: flat.opsets.get("") ?? 0,
    openBatch,
    labels: labelsOf(flat),
    quantizations: given,
    runtime: {
      bytes: (names) => writeRuntimeModel(runnable, inputs, names, dtypes),
      ...(folder === undefined ? {} : { folder }),
    },
  });
}
