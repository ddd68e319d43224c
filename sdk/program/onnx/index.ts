// ONNX in and out: programs as files, and any model as plain objects.
export { type EmitOnnxOptions, emitOnnx } from "./emitOnnx.ts";
export { NotFastFormError, OnnxFormatError } from "./errors.ts";
export { carrySlots, graphOutputs, type OnnxForm } from "./iteration.ts";
export { readOnnxModel, writeOnnxModel } from "./model.ts";
export { parseOnnx } from "./parseOnnx.ts";
export { DEFAULT_LIMITS, type ProtobufLimits } from "./protobuf.ts";
export { readFastForm } from "./readFastForm.ts";
export {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  DATA_TYPE,
  dataTypeName,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./schema.ts";
export { inputName, slotName } from "./types.ts";
