// Where a command's result goes: one JSON object, or text for people, on stdout; all else goes to stderr.
import { bytesToHex } from "viem";

export type Sink = { write(text: string): unknown; isTTY?: boolean | undefined };

export type Output = {
  json: boolean;
  /** The result of the command, once. */
  result(value: object, render: (value: never) => string): void;
  /** Something that happened while the command runs: a JSON line, or `text`. */
  event(event: string, fields: Readonly<Record<string, unknown>>, text: string): void;
};

export function createOutput({ json, stdout }: { json: boolean; stdout: Sink }): Output {
  const print = (text: string) => {
    if (text !== "") stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  };
  return {
    json,
    result: (value, render) => print(json ? toJson(value) : render(value as never)),
    event: (event, fields, text) => print(json ? toJson({ event, ...fields }) : text),
  };
}

/** JSON with big integers as decimal strings, bytes as hex and typed arrays as lists. */
export function toJson(value: unknown): string {
  return JSON.stringify(toPlain(value));
}

function toPlain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return bytesToHex(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return Array.from(value, String);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, toPlain(item)]));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
}
