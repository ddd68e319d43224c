// Ensembles of trees: trained ones keep every label of the float model; made-up ones take every form that ONNX has.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  bytesOf,
  checkProgram,
  decodeNumbers,
  emitOnnx,
  encodeNumbers,
  execute,
  packInputs,
  readFastForm,
} from "@assay/sdk/program";
import { expect } from "chai";
import { Tensor } from "onnxruntime-node";
import { floatAt, nextFloat, orderOf } from "../../../node/compiler/ensembles.ts";
import { openSession } from "../../../node/compiler/graph/runtime.ts";
import { type CompileResult, compileModel, UnsupportedNodeError } from "../../../node/compiler/index.ts";
import { ProgramSession } from "../../../node/execution/programSession.ts";
import { floats, type NodeSketch, onnxBytes } from "../../helpers/onnxModels.ts";
import { Random } from "../../helpers/random.ts";

const folder = join(import.meta.dirname, "ensembles");
const random = new Random(5);

function rowsOf(name: string, width: number): Float32Array[] {
  const bytes = readFileSync(join(folder, `${name}.samples`));
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return Array.from({ length: values.length / width }, (_, row) =>
    values.slice(row * width, (row + 1) * width),
  );
}

/** Compiles and runs in both executions; what float and program make of each row, output by output. */
async function compare(modelBytes: Uint8Array, rows: readonly Float32Array[]) {
  const result = await compileModel({
    modelBytes,
    calibration: rows.map((row) => [row]),
    options: { name: "trees", classifier: false },
  });
  const { program, manifest } = result;
  checkProgram(program);
  expect(readFastForm(emitOnnx(program))).to.deep.equal(program);
  const float = await openSession(modelBytes);
  const fast = await ProgramSession.open(program);
  const [input] = program.inputs;
  const outputs: { float: number[]; program: number[] }[][] = [];
  for (const row of rows) {
    const expected = await float.run(
      { [float.inputNames[0]!]: new Tensor("float32", row, [1, row.length]) },
      manifest.outputs
        .map(({ name }) => name.replace("output_probability", "probabilities"))
        .filter((name) => float.outputNames.includes(name)),
    );
    const data = encodeNumbers(manifest.inputs[0]!.codec, input!.dtype, row);
    const answers = await fast.run([{ type: input!, data }]);
    const slots = execute(program, packInputs(program, [data]));
    outputs.push(
      manifest.outputs.map(({ name, codec }, index) => {
        const { data: answer } = answers[index]!;
        const slot = slots[program.outputs[index]!]!;
        expect(Buffer.from(bytesOf(answer)).equals(bytesOf(slot.data)), "fast form = reference").to.equal(
          true,
        );
        const found = expected[name]?.data as Float32Array | BigInt64Array | undefined;
        return {
          float: found ? Array.from<number | bigint, number>(found, Number) : [],
          program: [...decodeNumbers(codec, answer)],
        };
      }),
    );
  }
  await float.release();
  await fast.close();
  return { outputs, result };
}

const operatorsOf = ({ program }: CompileResult): string[] => program.steps.map(({ op }) => op);

describe("compiler: trained ensembles", () => {
  const models: [name: string, samples: string, width: number][] = [
    ["forest", "forest", 13],
    ["binaryForest", "binaryForest", 30],
    ["boosting", "binaryForest", 30],
    ["boostingOfThree", "boostingOfThree", 13],
  ];
  for (const [name, samples, width] of models)
    it(`${name} keeps every label`, async () => {
      const rows = rowsOf(samples, width);
      const { outputs, result } = await compare(readFileSync(join(folder, `${name}.onnx`)), rows);
      const kept = outputs.filter(([label]) => label!.program[0] === label!.float[0]).length;
      expect(kept).to.equal(rows.length);
      expect(result.program.inputs[0]!.dtype, "inputs are compared exactly").to.equal("i64");
      for (const [label, shares] of outputs) {
        // the answer is the largest share, and the shares are shares
        const values = shares!.program;
        expect(values.reduce((sum, value) => sum + value, 0)).to.be.closeTo(1, 0.01);
        expect(values[label!.program[0]!]).to.be.closeTo(Math.max(...values), 0.01);
      }
    });

  it("regression follows the float model to six digits", async () => {
    const { outputs } = await compare(
      readFileSync(join(folder, "regression.onnx")),
      rowsOf("regression", 10),
    );
    for (const [value] of outputs) expect(value!.program[0]! / value!.float[0]!).to.be.closeTo(1, 1e-6);
  });
});

