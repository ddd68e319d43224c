// The fields of request bodies: each is what it should be, or the request is refused by its name.
import { isHex } from "viem";
import { ReceiptRefusedError } from "../receipts/refusal.ts";

/** @throws ReceiptRefusedError, always. */
export const refuseField = (field: string): never => {
  throw new ReceiptRefusedError("malformed", "The request is malformed.", { field });
};

/** Those of an object. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)
    : refuseField("body");
}

/** 32 bytes in hex. */
export const hashIn = (value: unknown, field: string): `0x${string}` =>
  isHex(value) && value.length === 66 ? (value.toLowerCase() as `0x${string}`) : refuseField(field);

/** A whole number, as one or in decimal digits. */
export const amountIn = (value: unknown, field: string): bigint =>
  /^\d{1,29}$/.test(String(value)) ? BigInt(String(value)) : refuseField(field);

/** Bytes in hex or base64. */
export function bytesIn(value: unknown, field: string): Uint8Array {
  if (typeof value !== "string") return refuseField(field);
  if (value.startsWith("0x")) {
    if (!isHex(value) || value.length % 2 !== 0) return refuseField(field);
    return new Uint8Array(Buffer.from(value.slice(2), "hex"));
  }
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return refuseField(field);
  return new Uint8Array(Buffer.from(value, "base64"));
}
