// Small ONNX models of any element type and operator set, for tests of what reads them.
import {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  type FunctionProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  writeOnnxModel,
} from "@assay/sdk/program";
import { codeOfDtype } from "../../node/compiler/graph/dtypes.ts";
import type {
  AttributeValue,
  Constant,
  ConstantData,
  ModelGraph,
  OnnxDType,
} from "../../node/compiler/graph/index.ts";

export type AttributeSketch =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: ConstantSketch }
  | { readonly ref: string; readonly type: number };

export interface NodeSketch {
  readonly op: string;
  readonly in?: readonly string[];
  readonly out: string | readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeSketch>>;
  readonly domain?: string;
  readonly name?: string;
}

export interface ConstantSketch {
  readonly dtype: OnnxDType;
  readonly shape: readonly number[];
  readonly data: ConstantData;
}

export interface OnnxSketch {
  readonly opset: number;
  readonly inputs: Readonly<Record<string, readonly [OnnxDType, readonly (number | string)[]]>>;
  readonly outputs: readonly string[];
  readonly nodes: readonly NodeSketch[];
  readonly constants?: Readonly<Record<string, ConstantSketch | TensorProto>>;
  readonly functions?: readonly FunctionProto[];
  readonly domains?: Readonly<Record<string, number>>;
}

export const floats = (shape: readonly number[], ...values: number[]): ConstantSketch => ({
  dtype: "f32",
  shape,
  data: Float32Array.from(values),
});

export const longs = (...values: number[]): ConstantSketch => ({
  dtype: "i64",
  shape: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

const bytesOf = ({ buffer, byteOffset, byteLength }: ConstantData): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

export const tensorProto = (name: string, { dtype, shape, data }: ConstantSketch): TensorProto => ({
  name,
  dims: shape.map(BigInt),
  dataType: codeOfDtype(dtype),
  rawData: bytesOf(data),
});

const utf8 = new TextEncoder();

export function attributeProto(name: string, value: AttributeSketch): AttributeProto {
  if (typeof value === "number") return { name, i: BigInt(value), type: ATTRIBUTE_TYPE.INT };
  if (typeof value === "string") return { name, s: utf8.encode(value), type: ATTRIBUTE_TYPE.STRING };
  if ("ref" in value) return { name, refAttrName: value.ref, type: value.type };
  if ("float" in value) return { name, f: value.float, type: ATTRIBUTE_TYPE.FLOAT };
  if ("floats" in value) return { name, floats: value.floats, type: ATTRIBUTE_TYPE.FLOATS };
  if ("tensor" in value) return { name, t: tensorProto("", value.tensor), type: ATTRIBUTE_TYPE.TENSOR };
  if (typeof value[0] === "string")
    return {
      name,
      strings: (value as string[]).map((text) => utf8.encode(text)),
      type: ATTRIBUTE_TYPE.STRINGS,
    };
  return { name, ints: (value as readonly number[]).map(BigInt), type: ATTRIBUTE_TYPE.INTS };
}

export const nodeProto = (sketch: NodeSketch): NodeProto => ({
  input: sketch.in ?? [],
  output: typeof sketch.out === "string" ? [sketch.out] : sketch.out,
  ...(sketch.name ? { name: sketch.name } : {}),
  opType: sketch.op,
  ...(sketch.domain ? { domain: sketch.domain } : {}),
  attribute: Object.entries(sketch.attributes ?? {}).map(([name, value]) => attributeProto(name, value)),
});

export function onnxModel(sketch: OnnxSketch): ModelProto {
  const { opset, inputs, outputs, nodes, constants = {}, functions = [], domains = {} } = sketch;
  return {
    irVersion: 10n,
    opsetImport: Object.entries({ "": opset, ...domains }).map(([domain, version]) => ({
      domain,
      version: BigInt(version),
    })),
    graph: {
      name: "test",
      node: nodes.map(nodeProto),
      initializer: Object.entries(constants).map(([name, constant]) =>
        "dtype" in constant ? tensorProto(name, constant) : { ...constant, name },
      ),
      input: Object.entries(inputs).map(([name, [dtype, shape]]) => ({
        name,
        type: {
          tensorType: {
            elemType: codeOfDtype(dtype),
            shape: {
              dim: shape.map((size) =>
                typeof size === "string" ? { dimParam: size } : { dimValue: BigInt(size) },
              ),
            },
          },
        },
      })),
      output: outputs.map((name) => ({ name })),
    },
    functions,
  };
}

export const onnxBytes = (sketch: OnnxSketch): Uint8Array => writeOnnxModel(onnxModel(sketch));

const stored = (name: string, { dtype, shape, data }: Constant): TensorProto =>
  tensorProto(name, { dtype: dtype === "f16" || dtype === "bf16" ? "f32" : dtype, shape, data });

function toProto(name: string, attribute: AttributeValue): AttributeProto {
  if (attribute.type === "int") return { name, i: attribute.value, type: ATTRIBUTE_TYPE.INT };
  if (attribute.type === "ints") return { name, ints: attribute.value, type: ATTRIBUTE_TYPE.INTS };
  if (attribute.type === "tensor")
    return { name, t: stored("", attribute.value), type: ATTRIBUTE_TYPE.TENSOR };
  if (attribute.type === "float") return attributeProto(name, { float: attribute.value });
  if (attribute.type === "floats") return attributeProto(name, { floats: attribute.value });
  return attributeProto(name, attribute.value);
}

/** What a reader made of a model, as a model of operator set 21: it must compute the same. */
export function writeGraph(graph: ModelGraph): Uint8Array {
  const read = new Set(graph.nodes.flatMap((node) => node.inputs));
  const initializer = [...graph.tensors.values()].flatMap(({ name, constant }) =>
    constant && read.has(name) ? [stored(name, constant)] : [],
  );
  return writeOnnxModel({
    irVersion: 10n,
    opsetImport: [{ domain: "", version: 21n }],
    graph: {
      name: "normalized",
      node: graph.nodes.map(({ op, domain, inputs, outputs, attributes }) => ({
        opType: op,
        domain,
        input: inputs.map((input) => input ?? ""),
        output: outputs,
        attribute: attributes.names.map((each) => toProto(each, attributes.value(each)!)),
      })),
      initializer,
      input: graph.inputs.map(({ name, dtype, shape }) => ({
        name,
        type: {
          tensorType: {
            elemType: codeOfDtype(dtype),
            shape: { dim: shape.map((size) => ({ dimValue: BigInt(size) })) },
          },
        },
      })),
      output: graph.outputs.map(({ tensor }) => ({ name: tensor.name })),
    },
  });
}
