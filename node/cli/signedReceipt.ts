// A receipt with everything that checking and disputing it takes, in one JSON file of the data folder.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BaseError, parseReceipt, type SignedReceipt, stringifyJson } from "@assay/sdk";
import { type Address, type Hex, hexToBytes, isHex } from "viem";
import { address, bytes32, httpUrl } from "../optionTypes.ts";
import type { Context } from "./context.ts";
import { UsageError } from "./failure.ts";
import { InputFormatError } from "./npy.ts";
import { parseJson, readInputFile } from "./numbers.ts";

export type KeptReceipt = SignedReceipt & {
  receiptId: Hex;
  worker: Address;
  /** Of the worker's server. */
  url: string;
  input: Uint8Array;
  output: Uint8Array;
};

const fileOf = ({ config }: Pick<Context, "config">, receiptId: Hex): string =>
  join(config.dataDir, "receipts", `${receiptId}.json`);

/** Writes it to the data folder, where commands find it by its id, and to `copy` if that is given. */
export function keepReceipt(context: Context, kept: KeptReceipt, copy: string | undefined): string {
  const file = fileOf(context, kept.receiptId);
  const text = `${stringifyJson(kept, 2)}\n`;
  mkdirSync(join(context.config.dataDir, "receipts"), { recursive: true, mode: 0o700 });
  for (const place of copy === undefined ? [file] : [file, copy]) writeFileSync(place, text, { mode: 0o600 });
  return copy ?? file;
}

/**
 * Reads a receipt by its id or from a file.
 *
 * @throws InputFormatError naming what is missing or malformed.
 */
export function readKeptReceipt(context: Context, source: string): KeptReceipt {
  const isId = isHex(source) && source.length === 66;
  const file = isId ? fileOf(context, source.toLowerCase() as Hex) : source;
  if (isId && !existsSync(file))
    throw new UsageError("The receipt is not in the data folder.", {
      facts: { receiptId: source, file },
      hint: "Name the file with the receipt instead of its id",
    });
  const json = parseJson(new TextDecoder().decode(readInputFile(file)), file) as Record<
    string,
    unknown
  > | null;
  const refuse = (field: string, cause?: unknown): never => {
    throw new InputFormatError("The file is not a receipt of `assay request --receipt`.", {
      facts: { file, field },
      hint: "Name the file that `assay request --receipt` wrote, or the receipt's id",
      cause,
    });
  };
  const bytes = (field: "input" | "output"): Uint8Array => {
    const value = json?.[field];
    return isHex(value) && value.length % 2 === 0 ? hexToBytes(value) : refuse(field);
  };
  const [receiptId, worker, url] = [
    bytes32.safeParse(json?.receiptId),
    address.safeParse(json?.worker),
    httpUrl.safeParse(json?.url),
  ];
  return {
    ...signedOf(json, refuse),
    receiptId: receiptId.data ?? refuse("receiptId"),
    worker: worker.data ?? refuse("worker"),
    url: url.data ?? refuse("url"),
    input: bytes("input"),
    output: bytes("output"),
  };
}

function signedOf(json: unknown, refuse: (field: string, cause?: unknown) => never): SignedReceipt {
  try {
    return parseReceipt(json);
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    return refuse(String(error.facts.field), error);
  }
}
