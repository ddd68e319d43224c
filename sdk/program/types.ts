// What a program is made of: tensors, steps, operands.

export type DType = "u8" | "i8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64" | "bool";

/** Elements of at most 32 bits. */
export type NarrowData = Uint8Array | Int8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

export type WideData = BigInt64Array | BigUint64Array;

/** A `bool` is a `Uint8Array` of zeros and ones. */
export type TensorData = NarrowData | WideData;

export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** The axes from outermost to innermost in the bytes that are hashed; row-major is 0, 1, 2, … */
  readonly layout: readonly number[];
}

/** `data` is row-major always; the layout only says how the tensor is hashed. */
export interface Tensor {
  readonly type: TensorType;
  readonly data: TensorData;
}

export type Source =
  | { readonly kind: "slot"; readonly index: number }
  /** `offset` in the input bytes, a multiple of 8. */
  | { readonly kind: "input"; readonly offset: number }
  | { readonly kind: "constant"; readonly index: number };

export interface Operand {
  readonly source: Source;
  readonly type: TensorType;
}

export type OpName =
  | "MatMulInteger"
  | "ConvInteger"
  | "Add"
  | "Div"
  | "Clip"
  | "Cast"
  | "MaxPool"
  | "Reshape"
  | "ArgMax"
  | "Sub"
  | "Mul"
  | "Mod"
  | "Min"
  | "Max"
  | "BitShift"
  | "BitwiseAnd"
  | "BitwiseOr"
  | "BitwiseXor"
  | "Equal"
  | "Less"
  | "Where"
  | "Isqrt"
  | "Gather"
  | "GatherElements"
  | "ScatterElements"
  | "Concat"
  | "Slice"
  | "Pad"
  | "Transpose"
  | "Expand"
  | "ReduceSum"
  | "ReduceMax"
  | "CumSum"
  | "Carry"
  | "Stop"
  | "Collect";

/** One operator applied to operands: what a descriptor says. Its output is one slot. */
export interface Step {
  readonly op: OpName;
  readonly operands: readonly Operand[];
  readonly attributes: readonly bigint[];
  readonly out: TensorType;
}

export interface Program {
  readonly operatorSet: 1;
  /** 1, or how often an iterated program is run at most; then its last step is Stop. */
  readonly maxPasses: number;
  readonly inputs: readonly TensorType[];
  /** One per slot; the collect step is derived, see `collectStep`. */
  readonly steps: readonly Step[];
  /** Slots, in the order of the output bytes. */
  readonly outputs: readonly number[];
  readonly constants: readonly Tensor[];
}
