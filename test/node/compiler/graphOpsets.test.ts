// The operators whose form changed between operator sets 7 and 21: read from each of them, and equal to the file in onnxruntime.
import { expect } from "chai";
import {
  type ConstantData,
  elements,
  GraphSession,
  type ModelGraph,
  type RuntimeTensor,
  readGraph,
} from "../../../node/compiler/graph/index.ts";
import {
  floats,
  longs,
  type NodeSketch,
  type OnnxSketch,
  onnxBytes,
  writeGraph,
} from "../../helpers/onnxModels.ts";
import { Random } from "../../helpers/random.ts";

type Form = Pick<OnnxSketch, "nodes"> & Partial<OnnxSketch>;

interface Case {
  readonly name: string;
  /** the nodes in each range of operator sets */
  readonly forms: readonly (readonly [from: number, to: number, form: Form])[];
  readonly shape?: readonly number[];
  /** the operators that must be left */
  readonly left: readonly string[];
}

const one = (op: string, inputs: readonly string[], attributes: NodeSketch["attributes"] = {}): Form => ({
  nodes: [{ op, in: inputs, out: "y", attributes }],
});
const withConstants = (form: Form, constants: OnnxSketch["constants"]): Form => ({
  ...form,
  constants: constants!,
});

const reductions = ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd"];

