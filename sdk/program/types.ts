// What a program is made of: tensors, steps, operands.

export type DType = "u8" | "i8" | "i32" | "i64";

export type TensorData = Uint8Array | Int8Array | Int32Array | BigInt64Array;

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
  readonly maxPasses: 1;
  readonly inputs: readonly TensorType[];
  /** One per slot; the collect step is derived, see `collectStep`. */
  readonly steps: readonly Step[];
  /** Slots, in the order of the output bytes. */
  readonly outputs: readonly number[];
  readonly constants: readonly Tensor[];
}
