// SHA-256 of bytes, by the platform's own code where there is one, and conversions between bytes and hex.
import type { Hex } from "viem";
import { bytesToHex, hexToBytes, sha256 as portableSha256 } from "viem/utils";

export type { Hex };

type NativeHash = (algorithm: "sha256", data: Uint8Array, encoding: "buffer") => Uint8Array;

const native: NativeHash | undefined = globalThis.process?.getBuiltinModule?.("node:crypto")?.hash;

/** SHA-256 of `data` as 32 bytes. */
export const sha256: (data: Uint8Array) => Uint8Array = native
  ? (data) => native("sha256", data, "buffer")
  : (data) => portableSha256(data, "bytes");

export { bytesToHex, hexToBytes };