const cases: readonly Case[] = [
  {
    name: "Slice",
    left: ["Slice"],
    forms: [
      [7, 9, one("Slice", ["x"], { starts: [1, -3], ends: [9999, -1], axes: [2, 1] })],
      [
        10,
        21,
        withConstants(one("Slice", ["x", "s", "e", "a"]), {
          s: longs(1, -3),
          e: longs(9999, -1),
          a: longs(2, -2),
        }),
      ],
    ],
  },
  {
    name: "Slice backwards",
    left: ["Slice"],
    forms: [
      [
        10,
        21,
        withConstants(one("Slice", ["x", "s", "e", "a", "t"]), {
          s: longs(-1, 100),
          e: longs(-9999, 0),
          a: longs(1, 2),
          t: longs(-2, -1),
        }),
      ],
    ],
  },
  {
    name: "Clip",
    left: ["Clip"],
    forms: [
      [7, 10, one("Clip", ["x"], { min: { float: -0.5 }, max: { float: 0.25 } })],
      [11, 21, withConstants(one("Clip", ["x", "l", "h"]), { l: floats([], -0.5), h: floats([], 0.25) })],
    ],
  },
  {
    name: "Clip with one bound",
    left: ["Clip"],
    forms: [
      [7, 10, one("Clip", ["x"], { max: { float: 0.25 } })],
      [11, 21, withConstants(one("Clip", ["x", "", "h"]), { h: floats([], 0.25) })],
    ],
  },
  {
    name: "Squeeze",
    shape: [2, 1, 3, 1],
    left: ["Relu", "Reshape"],
    forms: [
      [
        7,
        12,
        {
          nodes: [
            { op: "Relu", in: ["x"], out: "r" },
            { op: "Squeeze", in: ["r"], out: "y", attributes: { axes: [1] } },
          ],
        },
      ],
      [
        13,
        21,
        withConstants(
          {
            nodes: [
              { op: "Relu", in: ["x"], out: "r" },
              { op: "Squeeze", in: ["r", "a"], out: "y" },
            ],
          },
          { a: longs(-3) },
        ),
      ],
    ],
  },
  {
    name: "Unsqueeze",
    left: ["Reshape"],
    forms: [
      [7, 12, one("Unsqueeze", ["x"], { axes: [0, 4] })],
      [13, 21, withConstants(one("Unsqueeze", ["x", "a"]), { a: longs(0, -1) })],
    ],
  },
  { name: "Flatten", left: ["Reshape"], forms: [[7, 21, one("Flatten", ["x"], { axis: 2 })]] },
  {
    name: "Reshape with 0 and −1",
    left: ["Reshape"],
    forms: [[7, 21, withConstants(one("Reshape", ["x", "s"]), { s: longs(0, -1) })]],
  },
  {
    name: "Pad",
    left: ["Pad"],
    forms: [
      [7, 10, one("Pad", ["x"], { pads: [0, 1, 2, 0, 0, 0], value: { float: 0.5 } })],
      [
        11,
        17,
        withConstants(one("Pad", ["x", "p", "v"]), { p: longs(0, 1, 2, 0, 0, 0), v: floats([], 0.5) }),
      ],
      [
        18,
        21,
        withConstants(one("Pad", ["x", "p", "v", "a"]), {
          p: longs(2, 1, 0, 0),
          v: floats([], 0.5),
          a: longs(-1, 1),
        }),
      ],
    ],
  },
  {
    name: "Pad by reflection",
    left: ["Pad"],
    forms: [
      [7, 10, one("Pad", ["x"], { pads: [0, 1, 2, 0, 0, 0], mode: "reflect" })],
      [11, 21, withConstants(one("Pad", ["x", "p"], { mode: "reflect" }), { p: longs(0, 1, 2, 0, 0, 0) })],
    ],
  },
  {
    name: "ReduceSum",
    left: ["ReduceSum"],
    forms: [
      [7, 12, one("ReduceSum", ["x"], { axes: [1, 2], keepdims: 0 })],
      [13, 21, withConstants(one("ReduceSum", ["x", "a"], { keepdims: 0 }), { a: longs(-1, 1) })],
    ],
  },
  ...reductions.map(
    (op): Case => ({
      name: op,
      left: [op],
      forms: [
        [7, 17, one(op, ["x"], { axes: [1] })],
        [18, 21, withConstants(one(op, ["x", "a"]), { a: longs(1) })],
      ],
    }),
  ),
  {
    name: "ReduceMax of everything",
    left: ["ReduceMax"],
    forms: [[7, 21, one("ReduceMax", ["x"], { keepdims: 0 })]],
  },
  {
    name: "ReduceSumSquare of nothing",
    left: ["Mul"],
    forms: [[18, 21, one("ReduceSumSquare", ["x"], { noop_with_empty_axes: 1 })]],
  },
  {
    name: "Split in sizes",
    left: ["Split", "Mul"],
    forms: [
      [
        7,
        12,
        {
          nodes: [
            { op: "Split", in: ["x"], out: ["a", "b"], attributes: { axis: 1, split: [1, 2] } },
            { op: "Mul", in: ["a", "b"], out: "y" },
          ],
        },
      ],
      [
        13,
        21,
        {
          constants: { s: longs(1, 2) },
          nodes: [
            { op: "Split", in: ["x", "s"], out: ["a", "b"], attributes: { axis: -2 } },
            { op: "Mul", in: ["a", "b"], out: "y" },
          ],
        },
      ],
    ],
  },
  {
    name: "Split in equal parts",
    left: ["Split", "Mul"],
    forms: [
      [
        7,
        17,
        {
          nodes: [
            { op: "Split", in: ["x"], out: ["a", "b"], attributes: { axis: 2 } },
            { op: "Mul", in: ["a", "b"], out: "y" },
          ],
        },
      ],
      [
        18,
        21,
        {
          nodes: [
            { op: "Split", in: ["x"], out: ["a", "b"], attributes: { axis: 2, num_outputs: 2 } },
            { op: "Mul", in: ["a", "b"], out: "y" },
          ],
        },
      ],
    ],
  },
  {
    name: "TopK",
    left: ["TopK"],
    forms: [
      [7, 9, { nodes: [{ op: "TopK", in: ["x"], out: ["y", "i"], attributes: { k: 2 } }] }],
      [10, 21, { constants: { k: longs(2) }, nodes: [{ op: "TopK", in: ["x", "k"], out: ["y", "i"] }] }],
    ],
  },
  {
    name: "Upsample and Resize",
    shape: [1, 2, 3, 4],
    left: ["Resize"],
    forms: [
      [7, 8, one("Upsample", ["x"], { scales: { floats: [1, 1, 2, 3] } })],
      [9, 9, withConstants(one("Upsample", ["x", "s"], { mode: "nearest" }), { s: floats([4], 1, 1, 2, 3) })],
      [10, 10, withConstants(one("Resize", ["x", "s"]), { s: floats([4], 1, 1, 2, 3) })],
      [
        11,
        21,
        withConstants(
          one("Resize", ["x", "r", "s"], {
            coordinate_transformation_mode: "asymmetric",
            nearest_mode: "floor",
          }),
          {
            r: floats([0]),
            s: floats([4], 1, 1, 2, 3),
          },
        ),
      ],
    ],
  },
  {
    name: "Resize to sizes",
    shape: [1, 2, 3, 4],
    left: ["Resize"],
    forms: [[13, 21, withConstants(one("Resize", ["x", "", "", "z"]), { z: longs(1, 2, 5, 7) })]],
  },
  {
    name: "Dropout",
    left: ["Relu"],
    forms: [
      [
        7,
        11,
        {
          nodes: [
            { op: "Dropout", in: ["x"], out: "d", attributes: { ratio: { float: 0.3 } } },
            { op: "Relu", in: ["d"], out: "y" },
          ],
        },
      ],
      [
        12,
        21,
        {
          constants: { ratio: floats([], 0.3) },
          nodes: [
            { op: "Dropout", in: ["x", "ratio"], out: "d" },
            { op: "Relu", in: ["d"], out: "y" },
          ],
        },
      ],
    ],
  },
  {
    name: "BatchNormalization",
    left: ["BatchNormalization"],
    forms: [
      [
        7,
        21,
        withConstants(
          one("BatchNormalization", ["x", "g", "b", "m", "v"], {
            epsilon: { float: 0.01 },
            momentum: { float: 0.5 },
          }),
          {
            g: floats([3], 1, 2, 3),
            b: floats([3], 0.5, 0, -1),
            m: floats([3], 0.1, 0.2, 0.3),
            v: floats([3], 1, 0.5, 2),
          },
        ),
      ],
    ],
  },
  {
    name: "Softmax over the last axis",
    left: ["Softmax"],
    forms: [
      [7, 12, one("Softmax", ["x"], { axis: 2 })],
      [13, 21, one("Softmax", ["x"])],
    ],
  },
  {
    name: "Softmax over rows of several axes",
    left: ["Reshape", "Softmax", "Reshape"],
    forms: [[7, 12, one("Softmax", ["x"])]],
  },
  {
    name: "Hardmax over rows of several axes",
    left: ["Reshape", "Hardmax", "Reshape"],
    forms: [[7, 12, one("Hardmax", ["x"], { axis: 0 })]],
  },
  {
    name: "Conv with automatic pads",
    shape: [1, 3, 7, 6],
    left: ["Conv"],
    forms: [
      [
        7,
        21,
        withConstants(one("Conv", ["x", "w"], { auto_pad: "SAME_UPPER", strides: [2, 1] }), {
          w: floats([2, 3, 3, 2], ...Array.from({ length: 36 }, (_, index) => Math.sin(index))),
        }),
      ],
    ],
  },
  {
    name: "AveragePool with automatic pads",
    shape: [1, 2, 5, 6],
    left: ["AveragePool"],
    forms: [
      [7, 21, one("AveragePool", ["x"], { auto_pad: "SAME_LOWER", kernel_shape: [2, 3], strides: [2, 2] })],
    ],
  },
  {
    name: "MaxPool rounding up",
    shape: [1, 2, 6, 6],
    left: ["MaxPool"],
    forms: [[10, 21, one("MaxPool", ["x"], { ceil_mode: 1, kernel_shape: [3, 3], strides: [2, 2] })]],
  },
  {
    name: "Scatter",
    left: ["ScatterElements"],
    forms: [
      [9, 10, { ...one("Scatter", ["x", "i", "u"], { axis: 1 }) }],
      [11, 21, { ...one("ScatterElements", ["x", "i", "u"], { axis: -2 }) }],
    ].map(([from, to, form]) => [
      from as number,
      to as number,
      withConstants(form as Form, {
        i: { dtype: "i64", shape: [1, 2, 2], data: BigInt64Array.of(0n, 2n, 1n, 0n) },
        u: floats([1, 2, 2], 9, 8, 7, 6),
      }),
    ]),
  },
  {
    name: "Gather with a negative axis",
    left: ["Gather"],
    forms: [[7, 21, withConstants(one("Gather", ["x", "i"], { axis: -1 }), { i: longs(3, 0) })]],
  },
  {
    name: "CumSum",
    left: ["CumSum"],
    forms: [
      [
        11,
        21,
        withConstants(one("CumSum", ["x", "a"], { reverse: 1 }), {
          a: { dtype: "i32", shape: [], data: Int32Array.of(-1) },
        }),
      ],
    ],
  },
  {
    name: "CastLike",
    left: ["Cast"],
    forms: [[15, 21, withConstants(one("CastLike", ["x", "like"]), { like: longs(1) })]],
  },
  {
    name: "GroupNormalization",
    shape: [1, 4, 3],
    left: "Reshape ReduceMean Sub Mul ReduceMean Add Sqrt Div Reshape Mul Add".split(" "),
    forms: [
      [
        18,
        20,
        withConstants(one("GroupNormalization", ["x", "g", "b"], { num_groups: 2 }), {
          g: floats([2], 1, 2),
          b: floats([2], 0, 1),
        }),
      ],
      [
        21,
        21,
        withConstants(one("GroupNormalization", ["x", "g", "b"], { num_groups: 2 }), {
          g: floats([4], 1, 1, 2, 2),
          b: floats([4], 0, 0, 1, 1),
        }),
      ],
    ],
  },
  {
    name: "what changes nothing",
    left: ["Relu"],
    forms: [
      [
        8,
        21,
        {
          constants: { s: longs(2, 3, 4), ones: longs(1, 1, 1) },
          nodes: [
            { op: "Identity", in: ["x"], out: "a" },
            { op: "Expand", in: ["a", "s"], out: "b" },
            { op: "Tile", in: ["b", "ones"], out: "c" },
            { op: "Reshape", in: ["c", "s"], out: "d" },
            { op: "Transpose", in: ["d"], out: "e", attributes: { perm: [0, 1, 2] } },
            { op: "Cast", in: ["e"], out: "f", attributes: { to: 1 } },
            { op: "Concat", in: ["f"], out: "g", attributes: { axis: 0 } },
            { op: "Relu", in: ["g"], out: "h" },
            { op: "Identity", in: ["h"], out: "y" },
          ],
        },
      ],
    ],
  },
];

