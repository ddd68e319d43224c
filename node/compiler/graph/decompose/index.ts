// Operators that are compositions of others are taken apart before calibration, so that every part can be looked at.
import type { RawGraph } from "../rawGraph.ts";
import { type GraphTensor, isFloat } from "../types.ts";
import { arrayFeatures, labelEncoder, linearClassifier, linearRegressor, scaler } from "./classical.ts";
import { convTranspose, perChannelPRelu } from "./convolutions.ts";
import { groups, meanVariance } from "./normalizations.ts";
import { Rewriter } from "./rewriter.ts";
import { treeClassifier } from "./trees.ts";

const decompositions: Readonly<Record<string, (rewriter: Rewriter) => boolean>> = {
  "ai.onnx.ml:ArrayFeatureExtractor": arrayFeatures,
  "ai.onnx.ml:LabelEncoder": labelEncoder,
  "ai.onnx.ml:LinearClassifier": linearClassifier,
  "ai.onnx.ml:LinearRegressor": linearRegressor,
  "ai.onnx.ml:Scaler": scaler,
  "ai.onnx.ml:TreeEnsembleClassifier": treeClassifier,
  ConvTranspose: convTranspose,
  GroupNormalization: groups,
  InstanceNormalization: groups,
  MeanVarianceNormalization: meanVariance,
  PRelu: perChannelPRelu,
};

/** Rewrites float nodes that have a decomposition; the tensors between are added to `tensors`. */
export function decompose(graph: RawGraph, tensors: Map<string, GraphTensor>): RawGraph {
  const constants = new Map(graph.constants);
  const rewritten = { ...graph, constants };
  const nodes = graph.nodes.flatMap((node) => {
    const isStandard = node.domain === "";
    const rule = decompositions[isStandard ? node.op : `${node.domain}:${node.op}`];
    const output = tensors.get(node.outputs.find((name) => name !== "") ?? "");
    if (!rule || !output || output.constant || (isStandard && !isFloat(output.dtype))) return [node];
    const rewriter = new Rewriter(node, rewritten, tensors);
    return rule(rewriter) ? rewriter.nodes : [node];
  });
  return { ...rewritten, nodes };
}