interface MadeTree {
  readonly depth: number;
  readonly modes: readonly string[];
}

/** A complete tree with random decisions on a grid, so that features meet the thresholds exactly. */
function regressor(
  trees: readonly MadeTree[],
  features: number,
  targets: number,
): NonNullable<NodeSketch["attributes"]> {
  const lists: Record<string, (number | string)[]> = {};
  const add = (values: Record<string, number | string>): void => {
    for (const [key, value] of Object.entries(values)) {
      lists[key] ??= [];
      lists[key].push(value);
    }
  };
  trees.forEach(({ depth, modes }, tree) => {
    const count = 2 ** (depth + 1) - 1;
    for (let id = 0; id < count; id++) {
      const isLeaf = 2 * id + 1 >= count;
      add({
        nodes_treeids: tree,
        nodes_nodeids: id,
        nodes_featureids: isLeaf ? 0 : random.integer(0, features - 1),
        nodes_values: isLeaf ? 0 : random.integer(-8, 8) / 8,
        nodes_modes: isLeaf ? "LEAF" : random.pick(modes),
        nodes_truenodeids: isLeaf ? 0 : 2 * id + 1,
        nodes_falsenodeids: isLeaf ? 0 : 2 * id + 2,
      });
      if (isLeaf)
        add({
          target_treeids: tree,
          target_nodeids: id,
          target_ids: random.integer(0, targets - 1),
          target_weights: random.integer(-100, 100) / 64,
        });
    }
  });
  const { nodes_values, target_weights, ...others } = lists;
  return {
    ...(others as Record<string, number[]>),
    nodes_values: { floats: nodes_values as number[] },
    target_weights: { floats: target_weights as number[] },
    n_targets: targets,
  };
}

const MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"];
/** Values on the grid of the thresholds, their neighbours among the floats (0 has none that 64 bits hold), some far away. */
const grid = (count: number, width: number): Float32Array[] =>
  Array.from({ length: count }, () =>
    Float32Array.from({ length: width }, () => {
      const value = random.integer(-9, 9) / 8;
      if (value === 0) return 0;
      return random.pick([value, nextFloat(value), floatAt(orderOf(value) - 1), 1000 * value]);
    }),
  );

const model = (
  node: Omit<NodeSketch, "out">,
  width: number,
  constants = {},
  before: readonly NodeSketch[] = [],
): Uint8Array =>
  onnxBytes({
    opset: 17,
    domains: { "ai.onnx.ml": node.op === "TreeEnsemble" ? 5 : 3 },
    inputs: { x: ["f32", [1, width]] },
    outputs: ["y"],
    constants,
    nodes: [...before, { domain: "ai.onnx.ml", ...node, out: "y" }],
  });

async function expectExact(bytes: Uint8Array, rows: readonly Float32Array[]): Promise<CompileResult> {
  const { outputs, result } = await compare(bytes, rows);
  for (const [y] of outputs) expect(y!.program).to.deep.equal(y!.float);
  return result;
}

