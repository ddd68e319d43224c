// The messages of onnx.proto (IR version 10) as tables; parts that no program uses are kept as bytes, to be refused by name.
import { type Message, many, message, one } from "./protobuf.ts";

export const stringEntry = message("StringStringEntryProto", {
  key: one(1, "string"),
  value: one(2, "string"),
});

export const tensorProto = message("TensorProto", {
  dims: many(1, "int64"),
  dataType: one(2, "int32"),
  segment: one(3, "bytes"),
  floatData: many(4, "float"),
  int32Data: many(5, "int32"),
  stringData: many(6, "bytes"),
  int64Data: many(7, "int64"),
  name: one(8, "string"),
  rawData: one(9, "bytes"),
  doubleData: many(10, "double"),
  uint64Data: many(11, "int64"),
  docString: one(12, "string"),
  externalData: many(13, stringEntry),
  dataLocation: one(14, "int32"),
  metadataProps: many(16, stringEntry),
});

export const dimensionProto = message("TensorShapeProto.Dimension", {
  dimValue: one(1, "int64"),
  dimParam: one(2, "string"),
  denotation: one(3, "string"),
});

export const shapeProto = message("TensorShapeProto", { dim: many(1, dimensionProto) });

export const tensorTypeProto = message("TypeProto.Tensor", {
  elemType: one(1, "int32"),
  shape: one(2, shapeProto),
});

export const typeProto = message("TypeProto", {
  tensorType: one(1, tensorTypeProto),
  sequenceType: one(4, "bytes"),
  mapType: one(5, "bytes"),
  denotation: one(6, "string"),
  opaqueType: one(7, "bytes"),
  sparseTensorType: one(8, "bytes"),
  optionalType: one(9, "bytes"),
});

export const valueInfoProto = message("ValueInfoProto", {
  name: one(1, "string"),
  type: one(2, typeProto),
  docString: one(3, "string"),
  metadataProps: many(4, stringEntry),
});

export const attributeProto = message("AttributeProto", {
  name: one(1, "string"),
  f: one(2, "float"),
  i: one(3, "int64"),
  s: one(4, "bytes"),
  t: one(5, tensorProto),
  g: one(6, "bytes"),
  floats: many(7, "float"),
  ints: many(8, "int64"),
  strings: many(9, "bytes"),
  tensors: many(10, "bytes"),
  graphs: many(11, "bytes"),
  docString: one(13, "string"),
  tp: one(14, "bytes"),
  typeProtos: many(15, "bytes"),
  type: one(20, "int32"),
  refAttrName: one(21, "string"),
  sparseTensor: one(22, "bytes"),
  sparseTensors: many(23, "bytes"),
});

export const nodeProto = message("NodeProto", {
  input: many(1, "string"),
  output: many(2, "string"),
  name: one(3, "string"),
  opType: one(4, "string"),
  attribute: many(5, attributeProto),
  docString: one(6, "string"),
  domain: one(7, "string"),
  overload: one(8, "string"),
  metadataProps: many(9, stringEntry),
  deviceConfigurations: many(10, "bytes"),
});

export const graphProto = message("GraphProto", {
  node: many(1, nodeProto),
  name: one(2, "string"),
  initializer: many(5, tensorProto),
  docString: one(10, "string"),
  input: many(11, valueInfoProto),
  output: many(12, valueInfoProto),
  valueInfo: many(13, valueInfoProto),
  quantizationAnnotation: many(14, "bytes"),
  sparseInitializer: many(15, "bytes"),
  metadataProps: many(16, stringEntry),
});

export const operatorSetIdProto = message("OperatorSetIdProto", {
  domain: one(1, "string"),
  version: one(2, "int64"),
});

export const functionProto = message("FunctionProto", {
  name: one(1, "string"),
  input: many(4, "string"),
  output: many(5, "string"),
  attribute: many(6, "string"),
  node: many(7, nodeProto),
  docString: one(8, "string"),
  opsetImport: many(9, operatorSetIdProto),
  domain: one(10, "string"),
  attributeProto: many(11, attributeProto),
  valueInfo: many(12, valueInfoProto),
  overload: one(13, "string"),
  metadataProps: many(14, stringEntry),
});

export const modelProto = message("ModelProto", {
  irVersion: one(1, "int64"),
  producerName: one(2, "string"),
  producerVersion: one(3, "string"),
  domain: one(4, "string"),
  modelVersion: one(5, "int64"),
  docString: one(6, "string"),
  graph: one(7, graphProto),
  opsetImport: many(8, operatorSetIdProto),
  metadataProps: many(14, stringEntry),
  trainingInfo: many(20, "bytes"),
  functions: many(25, functionProto),
  configuration: many(26, "bytes"),
});

export type StringEntry = Message<typeof stringEntry>;
export type TensorProto = Message<typeof tensorProto>;
export type ValueInfoProto = Message<typeof valueInfoProto>;
export type AttributeProto = Message<typeof attributeProto>;
export type NodeProto = Message<typeof nodeProto>;
export type FunctionProto = Message<typeof functionProto>;
export type GraphProto = Message<typeof graphProto>;
export type ModelProto = Message<typeof modelProto>;

/** `AttributeProto.type` */
export const ATTRIBUTE_TYPE = {
  FLOAT: 1,
  INT: 2,
  STRING: 3,
  TENSOR: 4,
  FLOATS: 6,
  INTS: 7,
  STRINGS: 8,
} as const;

/** `TensorProto.data_type` */
export const DATA_TYPE = {
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
} as const;

/** The name of a data type, for messages to people. */
export function dataTypeName(code: number | undefined): string {
  const found = Object.entries(DATA_TYPE).find(([, value]) => value === code);
  return found ? found[0].toLowerCase() : `type ${code ?? "none"}`;
}
