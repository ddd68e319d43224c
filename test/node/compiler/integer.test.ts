// Integer models taken over: the program gives every bit that the model gives in onnxruntime.
import { readFileSync } from "node:fs";
import {
  bytesOf,
  emitOnnx,
  execute,
  inputName,
  operators,
  packInputs,
  slotName,
  type TensorData,
} from "@assay/sdk/program";
import { bytesToHex } from "@assay/sdk/protocol";
import { expect } from "chai";
import { InferenceSession, type Tensor as OrtTensor } from "onnxruntime-node";
import { UnsupportedNodeError } from "../../../node/compiler/errors.ts";
import type { ConstantData, OnnxDType } from "../../../node/compiler/graph/index.ts";
import { readGraph } from "../../../node/compiler/graph/index.ts";
import { toOrt } from "../../../node/compiler/graph/runtime.ts";
import { dataOf } from "../../../node/compiler/integer/emit.ts";
import { compileInteger, integerOperators, isIntegerModel } from "../../../node/compiler/integer/index.ts";
import { translate } from "../../../node/compiler/integer/translate.ts";
import { longs, onnxBytes } from "../../helpers/onnxModels.ts";
import { Random } from "../../helpers/random.ts";
import { cases, constant, fileOf, type InputSketch, matrix, node, one, type Sketch } from "./integerCases.ts";

const RUNS = 3;

const bits = (data: ConstantData): string => bytesToHex(bytesOf(data as TensorData));

function randomInput(random: Random, [dtype, shape, low, high]: InputSketch): TensorData {
  const count = shape.reduce((product, size) => product * size, 1);
  return dataOf(
    dtype,
    Array.from({ length: count }, () => random.integer(low, high)),
  );
}

