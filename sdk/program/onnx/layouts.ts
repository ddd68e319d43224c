// Memory layouts in one line of text, because ONNX has no place for them: "t0:0.2.3.1 c1:1.0".
import type { TensorType } from "../types.ts";
import { NotFastFormError } from "./errors.ts";

export const LAYOUTS_KEY = "assay.layouts";

/** Names every tensor that is not row-major, in the order given. */
export function writeLayouts(types: Iterable<readonly [string, TensorType]>): string {
  const entries: string[] = [];
  for (const [name, { layout }] of types)
    if (layout.some((axis, position) => axis !== position)) entries.push(`${name}:${layout.join(".")}`);
  return entries.join(" ");
}

/** The inverse of {@link writeLayouts}: axis order by tensor name. */
export function readLayouts(text: string): Map<string, readonly number[]> {
  const layouts = new Map<string, readonly number[]>();
  if (text === "") return layouts;
  for (const entry of text.split(" ")) {
    const match = /^([a-z]\d{1,10}):(\d(?:\.\d){0,7})$/.exec(entry);
    if (!match) throw new NotFastFormError("A layout is not readable.", { facts: { entry } });
    layouts.set(match[1]!, match[2]!.split(".").map(Number));
  }
  return layouts;
}
