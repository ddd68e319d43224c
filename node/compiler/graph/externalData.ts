// External data of a model: which bytes of which file a tensor takes; only files in the model's folder are read.
import { realpathSync, statSync } from "node:fs";
import { isAbsolute, resolve, sep } from "node:path";
import type { TensorProto } from "@assay/sdk/program";
import { UnsupportedModelError } from "../errors.ts";

export interface FileRange {
  readonly path: string;
  /** in bytes */
  readonly offset: number;
  readonly length: number;
}

const EXTERNAL = 1;

function number(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}

/**
 * The place of a tensor's bytes.
 * @throws UnsupportedModelError when the file is missing, too short, or outside the folder
 */
export function externalRange(proto: TensorProto, folder: string | undefined): FileRange {
  const name = proto.name ?? "";
  const entries = new Map((proto.externalData ?? []).map(({ key, value }) => [key ?? "", value ?? ""]));
  const location = entries.get("location") ?? "";
  const refuse = (what: string, hint: string): never => {
    throw new UnsupportedModelError(`The constant "${name}" ${what}.`, {
      facts: { tensor: name, location },
      hint,
    });
  };
  if (proto.dataLocation !== EXTERNAL || entries.size !== (proto.externalData ?? []).length)
    refuse("says in two ways where it is stored", "Export the model again.");
  if (folder === undefined)
    return refuse(
      "is stored outside the model file",
      "Give the path of the model, so that its other files are found.",
    );
  const parts = location.split(/[/\\]/);
  if (
    location === "" ||
    isAbsolute(location) ||
    location.includes("\\") ||
    /[\0:]/.test(location) ||
    parts.includes("..")
  )
    refuse("is stored outside the model's folder", "Keep the files of a model in one folder.");
  let path = resolve(folder, location);
  let size: number;
  try {
    path = realpathSync(path);
    const stats = statSync(path);
    if (!stats.isFile()) throw new Error("not a file");
    size = stats.size;
  } catch (cause) {
    throw new UnsupportedModelError(`The constant "${name}" is stored in a file that is missing.`, {
      facts: { tensor: name, location },
      hint: `Put "${location}" beside the model file.`,
      cause,
    });
  }
  const inside = realpathSync(folder);
  if (!path.startsWith(inside.endsWith(sep) ? inside : inside + sep))
    refuse("is stored outside the model's folder", "Keep the files of a model in one folder, without links.");
  const offset = number(entries.get("offset"), 0);
  const length = number(entries.get("length"), size - offset);
  if (!(offset >= 0 && length >= 0 && offset + length <= size))
    refuse("lies beyond the end of its file", "Save the model again with all of its files.");
  return { path, offset, length };
}
