// The published node tests of ONNX as steps: one folder per case with a model of one node, its inputs and its output.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AttributeProto, operators, readOnnxModel, type Tensor } from "@assay/sdk/program";
import { decode } from "../../sdk/program/onnx/protobuf.ts";
import { tensorProto } from "../../sdk/program/onnx/schema.ts";
import { fromTensorProto } from "../../sdk/program/onnx/types.ts";
import { type StepCase, stepCase } from "./stepCase.ts";

export interface NodeTest {
  readonly name: string;
  readonly stepCase: StepCase;
  readonly expected: Tensor;
}

type Attributes = ReadonlyMap<string, AttributeProto>;

const ints = (attributes: Attributes, name: string, otherwise: readonly number[]): number[] =>
  attributes.get(name)?.ints?.map(Number) ?? [...otherwise];

const int = (attributes: Attributes, name: string, otherwise: number): number =>
  Number(attributes.get(name)?.i ?? otherwise);

function scalar(tensor: Tensor | undefined): number {
  if (tensor && tensor.data.length > 1) throw new Error("No operator takes a zero point for each channel.");
  return Number(tensor?.data[0] ?? 0);
}

const window = (attributes: Attributes): number[] => [
  ...ints(attributes, "pads", [0, 0, 0, 0]),
  ...ints(attributes, "strides", [1, 1]),
  ...ints(attributes, "dilations", [1, 1]),
];

/** What the inputs and attributes of a node are to our operator; none where the node uses what the operator set leaves out. */
function translate(op: string, inputs: readonly Tensor[], attributes: Attributes) {
  const [a, b, c, d] = inputs;
  switch (op) {
    case "MatMulInteger":
      return { operands: [a!, b!], attributes: [scalar(c), scalar(d)] };
    case "ConvInteger":
      return {
        operands: [a!, b!],
        attributes: [...window(attributes), int(attributes, "group", 1), scalar(c), scalar(d)],
      };
    case "MaxPool":
      return { operands: [a!], attributes: [...ints(attributes, "kernel_shape", []), ...window(attributes)] };
    case "ArgMax":
      return { operands: [a!], attributes: [int(attributes, "axis", 0), int(attributes, "keepdims", 1)] };
    case "Clip":
      return { operands: [a!], attributes: [scalar(b), scalar(c)] };
    case "Reshape":
      return { operands: [a!], attributes: [] };
    default:
      return { operands: [...inputs], attributes: [] };
  }
}

function read(folder: string, name: string): NodeTest | undefined {
  const data = (file: string) => new Uint8Array(readFileSync(join(folder, name, file)));
  const { graph } = readOnnxModel(data("model.onnx"));
  const [node, ...others] = graph?.node ?? [];
  if (!node || others.length > 0 || !Object.hasOwn(operators, node.opType ?? "")) return undefined;
  const op = node.opType as keyof typeof operators;
  const files = readdirSync(join(folder, name, "test_data_set_0")).sort();
  const tensors = (kind: string) =>
    files
      .filter((file) => file.startsWith(kind))
      .map((file) => fromTensorProto(decode(tensorProto, data(`test_data_set_0/${file}`))));
  try {
    const attributes = new Map((node.attribute ?? []).map((attribute) => [attribute.name ?? "", attribute]));
    const step = translate(op, tensors("input"), attributes);
    const [expected] = tensors("output");
    const made = stepCase(op, step.operands, expected!.type, { name, attributes: step.attributes });
    return operators[op].shapeFault(made.step) === 0
      ? { name, stepCase: made, expected: expected! }
      : undefined;
  } catch {
    return undefined; // a type, or a zero point for each channel, that no program has
  }
}

/** Those of the cases below the folder that are steps of operator set 1. */
export function nodeTests(folder: string): NodeTest[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => read(folder, name))
    .filter((test) => test !== undefined);
}
