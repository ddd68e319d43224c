// Operators that are taken apart when a model is read: the parts compute what onnxruntime computes for the whole.
import { expect } from "chai";
import { Tensor } from "onnxruntime-node";
import { elements, GraphSession, readGraph } from "../../../node/compiler/graph/index.ts";
import { openSession } from "../../../node/compiler/graph/runtime.ts";
import { floats, longs, type NodeSketch, type OnnxSketch, onnxBytes } from "../../helpers/onnxModels.ts";
import { Random } from "../../helpers/random.ts";

const random = new Random(11);
const some = (...shape: number[]) =>
  floats(shape, ...Array.from({ length: elements(shape) }, () => 2 * random.next() - 1));

interface Case {
  readonly shape: readonly number[];
  readonly node: Omit<NodeSketch, "out">;
  readonly constants?: OnnxSketch["constants"];
  readonly opsets: readonly number[];
}

const transposed = (
  shape: readonly number[],
  weights: readonly number[],
  attributes: NodeSketch["attributes"] = {},
  bias = false,
): Case => ({
  shape,
  node: { op: "ConvTranspose", in: bias ? ["x", "w", "b"] : ["x", "w"], attributes },
  constants: {
    w: some(...weights),
    ...(bias ? { b: some(weights[1]! * ((attributes.group as number) ?? 1)) } : {}),
  },
  opsets: [7, 11, 18, 21],
});

const cases: Record<string, Case> = {
  InstanceNormalization: {
    shape: [1, 3, 4, 5],
    node: { op: "InstanceNormalization", in: ["x", "s", "b"] },
    constants: { s: some(3), b: some(3) },
    opsets: [7, 13, 18, 21],
  },
  "GroupNormalization, 2 groups of 3 channels": {
    shape: [2, 6, 5],
    node: {
      op: "GroupNormalization",
      in: ["x", "s", "b"],
      attributes: { num_groups: 2, epsilon: { float: 0.01 } },
    },
    constants: { s: some(6), b: some(6) },
    opsets: [21],
  },
  MeanVarianceNormalization: {
    shape: [1, 3, 4, 5],
    node: { op: "MeanVarianceNormalization", in: ["x"], attributes: { axes: [2, 3] } },
    opsets: [9, 13, 18],
  },
  "MeanVarianceNormalization over a batch of 1": {
    shape: [1, 3, 4, 5],
    node: { op: "MeanVarianceNormalization", in: ["x"] },
    opsets: [9, 21],
  },
  "PRelu with a slope per channel": {
    shape: [1, 3, 4, 4],
    node: { op: "PRelu", in: ["x", "s"] },
    constants: { s: some(3, 1, 1) },
    opsets: [7, 9, 16, 21],
  },
  ...Object.fromEntries(
    ["ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"].map((op): [string, Case] => [
      op,
      { shape: [2, 5, 3], node: { op, in: ["x"], attributes: { axes: [-2] } }, opsets: [7, 13, 17] },
    ]),
  ),
  "ReduceL2 of operator set 18": {
    shape: [2, 5, 3],
    node: { op: "ReduceL2", in: ["x", "a"], attributes: { keepdims: 0 } },
    constants: { a: longs(0, 2) },
    opsets: [18, 21],
  },
  "LogSoftmax over the last axis": {
    shape: [3, 7],
    node: { op: "LogSoftmax", in: ["x"] },
    opsets: [7, 13, 21],
  },
  "LogSoftmax over rows of several axes": {
    shape: [3, 7, 2],
    node: { op: "LogSoftmax", in: ["x"] },
    opsets: [7, 12],
  },
  "LpNormalization, p = 1": {
    shape: [3, 7],
    node: { op: "LpNormalization", in: ["x"], attributes: { p: 1, axis: 0 } },
    opsets: [7, 21],
  },
  "LpNormalization, p = 2": { shape: [3, 7], node: { op: "LpNormalization", in: ["x"] }, opsets: [7, 21] },
  "Mean of three": {
    shape: [3, 7],
    node: { op: "Mean", in: ["x", "a", "b"] },
    constants: { a: some(7), b: some(3, 1) },
    opsets: [8, 13, 21],
  },
  LRN: {
    shape: [1, 6, 3, 3],
    node: { op: "LRN", in: ["x"], attributes: { size: 3, alpha: { float: 0.5 }, bias: { float: 1.5 } } },
    opsets: [7, 13, 21],
  },
  ...Object.fromEntries(
    (
      [
        ["bhid,bhjd->bhij", [1, 2, 3, 4], [1, 2, 5, 4]],
        ["bid, de -> bei", [2, 3, 4], [4, 5]],
        ["ij,jk", [3, 4], [4, 2]],
        ["abc,cd->dab", [2, 3, 4], [4, 2]],
        ["i,j->ij", [3], [4]],
      ] as const
    ).map(([equation, shape, other]): [string, Case] => [
      `Einsum ${equation}`,
      {
        shape,
        node: { op: "Einsum", in: ["x", "w"], attributes: { equation } },
        constants: { w: some(...other) },
        opsets: [12, 21],
      },
    ]),
  ),
  "ConvTranspose with strides": transposed([1, 2, 4, 3], [2, 3, 3, 3], { strides: [2, 2] }, true),
  "ConvTranspose with pads and output padding": transposed([1, 2, 4, 3], [2, 3, 3, 3], {
    strides: [2, 3],
    pads: [1, 0, 1, 2],
    output_padding: [1, 0],
  }),
  "ConvTranspose with groups and dilations": transposed(
    [1, 4, 5, 4],
    [4, 2, 2, 3],
    { group: 2, dilations: [2, 1] },
    true,
  ),
  "ConvTranspose with an output shape": transposed([1, 1, 3, 3], [1, 2, 3, 3], {
    strides: [3, 2],
    output_shape: [10, 8],
  }),
  "ConvTranspose with automatic pads": transposed([1, 1, 3, 4], [1, 1, 2, 3], {
    strides: [2, 2],
    auto_pad: "SAME_UPPER",
  }),
  "ConvTranspose whose pads cut more than its kernel adds": transposed([1, 1, 6], [1, 1, 2], {
    pads: [2, 3],
  }),
  "ConvTranspose in one dimension": transposed([1, 2, 5], [2, 2, 4], { strides: [3], pads: [1, 1] }),
};

