// Quantized models: compiled at the scales that they have, and compared with themselves in onnxruntime.
import { decodeNumbers, encodeNumbers, execute, packInputs } from "@assay/sdk/program";
import { expect } from "chai";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { type CompileResult, compileModel } from "../../../node/compiler/compileModel.ts";
import { UnsupportedNodeError } from "../../../node/compiler/errors.ts";
import { GraphSession, type GraphTensor, readGraph } from "../../../node/compiler/graph/index.ts";
import { type ConstantSketch, floats, type OnnxSketch, onnxBytes } from "../../helpers/onnxModels.ts";
import {
  contribNetwork,
  dynamicPerceptron,
  qBorderNetwork,
  qdqNetwork,
  qOperatorNetwork,
  tableNetwork,
} from "../../helpers/quantizedModels.ts";
import { Random } from "../../helpers/random.ts";

const SAMPLES = 40;
const TESTED = 20;

interface Compared {
  readonly result: CompileResult;
  /** mean of the absolute differences, as a part of the mean magnitude */
  readonly error: number;
  /** how many of the samples have the same greatest output */
  readonly labels: number;
}

async function compare(sketch: OnnxSketch): Promise<Compared> {
  const random = new Random(7);
  const modelBytes = onnxBytes(sketch);
  const [[name, [dtype, shape]]] = Object.entries(sketch.inputs) as [[string, ["f32" | "u8", number[]]]];
  const count = shape.reduce((product, size) => product * size, 1);
  const sample = () =>
    dtype === "f32"
      ? Float32Array.from({ length: count }, () => 2 * random.next() - 1)
      : Uint8Array.from({ length: count }, () => random.integer(0, 255));
  const calibration = Array.from({ length: SAMPLES }, sample);
  const result = await compileModel({
    modelBytes,
    calibration,
    options: { name: "quantized", classifier: false },
  });
  const { program, manifest } = result;
  const session = await InferenceSession.create(modelBytes, { logSeverityLevel: 4 });
  let [difference, magnitude, labels] = [0, 0, 0];
  for (let tested = 0; tested < TESTED; tested++) {
    const data = sample();
    const feed = new Tensor(dtype === "f32" ? "float32" : "uint8", data, shape);
    const original = (await session.run({ [name]: feed }))[sketch.outputs[0]!]!.data as Float32Array;
    const encoded = encodeNumbers(manifest.inputs[0]!.codec, program.inputs[0]!.dtype, data);
    const slots = execute(program, packInputs(program, [encoded]));
    const own = decodeNumbers(manifest.outputs[0]!.codec, slots[program.outputs[0]!]!.data);
    const place = (values: ArrayLike<number>) => Array.from(values).indexOf(Math.max(...Array.from(values)));
    if (place(own) === place(original)) labels++;
    for (const [index, value] of own.entries()) {
      difference += Math.abs(value - original[index]!);
      magnitude += Math.abs(original[index]!);
    }
  }
  await session.release();
  return { result, error: difference / magnitude, labels };
}

const bytes2: ConstantSketch = { dtype: "u8", shape: [2], data: Uint8Array.of(128, 128) };

describe("quantized models", () => {
  for (const [name, sketch] of Object.entries({
    "with pairs of QuantizeLinear and DequantizeLinear": qdqNetwork(new Random(1)),
    "with pairs of signed bytes": qdqNetwork(new Random(1), true),
    "of operators on quantized tensors": qOperatorNetwork(new Random(1)),
    "whose input and output are quantized": qBorderNetwork(new Random(1)),
    "that quantize by what the run finds": dynamicPerceptron(new Random(2)),
  }))
    it(`${name} stay close to themselves in onnxruntime`, async () => {
      const { result, error, labels } = await compare(sketch);
      expect(error).to.be.lessThan(0.03);
      expect(labels).to.be.at.least(TESTED - 1);
      expect(result.report.layers.length).to.be.greaterThan(0);
    });

  it("keep their own scales, so that every layer is one product and a shift", async () => {
    const requantized = ["Add", "Div", "Clip", "Cast"];
    for (const sketch of [qdqNetwork, qOperatorNetwork, qBorderNetwork]) {
      const { result } = await compare(sketch(new Random(1)));
      expect(result.program.steps.map(({ op }) => op)).to.deep.equal([
        ...["ConvInteger", ...requantized, "MaxPool"],
        ...["ConvInteger", ...requantized, "Reshape"],
        ...["MatMulInteger", ...requantized],
      ]);
    }
  });

  // the mean difference that rounding leaves: a part of a step of the output
  const apart: Readonly<Record<string, readonly [OnnxSketch, number]>> = {
    "onnxruntime's own operators": [contribNetwork(new Random(3)), 0.087 / 3],
    "tables and 16 bits": [tableNetwork(new Random(4)), 0.0001],
    "what the run finds": [dynamicPerceptron(new Random(2)), 0.01],
  };
  for (const [name, [sketch, most]] of Object.entries(apart))
    it(`are taken apart into what they mean: ${name}`, async () => {
      const modelBytes = onnxBytes(sketch);
      const graph = await readGraph(modelBytes);
      expect(graph.nodes.map(({ op }) => op)).not.to.include.members(["QuantizeLinear", "DequantizeLinear"]);
      const session = await GraphSession.open(
        graph,
        graph.outputs.map(({ tensor }) => tensor.name),
      );
      const original = await InferenceSession.create(modelBytes, { logSeverityLevel: 4 });
      const random = new Random(5);
      const [{ name: input, dtype, shape }] = graph.inputs as [GraphTensor];
      let [difference, values] = [0, 0];
      for (let run = 0; run < TESTED; run++) {
        const count = shape.reduce((product, size) => product * size, 1);
        const data =
          dtype === "i64"
            ? BigInt64Array.from({ length: count }, () => BigInt(random.integer(0, 7)))
            : Float32Array.from({ length: count }, () => 2 * random.next() - 1);
        const feed = new Tensor(dtype === "i64" ? "int64" : "float32", data, shape);
        const expected = (await original.run({ [input]: feed })).y!.data as Float32Array;
        const own = (await session.run([data]))[0]!.data as Float32Array;
        for (const [index, value] of expected.entries()) {
          difference += Math.abs(value - own[index]!);
          values++;
        }
      }
      await Promise.all([session.close(), original.release()]);
      expect(difference / values).to.be.lessThan(most);
    });

  it("are refused where a tensor has several scales", async () => {
    const sketch = qdqNetwork(new Random(1));
    const modelBytes = onnxBytes({
      ...sketch,
      constants: { ...sketch.constants, "x.s": floats([2], 0.01, 0.02), "x.z": bytes2 },
    });
    const compiled = compileModel({
      modelBytes,
      calibration: [new Float32Array(128)],
      options: { name: "several" },
    });
    const error = await compiled.catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(UnsupportedNodeError);
    expect((error as UnsupportedNodeError).refusal).to.include({ op: "QuantizeLinear" });
  });
});
