// Reads receipts from JSON.
import { isHex } from "viem";
import { InvalidReceiptError } from "../errors/receiptErrors.ts";
import type { Hex } from "../protocol/hash.ts";
import type { Receipt, SessionSignature } from "../protocol/receipts.ts";

/** A receipt with the signature that makes it good. */
export type SignedReceipt = { receipt: Receipt; signature: SessionSignature };

/**
 * Reads a receipt and its signature from JSON, as `stringifyJson` and workers write them. What they are worth, `verifyReceipt`
 * says.
 *
 * @param json - The parsed JSON: `{ receipt, signature }`; other fields are left alone.
 * @returns The receipt and the signature.
 * @throws InvalidReceiptError naming the first field that is missing or malformed.
 *
 * @example
 * import { parseReceipt } from "@assay/sdk";
 *
 * const { receipt, signature } = parseReceipt(JSON.parse(text));
 */
export function parseReceipt(json: unknown): SignedReceipt {
  const { receipt, signature } = group(json, "");
  const of = group(receipt, "receipt");
  const by = group(signature, "signature");
  return {
    receipt: {
      channelId: hash(of, "channelId"),
      session: integer(of, "session", 64),
      sequence: integer(of, "sequence", 64),
      programId: hash(of, "programId"),
      inputRoot: hash(of, "inputRoot"),
      outputRoot: hash(of, "outputRoot"),
      passes: Number(integer(of, "passes", 32)),
      version: Number(integer(of, "version", 16)),
      isPrivate: read(of, "isPrivate", (value) => (typeof value === "boolean" ? value : undefined)),
      fee: integer(of, "fee", 96),
      liability: integer(of, "liability", 96),
      issuedAt: integer(of, "issuedAt", 64),
      challengeUntil: integer(of, "challengeUntil", 64),
      previous: hash(of, "previous"),
    },
    signature: { r: hash(by, "r"), s: hash(by, "s"), x: hash(by, "x"), y: hash(by, "y") },
  };
}

type Fields = Record<string, unknown>;

function group(value: unknown, field: string): Fields {
  if (typeof value === "object" && value !== null) return value as Fields;
  throw new InvalidReceiptError({ field, value });
}

function read<value>(fields: Fields, field: string, parse: (value: unknown) => value | undefined): value {
  const parsed = parse(fields[field]);
  if (parsed === undefined) throw new InvalidReceiptError({ field, value: fields[field] });
  return parsed;
}

const integer = (fields: Fields, field: string, bits: number): bigint =>
  read(fields, field, (value) => {
    const number = /^\d{1,30}$/.test(String(value)) ? BigInt(String(value)) : undefined;
    return number !== undefined && number < 1n << BigInt(bits) ? number : undefined;
  });

const hash = (fields: Fields, field: string): Hex =>
  read(fields, field, (value) => (isHash(value) ? (value.toLowerCase() as Hex) : undefined));

export const isHash = (value: unknown): value is Hex => isHex(value) && value.length === 66;
