// From one kind of value to another, in as few steps as the proven bounds allow.
import type { Operand } from "@assay/sdk/program";
import { MAX_U8, type Quantization } from "../quantization/activation.ts";
import type { Emitter } from "./Emitter.ts";
import type {
  BoolValue,
  ByteValue,
  DoubleByteValue,
  IndexValue,
  IntegerValue,
  SharesValue,
  Value,
  WideValue,
} from "./value.ts";

const MAX_I32 = 2 ** 31 - 1;
const MAX_U16 = 65535;
/** Bits of a multiplier where a ratio of scales is no integer. */
const RATIO_BITS = 14;
/** A divisor from which on rounding it to a whole number costs less than an eighth of a step of 8 bits. */
const NEAR_DIVISOR = 512;
/** How far beyond the calibrated range tables and two-byte values reach. */
const HEADROOM = 1.06;
/** Shares become parts of 2^15. */
const SHARE_BITS = 15;

export class Conversions {
  readonly #emit: Emitter;

  constructor(emit: Emitter) {
    this.#emit = emit;
  }

  /** Clips a 32-bit operand so that adding `extra` and multiplying by `factor` stay in 32 bits. */
  within(operand: Operand, factor = 1, extra = 0): Operand {
    const limit = Math.floor((MAX_I32 - Math.abs(extra)) / factor);
    return this.#emit.clip(operand, -limit, limit);
  }

