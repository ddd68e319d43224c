// Several tensors in one byte string: row-major, little-endian, each from a multiple of 8 on, zero bytes between.
import { BaseError } from "../errors.ts";
import { bytesOf, dataFromBytes } from "./dtype.ts";
import { byteLength, rowMajor } from "./tensor.ts";
import type { Program, Tensor, TensorData, TensorType } from "./types.ts";

const ALIGNMENT = 8;

interface Packed {
  readonly offsets: readonly { readonly start: number; readonly end: number }[];
  /** Of the whole string: it ends with the last tensor. */
  readonly length: number;
}

/** Where each tensor of a packed string starts and ends. */
export function packedOffsets(types: readonly TensorType[]): Packed {
  let length = 0;
  const offsets = types.map((type) => {
    const start = Math.ceil(length / ALIGNMENT) * ALIGNMENT;
    length = start + byteLength(type);
    return { start, end: length };
  });
  return { offsets, length };
}

/** Packs the data of the program's inputs into the input bytes of an inference. */
export function packInputs({ inputs }: Program, data: readonly TensorData[]): Uint8Array {
  const { offsets, length } = packedOffsets(inputs);
  if (data.length !== inputs.length) {
    throw new BaseError("The number of inputs is wrong.", {
      facts: { given: data.length, required: inputs.length },
    });
  }
  const bytes = new Uint8Array(length);
  data.forEach((array, index) => {
    const { start, end } = offsets[index]!;
    if (array.byteLength !== end - start) {
      throw new BaseError("An input has the wrong length.", {
        facts: { input: index, given: array.byteLength, required: end - start },
      });
    }
    bytes.set(bytesOf(array), start);
  });
  return bytes;
}

function unpack(types: readonly TensorType[], bytes: Uint8Array): Tensor[] {
  const { offsets, length } = packedOffsets(types);
  if (bytes.length !== length) {
    throw new BaseError("Packed tensors have the wrong length.", {
      facts: { given: bytes.length, required: length },
    });
  }
  return types.map((type, index) => ({
    type: { ...type, layout: rowMajor(type.shape.length) },
    data: dataFromBytes(type.dtype, bytes.subarray(offsets[index]!.start, offsets[index]!.end)),
  }));
}

/** The input tensors in the input bytes of an inference. */
export const unpackInputs = (program: Program, bytes: Uint8Array): Tensor[] => unpack(program.inputs, bytes);

/** The output tensors in the output bytes of an inference, in the order of `program.outputs`. */
export const unpackOutputs = (program: Program, bytes: Uint8Array): Tensor[] =>
  unpack(outputTypes(program), bytes);

export const outputTypes = ({ outputs, steps }: Program): TensorType[] =>
  outputs.map((slot) => steps[slot]!.out);
