// Lowers products with constant weights: an accumulator, and behind it what its readers need.
import { elementCount, type Operand } from "@assay/sdk/program";
import type { Linear } from "../linear.ts";
import type { Operation } from "../plan.ts";
import { spread } from "../quantization/activation.ts";
import {
  type LinearContext,
  largestWeights,
  quantizeExact,
  quantizeScaled,
  type RequantizedLinear,
  requantizeAt,
  requantizeLinear,
  type ScaledLinear,
} from "../quantization/linear.ts";
import { MAX_BYTE_WEIGHT, MAX_SUM, MAX_WEIGHT } from "../quantization/weights.ts";
import type { Lowering } from "./Lowering.ts";
import {
  type Channels,
  convolution,
  MAX_DEPTH,
  type Part,
  planar,
  product,
  turned,
  WEIGHT_PART,
  weightParts,
  windows,
} from "./products.ts";
import type { Definitions } from "./registry.ts";
import type { ByteValue, DoubleByteValue, Value } from "./value.ts";

/** Table sizes less one, tried from the finest. */
const INDEX_LEVELS = [4095, 2047, 1023, 511, 255];

class LinearLowering {
  readonly #operation: Operation;
  readonly #lowering: Lowering;
  readonly #linear: Linear;
  readonly #input: string;
  readonly #output: string;
  readonly #value: ByteValue | DoubleByteValue;
  readonly #weightMost: number;
  /** whether the results of a convolution are rows of channels */
  readonly #asRows: boolean;
  /** the rows of channels that a matrix product reads in place of the image that they are */
  readonly #rows: Operand | undefined;
  /** bits that are shifted out of sums of low bytes, so that all sums together stay in 32 bits */
  readonly #dropped: number;

  constructor(operation: Operation, lowering: Lowering) {
    this.#operation = operation;
    this.#lowering = lowering;
    this.#linear = operation.parameters as Linear;
    [this.#input = ""] = operation.inputs;
    [this.#output = ""] = operation.outputs;
    const isDouble = lowering.isDouble(this.#input);
    this.#value = isDouble ? lowering.u16(this.#input) : lowering.u8(this.#input);
    const linear = this.#linear;
    this.#asRows = linear.form === "conv" && linear.asRows === true;
    this.#rows = linear.form === "matmul" ? this.#rowsBehind() : undefined;
    const one = linear.form === "conv" && !this.#asRows ? MAX_BYTE_WEIGHT : MAX_WEIGHT;
    this.#weightMost = lowering.precision === "high" ? MAX_WEIGHT * WEIGHT_PART : one;
    const most = this.#linear.weights.depth * this.#weightMost * 128 * (isDouble ? 256 : 1);
    this.#dropped = Math.max(0, Math.ceil(Math.log2(most / MAX_SUM)));
  }

  /** Whether the weights and the input are one byte each, as the forms of S-01 need them. */
  get #isPlain(): boolean {
    return this.#value.kind === "u8" && this.#weightMost <= MAX_BYTE_WEIGHT;
  }

  /** The pooling that comes before rescaling; 1 × 1 where there is none. */
  get #pool(): readonly [number, number] {
    return (this.#linear.form === "conv" && this.#linear.pool) || [1, 1];
  }

  /** What the accumulators have, before pooling. */
  get #wholeShape(): readonly number[] {
    const shape = this.#planar(this.#shape);
    const [height, width] = this.#pool;
    return height * width === 1 ? shape : [shape[0]!, shape[1]!, shape[2]! * height, shape[3]! * width];
  }

  get #shape(): readonly number[] {
    return this.#lowering.shape(this.#output);
  }

  #context(): LinearContext {
    const { scale, zeroPoint } = this.#value;
    return {
      node: this.#operation.node,
      linear: this.#linear,
      input: { scale: scale * 2 ** this.#dropped, zeroPoint },
      weightMost: this.#weightMost,
      inputShape: this.#planar(this.#lowering.shape(this.#input)),
      outputShape: this.#wholeShape,
      inputStatistics: this.#lowering.statistics(this.#input),
      outputStatistics: this.#lowering.statistics(this.#output),
    };
  }

