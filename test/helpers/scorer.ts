// A program small enough to read: scores = clip(x · W + b, 0, 1000), with its manifest and one inference by hand.
import { commitProgram, encodeManifest, type Manifest, type Program, tensorType } from "@assay/sdk/program";
import { manifestHash, programId } from "@assay/sdk/protocol";

const x = tensorType("u8", [1, 4]);
const weights = tensorType("i8", [4, 3], [1, 0]);
const bias = tensorType("i32", [3]);
const scores = tensorType("i32", [1, 3]);

export const scorer: Program = {
  operatorSet: 1,
  maxPasses: 1,
  inputs: [x],
  constants: [
    { type: weights, data: Int8Array.of(1, 0, 2, -1, 3, 0, 0, 5, -2, 2, 0, 1) },
    { type: bias, data: Int32Array.of(10, -20, 30) },
  ],
  steps: [
    {
      op: "MatMulInteger",
      operands: [
        { source: { kind: "input", offset: 0 }, type: x },
        { source: { kind: "constant", index: 0 }, type: weights },
      ],
      attributes: [0n, 0n],
      out: scores,
    },
    {
      op: "Add",
      operands: [
        { source: { kind: "slot", index: 0 }, type: scores },
        { source: { kind: "constant", index: 1 }, type: bias },
      ],
      attributes: [],
      out: scores,
    },
    {
      op: "Clip",
      operands: [{ source: { kind: "slot", index: 1 }, type: scores }],
      attributes: [0n, 1000n],
      out: scores,
    },
  ],
  outputs: [2],
};

export const scorerManifest: Manifest = {
  name: "scorer",
  version: "1.0.0",
  licence: "MIT",
  inputs: [
    { name: "x", dtype: "u8", shape: [1, 4], codec: { kind: "linear", scale: 1 / 255, zeroPoint: 0 } },
  ],
  outputs: [
    { name: "scores", dtype: "i32", shape: [1, 3], codec: { kind: "linear", scale: 0.5, zeroPoint: 0 } },
  ],
  labels: [],
  source: { sha256: "00".repeat(32) },
  compiler: { version: "0.1.0", options: {} },
};

export const scorerTrees = commitProgram(scorer);
export const scorerManifestHash = manifestHash(encodeManifest(scorerManifest));
export const scorerId = programId(1, scorerTrees.programRoot, scorerManifestHash);

/** x = [10, 20, 30, 40] / 255: x · W + b = [80, 190, 30], within the clip, so half of each as numbers. */
export const sample = {
  x: [10 / 255, 20 / 255, 30 / 255, 40 / 255],
  input: Uint8Array.of(10, 20, 30, 40),
  output: new Uint8Array(Int32Array.of(80, 190, 30).buffer),
  scores: [40, 95, 15],
};
