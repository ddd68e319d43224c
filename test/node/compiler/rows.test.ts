// Large convolutions: gathered windows and matrix products, held against the float model; every form of window.
import { emitOnnx, execute, packInputs, readFastForm } from "@assay/sdk/program";
import { expect } from "chai";
import { compileModel, encodeSample } from "../../../node/compiler/index.ts";
import { ProgramSession } from "../../../node/execution/programSession.ts";
import { floatModelBytes, type ModelSketch, type NodeSketch, normal } from "../../helpers/floatModels.ts";
import { Random } from "../../helpers/random.ts";

const random = new Random(8);
const CHANNELS = 20;
const weights = (to: number, from: number, kernel = [3, 3]) =>
  normal(random, [to, from, ...kernel], 1 / Math.sqrt(from * kernel.reduce((a, b) => a * b)));

/** Two convolutions with something between them, on an image of 40 × 36. */
async function check(
  attributes: NonNullable<NodeSketch["attributes"]>,
  between: readonly NodeSketch[],
): Promise<string[]> {
  const nodes: NodeSketch[] = [
    { op: "Conv", in: ["x", "w", "b"], out: "c", attributes },
    { op: "Relu", in: ["c"], out: "r" },
    ...between,
    { op: "Conv", in: ["m", "v"], out: "y", attributes: { pads: [1, 1, 1, 1] } },
  ];
  const constants = { w: weights(CHANNELS, 3), b: normal(random, [CHANNELS], 0.1), v: weights(18, CHANNELS) };
  return compiled([1, 3, 40, 36], nodes, constants);
}

/** The operators of a model's program, which computes the same in every form and stays close to the model. */
async function compiled(
  shape: readonly number[],
  nodes: readonly NodeSketch[],
  constants: NonNullable<ModelSketch["constants"]>,
): Promise<string[]> {
  const count = shape.reduce((product, size) => product * size, 1);
  const { program, manifest, report } = await compileModel({
    modelBytes: floatModelBytes({ inputs: { x: [...shape] }, outputs: ["y"], nodes, constants }),
    calibration: Array.from({ length: 6 }, () => normal(random, [count]).data as Float32Array),
    options: { name: "rows" },
  });
  expect(readFastForm(emitOnnx(program))).to.deep.equal(program);
  for (const { node, sqnr } of report.layers) if (sqnr !== null) expect(sqnr, node).to.be.greaterThan(28);
  const inputs = encodeSample({ program, manifest }, normal(random, [count]).data as Float32Array);
  const session = await ProgramSession.open(program, { form: "trace" });
  const bytes = packInputs(
    program,
    inputs.map(({ data }) => data),
  );
  expect(await session.run(inputs)).to.deep.equal(execute(program, bytes));
  await session.close();
  return program.steps.map(({ op }) => op);
}

const identity: NodeSketch = { op: "Identity", in: ["r"], out: "m" };
const pool = (size: number[]): NodeSketch => ({
  op: "MaxPool",
  in: ["r"],
  out: "m",
  attributes: { kernel_shape: size, strides: size },
});

/** A chain of small convolutions, each with Relu, which ends in a matrix. */
function chain(kernels: readonly (readonly number[])[], width: number, positions: number) {
  const nodes = kernels.flatMap((kernel, index): NodeSketch[] => [
    {
      ...{ op: "Conv", in: [index === 0 ? "x" : `r${index - 1}`, `w${index}`], out: `c${index}` },
      attributes: { pads: [...kernel, ...kernel].map((size) => size >> 1) },
    },
    { op: "Relu", in: [`c${index}`], out: `r${index}` },
  ]);
  const last = `r${kernels.length - 1}`;
  nodes.push({ op: "Flatten", in: [last], out: "f" }, { op: "MatMul", in: ["f", "m"], out: "y" });
  const constants = {
    ...Object.fromEntries(
      kernels.map((kernel, index) => [`w${index}`, weights(width, index === 0 ? 3 : width, [...kernel])]),
    ),
    m: normal(random, [width * positions, 6], 1 / Math.sqrt(width * positions)),
  };
  return { nodes, constants };
}

describe("compiler: convolutions by rows", () => {
  const times = (ops: readonly string[], name: string): number => ops.filter((op) => op === name).length;

  it("read rows behind a small convolution, and a matrix reads them as they lie", async () => {
    const { nodes, constants } = chain(
      [
        [3, 3],
        [3, 3],
        [5, 3],
      ],
      12,
      7 * 9,
    );
    const ops = await compiled([1, 3, 7, 9], nodes, constants);
    expect([times(ops, "ConvInteger"), times(ops, "Gather"), times(ops, "Transpose")]).to.deep.equal([
      1, 2, 1,
    ]);
  });

  it("gather nothing for windows of one position", async () => {
    const { nodes, constants } = chain(
      [
        [3, 3],
        [1, 1],
        [3, 3],
      ],
      9,
      6 * 5,
    );
    const ops = await compiled([1, 3, 6, 5], nodes, constants);
    expect([times(ops, "ConvInteger"), times(ops, "Gather"), times(ops, "Transpose")]).to.deep.equal([
      1, 1, 1,
    ]);
  });

  it("do the same in one dimension", async () => {
    const { nodes, constants } = chain([[5], [3], [3]], 10, 21);
    const ops = await compiled([1, 3, 21], nodes, constants);
    expect([times(ops, "ConvInteger"), times(ops, "Gather"), times(ops, "Transpose")]).to.deep.equal([
      1, 2, 1,
    ]);
  });

  it("multiply matrices, and hand rows on without turning them", async () => {
    const ops = await check({ pads: [1, 1, 1, 1] }, [identity]);
    expect(ops.filter((op) => op === "Gather")).to.have.length(2);
    expect(ops).to.not.include("ConvInteger");
    expect(ops.filter((op) => op === "Transpose")).to.have.length(2);
  });

  it("take uneven pads and dilations", async () => {
    await check({ pads: [2, 0, 1, 2], dilations: [1, 2] }, [identity]);
  });

  it("pool before they rescale", async () => {
    const ops = await check({ pads: [1, 1, 1, 1] }, [pool([2, 3])]);
    expect(ops).to.include("ReduceMax");
    expect(ops).to.not.include("MaxPool");
  });

  it("turn rows for those that want images", async () => {
    const between: NodeSketch[] = [
      { op: "MaxPool", in: ["r"], out: "m", attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } },
    ];
    expect(await check({ pads: [1, 1, 1, 1] }, between)).to.include("MaxPool");
  });
});
