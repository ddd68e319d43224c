// The published node tests of ONNX as programs: one folder per case with a model, its inputs and what it must give.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BaseError } from "@assay/sdk";
import {
  type ModelProto,
  type Program,
  readOnnxModel,
  type TensorData,
  type TensorProto,
  writeOnnxModel,
} from "@assay/sdk/program";
import { UnsupportedNodeError } from "../../node/compiler/errors.ts";
import { readConstant } from "../../node/compiler/graph/constants.ts";
import { readGraph } from "../../node/compiler/graph/readGraph.ts";
import { translate } from "../../node/compiler/integer/translate.ts";
import { bitTypes, integerData } from "../../node/compiler/integer/types.ts";
import { decode } from "../../sdk/program/onnx/protobuf.ts";
import { tensorProto } from "../../sdk/program/onnx/schema.ts";

export interface NodeTest {
  readonly name: string;
  /** ONNX's operators in the model, in order. */
  readonly operators: readonly string[];
  readonly inputs: readonly TensorData[];
  readonly expected: readonly TensorData[];
  readonly program: Program;
}

/** A case that no program is. */
export interface OutsideTest {
  readonly name: string;
  readonly operators: readonly string[];
  readonly reason: string;
}

/** Inputs that are part of what is computed, not of what it is computed from: they become constants. */
const settings: Readonly<Record<string, readonly number[]>> = {
  CastLike: [1],
  ConvInteger: [2, 3],
  CumSum: [1],
  Expand: [1],
  MatMulInteger: [2, 3],
  OneHot: [1],
  Pad: [1, 2, 3],
  Reshape: [1],
  ScatterND: [1],
  Slice: [1, 2, 3, 4],
  Split: [1],
  Squeeze: [1],
  Tile: [1],
  TopK: [1],
  Trilu: [1],
  Unsqueeze: [1],
};

const isSetting = (op: string, index: number): boolean =>
  settings[op]?.includes(index) ?? (op.startsWith("Reduce") && index === 1);

/** The oldest operator set that the compiler reads; what the tests use of older ones did not change. */
const OLDEST = 7n;

interface Files {
  readonly model: ModelProto;
  readonly inputs: readonly TensorProto[];
  readonly outputs: readonly TensorProto[];
}

function filesOf(folder: string): Files {
  const data = (file: string) => new Uint8Array(readFileSync(join(folder, file)));
  const tensors = (kind: string) =>
    readdirSync(join(folder, "test_data_set_0"))
      .filter((file) => file.startsWith(kind))
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
      .map((file) => decode(tensorProto, data(`test_data_set_0/${file}`)));
  return { model: readOnnxModel(data("model.onnx")), inputs: tensors("input"), outputs: tensors("output") };
}

/** The model with its settings inside, and the inputs that are left. */
function settle({ model, inputs }: Files): { file: Uint8Array; left: TensorProto[] } {
  const graph = model.graph!;
  const nodes = graph.node ?? [];
  const isInside = (graph.input ?? []).map(({ name }) =>
    nodes.some(({ opType = "", input = [] }) =>
      input.some((read, index) => read === name && isSetting(opType, index)),
    ),
  );
  const inside = (_: unknown, index: number): boolean => isInside[index]!;
  const outside = (_: unknown, index: number): boolean => !isInside[index];
  const initializer = inputs
    .map((tensor, index) => ({ ...tensor, name: graph.input![index]!.name! }))
    .filter(inside);
  const file = writeOnnxModel({
    ...model,
    opsetImport: (model.opsetImport ?? []).map(({ domain = "", version = OLDEST }) => ({
      domain,
      version: domain === "" && version < OLDEST ? OLDEST : version,
    })),
    graph: {
      ...graph,
      input: (graph.input ?? []).filter(outside),
      initializer: [...(graph.initializer ?? []), ...initializer],
    },
  });
  return { file, left: inputs.filter(outside) };
}

/** Floats by their bits. */
const elementsOf = (proto: TensorProto): TensorData =>
  integerData(readConstant({ name: "", ...proto }, undefined));

/** What is wrong, said of the test's own operators: what the compiler makes of them on the way says nothing here. */
function reasonOf(error: BaseError, operators: readonly string[]): string {
  if (!(error instanceof UnsupportedNodeError)) return error.shortMessage;
  const { reason } = error.refusal;
  if (/tensor \S+ is of floating-point numbers$/.test(reason))
    return "It computes with floating-point numbers, and does not only move them.";
  return `${[...new Set(operators)].join(", ")}: ${reason}.`;
}

/** One case as a program, floats that are only moved by their bits; the program may wrap, so it is not checked. */
export async function readNodeTest(folder: string, name: string): Promise<NodeTest | OutsideTest> {
  const files = filesOf(join(folder, name));
  const operators = (files.model.graph?.node ?? []).map(({ opType = "" }) => opType);
  const without = (reason: string): OutsideTest => ({ name, operators, reason });
  const { file, left } = settle(files);
  if ([...left, ...files.outputs].some(({ dims = [] }) => dims.includes(0n)))
    return without("A tensor has no elements.");
  try {
    const { program } = translate(await readGraph(file), bitTypes);
    const expected = files.outputs.map(elementsOf);
    return { name, operators, inputs: left.map(elementsOf), expected, program };
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    return without(reasonOf(error, operators));
  }
}

export const nodeTestNames = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).sort() : [];
