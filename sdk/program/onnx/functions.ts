// The operators that ONNX does not have, as functions in the file: standard nodes, proven equal where the program is accepted.
import type { OpName } from "../types.ts";
import { ATTRIBUTE_TYPE, DATA_TYPE, type FunctionProto, type NodeProto } from "./schema.ts";

export const FUNCTION_DOMAIN = "assay";
export const FUNCTION_VERSION = 1n;

function node(opType: string, input: string, output: string): NodeProto {
  return { input: [input], output: [output], opType };
}

const castTo = (type: number, input: string, output: string): NodeProto => ({
  ...node("Cast", input, output),
  attribute: [{ name: "to", i: BigInt(type), type: ATTRIBUTE_TYPE.INT }],
});

/** Up to 2^52 a double holds the operand, and its rounded root has the whole part of the root. */
const Isqrt = {
  input: ["a"],
  output: ["b"],
  node: [
    castTo(DATA_TYPE.DOUBLE, "a", "wide"),
    node("Sqrt", "wide", "root"),
    node("Floor", "root", "whole"),
    castTo(DATA_TYPE.INT64, "whole", "b"),
  ],
};

const bodies: Partial<Record<OpName, Pick<FunctionProto, "input" | "output" | "node">>> = { Isqrt };

export const isFunction = (op: OpName): boolean => Object.hasOwn(bodies, op);

/** Those functions that a program uses. */
export const functionsOf = (ops: Iterable<OpName>, opset: bigint): FunctionProto[] =>
  [...new Set(ops)].filter(isFunction).map((name) => ({
    name,
    ...bodies[name],
    opsetImport: [{ domain: "", version: opset }],
    domain: FUNCTION_DOMAIN,
  }));
