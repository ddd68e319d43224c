// Opens a model file: its protobuf as plain objects, checked for what no compiler knows.
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type ModelProto, readOnnxModel } from "@assay/sdk/program";
import { UnsupportedModelError } from "../errors.ts";
import type { ModelSource } from "./types.ts";

export interface OpenedModel {
  readonly model: ModelProto;
  /** where external data lie */
  readonly folder: string | undefined;
}

/** What a protobuf file can hold at most. */
const MAX_FILE = 2 ** 31 - 1;

function readModelFile(path: string): Uint8Array {
  let size: number;
  try {
    size = statSync(path).size;
  } catch (cause) {
    throw new UnsupportedModelError("The model file cannot be read.", { facts: { path }, cause });
  }
  if (size > MAX_FILE)
    throw new UnsupportedModelError("The model file is larger than 2 GiB.", {
      facts: { path, bytes: size },
      hint: "Save the model with its weights as external data.",
    });
  return readFileSync(path);
}

export function openModel(source: ModelSource): OpenedModel {
  if (source instanceof Uint8Array) return { model: readOnnxModel(source), folder: undefined };
  if ("bytes" in source) return { model: readOnnxModel(source.bytes), folder: source.folder };
  const path = resolve(source.path);
  return { model: readOnnxModel(readModelFile(path)), folder: dirname(path) };
}
