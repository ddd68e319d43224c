// Accepts an ONNX file from anywhere as a program, or refuses it: nothing but what emitOnnx writes passes.
import { checkProgram } from "../checkProgram.ts";
import type { Program } from "../types.ts";
import { emitOnnx } from "./emitOnnx.ts";
import { NotFastFormError } from "./errors.ts";
import { parseOnnx } from "./parseOnnx.ts";
import type { ProtobufLimits } from "./protobuf.ts";

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let offset = 0; offset < shared; offset++) if (a[offset] !== b[offset]) return offset;
  return a.length === b.length ? -1 : shared;
}

/**
 * Reads a program from a file in fast form. The program passes `checkProgram`, and emitting it again gives the same
 * bytes, so nothing in the file can differ from the program's meaning (S-02).
 * @throws OnnxFormatError, NotFastFormError, or what checkProgram throws
 */
export function readFastForm(bytes: Uint8Array, limits?: ProtobufLimits): Program {
  const program = parseOnnx(bytes, limits);
  checkProgram(program);
  const offset = firstDifference(bytes, emitOnnx(program));
  if (offset >= 0)
    throw new NotFastFormError("The file is not what its program emits.", { facts: { offset } });
  return program;
}
