// Operators that are compositions of others are taken apart before calibration, so that every part can be looked at.
import type { RawGraph } from "../rawGraph.ts";
import { type GraphTensor, isFloat } from "../types.ts";
import { arrayFeatures, labelEncoder, linearClassifier, linearRegressor, scaler } from "./classical.ts";
import { convTranspose, perChannelPRelu } from "./convolutions.ts";
import { einsum } from "./einsum.ts";
import { groups, meanVariance } from "./normalizations.ts";
import {
  localResponse,
  logSoftmax,
  lpNormalization,
  meanOfMany,
  reduceL1,
  reduceL2,
  reduceLogSum,
  reduceLogSumExp,
  reduceSumSquare,
} from "./reductions.ts";
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
  Einsum: einsum,
  GroupNormalization: groups,
  InstanceNormalization: groups,
  LRN: localResponse,
  LogSoftmax: logSoftmax,
  LpNormalization: lpNormalization,
  Mean: meanOfMany,
  MeanVarianceNormalization: meanVariance,
  PRelu: perChannelPRelu,
  ReduceL1: reduceL1,
  ReduceL2: reduceL2,
  ReduceLogSum: reduceLogSum,
  ReduceLogSumExp: reduceLogSumExp,
  ReduceSumSquare: reduceSumSquare,
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

/** The operators that are taken apart, `ai.onnx.ml:` before those of that domain. */
export const decomposedOperators: readonly string[] = Object.keys(decompositions);
