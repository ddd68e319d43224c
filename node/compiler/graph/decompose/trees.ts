// A classifier of trees as a regression of its scores, and what becomes of them; as onnxruntime decides.
import { ATTRIBUTE_TYPE, type AttributeProto } from "@assay/sdk/program";
import { attributeOf, refuseNode } from "../rawGraph.ts";
import { attributeProtoOf, stringOf } from "./attributes.ts";
import { above, answer, classesOf, largest, paired, transformed } from "./classes.ts";
import type { Rewriter } from "./rewriter.ts";

const ML = "ai.onnx.ml";

/** The names of a classifier's leaves in a regression. */
const renamed: Readonly<Record<string, string>> = {
  class_ids: "target_ids",
  class_nodeids: "target_nodeids",
  class_treeids: "target_treeids",
  class_weights: "target_weights",
  class_weights_as_tensor: "target_weights_as_tensor",
};

const weightsOf = (attribute: AttributeProto | undefined): readonly number[] => attribute?.floats ?? [];

export function treeClassifier(rewriter: Rewriter): boolean {
  const { node } = rewriter;
  const input = rewriter.input(0);
  if (!input) return false;
  const classes = classesOf(rewriter);
  const ids = new Set((attributeOf(node, "class_ids")?.ints ?? []).map(Number));
  const base = attributeOf(node, "base_values")?.floats ?? [];
  if (attributeOf(node, "base_values_as_tensor") || attributeOf(node, "class_weights_as_tensor"))
    refuseNode(node, "its weights are 64-bit floats", "Export the model with 32-bit floats.");
  const isBinary = classes.count <= 2;
  if (isBinary && (ids.size !== 1 || base.length > 1))
    refuseNode(
      node,
      "it has two classes, each with scores of its own",
      "Export the model with one score for two classes.",
    );
  const targets = isBinary ? 1 : classes.count;
  const raw: AttributeProto[] = node.attributes.flatMap((attribute): AttributeProto[] => {
    const name = attribute.name ?? "";
    if (name.startsWith("nodes_") || name === "base_values") return [attribute];
    const target = renamed[name];
    if (!target) return [];
    if (isBinary && name === "class_ids")
      return [{ name: target, ints: (attribute.ints ?? []).map(() => 0n), type: ATTRIBUTE_TYPE.INTS }];
    return [{ ...attribute, name: target }];
  });
  raw.push(attributeProtoOf("n_targets", targets));
  const rows = input.shape[0]!;
  const scores = rewriter.add({
    op: "TreeEnsembleRegressor",
    domain: ML,
    inputs: [input],
    raw,
    dtype: "f32",
    shape: [rows, targets],
  });
  if (!isBinary) {
    answer(rewriter, largest(rewriter, scores), classes);
    transformed(rewriter, scores);
    return true;
  }
  // one score: a probability where no weight is negative, else the logarithm of odds
  const isShare = weightsOf(attributeOf(node, "class_weights")).every((weight) => weight >= 0);
  answer(rewriter, above(rewriter, scores, isShare ? 0.5 : 0), classes);
  const name = node.outputs[1] ?? "";
  if (name === "") return true;
  const { shape } = scores;
  if (isShare) {
    const one = rewriter.constant("f32", [1], Float32Array.of(1));
    const other = rewriter.add({ op: "Sub", inputs: [one, scores], dtype: "f32", shape });
    paired(rewriter, other, scores, name);
    return true;
  }
  const transform = stringOf(node, "post_transform", "NONE");
  if (transform !== "NONE" && transform !== "LOGISTIC")
    refuseNode(node, `its score becomes ${transform}`, "Export the model with NONE or LOGISTIC.");
  const other = rewriter.add({ op: "Neg", inputs: [scores], dtype: "f32", shape });
  if (transform === "NONE") {
    paired(rewriter, other, scores, name);
    return true;
  }
  const share = rewriter.add({ op: "Sigmoid", inputs: [scores], dtype: "f32", shape });
  const rest = rewriter.add({ op: "Sigmoid", inputs: [other], dtype: "f32", shape });
  paired(rewriter, rest, share, name);
  return true;
}
