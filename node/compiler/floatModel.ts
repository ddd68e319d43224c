// Reads a float ONNX model: its inputs with static shapes, its constants, its nodes; refuses what no compiler step knows.
import {
  DATA_TYPE,
  dataTypeName,
  type ModelProto,
  readOnnxModel,
  type TensorProto,
  type ValueInfoProto,
} from "@assay/sdk/program";
import { elements } from "./constants.ts";
import { UnsupportedModelError } from "./errors.ts";
import type { GraphTensor } from "./layers.ts";
import { FloatNode } from "./node.ts";

export interface FloatModel {
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly string[];
  /** by name, not yet read: what no node uses may be of any type */
  readonly constants: ReadonlyMap<string, TensorProto>;
  readonly nodes: readonly FloatNode[];
  readonly opset: number;
  /** inputs whose first, open dimension was set to 1 */
  readonly openBatch: readonly string[];
}

/** Most values of one input. */
const MAX_INPUT = 2 ** 26;
const OPSETS = { oldest: 7, newest: 24 };

function refuse(message: string, hint: string, facts: Record<string, string | number> = {}): never {
  throw new UnsupportedModelError(message, { facts, hint });
}

function readInput(info: ValueInfoProto, openBatch: string[]): GraphTensor {
  const name = info.name ?? "";
  const tensor = info.type?.tensorType;
  if (tensor?.elemType !== DATA_TYPE.FLOAT)
    refuse(
      `The input "${name}" is ${tensor ? dataTypeName(tensor.elemType) : "no tensor"}; only float32 inputs can be compiled.`,
      "Export the model with float32 inputs.",
    );
  const shape = (tensor?.shape?.dim ?? []).map((dim, axis) => {
    if (dim.dimValue !== undefined && dim.dimValue > 0n) return Number(dim.dimValue);
    if (axis !== 0)
      refuse(
        `Dimension ${axis} of the input "${name}" is open.`,
        "Export the model with fixed input sizes (only the batch, dimension 0, may be open).",
      );
    openBatch.push(name);
    return 1;
  });
  if (elements(shape) > MAX_INPUT)
    refuse(
      `The input "${name}" has more than ${MAX_INPUT} values.`,
      "Compile a model for one sample of a smaller size.",
    );
  return { name, shape };
}

function opsetOf(model: ModelProto): number {
  const standard = (model.opsetImport ?? []).filter(
    ({ domain = "" }) => domain === "" || domain === "ai.onnx",
  );
  const opset = Number(standard[0]?.version ?? 0n);
  if (standard.length !== 1 || opset < OPSETS.oldest || opset > OPSETS.newest)
    refuse(
      `The model's operator set is ${opset}; ${OPSETS.oldest} to ${OPSETS.newest} can be compiled.`,
      "Export or convert the model to opset 17.",
    );
  return opset;
}

/** Reads the bytes of a float model, as exporters write it. */
export function readFloatModel(bytes: Uint8Array): FloatModel {
  const model = readOnnxModel(bytes);
  const { graph } = model;
  if (!graph) refuse("The file has no graph.", "Check that the file is an ONNX model.");
  const opset = opsetOf(model);
  if (model.functions?.length)
    refuse("The model defines functions of its own.", "Inline them before compiling.");
  if (model.trainingInfo?.length)
    refuse("The model contains training information.", "Export the model for inference.");
  if (graph.sparseInitializer?.length)
    refuse("The model has sparse constants.", "Export the model with dense constants.");
  if (graph.quantizationAnnotation?.length)
    refuse("The model is quantized already.", "Compile the float model that it was made from.");

  const constants = new Map<string, TensorProto>();
  for (const proto of graph.initializer ?? []) {
    const name = proto.name ?? "";
    if (constants.has(name)) refuse(`The constant "${name}" is given twice.`, "Export the model again.");
    constants.set(name, proto);
  }
  const openBatch: string[] = [];
  const inputs = (graph.input ?? [])
    .filter(({ name = "" }) => !constants.has(name))
    .map((info) => readInput(info, openBatch));
  if (inputs.length === 0) refuse("The model has no input.", "A program computes something from its inputs.");
  const outputs = (graph.output ?? []).map(({ name = "" }) => name);
  if (outputs.length === 0) refuse("The model has no output.", "Name at least one output.");
  return {
    inputs,
    outputs,
    constants,
    nodes: (graph.node ?? []).map((node) => new FloatNode(node)),
    opset,
    openBatch,
  };
}
