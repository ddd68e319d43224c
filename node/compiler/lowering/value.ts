// What a tensor of the float model has become in the program: integers, and the real values that they stand for.
import type { Operand } from "@assay/sdk/program";
import type { Quantization } from "../quantization/activation.ts";

/** real = scale · (integer − zeroPoint), integer in 0..255: what products read */
export interface ByteValue extends Quantization {
  readonly kind: "u8";
  readonly operand: Operand;
}

/** real = scale · (256·high + low − zeroPoint): for products that 8 bits would spoil */
export interface DoubleByteValue extends Quantization {
  readonly kind: "u16";
  readonly high: Operand;
  readonly low: Operand;
}

/** real = scale · integer, in i32 */
export interface WideValue {
  readonly kind: "wide";
  readonly operand: Operand;
  readonly scale: number;
}

/** real = scale · (integer − zeroPoint), integer proven in 0..levels, in i32: what tables are read with */
export interface IndexValue extends Quantization {
  readonly kind: "index";
  readonly operand: Operand;
  readonly levels: number;
}

/** The float model's own integers (tokens, positions, masks), of any integer type. */
export interface IntegerValue {
  readonly kind: "integer";
  readonly operand: Operand;
}

/** A condition; `negated`: 1 stands for false. */
export interface BoolValue {
  readonly kind: "bool";
  readonly operand: Operand;
  readonly negated: boolean;
}

/** real = part / total, both i32, total a sum of parts along `axis` with that axis kept: a Softmax before its division */
export interface SharesValue {
  readonly kind: "shares";
  readonly part: Operand;
  readonly total: Operand;
  readonly axis: number;
  /** the greatest that a part can be */
  readonly most: number;
}

export type Value =
  | ByteValue
  | DoubleByteValue
  | WideValue
  | IndexValue
  | IntegerValue
  | BoolValue
  | SharesValue;

/** The tensor of the program that a value lies in; of two-part values the first. */
export function operandOf(value: Value): Operand {
  if (value.kind === "u16") return value.high;
  return value.kind === "shares" ? value.part : value.operand;
}
