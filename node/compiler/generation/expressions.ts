// Integer expressions as steps of a program: types and broadcast shapes follow from the operands.
import {
  allocate,
  type DType,
  elementCount,
  type Operand,
  type OpName,
  type TensorData,
  tensorType,
} from "@assay/sdk/program";
import type { ProgramBuilder } from "../programBuilder.ts";

type Number = number | bigint;

export class Expressions {
  readonly builder: ProgramBuilder;
  readonly #scalars = new Map<string, Operand>();

  constructor(builder: ProgramBuilder) {
    this.builder = builder;
  }

  /** A constant of shape [values]; equal ones of one value are made once. */
  constant(dtype: DType, ...values: readonly Number[]): Operand {
    const key = values.length === 1 ? `${dtype} ${values[0]}` : undefined;
    const known = key === undefined ? undefined : this.#scalars.get(key);
    if (known) return known;
    const data = allocate(dtype, values.length);
    for (const [index, value] of values.entries()) setAt(data, index, value);
    const made = this.builder.constant(tensorType(dtype, [values.length]), data);
    if (key !== undefined) this.#scalars.set(key, made);
    return made;
  }

  add = (a: Operand, b: Operand | Number): Operand => this.#binary("Add", a, b);
  sub = (a: Operand, b: Operand | Number): Operand => this.#binary("Sub", a, b);
  mul = (a: Operand, b: Operand | Number): Operand => this.#binary("Mul", a, b);
  div = (a: Operand, b: Operand | Number): Operand => this.#binary("Div", a, b);
  mod = (a: Operand, b: Operand | Number): Operand => this.#binary("Mod", a, b);
  max = (a: Operand, b: Operand | Number): Operand => this.#binary("Max", a, b);
  and = (a: Operand, b: Operand | Number): Operand => this.#binary("BitwiseAnd", a, b);
  xor = (a: Operand, b: Operand | Number): Operand => this.#binary("BitwiseXor", a, b);
  /** bool */
  equal = (a: Operand, b: Operand | Number): Operand => this.#binary("Equal", a, b, [], "bool");
  /** bool */
  less = (a: Operand, b: Operand | Number): Operand => this.#binary("Less", a, b, [], "bool");
  shiftRight = (a: Operand, bits: number): Operand => this.#binary("BitShift", a, bits, [1]);

  where(condition: Operand, x: Operand, y: Operand | Number): Operand {
    const other = this.#operand(y, x.type.dtype);
    const shape = [condition, x, other].map(({ type }) => type.shape).reduce(broadcast);
    return this.builder.step("Where", [condition, x, other], [], tensorType(x.type.dtype, shape));
  }

  clip(a: Operand, low: number, high: number): Operand {
    return this.builder.step("Clip", [a], [low, high], a.type);
  }

  cast(a: Operand, dtype: DType): Operand {
    if (a.type.dtype === dtype) return a;
    return this.builder.step("Cast", [a], [], tensorType(dtype, a.type.shape, a.type.layout));
  }

  reshape(a: Operand, shape: readonly number[]): Operand {
    if (a.type.shape.join() === shape.join()) return a;
    return this.builder.step("Reshape", [a], [], tensorType(a.type.dtype, shape));
  }

  /** Rows of `data` along its first axis: shape of `indices`, then the rest of `data`'s. */
  gather(data: Operand, indices: Operand): Operand {
    const shape = [...indices.type.shape, ...data.type.shape.slice(1)];
    return this.builder.step("Gather", [data, indices], [0], tensorType(data.type.dtype, shape));
  }

  /** `data` [n] with the element at `index` [1] replaced. */
  scatter(data: Operand, index: Operand, update: Operand): Operand {
    return this.builder.step("ScatterElements", [data, index, update], [0], data.type);
  }

  /** Element `index` of a tensor of one axis, as [1]. */
  at(a: Operand, index: number): Operand {
    const type = tensorType(a.type.dtype, [1]);
    return this.builder.step("Slice", [a], [...fill(index, 0), ...fill(1, 1)], type);
  }

  /** Appends `value` along the one axis. */
  padTo(a: Operand, size: number, value: number): Operand {
    if (elementCount(a.type) === size) return a;
    const type = tensorType(a.type.dtype, [size]);
    return this.builder.step("Pad", [a], [...fill(0, 0), value], type);
  }

  /** Over the last axis, which stays with size 1. */
  reduce(op: "ReduceSum" | "ReduceMax", a: Operand): Operand {
    const { dtype, shape } = a.type;
    const axis = shape.length - 1;
    return this.builder.step(op, [a], [axis, 1], tensorType(dtype, shape.with(axis, 1)));
  }

  /** Place of the first largest value along the last axis, which goes away. */
  argMax(a: Operand): Operand {
    const { shape } = a.type;
    const axis = shape.length - 1;
    return this.builder.step("ArgMax", [a], [axis, 0], tensorType("i64", shape.slice(0, axis)));
  }

  /** Running sums along the last axis. */
  cumSum(a: Operand): Operand {
    return this.builder.step("CumSum", [a], [a.type.shape.length - 1, 0, 0], a.type);
  }

  #operand(value: Operand | Number, dtype: DType): Operand {
    return typeof value === "object" ? value : this.constant(dtype, value);
  }

  #binary(
    op: OpName,
    a: Operand,
    other: Operand | Number,
    attributes: readonly number[] = [],
    dtype: DType = a.type.dtype,
  ): Operand {
    const b = this.#operand(other, a.type.dtype);
    const type = tensorType(dtype, broadcast(a.type.shape, b.type.shape));
    return this.builder.step(op, [a, b], attributes, type);
  }
}

/** Eight attributes: the first, and a neutral value for each axis that is not there. */
const fill = (first: number, neutral: number): number[] => [first, ...new Array<number>(7).fill(neutral)];

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const sizeOf = (shape: readonly number[], axis: number) => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => Math.max(sizeOf(a, axis), sizeOf(b, axis)));
}

function setAt(data: TensorData, index: number, value: Number): void {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[index] = BigInt(value);
  else data[index] = Number(value);
}