  #planar(shape: readonly number[]): readonly number[] {
    return this.#linear.form === "conv" ? planar(shape) : shape;
  }

  /** The sums of all bytes of the input with all bytes of the weights. */
  #accumulate(channels: Channels): Operand {
    const { emit } = this.#lowering;
    let total: Operand | undefined;
    for (const { part: weights, bits: weightBits } of weightParts(channels, this.#weightMost))
      for (const { part: input, bits: inputBits } of this.#inputParts()) {
        const sum = this.#products(input.operand, input.zeroPoint, weights);
        const bits = weightBits + inputBits - this.#dropped;
        const placed = bits >= 0 ? emit.mulNumber(sum, 2 ** bits) : emit.divNumber(sum, 2 ** -bits);
        total = total ? emit.add(total, placed) : placed;
      }
    return this.#pooled(total!);
  }

  /** The greatest accumulator of each window: rescaling keeps their order. */
  #pooled(sums: Operand): Operand {
    const { emit } = this.#lowering;
    const [height, width] = this.#pool;
    if (height * width === 1) return sums;
    if (this.#asRows) return emit.reduceMax(sums, 1, false);
    const [batch = 1, channels = 1, rows = 1, columns = 1] = sums.type.shape;
    const grouped = emit.reshape(sums, [(batch * channels * rows) / height, height, columns]);
    const high = emit.reduceMax(grouped, 1, false);
    const counts = [high.type.shape[0]!, columns / width];
    let most: Operand | undefined;
    for (let column = 0; column < width; column++) {
      const one = emit.slice(high, [0, column], counts, [1, width]);
      most = most ? emit.max(most, one) : one;
    }
    return emit.reshape(most!, [batch, channels, rows / height, columns / width]);
  }

  #inputParts(): Part<{ operand: Operand; zeroPoint: number }>[] {
    const value = this.#value;
    if (value.kind === "u8") return [{ part: value, bits: 0 }];
    return [
      { part: { operand: value.high, zeroPoint: value.zeroPoint / 256 }, bits: 8 },
      { part: { operand: value.low, zeroPoint: 0 }, bits: 0 },
    ];
  }

  #products(operand: Operand, zeroPoint: number, channels: Channels): Operand {
    const linear = this.#linear;
    const lowering = this.#lowering;
    const { emit } = lowering;
    if (linear.form === "matmul") {
      if (!this.#rows) return product(lowering, operand, zeroPoint, channels);
      const flat = emit.reshape(this.#rows, operand.type.shape);
      return product(lowering, flat, zeroPoint, turned(channels, this.#rows.type.shape[0]!));
    }
    if (this.#asRows) {
      const seen = windows(lowering, linear, operand, zeroPoint, this.#wholeShape);
      return product(lowering, seen, zeroPoint, turned(channels, linear.kernel[0] * linear.kernel[1]));
    }
    const input = emit.reshape(operand, planar(operand.type.shape));
    return convolution(lowering, linear, input, zeroPoint, channels, this.#wholeShape);
  }

  /** The rows of an image that a Reshape lays into the one row that is read. */
  #rowsBehind(): Operand | undefined {
    const before = this.#lowering.plan.producer(this.#input);
    if (before?.op !== "Reshape" || this.#value.kind !== "u8") return undefined;
    const { type } = this.#value.operand;
    if (type.shape.at(-1) !== elementCount(type)) return undefined;
    const value = this.#lowering.value(before.inputs[0]!);
    return value.kind === "u8" ? this.#lowering.rowsBehind(value.operand) : undefined;
  }

  #perChannel(values: readonly number[]): Operand {
    const rank = this.#planar(this.#shape).length;
    const { emit } = this.#lowering;
    if (values.every((value) => value === values[0])) return emit.scalar("i32", values[0]!);
    const shape =
      this.#linear.form === "conv" && !this.#asRows
        ? [1, values.length, ...new Array(rank - 2).fill(1)]
        : [values.length];
    return emit.vector("i32", shape, values);
  }

  #set(operand: Operand, value: (operand: Operand) => Value, shifts?: readonly [number, number]): void {
    const placed = this.#asRows ? this.#lowering.fromRows(operand, this.#shape) : operand;
    this.#lowering.set(this.#output, value(this.#lowering.emit.reshape(placed, this.#shape)), {
      ...(shifts ? { shifts } : {}),
      ...(this.#asRows ? { rows: operand } : {}),
    });
  }

  /** The steps of S-01 behind the accumulator, up to the clamp. */
  #requantize({ channels, out, low, high }: RequantizedLinear): Operand {
    const { emit } = this.#lowering;
    const added = channels.map(({ bias, shift }) => bias + out.zeroPoint * 2 ** shift + 2 ** (shift - 1));
    const sum = emit.add(this.#accumulate(channels), this.#perChannel(added));
    const quotient = emit.div(sum, this.#perChannel(channels.map(({ shift }) => 2 ** shift)));
    return emit.step("Clip", [quotient], quotient.type.shape, { attributes: [low, high] });
  }

  /** False where no 8-bit scale fits the weights. */
  #toBytes(): boolean {
    if (!this.#isPlain) return false;
    const tied = this.#lowering.tiedQuantization(this.#output);
    const context = this.#context();
    const requantized = tied ? requantizeAt(context, tied) : requantizeLinear(context);
    if (!requantized) return false;
    const shifts = requantized.channels.map(({ shift }) => shift);
    const bytes = this.#lowering.emit.cast(this.#requantize(requantized), "u8");
    this.#set(bytes, (operand) => ({ kind: "u8", operand, ...requantized.out }), [
      shifts.reduce((least, shift) => Math.min(least, shift)),
      shifts.reduce((most, shift) => Math.max(most, shift)),
    ]);
    return true;
  }

  #toIndex(): boolean {
    if (!this.#isPlain) return false;
    const { min, max } = this.#lowering.statistics(this.#output);
    for (const levels of INDEX_LEVELS) {
      const out = spread(min * 1.06, max * 1.06, levels, levels);
      const requantized = requantizeAt(this.#context(), out, levels);
      if (!requantized) continue;
      this.#set(this.#requantize(requantized), (operand) => ({ kind: "index", operand, ...out, levels }));
      return true;
    }
    return false;
  }

  /** One scale for all channels and no rounding, where their weights are alike. */
  #toExact(): boolean {
    if (!this.#isPlain) return false;
    const most = [...largestWeights(this.#linear)].filter((value) => value > 0).sort((a, b) => a - b);
    const middle = most[most.length >> 1] ?? 1;
    if ((most.at(-1) ?? 1) > 3 * middle) return false;
    const { channels, scale } = quantizeExact(this.#context());
    const bias = this.#perChannel(channels.map(({ bias }) => bias));
    const sum = this.#lowering.emit.add(this.#accumulate(channels), bias);
    this.#set(sum, (operand) => ({ kind: "wide", operand, scale }));
    return true;
  }

  #toWide(): void {
    const { emit, convert } = this.#lowering;
    const scale = this.#lowering.wideScale(this.#output);
    const { channels }: ScaledLinear = quantizeScaled(this.#context(), scale);
    const accumulator = this.#accumulate(channels);
    const multipliers = channels.map(({ multiplier }) => multiplier);
    const most = multipliers.reduce((value, each) => Math.max(value, each));
    const bias = channels.map((channel) => channel.bias);
    const extra = bias.reduce((value, each) => Math.max(value, Math.abs(each)), 0);
    let operand = convert.within(accumulator, most, extra);
    if (most > 1) operand = emit.mul(operand, this.#perChannel(multipliers));
    if (extra > 0) operand = emit.add(operand, this.#perChannel(bias));
    const divisors = channels.map(({ divisor }) => divisor);
    if (divisors.some((divisor) => divisor > 1)) operand = emit.div(operand, this.#perChannel(divisors));
    const { min = -Infinity, max = Infinity } = this.#linear.clamp ?? {};
    if (min > -Infinity || max < Infinity) {
      const bounds = emit.bounds(operand);
      const low = min > -Infinity ? Math.round(min / scale) : bounds.min;
      const high = max < Infinity ? Math.round(max / scale) : bounds.max;
      operand = emit.clip(operand, low, Math.max(low, high));
    }
    this.#set(operand, (each) => ({ kind: "wide", operand: each, scale }));
  }

  lower(): void {
    const format = this.#lowering.format(this.#output);
    if (format === "u8" && this.#toBytes()) return;
    if (format === "index" && this.#toIndex()) return;
    if (format === "output" && !this.#linear.clamp && this.#toExact()) return;
    if (format === "output" && this.#linear.clamp && this.#toBytes()) return;
    this.#toWide();
  }
}

function checkDepth({ node, parameters }: Operation): void {
  const linear = parameters as Linear;
  if (linear.form === "conv" && linear.weights.depth > MAX_DEPTH)
    node.refuse(
      `one output element sums ${linear.weights.depth} products; the limit is ${MAX_DEPTH}`,
      "Split the convolution into parts over its input channels.",
    );
}

export const linearDefinitions: Definitions = {
  Linear: {
    demand: ({ inputs }, _, lowering) => (lowering.isDouble(inputs[0]!) ? "wide" : "u8"),
    lower: (operation, lowering) => {
      checkDepth(operation);
      new LinearLowering(operation, lowering).lower();
    },
  },
};
