// Whole networks with synthetic weights: a residual classifier and a detector with a pyramid, close to float at every layer.
import { bytesOf, emitOnnx, execute, packInputs, readFastForm } from "@assay/sdk/program";
import { expect } from "chai";
import { elements } from "../../../node/compiler/graph/index.ts";
import { type CompileResult, compileModel } from "../../../node/compiler/index.ts";
import { ProgramSession } from "../../../node/execution/programSession.ts";
import { type ConstantSketch, floats, longs, type NodeSketch, onnxBytes } from "../../helpers/onnxModels.ts";
import { Random } from "../../helpers/random.ts";

const SIZE = 32;

/** Builds a network node by node, with random weights that keep the size of what flows through. */
class Network {
  readonly nodes: NodeSketch[] = [];
  readonly constants: Record<string, ConstantSketch> = {};
  readonly random: Random;
  #count = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  constant(sketch: ConstantSketch): string {
    const name = `c${this.#count++}`;
    this.constants[name] = sketch;
    return name;
  }

  weights(...shape: number[]): string {
    const size = Math.sqrt(6 / elements(shape.slice(1)));
    return this.constant(
      floats(shape, ...Array.from({ length: elements(shape) }, () => size * (2 * this.random.next() - 1))),
    );
  }

  vector(count: number, low: number, high: number): string {
    return this.constant(
      floats([count], ...Array.from({ length: count }, () => low + (high - low) * this.random.next())),
    );
  }

  step(
    op: string,
    inputs: readonly string[],
    attributes: NodeSketch["attributes"] = {},
    out = `${op}${this.#count++}`,
  ): string {
    this.nodes.push({ op, in: inputs, out, attributes });
    return out;
  }

  /** Conv and BatchNormalization, as exporters leave them when nothing is fused. */
  conv(input: string, from: number, to: number, kernel = 3, stride = 1): string {
    const pad = (kernel - 1) / 2;
    const attributes = { pads: [pad, pad, pad, pad], strides: [stride, stride] };
    const convolved = this.step("Conv", [input, this.weights(to, from, kernel, kernel)], attributes);
    const parameters = [
      this.vector(to, 0.8, 1.2),
      this.vector(to, -0.2, 0.2),
      this.vector(to, -0.1, 0.1),
      this.vector(to, 0.9, 1.4),
    ];
    return this.step("BatchNormalization", [convolved, ...parameters]);
  }

  silu(input: string): string {
    return this.step("Mul", [input, this.step("Sigmoid", [input])]);
  }

  bytes(outputs: readonly string[]): Uint8Array {
    const { nodes, constants } = this;
    return onnxBytes({
      opset: 17,
      inputs: { image: ["f32", ["batch", 3, SIZE, SIZE]] },
      outputs,
      nodes,
      constants,
    });
  }
}

/** Images with structure: smooth waves and a bright square. */
function image(random: Random): Float32Array {
  const [a, b, x, y] = [random.next(), random.next(), random.integer(0, 24), random.integer(0, 24)];
  return Float32Array.from({ length: 3 * SIZE * SIZE }, (_, index) => {
    const column = index % SIZE;
    const row = Math.floor(index / SIZE) % SIZE;
    const inside = column >= x && column < x + 8 && row >= y && row < y + 8;
    const channel = Math.floor(index / SIZE / SIZE);
    return 0.5 + 0.3 * Math.sin(a * row + b * column + channel) + (inside ? 0.2 : 0) + 0.05 * random.next();
  });
}

async function compile(network: Network, outputs: readonly string[]): Promise<CompileResult> {
  const random = new Random(99);
  const result = await compileModel({
    modelBytes: network.bytes(outputs),
    calibration: Array.from({ length: 24 }, () => [image(random)]),
    options: { name: "network" },
  });
  const { program } = result;
  expect(readFastForm(emitOnnx(program))).to.deep.equal(program);
  const session = await ProgramSession.open(program);
  const data = program.inputs.map(({ dtype, shape }) => random.data(dtype, elements(shape)));
  const fast = await session.run(program.inputs.map((type, index) => ({ type, data: data[index]! })));
  await session.close();
  const slots = execute(program, packInputs(program, data));
  program.outputs.forEach((slot, index) => {
    expect(
      Buffer.from(bytesOf(fast[index]!.data)).equals(bytesOf(slots[slot]!.data)),
      `output ${index}`,
    ).to.equal(true);
  });
  return result;
}

const least = ({ report }: CompileResult): number =>
  Math.min(...report.layers.map(({ sqnr }) => sqnr ?? Infinity));