describe("compiler: ensembles of any form", () => {
  const forest = Array.from({ length: 5 }, (_, tree): MadeTree => ({ depth: tree, modes: MODES }));

  it("decide as the float model on thresholds and on their neighbours, by products", async () => {
    const node = { op: "TreeEnsembleRegressor", in: ["x"], attributes: regressor(forest, 4, 3) };
    const result = await expectExact(model(node, 4), grid(120, 4));
    expect(operatorsOf(result)).to.include("MatMulInteger");
  });

  it("decide the same by walking, where products would be too large", async () => {
    const trees = [9, 10, 3].map((depth): MadeTree => ({ depth, modes: MODES }));
    const node = { op: "TreeEnsembleRegressor", in: ["x"], attributes: regressor(trees, 6, 2) };
    const result = await expectExact(model(node, 6), grid(60, 6));
    expect(operatorsOf(result)).to.include("GatherElements").and.not.include("MatMulInteger");
  });

  for (const aggregate of ["AVERAGE", "MIN", "MAX"])
    it(`aggregate by ${aggregate}`, async () => {
      const attributes = { ...regressor(forest.slice(1), 4, 1), aggregate_function: aggregate };
      const { outputs } = await compare(
        model({ op: "TreeEnsembleRegressor", in: ["x"], attributes }, 4),
        grid(40, 4),
      );
      for (const [y] of outputs) expect(y!.program[0]).to.be.closeTo(y!.float[0]!, 1e-6);
    });

  it("add base values", async () => {
    const attributes = { ...regressor(forest, 4, 1), base_values: { floats: [-3] } };
    await expectExact(model({ op: "TreeEnsembleRegressor", in: ["x"], attributes }, 4), grid(40, 4));
  });

  it("take scaling and shifts of single features into the thresholds, exactly", async () => {
    const node = { op: "TreeEnsembleRegressor", in: ["d"], attributes: regressor(forest, 4, 2) };
    const constants = {
      shift: floats([4], 0.1, -0.3, 0.7, 0),
      factor: floats([4], 1.7, -0.9, 0.01, 3),
      by: floats([1], 3),
    };
    const before: NodeSketch[] = [
      { op: "Sub", in: ["x", "shift"], out: "a" },
      { op: "Mul", in: ["a", "factor"], out: "b" },
      { op: "Add", in: ["b", "shift"], out: "c" },
      { op: "Div", in: ["c", "by"], out: "d" },
    ];
    const rows = Array.from({ length: 200 }, () =>
      Float32Array.from({ length: 4 }, () => 8 * random.next() - 4),
    );
    const result = await expectExact(model(node, 4, constants, before), rows);
    expect(operatorsOf(result)).to.not.include("Mul");
  });

  it("are read in the form of operator set 5", async () => {
    // x0 ≤ 0.5 ? (x1 > −1 ? leaf 0 : leaf 1) : leaf 2, and a second tree: x2 ≥ 0.25 ? leaf 3 : leaf 0
    const attributes: NonNullable<NodeSketch["attributes"]> = {
      n_targets: 2,
      aggregate_function: 1,
      post_transform: 0,
      tree_roots: [0, 2],
      nodes_featureids: [0, 1, 2],
      nodes_splits: { tensor: floats([3], 0.5, -1, 0.25) },
      nodes_modes: { tensor: { dtype: "u8", shape: [3], data: Uint8Array.of(0, 3, 2) } },
      nodes_truenodeids: [1, 0, 3],
      nodes_falsenodeids: [2, 1, 0],
      nodes_trueleafs: [0, 1, 1],
      nodes_falseleafs: [1, 1, 1],
      leaf_targetids: [0, 1, 0, 1],
      leaf_weights: { tensor: floats([4], 1.5, -2, 0.25, 4) },
    };
    await expectExact(model({ op: "TreeEnsemble", in: ["x"], attributes }, 3), grid(60, 3));
  });

  it("that decide by categories, end nowhere or transform their result are refused", async () => {
    const attributes = regressor(forest, 4, 1);
    const wrong: NodeSketch["attributes"][] = [
      regressor([{ depth: 2, modes: ["BRANCH_EQ"] }], 4, 1),
      { ...attributes, post_transform: "SOFTMAX" },
      { ...attributes, n_targets: 1, aggregate_function: "MEDIAN" },
    ];
    for (const each of wrong) {
      let error: unknown;
      await compare(
        model({ op: "TreeEnsembleRegressor", in: ["x"], attributes: each! }, 4),
        grid(2, 4),
      ).catch((caught) => {
        error = caught;
      });
      expect(error).to.be.an("error");
    }
    let error: unknown;
    await compare(
      model({ op: "TreeEnsembleRegressor", in: ["x"], attributes: wrong[0]! }, 4),
      grid(2, 4),
    ).catch((caught) => {
      error = caught;
    });
    expect(error).to.be.instanceOf(UnsupportedNodeError);
  });
});

