// Bytes as callers have them: an array, or a hex string.
import { bytesToHex, type Hex, hexToBytes } from "viem";

export type Bytes = Uint8Array | Hex;

export const hexOf = (bytes: Bytes): Hex => (typeof bytes === "string" ? bytes : bytesToHex(bytes));

export const bytesOf = (bytes: Bytes): Uint8Array => (typeof bytes === "string" ? hexToBytes(bytes) : bytes);
