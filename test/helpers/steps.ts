// Random well-formed steps with operand tensors, for every operator.
import {
  type DType,
  elementCount,
  type OpName,
  operators,
  packedOffsets,
  rowMajor,
  type Step,
  type Tensor,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import type { Random } from "./random.ts";

export interface Case {
  step: Step;
  tensors: Tensor[];
}

const anyDType: readonly DType[] = ["u8", "i8", "i32", "i64"];

const shapeOf = (random: Random, rank: number, most = 5): number[] =>
  Array.from({ length: rank }, () => random.integer(1, most));

export const randomType = (random: Random, dtype: DType, shape: readonly number[]): TensorType =>
  tensorType(dtype, shape, random.shuffle(rowMajor(shape.length)));

/** An operand shape that broadcasts to `shape`. */
function broadcastable(random: Random, shape: readonly number[]): number[] {
  const kept = shape.slice(random.next() < 0.3 ? random.integer(0, shape.length) : 0);
  return kept.map((size) => (random.next() < 0.3 ? 1 : size));
}

type Draft = { operands: TensorType[]; attributes: number[] | bigint[]; out: TensorType };

function pairDraft(random: Random, dtypes: readonly DType[]): Draft {
  const dtype = random.pick(dtypes);
  const shape = shapeOf(random, random.integer(0, 4));
  const shapes = random.shuffle([shape, broadcastable(random, shape)]);
  return {
    operands: shapes.map((operand) => randomType(random, dtype, operand)),
    attributes: [],
    out: randomType(random, dtype, shape),
  };
}

function windowSize(random: Random, size: number, pooling: boolean) {
  const kernel = random.integer(1, 3);
  const dilation = random.integer(1, pooling ? Math.min(2, size) : 3);
  const stride = random.integer(1, 3);
  const mostPad = pooling ? kernel - 1 : 3;
  const before = random.integer(0, mostPad);
  const after = random.integer(0, mostPad);
  const room = size + before + after - ((kernel - 1) * dilation + 1);
  return { kernel, dilation, stride, before, after, count: Math.floor(room / stride) + 1, fits: room >= 0 };
}

function window(random: Random, pooling: boolean) {
  for (;;) {
    const [height, width] = [random.integer(1, 7), random.integer(1, 7)];
    const y = windowSize(random, height, pooling);
    const x = windowSize(random, width, pooling);
    if (!y.fits || !x.fits) continue;
    const pads = [y.before, x.before, y.after, x.after];
    const steps = [y.stride, x.stride, y.dilation, x.dilation];
    return { height, width, y, x, pads, steps };
  }
}

const drafts: Readonly<Record<OpName, (random: Random) => Draft>> = {
  MatMulInteger(random) {
    const [rows, inner, columns] = shapeOf(random, 3, 9) as [number, number, number];
    const batch = shapeOf(random, random.integer(0, 2), 3);
    const dtype = random.pick<DType>(["u8", "i8"]);
    const [batchA, batchB] = random.shuffle([batch, broadcastable(random, batch)]) as [number[], number[]];
    return {
      operands: [
        randomType(random, "u8", [...batchA, rows, inner]),
        randomType(random, dtype, [...batchB, inner, columns]),
      ],
      attributes: [random.integer(0, 255), dtype === "u8" ? random.integer(0, 255) : 0],
      out: randomType(random, "i32", [...batch, rows, columns]),
    };
  },
  ConvInteger(random) {
    const { height, width, y, x, pads, steps } = window(random, false);
    const [images, group, depth, perGroup] = shapeOf(random, 4, 3) as [number, number, number, number];
    return {
      operands: [
        randomType(random, "u8", [images, depth * group, height, width]),
        randomType(random, "u8", [perGroup * group, depth, y.kernel, x.kernel]),
      ],
      attributes: [...pads, ...steps, group, random.integer(0, 255), random.integer(0, 255)],
      out: randomType(random, "i32", [images, perGroup * group, y.count, x.count]),
    };
  },
  Add: (random) => pairDraft(random, ["i32", "i64"]),
  Div: (random) => pairDraft(random, ["i32"]),
  Clip(random) {
    const dtype = random.pick<DType>(["i32", "i64"]);
    const shape = shapeOf(random, random.integer(0, 4));
    const bounds = random.data(dtype, 2);
    const attributes = [BigInt(bounds[0]!), BigInt(bounds[1]!)].sort((a, b) => (a < b ? -1 : 1));
    return {
      operands: [randomType(random, dtype, shape)],
      attributes,
      out: randomType(random, dtype, shape),
    };
  },
  Cast(random) {
    const shape = shapeOf(random, random.integer(0, 4));
    return {
      operands: [randomType(random, random.pick(anyDType), shape)],
      attributes: [],
      out: randomType(random, random.pick(anyDType), shape),
    };
  },
  MaxPool(random) {
    const { height, width, y, x, pads, steps } = window(random, true);
    const [images, channels] = shapeOf(random, 2, 3) as [number, number];
    const dtype = random.pick<DType>(["u8", "i8"]);
    return {
      operands: [randomType(random, dtype, [images, channels, height, width])],
      attributes: [y.kernel, x.kernel, ...pads, ...steps],
      out: randomType(random, dtype, [images, channels, y.count, x.count]),
    };
  },
  Reshape(random) {
    const shape = shapeOf(random, random.integer(0, 4));
    const dtype = random.pick(anyDType);
    const parts = random.shuffle(shape);
    const out = random.next() < 0.5 ? [elementCount({ shape })] : parts;
    return {
      operands: [randomType(random, dtype, shape)],
      attributes: [],
      out: randomType(random, dtype, out),
    };
  },
  ArgMax(random) {
    const shape = shapeOf(random, random.integer(1, 4));
    const axis = random.integer(0, shape.length - 1);
    const keepdims = random.integer(0, 1);
    const out = shape.toSpliced(axis, 1, ...(keepdims === 1 ? [1] : []));
    return {
      operands: [randomType(random, random.pick(anyDType), shape)],
      attributes: [axis, keepdims],
      out: randomType(random, "i64", out),
    };
  },
  Collect(random) {
    const operands = Array.from({ length: random.integer(1, 4) }, () =>
      randomType(random, random.pick(anyDType), shapeOf(random, random.integer(0, 3))),
    );
    return { operands, attributes: [], out: tensorType("u8", [packedOffsets(operands).length]) };
  },
};

export const opNames = Object.keys(operators) as OpName[];

/** A step of the operator with values from the whole range of each operand's type, many of them extreme. */
export function randomCase(op: OpName, random: Random): Case {
  const { operands, attributes, out } = drafts[op](random);
  return {
    step: {
      op,
      operands: operands.map((type, index) => ({ source: { kind: "slot", index }, type })),
      attributes: attributes.map(BigInt),
      out,
    },
    tensors: operands.map((type) => ({ type, data: random.data(type.dtype, elementCount(type)) })),
  };
}
