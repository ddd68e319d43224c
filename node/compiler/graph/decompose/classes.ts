// What classifiers of ai.onnx.ml make of their scores: the class, and the scores after a function.

import { attributeOf, refuseNode } from "../rawGraph.ts";
import type { GraphTensor } from "../types.ts";
import { stringOf } from "./attributes.ts";
import type { Rewriter } from "./rewriter.ts";

/** The classes' own numbers; their places where they are named by text. */
export interface Classes {
  readonly count: number;
  /** undefined where each class is called by its place */
  readonly numbers: readonly bigint[] | undefined;
}

export function classesOf({ node }: Rewriter): Classes {
  const numbers =
    attributeOf(node, "classlabels_int64s")?.ints ?? attributeOf(node, "classlabels_ints")?.ints;
  const texts = attributeOf(node, "classlabels_strings")?.strings;
  const count = numbers?.length || texts?.length || 0;
  const inOrder = !numbers?.length || numbers.every((number, place) => Number(number) === place);
  return { count, numbers: inOrder ? undefined : numbers };
}

/** The place of a class as an answer: its number, where it has one. */
export function answer(rewriter: Rewriter, place: GraphTensor, { numbers }: Classes): void {
  const name = rewriter.node.outputs[0] ?? "";
  if (name === "") return;
  const { shape } = rewriter.outputAt(0)!;
  const output = { dtype: "i64", shape, output: name } as const;
  if (!numbers) {
    rewriter.add({ op: "Reshape", inputs: [place, rewriter.integers(...shape)], ...output });
    return;
  }
  const table = rewriter.constant("i64", [numbers.length], BigInt64Array.from(numbers));
  const flat = rewriter.add({
    op: "Reshape",
    inputs: [place, rewriter.integers(...shape)],
    dtype: "i64",
    shape,
  });
  rewriter.add({ op: "Gather", inputs: [table, flat], attributes: { axis: 0 }, ...output });
}

/** The scores [N, C] after the node's function, as its second output. */
export function transformed(rewriter: Rewriter, scores: GraphTensor): void {
  const name = rewriter.node.outputs[1] ?? "";
  if (name === "") return;
  const { shape, dtype } = scores;
  const transform = stringOf(rewriter.node, "post_transform", "NONE");
  const output = { inputs: [scores], shape, dtype, output: name };
  if (transform === "NONE") rewriter.add({ ...output, op: "Identity" });
  else if (transform === "LOGISTIC") rewriter.add({ ...output, op: "Sigmoid" });
  else if (transform === "SOFTMAX") rewriter.add({ ...output, op: "Softmax", attributes: { axis: 1 } });
  else
    refuseNode(
      rewriter.node,
      `its scores become ${transform}`,
      "Export the model with NONE, LOGISTIC or SOFTMAX.",
    );
}

/** The place of the largest score. */
export const largest = (rewriter: Rewriter, scores: GraphTensor): GraphTensor =>
  rewriter.add({
    op: "ArgMax",
    inputs: [scores],
    attributes: { axis: 1, keepdims: 0 },
    dtype: "i64",
    shape: scores.shape.slice(0, 1),
  });

/** 1 where one score [N, 1] is above a number, else 0. */
export function above(rewriter: Rewriter, score: GraphTensor, threshold: number): GraphTensor {
  const { shape } = score;
  const number = rewriter.constant("f32", [1], Float32Array.of(threshold));
  const isAbove = rewriter.add({ op: "Greater", inputs: [score, number], dtype: "bool", shape });
  return rewriter.add({ op: "Cast", inputs: [isAbove], attributes: { to: 7 }, dtype: "i64", shape });
}

/** Two scores of one [N, 1]: the first class's beside it. */
export function paired(rewriter: Rewriter, first: GraphTensor, second: GraphTensor, output: string): void {
  const shape = second.shape.with(1, 2);
  rewriter.add({
    op: "Concat",
    inputs: [first, second],
    attributes: { axis: 1 },
    dtype: "f32",
    shape,
    output,
  });
}
