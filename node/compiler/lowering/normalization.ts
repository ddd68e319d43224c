// Lowers layer and RMS normalization: integer sums, an integer root, one division.
import type { Operand } from "@assay/sdk/program";
import type { Normalization, Operation } from "../plan.ts";
import { MAX_U8 } from "../quantization/activation.ts";
import type { Lowering } from "./Lowering.ts";
import type { Definitions } from "./registry.ts";
import type { Value } from "./value.ts";

/** Isqrt takes numbers up to 2^52, and sums of i64 stay below 2^53. */
const SUM_BITS = 52;
/** Bits of a gain in the units of the output. */
const GAIN_BITS = 22;
const MAX_BITS = 21;

/** Values whose squares along the axis sum to less than 2^52, in i64; their scale. */
function centered(
  lowering: Lowering,
  name: string,
  { axis, centered: isCentered }: Normalization,
): { operand: Operand; scale: number } {
  const { emit, convert } = lowering;
  const size = lowering.shape(name)[axis]!;
  const room = Math.floor((SUM_BITS - Math.log2(size)) / 2);
  if (!isCentered) {
    // one bit is head room over calibration
    const { operand, scale } = convert.narrow(
      lowering.wide(name),
      lowering.most(name),
      Math.min(MAX_BITS, room - 1) - 1,
    );
    return { operand: emit.cast(operand, "i64"), scale };
  }
  // x · n − sum(x): a mean without a division
  const bits = Math.min(MAX_BITS - 2, room - 2);
  const usable = Math.max(10, bits);
  const { operand, scale } = convert.narrow(lowering.wide(name), lowering.most(name), usable);
  const long = emit.cast(operand, "i64");
  const difference = emit.sub(emit.mulNumber(long, size), emit.reduceSum(long, axis));
  // back to bits that can be squared
  const limit = 2 ** (room - 1);
  const used = Math.log2((2 * lowering.most(name) * size) / scale);
  const divisor = 2 ** Math.max(0, Math.ceil(used - (room - 2)));
  const cut = emit.clip(emit.divNumber(difference, divisor), -limit, limit);
  return { operand: cut, scale: (scale / size) * divisor };
}

/** Bits of what is normalized where the result has 8 bits. */
const COMPACT_BITS = 14;
/** Sums and products stay below 2^30. */
const COMPACT_SUM_BITS = 30;
/** How far a root may lie above what calibration makes likely. */
const ROOT_HEADROOM = 2;

/** Values in 32 bits, about 14 of which are used; their scale. */
function compact(
  lowering: Lowering,
  name: string,
  { axis, centered: isCentered }: Normalization,
): { operand: Operand; scale: number } {
  const { emit, convert } = lowering;
  const most = lowering.most(name);
  if (!isCentered) return convert.narrow(lowering.wide(name), most, COMPACT_BITS);
  const size = lowering.shape(name)[axis]!;
  const bits = Math.min(COMPACT_BITS + 3, 28 - Math.ceil(Math.log2(size)));
  const { operand, scale } = convert.narrow(lowering.wide(name), most, bits);
  const difference = emit.sub(emit.mulNumber(operand, size), emit.reduceSum(operand, axis));
  const used = most > 0 ? Math.ceil(Math.log2((2 * most * size) / scale)) : 0;
  const divisor = 2 ** Math.max(0, used - COMPACT_BITS);
  return { operand: emit.divNumber(difference, divisor), scale: (scale / size) * divisor };
}

