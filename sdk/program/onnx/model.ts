// Reads and writes any ONNX model, float or integer, as plain objects.
import { decode, encode, type ProtobufLimits } from "./protobuf.ts";
import { type ModelProto, modelProto } from "./schema.ts";

/**
 * Reads an ONNX file. Strict: an unknown field or a repeated singular field is refused; tensors' raw data are views.
 * @throws OnnxFormatError
 */
export function readOnnxModel(bytes: Uint8Array, limits?: ProtobufLimits): ModelProto {
  return decode(modelProto, bytes, limits);
}

/** Writes an ONNX file, fields in ascending order. */
export function writeOnnxModel(model: ModelProto): Uint8Array {
  return encode(modelProto, model);
}
