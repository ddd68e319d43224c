// Which values need two bytes where a product reads them.
import { bestQuantization, distortion } from "../quantization/activation.ts";
import type { TensorStatistics } from "../statistics.ts";
import type { Lowering } from "./Lowering.ts";

/** Below this ratio of signal to noise, in decibels, 8 bits are not enough: for products and normalized values, and for others. */
export const PRODUCT_DECIBELS = 35;
const OTHER_DECIBELS = 29;

/** Moves through what only moves values. */
const MOVING = new Set(["Reshape", "Transpose", "Slice", "Concat", "Squeeze", "Unsqueeze", "Split"]);

/** What comes in 8 bits anyway, or is as good in them as its own inputs were. */
const BYTE_SOURCES = new Set([
  "Linear",
  "MaxPool",
  "Relu",
  "Clip",
  "Unary",
  "AveragePool",
  "GlobalAveragePool",
]);

/** Whether a product needs its input in two bytes: long-tailed values that 8 bits render badly. */
export function needsDoubleBytes(lowering: Lowering, input: string): boolean {
  let producer = lowering.plan.producer(input);
  while (producer && MOVING.has(producer.op)) producer = lowering.plan.producer(producer.inputs[0]!);
  if (!producer) return false;
  if (lowering.precision === "high") return producer.op !== "MaxPool" && !lowering.tiedQuantization(input);
  if (BYTE_SOURCES.has(producer.op)) return false;
  if (lowering.tiedQuantization(input)) return false;
  const isProduct = producer.op === "Mul" && producer.inputs.every((name) => lowering.isComputed(name));
  const limit = isProduct || producer.op === "Normalization" ? PRODUCT_DECIBELS : OTHER_DECIBELS;
  return isLongTailed(lowering.statistics(input), limit);
}

/** Whether 8 bits show less than a ratio of signal to noise, in decibels. */
export function isLongTailed({ min, max, sample }: TensorStatistics, decibels: number): boolean {
  const noise = distortion(bestQuantization(min, max, [sample]), sample);
  const signal = sample.reduce((sum, value) => sum + value * value, 0) / Math.max(1, sample.length);
  return signal < noise * 10 ** (decibels / 10);
}