  /** clamp((operand + zeroPoint · divisor + divisor / 2) / divisor, 0, most): rounding by S-01, for any divisor. */
  #spread(operand: Operand, divisor: number, zeroPoint: number, most: number): Operand {
    const added = zeroPoint * divisor + Math.floor(divisor / 2);
    const sum = this.#emit.addNumber(this.within(operand, 1, added), added);
    return this.#emit.clip(this.#emit.divNumber(sum, divisor), 0, most);
  }

  toWide(value: Value): WideValue {
    const emit = this.#emit;
    switch (value.kind) {
      case "wide":
        return value;
      case "u8":
      case "index": {
        const integers = emit.cast(value.operand, "i32");
        return { kind: "wide", operand: emit.addNumber(integers, -value.zeroPoint), scale: value.scale };
      }
      case "u16": {
        const high = emit.mulNumber(emit.cast(value.high, "i32"), 256);
        const joined = emit.add(high, emit.cast(value.low, "i32"));
        return { kind: "wide", operand: emit.addNumber(joined, -value.zeroPoint), scale: value.scale };
      }
      case "integer": {
        const clipped = ["i64", "u64", "u32"].includes(value.operand.type.dtype)
          ? emit.clip(value.operand, value.operand.type.dtype === "i64" ? -MAX_I32 : 0, MAX_I32)
          : value.operand;
        return { kind: "wide", operand: emit.cast(clipped, "i32"), scale: 1 };
      }
      case "bool":
        return { kind: "wide", operand: this.toInteger(value).operand, scale: 1 };
      case "shares": {
        const part = emit.mulNumber(value.part, 2 ** SHARE_BITS);
        return { kind: "wide", operand: emit.div(part, value.total), scale: 2 ** -SHARE_BITS };
      }
    }
  }

  /** The same numbers at another scale; exact where the ratio is a power of two that fits. */
  rescale({ operand, scale }: WideValue, target: number): WideValue {
    const emit = this.#emit;
    const ratio = scale / target;
    const whole = Math.round(ratio);
    if (whole >= 1 && Math.abs(ratio / whole - 1) < 1e-12)
      return {
        kind: "wide",
        operand: emit.mulNumber(this.within(operand, whole), whole),
        scale: target,
      };
    const inverse = Math.round(1 / ratio);
    if (inverse >= 1 && Math.abs(ratio * inverse - 1) < 1e-12)
      return { kind: "wide", operand: emit.divNumber(operand, inverse), scale: target };
    const room = Math.floor(Math.log2(MAX_I32 / Math.max(1, emit.most(operand))));
    const bits = Math.max(4, Math.min(RATIO_BITS, room));
    const shift = Math.max(0, Math.min(30, bits - 1 - Math.floor(Math.log2(ratio))));
    const multiplier = Math.max(1, Math.round(ratio * 2 ** shift));
    const product = emit.mulNumber(this.within(operand, multiplier), multiplier);
    return { kind: "wide", operand: emit.divNumber(product, 2 ** shift), scale: target };
  }

  /** To 8 bits. Without `exact` the scale may differ a little from the target, so that one division is enough. */
  toBytes(value: Value, target: Quantization, exact: boolean): ByteValue {
    const emit = this.#emit;
    if (value.kind === "shares" && !exact) return this.#sharesToBytes(value);
    if (value.kind === "bool" || value.kind === "integer") {
      const { operand } = this.toInteger(value);
      const { min, max } = emit.bounds(operand);
      if (min >= 0 && max <= MAX_U8 && !exact)
        return { kind: "u8", operand: emit.cast(operand, "u8"), scale: 1, zeroPoint: 0 };
    }
    const wide = this.toWide(value);
    const divisor = Math.max(1, Math.round(target.scale / wide.scale));
    // a divisor of this size is so near that 8 bits do not show the difference
    const isWhole = divisor >= NEAR_DIVISOR || Math.abs(target.scale / wide.scale / divisor - 1) < 1e-9;
    if (exact && !isWhole) {
      // 1/16 of a step is as fine as 8 bits can use
      const fine = this.rescale(wide, target.scale / 16);
      const bytes = this.#spread(fine.operand, 16, target.zeroPoint, MAX_U8);
      return { kind: "u8", operand: emit.cast(bytes, "u8"), ...target };
    }
    const bytes = this.#spread(wide.operand, divisor, target.zeroPoint, MAX_U8);
    const { zeroPoint } = target;
    return {
      kind: "u8",
      operand: emit.cast(bytes, "u8"),
      scale: exact ? target.scale : wide.scale * divisor,
      zeroPoint,
    };
  }

  #sharesToBytes({ part, total }: SharesValue): ByteValue {
    const emit = this.#emit;
    const scaled = emit.add(emit.mulNumber(part, MAX_U8), emit.divNumber(total, 2));
    const shares = emit.clip(emit.div(scaled, total), 0, MAX_U8);
    return { kind: "u8", operand: emit.cast(shares, "u8"), scale: 1 / MAX_U8, zeroPoint: 0 };
  }

  toDoubleBytes(value: Value, min: number, max: number): DoubleByteValue {
    const emit = this.#emit;
    if (value.kind === "u16") return value;
    const wide = this.toWide(value);
    const low = Math.min(0, min * HEADROOM);
    const high = Math.max(0, max * HEADROOM);
    const divisor = Math.max(1, Math.ceil((high - low) / (MAX_U16 - 256) / wide.scale));
    const scale = wide.scale * divisor;
    // a multiple of 256, so that it is a zero point of the high byte alone
    const zeroPoint = 256 * Math.min(255, Math.ceil(-low / scale / 256));
    const joined = this.#spread(wide.operand, divisor, zeroPoint, MAX_U16);
    return {
      kind: "u16",
      high: emit.cast(emit.divNumber(joined, 256), "u8"),
      low: emit.cast(emit.and(joined, emit.scalar("i32", 255)), "u8"),
      scale,
      zeroPoint,
    };
  }

  /** With a proven magnitude of at most 2^(bits+1), where calibration saw at most `most`. */
  narrow({ operand, scale }: WideValue, most: number, bits: number): WideValue {
    const emit = this.#emit;
    const used = most > 0 ? Math.ceil(Math.log2(most / scale)) : bits;
    const divisor = 2 ** Math.max(0, used - bits);
    const limit = 2 ** (bits + 1);
    const operandOut = emit.clip(emit.divNumber(operand, divisor), -limit, limit);
    return { kind: "wide", operand: operandOut, scale: scale * divisor };
  }

  /** As a place in a table of levels + 1 entries that spans the calibrated range. */
  toIndex(value: Value, min: number, max: number, levels: number): IndexValue {
    const emit = this.#emit;
    if (value.kind === "index") return value;
    if (value.kind === "u8")
      return { ...value, kind: "index", operand: emit.cast(value.operand, "i32"), levels: MAX_U8 };
    const wide = this.toWide(value);
    const middle = (min + max) / 2;
    const half = Math.max(((max - min) / 2) * HEADROOM, wide.scale);
    const divisor = Math.max(1, Math.ceil((2 * half) / levels / wide.scale));
    const scale = wide.scale * divisor;
    const used = Math.min(levels, Math.ceil((2 * half) / scale));
    const zeroPoint = -Math.round((middle - half) / scale);
    const operand = this.#spread(wide.operand, divisor, zeroPoint, used);
    return { kind: "index", operand, scale, zeroPoint, levels: used };
  }

  toInteger(value: Value): IntegerValue {
    const emit = this.#emit;
    if (value.kind === "integer") return value;
    if (value.kind === "bool") {
      const { operand, negated } = value;
      const integers = emit.cast(operand, "i32");
      return {
        kind: "integer",
        operand: negated ? emit.sub(emit.scalar("i32", 1), integers) : integers,
      };
    }
    // truncation towards zero, as Cast does it
    const wide = this.toWide(value);
    return { kind: "integer", operand: this.rescale(wide, 1).operand };
  }

  /** Whether it is not 0. */
  toBool(value: Value): BoolValue {
    const emit = this.#emit;
    if (value.kind === "bool") return value;
    const integers = value.kind === "integer" ? value.operand : this.toWide(value).operand;
    const zero = emit.scalar(integers.type.dtype, 0);
    return { kind: "bool", operand: emit.equal(integers, zero), negated: true };
  }
}
