// Lowers products of two computed matrices and Softmax, which stays a fraction until its reader is known.
import type { Operation } from "../plan.ts";
import type { Lowering } from "./Lowering.ts";
import type { Definitions } from "./registry.ts";
import type { SharesValue, Value } from "./value.ts";

/** Bits of the largest part of a Softmax. */
const PART_BITS = 15;
/** Entries of the table of exponentials. */
const ENTRIES = 2048;
/** Beyond this the exponential is less than half of the smallest part. */
const REACH = (PART_BITS + 1) * Math.LN2;
const MAX_I32 = 2 ** 31 - 1;
/** Bits behind the point of a mixture of values. */
const MIXTURE_BITS = 6;
/** Bits that a total of parts may lose before it divides. */
const MAX_DROPPED = 6;

function lowerSoftmax(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const [input = ""] = operation.inputs;
  const [output = ""] = operation.outputs;
  const shape = lowering.shape(input);
  const given = operation.node.op === "Softmax" ? operation.node.attributes.int("axis", -1) : -1;
  const axis = given < 0 ? given + shape.length : given;
  let { operand, scale } = lowering.wide(input);
  // finer than the table is of no use
  const divisor = Math.max(1, Math.floor(REACH / ENTRIES / scale));
  operand = emit.clip(operand, -(2 ** 30) + 1, 2 ** 30 - 1);
  const distance = emit.sub(emit.reduceMax(operand, axis), operand);
  // rounding down shifts all distances alike, which the division by their sum undoes
  const steps = emit.divNumber(distance, divisor);
  const step = scale * divisor;
  const count = Math.max(2, Math.min(ENTRIES, Math.ceil(REACH / step) + 2));
  const entries = Float64Array.from({ length: count }, (_, index) =>
    index === count - 1 ? 0 : Math.round(2 ** PART_BITS * Math.exp(-step * index)),
  );
  const part = emit.lookUp("i32", entries, emit.clip(steps, 0, count - 1));
  const size = shape[axis]!;
  const room = Math.floor(MAX_I32 / size);
  const kept =
    room < 2 ** PART_BITS ? emit.divNumber(part, 2 ** Math.ceil(PART_BITS - Math.log2(room))) : part;
  // where all scores are far below, the greatest part is still the largest entry; the sum is never 0
  const total = emit.clip(emit.reduceSum(kept, axis), 1, MAX_I32);
  lowering.set(output, { kind: "shares", part: kept, total, axis, most: emit.bounds(kept).max });
}

/** Σ part · value / total: the division comes last, so that small shares are not rounded away. */
function mix(lowering: Lowering, shares: SharesValue, right: string): Value {
  const { emit } = lowering;
  const { operand: values, zeroPoint, scale } = lowering.u8(right);
  const { part, total } = shares;
  const high = emit.matMul(emit.cast(emit.divNumber(part, 256), "u8"), values, 0, zeroPoint);
  const low = emit.matMul(emit.cast(emit.and(part, emit.scalar("i32", 255)), "u8"), values, 0, zeroPoint);
  const most = emit.most(high) * 256 + emit.most(low);
  const up = Math.min(MIXTURE_BITS, Math.floor(Math.log2(MAX_I32 / most)));
  const down = MIXTURE_BITS - up;
  // the total is 2^15 at least where anything is visible: rounded to a few bits less it is exact enough
  if (up >= 0 && down <= MAX_DROPPED) {
    const sum = emit.mulNumber(emit.add(emit.mulNumber(high, 256), low), 2 ** up);
    const rounded = down > 0 ? emit.addNumber(total, 2 ** (down - 1)) : total;
    const divisor = emit.clip(emit.divNumber(rounded, 2 ** down), 1, MAX_I32);
    return { kind: "wide", operand: emit.div(sum, divisor), scale: scale * 2 ** -MIXTURE_BITS };
  }
  const sum = emit.add(emit.mulNumber(emit.cast(high, "i64"), 256), emit.cast(low, "i64"));
  const quotient = emit.div(emit.mulNumber(sum, 2 ** MIXTURE_BITS), emit.cast(total, "i64"));
  const limit = 2 ** (MIXTURE_BITS + 9);
  return {
    kind: "wide",
    operand: emit.cast(emit.clip(quotient, -limit, limit), "i32"),
    scale: scale * 2 ** -MIXTURE_BITS,
  };
}

/** Products that one step sums at most. */
const MAX_DEPTH = 8192;

function lowerMatMul(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const { node, inputs } = operation;
  const [left = "", right = ""] = inputs;
  const [output = ""] = operation.outputs;
  if (!lowering.isComputed(left) || !lowering.isComputed(right))
    node.refuse(
      "its constant operand has more than two dimensions or comes first",
      "Use a constant matrix [K, N] behind the activations.",
    );
  if (lowering.shape(left).length < 2 || lowering.shape(right).length < 2)
    node.refuse("an operand is a vector", "Give both operands at least two dimensions.");
  const depth = lowering.shape(left).at(-1)!;
  if (depth > MAX_DEPTH)
    node.refuse(
      `one output element sums ${depth} products; the limit is ${MAX_DEPTH}`,
      "Split the product into parts.",
    );
  const value = lowering.value(left);
  if (value.kind === "shares" && value.axis === lowering.shape(left).length - 1) {
    lowering.set(output, mix(lowering, value, right));
    return;
  }
  const a = lowering.u8(left);
  const b = lowering.u8(right);
  lowering.set(output, {
    kind: "wide",
    operand: emit.matMul(a.operand, b.operand, a.zeroPoint, b.zeroPoint),
    scale: a.scale * b.scale,
  });
}

export const attentionDefinitions: Definitions = {
  Softmax: { demand: () => "wide", lower: lowerSoftmax },
  MatMul: { demand: () => "u8", lower: lowerMatMul },
};
