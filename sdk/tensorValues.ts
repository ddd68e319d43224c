// Numbers in, numbers out: a program's input and output bytes by the codecs of its manifest.
import { BaseError } from "./errors.ts";
import { decodeNumbers, encodeNumbers } from "./program/codec.ts";
import { bytesOf, dataFromBytes } from "./program/dtype.ts";
import type { Manifest, ManifestTensor } from "./program/manifest.ts";
import { packedOffsets } from "./program/packing.ts";
import { tensorType } from "./program/tensor.ts";

/** The numbers of each tensor by its name, row-major; bigints where 64-bit integers are beyond 2^53. */
export type TensorValues = Readonly<Record<string, ArrayLike<number | bigint>>>;

/** The values do not fit the manifest's tensors. */
export class TensorValuesError extends BaseError {
  override readonly name = "TensorValuesError";
}

const layoutOf = (tensors: readonly ManifestTensor[]) =>
  packedOffsets(tensors.map(({ dtype, shape }) => tensorType(dtype, shape)));

const countOf = ({ shape }: ManifestTensor): number => shape.reduce((product, size) => product * size, 1);

/**
 * Turns numbers into the input bytes of a program.
 *
 * @param manifest - The program's manifest: it says how each input's numbers become integers.
 * @param values - The numbers of every input by its name, row-major, in the units of the original model.
 * @returns The bytes that `requestInference` posts.
 * @throws TensorValuesError naming the input that is missing, unknown or of the wrong length.
 *
 * @example
 * import { encodeInput } from "@assay/sdk";
 *
 * const input = encodeInput(manifest, { image: pixels.map((pixel) => pixel / 16) });
 */
export function encodeInput(manifest: Manifest, values: TensorValues): Uint8Array {
  const names = manifest.inputs.map(({ name }) => name);
  const unknown = Object.keys(values).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new TensorValuesError("The program has no input of this name.", {
      facts: { given: unknown, inputs: names.join(", ") },
    });
  }
  const { offsets, length } = layoutOf(manifest.inputs);
  const bytes = new Uint8Array(length);
  manifest.inputs.forEach((tensor, index) => {
    const numbers = values[tensor.name];
    const required = countOf(tensor);
    if (numbers?.length !== required) {
      const facts = { input: tensor.name, given: numbers?.length ?? 0, required };
      throw new TensorValuesError("An input is missing or has the wrong number of values.", { facts });
    }
    bytes.set(bytesOf(encodeNumbers(tensor.codec, tensor.dtype, numbers)), offsets[index]?.start);
  });
  return bytes;
}

/**
 * Turns the output bytes of a program into numbers.
 *
 * @param manifest - The program's manifest.
 * @param output - The output bytes, as `waitForResult` and `getResult` return them.
 * @returns The numbers of every output by its name, row-major, in the units of the original model.
 *
 * @example
 * import { decodeOutput } from "@assay/sdk";
 *
 * const { logits } = decodeOutput(manifest, output);
 */
export const decodeOutput = (manifest: Manifest, output: Uint8Array): Record<string, Float64Array> =>
  unpackedValues(manifest.outputs, output);

/** The numbers of packed tensors by their names, row-major. */
export function unpackedValues(
  tensors: readonly ManifestTensor[],
  bytes: Uint8Array,
): Record<string, Float64Array> {
  const { offsets, length } = layoutOf(tensors);
  if (bytes.length !== length) {
    const facts = { given: bytes.length, required: length };
    throw new TensorValuesError("The bytes have another length than the manifest says.", { facts });
  }
  const entries = tensors.map(({ name, dtype, codec }, index) => {
    const { start, end } = offsets[index] ?? { start: 0, end: 0 };
    return [name, decodeNumbers(codec, dataFromBytes(dtype, bytes.slice(start, end)))] as const;
  });
  return Object.fromEntries(entries);
}