describe("compiler: linear models and labels of ai.onnx.ml", () => {
  const classical = (nodes: readonly NodeSketch[], outputs: readonly string[], constants = {}): Uint8Array =>
    onnxBytes({
      opset: 17,
      domains: { "ai.onnx.ml": 3 },
      inputs: { x: ["f32", [1, 3]] },
      outputs,
      constants,
      nodes: nodes.map((node) => ({ domain: "ai.onnx.ml", ...node })),
    });
  const rows = Array.from({ length: 80 }, () =>
    Float32Array.from({ length: 3 }, () => 4 * random.next() - 2),
  );
  const coefficients = { floats: [1, -0.5, 0.25, -1, 0.75, 0.5, 0.1, 0.2, -0.9] };

  it("LinearClassifier of three classes with numbers of their own", async () => {
    const node: NodeSketch = {
      op: "LinearClassifier",
      in: ["x"],
      out: ["label", "shares"],
      attributes: {
        coefficients,
        intercepts: { floats: [0.1, 0, -0.1] },
        classlabels_ints: [7, 3, 5],
        post_transform: "SOFTMAX",
      },
    };
    const { outputs } = await compare(classical([node], ["label", "shares"]), rows);
    const kept = outputs.filter(([label]) => label!.program[0] === label!.float[0]).length;
    expect(kept).to.be.at.least(78);
    for (const [, shares] of outputs)
      shares!.program.forEach((share, index) => {
        expect(share).to.be.closeTo(shares!.float[index]!, 0.03);
      });
  });

  it("classes that are called by text are answered by their place, and named in the manifest", async () => {
    const node: NodeSketch = {
      op: "LinearClassifier",
      in: ["x"],
      out: ["label", "shares"],
      attributes: {
        coefficients,
        intercepts: { floats: [0, 0, 0] },
        classlabels_strings: ["ant", "bee", "cat"],
      },
    };
    const bytes = classical([node], ["label", "shares"]);
    const options = { name: "classes", classifier: false };
    const calibration = rows.map((row) => [row]);
    const { manifest, program } = await compileModel({ modelBytes: bytes, calibration, options });
    expect(manifest.labels).to.deep.equal(["ant", "bee", "cat"]);
    expect(manifest.outputs[0]).to.deep.include({ name: "label", dtype: "i64", shape: [1] });
    const row = Float32Array.of(-1.5, 1.5, 0);
    const data = encodeNumbers(manifest.inputs[0]!.codec, program.inputs[0]!.dtype, row);
    const slots = execute(program, packInputs(program, [data]));
    expect(slots[program.outputs[0]!]!.data).to.deep.equal(BigInt64Array.of(1n));
  });

  it("Scaler, LinearRegressor and a label's place", async () => {
    const nodes: NodeSketch[] = [
      {
        op: "Scaler",
        in: ["x"],
        out: "s",
        attributes: { offset: { floats: [0.5, -0.5, 0] }, scale: { floats: [2, 0.5, 1] } },
      },
      {
        op: "LinearRegressor",
        in: ["s"],
        out: "y",
        attributes: { coefficients: { floats: [1, -2, 0.5] }, intercepts: { floats: [3] } },
      },
    ];
    const { outputs } = await compare(classical(nodes, ["y"]), rows);
    for (const [y] of outputs) expect(y!.program[0]).to.be.closeTo(y!.float[0]!, 0.15);
  });

  it("LabelEncoder and ArrayFeatureExtractor choose numbers", async () => {
    const nodes: NodeSketch[] = [
      { op: "ArgMax", domain: "", in: ["x"], out: "place", attributes: { axis: 1, keepdims: 0 } },
      {
        op: "LabelEncoder",
        in: ["place"],
        out: "label",
        attributes: { keys_int64s: [0, 1, 2], values_int64s: [40, 10, 20] },
      },
      { op: "ArrayFeatureExtractor", in: ["classes", "place"], out: "again" },
    ];
    const constants = { classes: { dtype: "i64", shape: [1, 3], data: BigInt64Array.of(4n, 1n, 2n) } };
    const { outputs } = await compare(classical(nodes, ["label", "again"], constants), rows);
    for (const [label, again] of outputs) {
      expect(label!.program).to.deep.equal(label!.float);
      expect(again!.program).to.deep.equal(again!.float);
    }
  });

  it("Normalizer is refused", async () => {
    let error: unknown;
    await compare(
      classical([{ op: "Normalizer", in: ["x"], out: "y", attributes: { norm: "L2" } }], ["y"]),
      rows,
    ).catch((caught) => {
      error = caught;
    });
    expect(error).to.be.instanceOf(UnsupportedNodeError);
  });
});
