// Damaged files by kind and seed, and what reads each kind.
import { emitOnnx, type Program } from "@assay/sdk/program";
import { fileOf, hostileModels } from "../node/compiler/integerCases.ts";
import { floatModelBytes, normal } from "./floatModels.ts";
import { changeBytes, changeModel } from "./hostileOnnx.ts";
import { changeParts } from "./hostileParts.ts";
import { compileHostileModel, readHostileModel, readHostileProgram } from "./hostileRead.ts";
import { counter } from "./iterated.ts";
import { onnxBytes } from "./onnxModels.ts";
import { network, perceptron } from "./programs.ts";
import {
  contribNetwork,
  dynamicPerceptron,
  qBorderNetwork,
  qdqNetwork,
  qOperatorNetwork,
  tableNetwork,
} from "./quantizedModels.ts";
import { Random } from "./random.ts";

const programs = () => [
  perceptron(1, { rows: 2, inner: 6, columns: 3 }),
  network(2, { channels: 1, size: 4, filters: 2, classes: 3 }),
  counter(),
];

/** What compiles as it is. */
function floatModels(): Uint8Array[] {
  const random = new Random(1);
  const perceptron = floatModelBytes({
    inputs: { x: [1, 6] },
    outputs: ["y"],
    constants: { w: normal(random, [5, 6]), b: normal(random, [5]), v: normal(random, [5, 3]) },
    nodes: [
      { op: "Gemm", in: ["x", "w", "b"], out: "h", attributes: { transB: 1 } },
      { op: "Relu", in: ["h"], out: "r" },
      { op: "MatMul", in: ["r", "v"], out: "y" },
    ],
  });
  const network = floatModelBytes({
    inputs: { x: [1, 2, 6, 6] },
    outputs: ["y"],
    constants: {
      k: normal(random, [3, 2, 3, 3]),
      w: normal(random, [12, 4]),
      flat: { shape: [2], data: BigInt64Array.of(1n, 12n) },
    },
    nodes: [
      { op: "Conv", in: ["x", "k"], out: "c" },
      { op: "Sigmoid", in: ["c"], out: "s" },
      { op: "MaxPool", in: ["s"], out: "p", attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
      { op: "Reshape", in: ["p", "flat"], out: "f" },
      { op: "MatMul", in: ["f", "w"], out: "m" },
      { op: "Softmax", in: ["m"], out: "y" },
    ],
  });
  return [perceptron, network];
}

const quantizedModels = (): Uint8Array[] =>
  [qdqNetwork, qOperatorNetwork, qBorderNetwork, dynamicPerceptron, contribNetwork, tableNetwork].map(
    (network) => onnxBytes(network(new Random(1))),
  );

const kinds = {
  /** Program files: three in four are still protobuf. */
  program: {
    originals: () => programs().map((program) => emitOnnx(program)),
    damage: [changeModel, changeModel, changeParts, changeBytes],
    read: readHostileProgram,
  },
  /** Integer models from elsewhere. */
  model: {
    originals: () => hostileModels.map(fileOf),
    damage: [changeParts, changeParts, changeModel, changeBytes],
    read: readHostileModel,
  },
  /** Float models. */
  float: {
    originals: floatModels,
    damage: [changeParts, changeModel, changeParts, changeBytes],
    read: compileHostileModel,
  },
  /** Quantized models. */
  quantized: {
    originals: quantizedModels,
    damage: [changeParts, changeModel, changeParts, changeBytes],
    read: compileHostileModel,
  },
};

export type HostileKind = keyof typeof kinds;

const originals = new Map<HostileKind, readonly Uint8Array[]>();

/** The damaged file of this number; the same in every process. */
function hostileFile(kind: HostileKind, seed: number): { file: Uint8Array; random: Random } {
  const { damage } = kinds[kind];
  const files = originals.get(kind) ?? kinds[kind].originals();
  originals.set(kind, files);
  const random = new Random(seed);
  const original = files[Math.floor(seed / damage.length) % files.length]!;
  return { file: damage[seed % damage.length]!(original, random), random };
}

/** @throws BaseError where the file is refused */
export function readHostileFile(
  kind: HostileKind,
  seed: number,
): { program: Promise<Program>; random: Random } {
  const { file, random } = hostileFile(kind, seed);
  return { program: kinds[kind].read(file, random), random };
}