describe("compiler: operators that are taken apart", () => {
  for (const [name, { shape, node, constants, opsets }] of Object.entries(cases))
    it(name, async () => {
      for (const opset of opsets) {
        const bytes = onnxBytes({
          opset,
          inputs: { x: ["f32", shape] },
          outputs: ["y"],
          nodes: [{ ...node, out: "y" }],
          ...(constants ? { constants } : {}),
        });
        const feed = some(...shape).data as Float32Array;
        const whole = await openSession(bytes);
        const expected = (await whole.run({ x: new Tensor("float32", feed, shape) })).y!;
        await whole.release();
        const graph = await readGraph(bytes);
        expect(graph.nodes.map(({ op }) => op)).to.not.include(node.op);
        expect(graph.outputs[0]?.tensor.shape).to.deep.equal(expected.dims);
        const parts = await GraphSession.open(graph, [
          graph.outputs[0]!.tensor.name,
          ...graph.nodes.flatMap(({ outputs }) => outputs),
        ]);
        const [actual, ...others] = await parts.run([feed]);
        await parts.close();
        (expected.data as Float32Array).forEach((value, index) => {
          expect(actual?.data[index], `opset ${opset}, element ${index}`).to.be.closeTo(value, 2e-5);
        });
        graph.nodes
          .flatMap(({ outputs }) => outputs)
          .forEach((tensor, index) => {
            expect(graph.tensor(tensor).shape, tensor).to.deep.equal(others[index]?.shape);
          });
      }
    });
});
