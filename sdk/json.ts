// JSON of values that the SDK returns: bigints as decimal strings, bytes as hex strings.
import { bytesToHex } from "viem";

/**
 * Writes any value that the SDK returns as JSON.
 *
 * @param value - Bigints become decimal strings, `Uint8Array`s hex strings, errors their name, message and facts.
 * @param space - Indentation as of `JSON.stringify`.
 * @returns The JSON text.
 *
 * @example
 * import { stringifyJson } from "@assay/sdk";
 *
 * stringifyJson({ fee: 10n ** 18n, output: new Uint8Array([7]) });
 * // {"fee":"1000000000000000000","output":"0x07"}
 */
export function stringifyJson(value: unknown, space?: string | number): string {
  return JSON.stringify(value, (_, one) => plain(one), space);
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return bytesToHex(value);
  if (value instanceof Error) {
    const { facts } = value as { facts?: unknown };
    return { name: value.name, message: value.message, ...(facts === undefined ? {} : { facts }) };
  }
  return value;
}
