// The operators that ONNX does not have, or that no runtime can be trusted with, as functions in the file: standard nodes,
// proven equal where the program is accepted.
import type { OpName, Step } from "../types.ts";
import { ATTRIBUTE_TYPE, DATA_TYPE, type FunctionProto, type NodeProto } from "./schema.ts";

export const FUNCTION_DOMAIN = "assay";
export const FUNCTION_VERSION = 1n;

function node(opType: string, input: readonly string[], output: string): NodeProto {
  return { input: [...input], output: [output], opType };
}

const castTo = (type: number, input: string, output: string): NodeProto => ({
  ...node("Cast", [input], output),
  attribute: [{ name: "to", i: BigInt(type), type: ATTRIBUTE_TYPE.INT }],
});

type Body = Pick<FunctionProto, "input" | "output" | "node">;

/** Up to 2^52 a double holds the operand, and its rounded root has the whole part of the root. */
const Isqrt: Body = {
  input: ["a"],
  output: ["b"],
  node: [
    castTo(DATA_TYPE.DOUBLE, "a", "wide"),
    node("Sqrt", ["wide"], "root"),
    node("Floor", ["root"], "whole"),
    castTo(DATA_TYPE.INT64, "whole", "b"),
  ],
};

/** The greater, or the lesser, of `a` and `b`. */
const extreme = (less: readonly [string, string]): Body => ({
  input: ["a", "b"],
  output: ["c"],
  node: [node("Less", less, "isOther"), node("Where", ["isOther", "b", "a"], "c")],
});

const Clip: Body = {
  input: ["a", "low", "high"],
  output: ["b"],
  node: [
    node("Less", ["a", "low"], "isBelow"),
    node("Where", ["isBelow", "low", "a"], "raised"),
    node("Less", ["high", "raised"], "isAbove"),
    node("Where", ["isAbove", "high", "raised"], "b"),
  ],
};

const bodies: Partial<Record<OpName, Body>> = {
  Isqrt,
  Clip,
  Min: extreme(["b", "a"]),
  Max: extreme(["a", "b"]),
};

/**
 * Whether a step is a function in the file. Clip, Min and Max are of 64-bit integers: onnxruntime's own compare the lower
 * halves of two as if they had a sign, where the upper halves are the same; its Less does not.
 */
export const isFunction = ({ op, out }: Pick<Step, "op" | "out">): boolean =>
  Object.hasOwn(bodies, op) && out.dtype === "i64";

/** Those functions that a program uses. */
export const functionsOf = (steps: Iterable<Step>, opset: bigint): FunctionProto[] =>
  [...new Set([...steps].filter(isFunction).map(({ op }) => op))].map((name) => ({
    name,
    ...bodies[name],
    opsetImport: [{ domain: "", version: opset }],
    domain: FUNCTION_DOMAIN,
  }));
