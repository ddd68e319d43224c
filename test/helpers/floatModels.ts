// Small float ONNX models for tests of the compiler: nodes in order, constants by name.
import {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  DATA_TYPE,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  writeOnnxModel,
} from "@assay/sdk/program";
import type { Random } from "./random.ts";

export type AttributeValue = number | readonly number[] | string | { readonly float: number };

export interface NodeSketch {
  readonly op: string;
  readonly name?: string;
  readonly in: readonly string[];
  readonly out: string | readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly domain?: string;
}

export interface ConstantSketch {
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface ModelSketch {
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputs: readonly string[];
  readonly nodes: readonly NodeSketch[];
  readonly constants?: Readonly<Record<string, ConstantSketch>>;
  readonly opset?: number;
}

function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === "number") return { name, i: BigInt(value), type: ATTRIBUTE_TYPE.INT };
  if (typeof value === "string")
    return { name, s: new TextEncoder().encode(value), type: ATTRIBUTE_TYPE.STRING };
  if ("float" in value) return { name, f: value.float, type: ATTRIBUTE_TYPE.FLOAT };
  return { name, ints: value.map(BigInt), type: ATTRIBUTE_TYPE.INTS };
}

const node = (sketch: NodeSketch): NodeProto => ({
  input: sketch.in,
  output: typeof sketch.out === "string" ? [sketch.out] : sketch.out,
  opType: sketch.op,
  ...(sketch.name ? { name: sketch.name } : {}),
  ...(sketch.domain ? { domain: sketch.domain } : {}),
  attribute: Object.entries(sketch.attributes ?? {}).map(([name, value]) => attribute(name, value)),
});

const initializer = ([name, { shape, data }]: [string, ConstantSketch]): TensorProto => ({
  name,
  dims: shape.map(BigInt),
  dataType: data instanceof Float32Array ? DATA_TYPE.FLOAT : DATA_TYPE.INT64,
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

export function floatModel({ inputs, outputs, nodes, constants = {}, opset = 17 }: ModelSketch): ModelProto {
  return {
    irVersion: 8n,
    opsetImport: [{ domain: "", version: BigInt(opset) }],
    graph: {
      name: "test",
      node: nodes.map(node),
      initializer: Object.entries(constants).map(initializer),
      input: Object.entries(inputs).map(([name, shape]) => ({
        name,
        type: {
          tensorType: {
            elemType: DATA_TYPE.FLOAT,
            shape: {
              dim: shape.map((size) =>
                typeof size === "string" ? { dimParam: size } : { dimValue: BigInt(size) },
              ),
            },
          },
        },
      })),
      output: outputs.map((name) => ({ name, type: { tensorType: { elemType: DATA_TYPE.FLOAT } } })),
    },
  };
}

export const floatModelBytes = (sketch: ModelSketch): Uint8Array => writeOnnxModel(floatModel(sketch));

/** Normally distributed numbers (sum of uniform ones). */
export function normal(random: Random, shape: readonly number[], deviation = 1): ConstantSketch {
  const length = shape.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length }, () => {
    let sum = -6;
    for (let count = 0; count < 12; count++) sum += random.next();
    return deviation * sum;
  });
  return { shape, data };
}

export const integers = (...values: number[]): ConstantSketch => ({
  shape: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

export const constant = (shape: readonly number[], ...values: number[]): ConstantSketch => ({
  shape,
  data: Float32Array.from(values),
});