const random = new Random(7);

async function results(graph: ModelGraph, feeds: readonly ConstantData[]): Promise<RuntimeTensor[]> {
  const session = await GraphSession.open(
    graph,
    graph.outputs.map(({ tensor }) => tensor.name),
  );
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}

/** Equal up to the last bits of binary32: automatic and explicit pads take different ways through onnxruntime. */
function expectEqual(
  actual: readonly RuntimeTensor[],
  expected: readonly RuntimeTensor[],
  what: string,
): void {
  expected.forEach(({ shape, dtype, data }, index) => {
    const { data: values, ...type } = actual[index]!;
    expect(type, what).to.deep.equal({ shape, dtype });
    data.forEach((value, at) => {
      if (typeof value === "number") expect(values[at], what).to.be.closeTo(value, 1e-6);
      else expect(values[at], what).to.equal(value);
    });
  });
}

describe("compiler: operator sets 7 to 21", () => {
  for (const { name, forms, shape = [2, 3, 4], left } of cases)
    it(name, async () => {
      const feeds = [Float32Array.from({ length: elements(shape) }, () => 2 * random.next() - 1)];
      // what each normalized form computes when it is written as a model of operator set 21
      const computed = new Map<string, RuntimeTensor[]>();
      for (const [from, to, form] of forms)
        for (let opset = from; opset <= to; opset++) {
          const bytes = onnxBytes({ opset, inputs: { x: ["f32", shape] }, outputs: ["y"], ...form });
          const graph = await readGraph(bytes);
          const operators = graph.nodes.map(({ op }) => op);
          expect(operators, `operators of set ${opset}`).to.deep.equal(left);
          expect(graph.opset).to.equal(opset);
          const text = graph.nodes.map((node) => describeNode(graph, node)).join("; ");
          if (!computed.has(text))
            computed.set(text, await results(await readGraph(writeGraph(graph)), feeds));
          const given = await results(graph, feeds);
          expectEqual(computed.get(text)!, given, `values of set ${opset}`);
          expect(graph.outputs[0]?.tensor.shape).to.deep.equal(given[0]?.shape);
        }
      // one meaning has one form, whatever set it was written in
      expect([...computed.keys()].slice(1)).to.deep.equal([]);
    });
});

function describeNode(graph: ModelGraph, { op, inputs, attributes }: ModelGraph["nodes"][number]): string {
  const constants = inputs.map((name) => {
    const constant = name === undefined ? undefined : graph.tensor(name).constant;
    return constant ? `${constant.dtype}[${constant.shape}]{${constant.data}}` : "";
  });
  const named = attributes.names.toSorted().map((name) => `${name}=${attributes.value(name)?.value}`);
  return [op, ...constants, ...named].join(" ");
}
