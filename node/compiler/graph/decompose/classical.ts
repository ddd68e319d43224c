// Scaler, linear models and labels of ai.onnx.ml in ONNX's own operators.
import { attributeOf, refuseNode } from "../rawGraph.ts";
import type { GraphTensor } from "../types.ts";
import { isFloat } from "../types.ts";
import { intOf } from "./attributes.ts";
import { above, answer, classesOf, largest, paired, transformed } from "./classes.ts";
import type { Rewriter } from "./rewriter.ts";

const floatsOf = (rewriter: Rewriter, name: string): readonly number[] =>
  attributeOf(rewriter.node, name)?.floats ?? [];

/** An input of numbers as 32-bit floats. */
function asFloats(rewriter: Rewriter, input: GraphTensor): GraphTensor {
  if (input.dtype === "f32") return input;
  return rewriter.add({
    op: "Cast",
    inputs: [input],
    attributes: { to: 1 },
    dtype: "f32",
    shape: input.shape,
  });
}

/** (x − offset) · scale */
export function scaler(rewriter: Rewriter): boolean {
  const input = rewriter.input(0);
  if (!input) return false;
  const x = asFloats(rewriter, input);
  const { shape } = x;
  const row = (values: readonly number[]): GraphTensor =>
    rewriter.constant("f32", [values.length], Float32Array.from(values));
  const centered = rewriter.add({
    op: "Sub",
    inputs: [x, row(floatsOf(rewriter, "offset"))],
    dtype: "f32",
    shape,
  });
  rewriter.add({
    op: "Mul",
    inputs: [centered, row(floatsOf(rewriter, "scale"))],
    dtype: "f32",
    shape,
    output: rewriter.node.outputs[0]!,
  });
  return true;
}

/** x · coefficientsᵀ + intercepts, [N, targets] */
function product(rewriter: Rewriter, targets: number): GraphTensor | undefined {
  const input = rewriter.input(0);
  const coefficients = floatsOf(rewriter, "coefficients");
  if (!input || targets < 1 || coefficients.length % targets !== 0) return undefined;
  const x = asFloats(rewriter, input);
  const depth = coefficients.length / targets;
  const rows = x.shape.reduce((a, b) => a * b, 1) / depth;
  const flat =
    x.shape.length === 2
      ? x
      : rewriter.add({
          op: "Reshape",
          inputs: [x, rewriter.integers(rows, depth)],
          dtype: "f32",
          shape: [rows, depth],
        });
  const weights = rewriter.constant("f32", [targets, depth], Float32Array.from(coefficients));
  const given = floatsOf(rewriter, "intercepts");
  const intercepts = rewriter.constant(
    "f32",
    [targets],
    Float32Array.from({ length: targets }, (_, at) => given[at] ?? 0),
  );
  return rewriter.add({
    op: "Gemm",
    inputs: [flat, weights, intercepts],
    attributes: { transB: 1 },
    dtype: "f32",
    shape: [rows, targets],
  });
}

export function linearRegressor(rewriter: Rewriter): boolean {
  const scores = product(rewriter, intOf(rewriter.node, "targets", 1));
  if (!scores) return false;
  const [name = ""] = rewriter.node.outputs;
  const { node } = rewriter;
  const transform = attributeOf(node, "post_transform")?.s;
  if (transform && new TextDecoder().decode(transform) !== "NONE")
    refuseNode(node, "it transforms its result", "Export the model with post_transform NONE.");
  const { shape, dtype } = scores;
  rewriter.add({ op: "Identity", inputs: [scores], shape, dtype, output: name });
  return true;
}

export function linearClassifier(rewriter: Rewriter): boolean {
  const classes = classesOf(rewriter);
  const targets = floatsOf(rewriter, "intercepts").length || classes.count;
  const scores = product(rewriter, targets);
  if (!scores) return false;
  if (targets > 1) {
    answer(rewriter, largest(rewriter, scores), classes);
    transformed(rewriter, scores);
    return true;
  }
  answer(rewriter, above(rewriter, scores, 0), classes);
  const name = rewriter.node.outputs[1] ?? "";
  if (name === "") return true;
  const { shape } = scores;
  const other = rewriter.add({ op: "Neg", inputs: [scores], dtype: "f32", shape });
  const transform = new TextDecoder().decode(
    attributeOf(rewriter.node, "post_transform")?.s ?? new Uint8Array(),
  );
  if (transform === "LOGISTIC") {
    const share = rewriter.add({ op: "Sigmoid", inputs: [scores], dtype: "f32", shape });
    paired(rewriter, rewriter.add({ op: "Sigmoid", inputs: [other], dtype: "f32", shape }), share, name);
  } else if (transform === "" || transform === "NONE") paired(rewriter, other, scores, name);
  else refuseNode(rewriter.node, `its score becomes ${transform}`, "Export the model with NONE or LOGISTIC.");
  return true;
}

/** Most entries of a table of labels. */
const MAX_LABELS = 1 << 16;

/** Numbers to numbers by a table; places of classes to text stay places. */
export function labelEncoder(rewriter: Rewriter): boolean {
  const { node } = rewriter;
  const input = rewriter.input(0);
  const keys = attributeOf(node, "keys_int64s")?.ints;
  const values = attributeOf(node, "values_int64s")?.ints;
  const texts = attributeOf(node, "values_strings")?.strings;
  if (!input || isFloat(input.dtype) || !keys || keys.some((key) => key < 0n || key >= BigInt(MAX_LABELS)))
    return false;
  const [output = ""] = node.outputs;
  const { shape } = input;
  const target = { shape, dtype: "i64", output } as const;
  if (texts && keys.every((key, place) => Number(key) === place)) {
    rewriter.add({ op: "Identity", inputs: [input], ...target });
    return true;
  }
  if (!values || values.length !== keys.length) return false;
  const size = Math.max(...keys.map(Number)) + 1;
  const table = new BigInt64Array(size).fill(attributeOf(node, "default_int64")?.i ?? -1n);
  keys.forEach((key, place) => {
    table[Number(key)] = values[place]!;
  });
  const numbers = rewriter.constant("i64", [size], table);
  rewriter.add({ op: "Gather", inputs: [numbers, input], attributes: { axis: 0 }, ...target });
  return true;
}

/** Elements of the last axis by number. */
export function arrayFeatures(rewriter: Rewriter): boolean {
  const data = rewriter.input(0);
  const places = rewriter.input(1);
  if (!data || !places || data.dtype === "string") return false;
  const { output } = rewriter;
  const count = places.shape.reduce((a, b) => a * b, 1);
  const flat = rewriter.add({
    op: "Reshape",
    inputs: [places, rewriter.integers(count)],
    dtype: "i64",
    shape: [count],
  });
  const found = rewriter.add({
    op: "Gather",
    inputs: [data, flat],
    attributes: { axis: data.shape.length - 1 },
    dtype: output.dtype,
    shape: [...data.shape.slice(0, -1), count],
  });
  rewriter.add({
    op: "Reshape",
    inputs: [found, rewriter.integers(...output.shape)],
    dtype: output.dtype,
    shape: output.shape,
    output: output.name,
  });
  return true;
}
