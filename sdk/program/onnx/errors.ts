// What can be wrong with an ONNX file or with a program that is to become one.
import { BaseError } from "../../errors.ts";

/** The bytes are not a well-formed ONNX file. */
export class OnnxFormatError extends BaseError {
  override readonly name = "OnnxFormatError";
}

/** The bytes are ONNX, but not the fast form of a program: not what `emitOnnx` writes. */
export class NotFastFormError extends BaseError {
  override readonly name = "NotFastFormError";
}
