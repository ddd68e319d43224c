// Opens a model file: its protobuf as plain objects, checked for what no compiler knows.
import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { type ModelProto, readOnnxModel } from "@assay/sdk/program";
import { UnsupportedModelError } from "../errors.ts";
import { readSlimModel } from "./modelFile.ts";
import type { ModelSource } from "./types.ts";

export interface OpenedModel {
  readonly model: ModelProto;
  /** where external data lie */
  readonly folder: string | undefined;
}

/** What a protobuf file can hold at most. */
const MAX_FILE = 2 ** 31 - 1;

/** Files of fewer bytes are read as they are. */
const SMALL = 2 ** 24;

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
  if (size < SMALL || !canNameItself(path)) return readFileSync(path);
  return readSlimModel(path, basename(path));
}

/** Whether the file is found as external data of itself: not where it is a link to elsewhere, or has a strange name. */
const canNameItself = (path: string): boolean =>
  !/[\\:]/.test(basename(path)) && dirname(realpathSync(path)) === realpathSync(dirname(path));

export function openModel(source: ModelSource): OpenedModel {
  if (source instanceof Uint8Array) return { model: readOnnxModel(source), folder: undefined };
  if ("bytes" in source) return { model: readOnnxModel(source.bytes), folder: source.folder };
  const path = resolve(source.path);
  return { model: readOnnxModel(readModelFile(path)), folder: dirname(path) };
}