async function run(file: Uint8Array, names: readonly string[], feeds: Record<string, OrtTensor>) {
  const session = await InferenceSession.create(file, {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const results = await session.run(feeds);
  await session.release();
  return names.map((name) => bits(results[name]!.data as ConstantData));
}

/** The model and its program on the same random inputs. */
async function expectSame(sketch: Sketch): Promise<void> {
  const file = fileOf(sketch);
  const graph = await readGraph(file);
  const { program } = translate(graph);
  for (const step of program.steps) expect(operators[step.op].shapeFault(step), step.op).to.equal(0);
  const random = new Random(1);
  const given = Object.entries(sketch.inputs);
  const outputs = program.outputs.map(slotName);
  const fastForm = emitOnnx(program);
  for (let count = 0; count < RUNS; count++) {
    const data = given.map(([, input]) => randomInput(random, input));
    const tensor = (dtype: OnnxDType, index: number) =>
      toOrt(dtype, given[index]![1][1], data[index] as ConstantData);
    const feeds = Object.fromEntries(given.map(([name, [dtype]], index) => [name, tensor(dtype, index)]));
    const expected = await run(file, sketch.outputs ?? ["y"], feeds);
    const slots = execute(program, packInputs(program, data));
    expect(program.outputs.map((slot) => bits(slots[slot]!.data as ConstantData))).to.deep.equal(expected);
    const own = Object.fromEntries(
      program.inputs.map(({ dtype }, index) => [inputName(index), tensor(dtype, index)]),
    );
    expect(await run(fastForm, outputs, own)).to.deep.equal(expected);
  }
}

const compiled = async (sketch: Sketch) => compileInteger(await readGraph(fileOf(sketch)));

async function refusalOf(sketch: Sketch): Promise<UnsupportedNodeError> {
  try {
    await compiled(sketch);
  } catch (error) {
    if (error instanceof UnsupportedNodeError) return error;
    throw error;
  }
  throw new Error("The model was compiled.");
}

describe("integer models", () => {
  for (const [name, sketch] of Object.entries(cases)) it(`${name}: every bit`, () => expectSame(sketch));

  it("may use the operators that the page lists", () => {
    const page = readFileSync(new URL("../../../docs/programs.md", import.meta.url), "utf8");
    const [, list = ""] = /Operators of integers that compile:\s([^.]+)\./.exec(page) ?? [];
    expect(list.split(/,\s+/)).to.deep.equal([...integerOperators]);
  });

  it("are told from others by their tensors", async () => {
    expect(isIntegerModel(await readGraph(fileOf(cases.Abs!)))).to.equal(true);
    expect(isIntegerModel(await readGraph(fileOf(cases["Resize with half pixels"]!)))).to.equal(true);
    const file = onnxBytes({
      opset: 21,
      inputs: { x: ["i32", [3]] },
      nodes: [{ op: "Cast", in: ["x"], out: "f", attributes: { to: 1 } }, node("Sqrt", "f")],
      outputs: ["y"],
    });
    expect(isIntegerModel(await readGraph(file))).to.equal(false);
  });

  const bounded: Sketch = {
    inputs: { x: ["i32", [2, 3], -500, 500], k: ["i64", [2, 2], -9, 9] },
    constants: {
      low: constant("i32", [], -100),
      high: constant("i32", [], 100),
      count: longs(2),
    },
    nodes: [
      { op: "Clip", in: ["x", "low", "high"], out: "a" },
      { op: "Mul", in: ["a", "a"], out: "b" },
      { op: "TopK", in: ["b", "count"], out: ["v", "i"] },
      { op: "Gather", in: ["a", "k"], out: "g", attributes: { axis: 1 } },
      { op: "ReduceSum", in: ["b"], out: "y", attributes: { keepdims: 0 } },
    ],
    outputs: ["v", "i", "g", "y"],
  };

  it("S-03 are accepted where every range is proven", async () => {
    expect((await compiled(bounded)).outputs).to.have.length(4);
  });

  it("S-03 clip truth values that come from a stranger", async () => {
    const file = onnxBytes({
      opset: 21,
      inputs: { a: ["bool", [4]], b: ["bool", [4]] },
      nodes: [node("And", "a b")],
      outputs: ["y"],
    });
    const program = compileInteger(await readGraph(file));
    const slots = execute(
      program,
      packInputs(program, [Uint8Array.of(0, 1, 255, 2), Uint8Array.of(1, 1, 2, 0)]),
    );
    expect(slots[program.outputs[0]!]!.data).to.deep.equal(Uint8Array.of(0, 1, 1, 0));
  });

  it("S-03 are refused by the node whose values may leave their type", async () => {
    const { refusal } = await refusalOf({
      inputs: { x: ["i32", [2], 0, 1] },
      nodes: [{ op: "Mul", in: ["x", "x"], out: "y", name: "square" }],
    });
    expect(refusal).to.include({ node: "square", op: "Mul" });
    expect(refusal.reason).to.match(/do not fit i32$/);
    expect(refusal.remedy).to.match(/^Insert Clip/);
  });

  it("are refused where a divisor may be 0", async () => {
    const { refusal } = await refusalOf({
      inputs: { x: ["i32", [2], 0, 1], d: ["i32", [2], 1, 2] },
      nodes: [node("Div", "x d")],
    });
    expect(refusal.op).to.equal("Div");
  });

  const refused: Readonly<Record<string, readonly [Sketch, RegExp]>> = {
    "operators without exact steps": [
      one("ReverseSequence", { x: ["i32", [4, 2], 0, 9] }, {}, { n: longs(3, 4) }),
      /no exact composition/,
    ],
    "many items of TopK": [
      {
        ...one("TopK", { x: ["i64", [99], 0, 9] }, {}, { k: longs(65) }),
        outputs: ["y"],
        nodes: [{ op: "TopK", in: ["x", "k"], out: ["y", "z"] }],
      },
      /takes 65 elements/,
    ],
    "sums at indices": [
      {
        inputs: { x: ["i32", [4], 0, 9], i: ["i64", [2], 0, 3], u: ["i32", [2], 0, 9] },
        nodes: [node("ScatterElements", "x i u", { reduction: "add" })],
      },
      /reduction add/,
    ],
    "powers that are inputs": [one("Pow", { x: matrix, n: ["i32", [], 0, 3] }), /exponent/],
    "places of maxima": [
      {
        inputs: { x: ["u8", [1, 1, 4, 4], 0, 9] },
        nodes: [{ op: "MaxPool", in: ["x"], out: ["y", "z"], attributes: { kernel_shape: [2, 2] } }],
        outputs: ["y", "z"],
      },
      /maxima/,
    ],
    "pictures of three dimensions": [
      one("MaxPool", { x: ["u8", [1, 1, 4, 4, 4], 0, 9] }, { kernel_shape: [2, 2, 2] }),
      /3 dimensions|onnxruntime/,
    ],
  };
  for (const [name, [sketch, reason]] of Object.entries(refused))
    it(`refuse ${name}, by the node and with a remedy`, async () => {
      const { refusal } = await refusalOf(sketch);
      expect(refusal.reason).to.match(reason);
      expect(refusal.remedy).to.match(/^[A-Z].*\.$/);
    });
});
