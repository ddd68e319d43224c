// The manifest of a program: what its tensors mean to people. Its canonical bytes are hashed into the programId.
import type { Codec } from "./codec.ts";
import { WIDTH } from "./dtype.ts";
import { Checker, ManifestError } from "./manifestChecker.ts";
import { checkText, type ManifestText } from "./manifestText.ts";
import type { DType } from "./types.ts";

export { ManifestError } from "./manifestChecker.ts";
export type { ManifestText, PromptTemplate } from "./manifestText.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface ManifestTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly codec: Codec;
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, or the empty string where none is known. */
  readonly licence: string;
  /** In the program's order. */
  readonly inputs: readonly ManifestTensor[];
  readonly outputs: readonly ManifestTensor[];
  /** What each class number of a classifier means; empty for other programs. */
  readonly labels: readonly string[];
  /** Present where people read and write text. */
  readonly text?: ManifestText;
  /** The float model that the program was compiled from. */
  readonly source: { readonly sha256: string };
  readonly compiler: { readonly version: string; readonly options: { readonly [key: string]: Json } };
}

const MAX_NESTING = 64;

/** JSON with sorted keys and without white space (RFC 8785). */
export function canonicalJson(value: Json, nesting = 0): string {
  if (nesting > MAX_NESTING) throw new ManifestError("JSON is nested too deeply.");
  if (typeof value === "number" && !Number.isFinite(value))
    throw new ManifestError("JSON has no such number.", { facts: { value } });
  if (typeof value === "string" && /\p{Surrogate}/u.test(value))
    throw new ManifestError("A text has a lone surrogate.");
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value))
    return `[${value.map((item: Json) => canonicalJson(item, nesting + 1)).join(",")}]`;
  const entries = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${canonicalJson(key)}:${canonicalJson(item, nesting + 1)}`);
  return `{${entries.join(",")}}`;
}

/** The bytes that are published and hashed with `manifestHash`. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(canonicalJson(manifest as unknown as Json));
}

const MAX_BYTES = 1 << 20;

function checkCodec(codec: Checker): void {
  const kind = (codec.value as { kind?: unknown } | null)?.kind;
  if (kind === "integer") {
    codec.object("kind");
    return;
  }
  const [kindOf, scale, zeroPoint] = codec.object("kind", "scale", "zeroPoint");
  kindOf!.text(/^linear$/);
  scale!.number((value) => value > 0 && Number.isFinite(value), "a positive number");
  zeroPoint!.number(Number.isSafeInteger, "an integer");
}

function checkTensor(tensor: Checker): void {
  const [name, dtype, shape, codec] = tensor.object("name", "dtype", "shape", "codec");
  name!.text();
  if (!Object.hasOwn(WIDTH, dtype!.text())) dtype!.fail(Object.keys(WIDTH).join(", "));
  shape!.list((size) =>
    size.number((value) => Number.isSafeInteger(value) && value > 0, "a positive integer"),
  );
  checkCodec(codec!);
}

/** Reads published manifest bytes; they must be the canonical ones, so that one manifest has one hash. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MAX_BYTES)
    throw new ManifestError("The manifest is too large.", {
      facts: { bytes: bytes.length, limit: MAX_BYTES },
    });
  let value: unknown;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new ManifestError("The manifest is not JSON.", { cause });
  }
  if (canonicalJson(value as Json) !== text) throw new ManifestError("The manifest is not canonical JSON.");
  const isText = typeof value === "object" && value !== null && Object.hasOwn(value, "text");
  const root = new Checker(value, "$");
  const [name, version, licence, inputs, outputs, labels, source, compiler, about] = root.object(
    "name",
    "version",
    "licence",
    "inputs",
    "outputs",
    "labels",
    "source",
    "compiler",
    ...(isText ? ["text"] : []),
  );
  for (const field of [name, version, licence]) field!.text();
  inputs!.list(checkTensor);
  outputs!.list(checkTensor);
  labels!.list((label) => label.text());
  for (const field of source!.object("sha256")) field.text(/^[0-9a-f]{64}$/);
  const [compilerVersion, options] = compiler!.object("version", "options");
  compilerVersion!.text();
  options!.object();
  const manifest = value as Manifest;
  if (about) checkText(about, manifest);
  return manifest;
}
