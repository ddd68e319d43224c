// Random well-formed steps with operand tensors, for every operator.
import {
  type DType,
  elementCount,
  ONLY_PASS,
  type OpName,
  operators,
  type Pass,
  type Step,
  type Tensor,
  WIDTH,
} from "@assay/sdk/program";
import {
  anyType,
  between,
  broadcastable,
  clipped,
  type Drafter,
  integers,
  pairDraft,
  positive,
  randomType,
  reductionDraft,
  sameDraft,
  shapeOf,
  withAttributes,
} from "./drafts.ts";
import { movementDrafts } from "./movementDrafts.ts";
import type { Random } from "./random.ts";

export { randomType } from "./drafts.ts";

export interface Case {
  step: Step;
  tensors: Tensor[];
  pass: Pass;
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

const MatMulInteger: Drafter = (random) => {
  const [rows, inner, columns] = shapeOf(random, 3, 9) as [number, number, number];
  const batch = shapeOf(random, random.integer(0, 2), 3);
  const dtype = random.pick<DType>(["u8", "i8"]);
  const [batchA, batchB] = random.shuffle([batch, broadcastable(random, batch)]) as [number[], number[]];
  const weights = randomType(random, dtype, [...batchB, inner, columns]);
  return {
    operands: [randomType(random, "u8", [...batchA, rows, inner]), weights],
    attributes: [random.integer(0, 255), dtype === "u8" ? random.integer(0, 255) : 0],
    out: randomType(random, "i32", [...batch, rows, columns]),
    ...(dtype === "i8" && { exact: [undefined, between(random, weights, -64, 64)] }),
  };
};

const ConvInteger: Drafter = (random) => {
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
};

const MaxPool: Drafter = (random) => {
  const { height, width, y, x, pads, steps } = window(random, true);
  const [images, channels] = shapeOf(random, 2, 3) as [number, number];
  const dtype = random.pick<DType>(["u8", "i8"]);
  return {
    operands: [randomType(random, dtype, [images, channels, height, width])],
    attributes: [y.kernel, x.kernel, ...pads, ...steps],
    out: randomType(random, dtype, [images, channels, y.count, x.count]),
  };
};

const Clip: Drafter = (random) => {
  const draft = sameDraft(clipped)(random);
  const most = 2n ** 63n - 1n;
  const attributes = Array.from(random.data(draft.out.dtype, 2), BigInt)
    .map((bound) => (bound > most ? most : bound))
    .sort((a, b) => (a < b ? -1 : 1));
  return { ...draft, attributes };
};

const Cast: Drafter = (random) => {
  const shape = shapeOf(random, random.integer(0, 4));
  return {
    operands: [randomType(random, random.pick(anyType), shape)],
    attributes: [],
    out: randomType(random, random.pick(integers), shape),
  };
};

const compared: readonly DType[] = ["i8", "u8", "i32", "i64"];
const summed: readonly DType[] = ["i32", "i64"];

const CumSum: Drafter = (random) => {
  const shape = shapeOf(random, random.integer(1, 4));
  const dtype = random.pick(summed);
  return {
    operands: [randomType(random, dtype, shape)],
    attributes: [random.integer(0, shape.length - 1), random.integer(0, 1), random.integer(0, 1)],
    out: randomType(random, dtype, shape),
  };
};

const drafts: Readonly<Record<OpName, Drafter>> = {
  MatMulInteger,
  ConvInteger,
  Add: pairDraft(integers),
  Div: pairDraft(integers, { second: positive }),
  Clip,
  Cast,
  MaxPool,
  ArgMax: reductionDraft(compared, "i64"),
  Sub: pairDraft(integers),
  Mul: pairDraft(integers),
  Mod: pairDraft(integers, { second: positive }),
  Min: pairDraft(clipped),
  Max: pairDraft(clipped),
  BitShift: withAttributes(
    pairDraft(["u8", "u32", "u64"], {
      second: (dtype) => ({ min: 0n, max: BigInt(8 * WIDTH[dtype] - 1) }),
    }),
    (random) => [random.integer(0, 1)],
  ),
  BitwiseAnd: pairDraft(integers),
  BitwiseOr: pairDraft(integers),
  BitwiseXor: pairDraft(integers),
  Equal: pairDraft(integers, { out: "bool", second: () => ({ min: 0n, max: 3n }) }),
  Less: pairDraft(integers, { out: "bool" }),
  Isqrt: sameDraft(["i64"], (random, type) => between(random, type, 0, 2n ** 52n)),
  ReduceSum: reductionDraft(summed, undefined, (random, type) => {
    const most = type.dtype === "i32" ? 2n ** 31n : 2n ** 53n;
    return between(random, type, -most / 6n, most / 6n);
  }),
  ReduceMax: reductionDraft(compared),
  CumSum,
  ...movementDrafts,
};

export const opNames = Object.keys(operators) as OpName[];

function randomPass(op: OpName, random: Random): Pass {
  if (op !== "Carry" && op !== "Stop") return ONLY_PASS;
  const most = random.integer(1, 4);
  return { number: random.integer(0, most - 1), most };
}

/** How many of the steps have operands at which every runtime is exact, where that takes care. */
const EXACT = 2 / 3;

/** A step of the operator, with values from the whole range of each operand's type, many of them extreme. */
export function randomCase(op: OpName, random: Random): Case {
  const { operands, attributes, out, exact } = drafts[op](random);
  const isExact = random.next() < EXACT;
  return {
    step: {
      op,
      operands: operands.map((type, index) => ({ source: sourceOf(op, index), type })),
      attributes: attributes.map(BigInt),
      out,
    },
    tensors: operands.map((type, index) => ({
      type,
      data: (isExact && exact?.[index]) || random.data(type.dtype, elementCount(type)),
    })),
    pass: randomPass(op, random),
  };
}

/** What the operand comes from as far as the operator has a say in it. */
const sourceOf = (op: OpName, index: number): Step["operands"][number]["source"] =>
  op === "Carry" && index === 0 ? { kind: "constant", index } : { kind: "slot", index };