describe("compiler: whole networks", () => {
  it("a residual network with strides and projections keeps its classes", async () => {
    const net = new Network(3);
    let [value, channels] = [net.step("Relu", [net.conv("image", 3, 8)]), 8];
    for (const [to, stride] of [
      [8, 1],
      [16, 2],
      [16, 1],
      [32, 2],
    ] as const) {
      const inner = net.conv(net.step("Relu", [net.conv(value, channels, to, 3, stride)]), to, to);
      const shortcut = to === channels ? value : net.conv(value, channels, to, 1, stride);
      value = net.step("Relu", [net.step("Add", [inner, shortcut])]);
      channels = to;
    }
    const pooled = net.step("Flatten", [net.step("GlobalAveragePool", [value])]);
    net.step("Gemm", [pooled, net.weights(10, channels), net.vector(10, -0.1, 0.1)], { transB: 1 }, "logits");
    const result = await compile(net, ["logits"]);
    expect(least(result), "signal to noise of the worst layer, dB").to.be.greaterThan(26);
    expect(result.report.comparison).to.include({ samples: 24, agree: 24 });
    const operators = result.program.steps.map(({ op }) => op);
    // those behind another convolution gather rows: the first of all blocks, and the second one of each
    expect(operators.filter((op) => op === "ConvInteger")).to.have.lengthOf(6);
    expect(operators.filter((op) => op === "Gather")).to.have.lengthOf(5);
    // what is added stays in 32 bits: no accumulator is requantized twice
    expect(operators.length).to.be.lessThan(120);
  });

  it("a detector with SiLU, split and joined branches, poolings, upsampling and box arithmetic stays close", async () => {
    const net = new Network(4);
    const block = (input: string, from: number, to: number, kernel = 3, stride = 1): string =>
      net.silu(net.conv(input, from, to, kernel, stride));
    const stem = block(block("image", 3, 8, 3, 2), 8, 16, 3, 2);
    // two halves, one of which goes on
    const [left, right] = ["left", "right"];
    net.nodes.push({
      op: "Split",
      in: [stem, net.constant(longs(8, 8))],
      out: [left, right],
      attributes: { axis: 1 },
    });
    const deeper = net.step("Add", [block(block(right, 8, 8), 8, 8), right]);
    const joined = block(net.step("Concat", [left, right, deeper], { axis: 1 }), 24, 16, 1);
    const small = block(joined, 16, 24, 3, 2);
    // pools of growing reach, joined
    const pool = (input: string): string =>
      net.step("MaxPool", [input], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
    const first = pool(small);
    const second = pool(first);
    const wide = block(net.step("Concat", [small, first, second], { axis: 1 }), 72, 16, 1);
    const scales = net.constant(floats([4], 1, 1, 2, 2));
    const up = net.step("Resize", [wide, "", scales], {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
    });
    const merged = block(net.step("Concat", [up, joined], { axis: 1 }), 32, 16);
    const heads = [
      [merged, 8],
      [wide, 4],
    ] as const;
    const flat = heads.map(([input, side]) => {
      const head = net.step("Conv", [input, net.weights(4 + 3, 16, 1, 1), net.vector(7, -0.5, 0.5)]);
      return net.step("Reshape", [head, net.constant(longs(1, 7, side * side))]);
    });
    const all = net.step("Concat", flat, { axis: 2 });
    const cut = (from: number, to: number): string =>
      net.step("Slice", [all, net.constant(longs(from)), net.constant(longs(to)), net.constant(longs(1))]);
    // centres on a grid, sizes by the stride of each level
    const cells = heads.flatMap(([, side]) =>
      Array.from(
        { length: side * side },
        (_, at) => [at % side, Math.floor(at / side), SIZE / side] as const,
      ),
    );
    const grid = net.constant(
      floats([1, 2, cells.length], ...cells.map(([x]) => x + 0.5), ...cells.map(([, y]) => y + 0.5)),
    );
    const strides = net.constant(floats([1, 1, cells.length], ...cells.map(([, , stride]) => stride)));
    net.step("Mul", [net.step("Add", [net.step("Tanh", [cut(0, 2)]), grid]), strides], {}, "centres");
    net.step("Mul", [net.step("Sigmoid", [cut(2, 4)]), strides], {}, "sizes");
    net.step("Sigmoid", [cut(4, 7)], {}, "scores");
    const result = await compile(net, ["centres", "sizes", "scores"]);
    expect(least(result), "signal to noise of the worst layer, dB").to.be.greaterThan(30);
    expect(result.manifest.outputs.map(({ name }) => name)).to.deep.equal(["centres", "sizes", "scores"]);
  });
});