/** In units of `scale`, in 32-bit steps but for the root of each row; as bytes around the zero point where one is given. */
function lowerCompact(
  lowering: Lowering,
  input: string,
  parameters: Normalization,
  { scale: unit, zeroPoint }: { readonly scale: number; readonly zeroPoint?: number },
): Operand {
  const { emit } = lowering;
  const { axis, epsilon, gain, bias } = parameters;
  const shape = lowering.shape(input);
  const size = shape[axis]!;
  const { operand, scale } = compact(lowering, input, parameters);
  // squares of fewer bits: their rounding averages out
  const squareBits = Math.floor((COMPACT_SUM_BITS - Math.log2(size)) / 2);
  const dropped = Math.max(0, Math.ceil(Math.log2(emit.most(operand))) - squareBits);
  const coarse = emit.divNumber(operand, 2 ** dropped);
  // squares are not negative, which their ranges do not show
  const sum = emit.clip(emit.reduceSum(emit.mul(coarse, coarse), axis), 0, 2 ** COMPACT_SUM_BITS);
  const added = (size * epsilon) / scale ** 2 / 4 ** dropped;
  const raised = Math.floor((SUM_BITS - 1 - Math.max(COMPACT_SUM_BITS, Math.log2(added + 1))) / 2);
  const shift = Math.max(1, Math.round(added * 4 ** raised));
  const scaledSum = emit.mulNumber(emit.cast(sum, "i64"), 4 ** raised);
  const root = emit.isqrt(emit.addNumber(scaledSum, shift));
  // root = 2^(raised − dropped) · sqrt(sum of squares + size · epsilon)
  const isWide = zeroPoint === undefined;
  const fraction = isWide ? 0 : bias ? 3 : 1;
  const zeros = Float64Array.from(isWide ? [0] : (bias ?? [0]), (each) =>
    Math.round(((zeroPoint ?? 0) + each / unit + 0.5) * 2 ** fraction),
  );
  const greatestZero = zeros.reduce((value, each) => Math.max(value, Math.abs(each)), 1);
  const likely = ((ROOT_HEADROOM * lowering.most(input)) / scale) * Math.sqrt(size) + 2 ** dropped;
  const factors = gain.map((value) => (value * Math.sqrt(size)) / unit);
  const greatest = factors.reduce((value, factor) => Math.max(value, Math.abs(factor)), 1e-30);
  const room = (most: number): number => Math.floor(COMPACT_SUM_BITS - Math.log2(most));
  const bits = Math.min(
    room(likely * greatestZero),
    room(likely * 2 ** fraction),
    room(emit.most(operand) * greatest) - fraction,
  );
  const exponent = bits - (raised - dropped);
  const placed = exponent >= 0 ? emit.mulNumber(root, 2 ** exponent) : emit.divNumber(root, 2 ** -exponent);
  const most = Math.floor(2 ** COMPACT_SUM_BITS / Math.max(greatestZero, 2 ** fraction));
  const fits = emit.most(placed) < 2 ** 31;
  const rows = fits
    ? emit.clip(emit.cast(placed, "i32"), 1, most)
    : emit.cast(emit.clip(placed, 1, most), "i32");
  const vector = (values: Float64Array): Operand => {
    if (values.every((value) => value === values[0])) return emit.scalar("i32", values[0]!);
    return emit.vector("i32", shape.map((_, at) => (at === axis ? size : 1)).slice(axis), values);
  };
  const gains = vector(factors.map((factor) => Math.round(factor * 2 ** (bits + fraction))));
  const product = emit.mul(operand, gains);
  if (isWide) {
    const quotient = emit.div(product, rows);
    if (!bias) return quotient;
    const limit = 2 ** COMPACT_SUM_BITS;
    return emit.add(emit.clip(quotient, -limit, limit), vector(bias.map((each) => Math.round(each / unit))));
  }
  const total = emit.add(product, emit.mul(rows, vector(zeros)));
  const bytes = emit.clip(emit.div(total, emit.mulNumber(rows, 2 ** fraction)), 0, MAX_U8);
  return emit.cast(bytes, "u8");
}

function lowerNormalization(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const parameters = operation.parameters as Normalization;
  const { axis, epsilon, gain, bias } = parameters;
  const [input = ""] = operation.inputs;
  const [output = ""] = operation.outputs;
  if (lowering.precision === "balanced") {
    if (lowering.format(output) === "u8") {
      const bytes = lowering.byteQuantization(output);
      const operand = lowerCompact(lowering, input, parameters, bytes);
      lowering.set(output, { kind: "u8", operand, ...bytes });
      return;
    }
    const scale = 2 ** (Math.ceil(Math.log2(Math.max(lowering.most(output), 1e-30))) - COMPACT_BITS);
    lowering.set(output, {
      kind: "wide",
      operand: lowerCompact(lowering, input, parameters, { scale }),
      scale,
    });
    return;
  }
  const shape = lowering.shape(input);
  const size = shape[axis]!;
  const { operand, scale } = centered(lowering, input, parameters);
  const sum = emit.reduceSum(emit.mul(operand, operand), axis);
  const shift = Math.max(1, Math.round((size * epsilon) / scale ** 2));
  const most = 2 ** SUM_BITS - 1 - shift;
  const root = emit.isqrt(emit.addNumber(emit.clip(sum, 0, most), shift));
  // y = x · gain · sqrt(n) / root
  const toBytes = lowering.format(output) === "u8";
  const quantization = toBytes ? lowering.byteQuantization(output) : undefined;
  const unit = quantization?.scale ?? lowering.wideScale(output);
  const factors = gain.map((value) => (value * Math.sqrt(size)) / unit);
  const greatest = factors.reduce((value, factor) => Math.max(value, Math.abs(factor)), 1e-30);
  const bits = Math.min(30, Math.max(1, GAIN_BITS - Math.ceil(Math.log2(greatest))));
  const along = shape.map((_, at) => (at === axis ? gain.length : 1)).slice(gain.length === 1 ? axis : 0);
  const vector = (values: Float64Array): Operand =>
    emit.vector("i64", values.length === 1 ? [1] : along, values);
  const product = emit.mul(operand, vector(factors.map((factor) => Math.round(factor * 2 ** bits))));
  const divisor = emit.mulNumber(root, 2 ** bits);
  let value: Value;
  if (quantization) {
    // (product + (zero + bias + 1/2) · divisor) / divisor, clamped at 0: rounding to the nearest
    const halves = Float64Array.from(bias ?? [0], (each) =>
      Math.round((quantization.zeroPoint + each / quantization.scale + 0.5) * 2 ** bits),
    );
    const raised = emit.add(product, emit.mul(root, vector(halves)));
    const bytes = emit.clip(emit.div(raised, divisor), 0, MAX_U8);
    value = { kind: "u8", operand: emit.cast(bytes, "u8"), ...quantization };
  } else {
    const quotient = emit.clip(emit.div(product, divisor), -(2 ** 29), 2 ** 29);
    let wide = emit.cast(quotient, "i32");
    if (bias) {
      const integers = bias.map((each) => Math.round(each / unit));
      wide = emit.add(wide, emit.vector("i32", bias.length === 1 ? [1] : along, integers));
    }
    value = { kind: "wide", operand: wide, scale: unit };
  }
  lowering.set(output, value);
}

export const normalizationDefinitions: Definitions = {
  Normalization: { demand: () => "wide", lower: lowerNormalization },
};
