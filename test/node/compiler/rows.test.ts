// Large convolutions: gathered windows and matrix products, held against the float model; every form of window.
import { emitOnnx, execute, packInputs, readFastForm } from "@assay/sdk/program";
import { expect } from "chai";
import { compileModel, encodeSample } from "../../../node/compiler/index.ts";
import { ProgramSession } from "../../../node/execution/programSession.ts";
import { floatModelBytes, type NodeSketch, normal } from "../../helpers/floatModels.ts";
import { Random } from "../../helpers/random.ts";

const random = new Random(8);
const CHANNELS = 20;
const weights = (to: number, from: number) => normal(random, [to, from, 3, 3], 1 / Math.sqrt(9 * from));

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
  const { program, manifest, report } = await compileModel({
    modelBytes: floatModelBytes({
      inputs: { x: [1, 3, 40, 36] },
      outputs: ["y"],
      nodes,
      constants: { w: weights(CHANNELS, 3), b: normal(random, [CHANNELS], 0.1), v: weights(18, CHANNELS) },
    }),
    calibration: Array.from({ length: 6 }, () => normal(random, [3 * 40 * 36]).data as Float32Array),
    options: { name: "rows" },
  });
  expect(readFastForm(emitOnnx(program))).to.deep.equal(program);
  for (const { node, sqnr } of report.layers) if (sqnr !== null) expect(sqnr, node).to.be.greaterThan(28);
  const inputs = encodeSample({ program, manifest }, normal(random, [3 * 40 * 36]).data as Float32Array);
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

describe("compiler: convolutions by rows", () => {
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
