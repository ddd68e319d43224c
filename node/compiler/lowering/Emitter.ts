// Writes steps: infers output shapes, knows the proven bounds of every value, and leaves out what changes nothing.
import {
  allocate,
  type DType,
  dtypeBounds,
  elementCount,
  hull,
  type Operand,
  type OpName,
  operators,
  type Ranges,
  type Step,
  type TensorData,
  tensorType,
} from "@assay/sdk/program";
import type { ProgramBuilder } from "../programBuilder.ts";

type Shape = readonly number[];
type OperandRanges = Parameters<(typeof operators)["Add"]["ranges"]>[1][number];

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Elements that a loop over one output element may scan: sdk/program MAX_ROW. */
export const MAX_ROW = 32768;

export function broadcast(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    return left === 1 ? right : left;
  });
}

const padded = (values: Shape, neutral: (axis: number) => number): number[] =>
  Array.from({ length: 8 }, (_, axis) => values[axis] ?? neutral(axis));

/** The numbers as data of a type; they must fit it. */
export function dataOf(dtype: DType, values: ArrayLike<number>): TensorData {
  const data = allocate(dtype, values.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    for (let index = 0; index < values.length; index++) data[index] = BigInt(values[index]!);
  else for (let index = 0; index < values.length; index++) data[index] = values[index]!;
  return data;
}

export class Emitter {
  readonly builder: ProgramBuilder;
  readonly #slots = new Map<number, Ranges>();
  readonly #constants = new Map<number, { data: TensorData; ranges?: Ranges; operand: Operand }>();
  readonly #scalars = new Map<string, Operand>();

  constructor(builder: ProgramBuilder) {
    this.builder = builder;
  }

  #rangesOf(operand: Operand): OperandRanges {
    const { source, type } = operand;
    const { shape } = type;
    if (source.kind === "constant") {
      const known = this.#constants.get(source.index);
      if (known) {
        known.ranges ??= rangesOfData(known.data);
        return { ranges: known.ranges, constant: { type, data: known.data }, shape };
      }
    }
    const ranges = source.kind === "slot" ? this.#slots.get(source.index) : undefined;
    const { min, max } = dtypeBounds(type.dtype);
    return { ranges: ranges ?? { axis: -1, min: [min], max: [max] }, constant: undefined, shape };
  }

  /** What is proven about the values of an operand, whatever the inputs are. */
  bounds(operand: Operand): Bounds {
    const { min, max } = hull(this.#rangesOf(operand).ranges);
    return { min: Number(min), max: Number(max) };
  }

  /** Largest magnitude that is proven. */
  most(operand: Operand): number {
    const { min, max } = this.bounds(operand);
    return Math.max(-min, max);
  }

  constant(dtype: DType, shape: Shape, data: TensorData): Operand {
    const operand = this.builder.constant(tensorType(dtype, shape), data);
    this.#constants.set((operand.source as { index: number }).index, { data, operand });
    return operand;
  }

  /** A constant of numbers. */
  vector(dtype: DType, shape: Shape, values: ArrayLike<number>): Operand {
    return this.constant(dtype, shape, dataOf(dtype, values));
  }

  /** One number of any shape of ones; the same one is stored once. */
  scalar(dtype: DType, value: number): Operand {
    const key = `${dtype} ${value}`;
    const known = this.#scalars.get(key);
    if (known) return known;
    const operand = this.vector(dtype, [1], [value]);
    this.#scalars.set(key, operand);
    return operand;
  }

  /** Any step; `dtype` is that of the first operand where not given. */
  step(
    op: OpName,
    operands: readonly Operand[],
    shape: Shape,
    { attributes = [], dtype }: { attributes?: readonly number[]; dtype?: DType } = {},
  ): Operand {
    const type = tensorType(dtype ?? operands[0]!.type.dtype, shape);
    const operand = this.builder.step(op, operands, attributes, type);
    const step: Step = { op, operands, attributes: attributes.map(BigInt), out: type };
    const ranges = operators[op].ranges(
      step,
      operands.map((each) => this.#rangesOf(each)),
    );
    this.#slots.set((operand.source as { index: number }).index, ranges);
    return operand;
  }

  #binary(op: OpName, a: Operand, b: Operand, dtype?: DType): Operand {
    return this.step(op, [a, b], broadcast(a.type.shape, b.type.shape), dtype ? { dtype } : {});
  }

  add(a: Operand, b: Operand): Operand {
    return this.#binary("Add", a, b);
  }

  sub(a: Operand, b: Operand): Operand {
    return this.#binary("Sub", a, b);
  }

  mul(a: Operand, b: Operand): Operand {
    return this.#binary("Mul", a, b);
  }

  /** Truncating. */
  div(a: Operand, b: Operand): Operand {
    return this.#binary("Div", a, b);
  }

  mod(a: Operand, b: Operand): Operand {
    return this.#binary("Mod", a, b);
  }

  min(a: Operand, b: Operand): Operand {
    return this.#binary("Min", a, b);
  }

  max(a: Operand, b: Operand): Operand {
    return this.#binary("Max", a, b);
  }

  and(a: Operand, b: Operand): Operand {
    return this.#binary("BitwiseAnd", a, b);
  }

  or(a: Operand, b: Operand): Operand {
    return this.#binary("BitwiseOr", a, b);
  }

  xor(a: Operand, b: Operand): Operand {
    return this.#binary("BitwiseXor", a, b);
  }

  equal(a: Operand, b: Operand): Operand {
    return this.#binary("Equal", a, b, "bool");
  }

  less(a: Operand, b: Operand): Operand {
    return this.#binary("Less", a, b, "bool");
  }

  /** Add, Mul, Div … with one number, left out where it changes nothing. */
  addNumber(a: Operand, value: number): Operand {
    return value === 0 ? a : this.add(a, this.scalar(a.type.dtype, value));
  }

  mulNumber(a: Operand, value: number): Operand {
    return value === 1 ? a : this.mul(a, this.scalar(a.type.dtype, value));
  }

  divNumber(a: Operand, value: number): Operand {
    return value === 1 ? a : this.div(a, this.scalar(a.type.dtype, value));
  }

  /** Left out where the bounds are proven already. */
  clip(a: Operand, low: number, high: number): Operand {
    const { min, max } = this.bounds(a);
    if (min >= low && max <= high) return a;
    return this.step("Clip", [a], a.type.shape, { attributes: [low, high] });
  }

  cast(a: Operand, dtype: DType): Operand {
    return a.type.dtype === dtype ? a : this.step("Cast", [a], a.type.shape, { dtype });
  }

  reshape(a: Operand, shape: Shape): Operand {
    const same = shape.length === a.type.shape.length && shape.every((size, i) => size === a.type.shape[i]);
    return same ? a : this.step("Reshape", [a], shape);
  }

  transpose(a: Operand, perm: Shape): Operand {
    if (perm.every((axis, place) => axis === place)) return a;
    const { shape } = a.type;
    // an order that moves no axis longer than 1 past another is a Reshape
    const moving = perm.filter((axis) => shape[axis] !== 1);
    const target = perm.map((axis) => shape[axis]!);
    if (moving.every((axis, index) => index === 0 || axis > moving[index - 1]!))
      return this.reshape(a, target);
    return this.step("Transpose", [a], target, { attributes: padded(perm, (axis) => axis) });
  }

  expand(a: Operand, shape: Shape): Operand {
    const same = shape.length === a.type.shape.length && shape.every((size, i) => size === a.type.shape[i]);
    return same ? a : this.step("Expand", [a], shape);
  }

  /** `count` elements per axis from `starts`, `steps` apart. */
  slice(a: Operand, starts: Shape, counts: Shape, steps: Shape = starts.map(() => 1)): Operand {
    const { shape } = a.type;
    if (counts.every((count, axis) => count === shape[axis] && steps[axis] === 1)) return a;
    const attributes = [...padded(starts, () => 0), ...padded(steps, () => 1)];
    return this.step("Slice", [a], counts, { attributes });
  }

  pad(a: Operand, begins: Shape, shape: Shape, value: number): Operand {
    return this.step("Pad", [a], shape, { attributes: [...padded(begins, () => 0), value] });
  }

  /** Any number of operands; more than 8 are joined in turns. */
  concat(operands: readonly Operand[], axis: number): Operand {
    if (operands.length === 1) return operands[0]!;
    if (operands.length > 8) {
      const parts: Operand[] = [];
      for (let start = 0; start < operands.length; start += 8)
        parts.push(this.concat(operands.slice(start, start + 8), axis));
      return this.concat(parts, axis);
    }
    const shape = operands[0]!.type.shape.map((size, at) =>
      at === axis ? operands.reduce((sum, { type }) => sum + type.shape[axis]!, 0) : size,
    );
    return this.step("Concat", operands, shape, { attributes: [axis] });
  }

  where(condition: Operand, x: Operand, y: Operand): Operand {
    const shape = broadcast(condition.type.shape, broadcast(x.type.shape, y.type.shape));
    return this.step("Where", [condition, x, y], shape, { dtype: x.type.dtype });
  }

  gather(data: Operand, indices: Operand, axis: number): Operand {
    const { shape } = data.type;
    const out = [...shape.slice(0, axis), ...indices.type.shape, ...shape.slice(axis + 1)];
    return this.step("Gather", [data, indices], out, { attributes: [axis] });
  }

  gatherElements(data: Operand, indices: Operand, axis: number): Operand {
    return this.step("GatherElements", [data, indices], indices.type.shape, { attributes: [axis] });
  }

  /** table[index] for indices of any shape that are proven to lie inside; `values` has the type of the result. */
  lookUp(dtype: DType, values: ArrayLike<number>, indices: Operand): Operand {
    const { shape } = indices.type;
    const rank = shape.length;
    // a row of a matrix needs no reshaping
    const isRow = rank > 0 && shape.slice(0, -1).every((size) => size === 1);
    const flat = isRow ? shape : [elementCount({ shape })];
    const table = this.vector(dtype, [...flat.slice(0, -1), values.length], values);
    const found = this.gatherElements(table, this.reshape(indices, flat), flat.length - 1);
    return this.reshape(found, shape);
  }

  reduceSum(a: Operand, axis: number, keep = true): Operand {
    return this.#reduce("ReduceSum", a, axis, keep);
  }

  reduceMax(a: Operand, axis: number, keep = true): Operand {
    return this.#reduce("ReduceMax", a, axis, keep);
  }

  #reduce(op: "ReduceSum" | "ReduceMax", a: Operand, axis: number, keep: boolean): Operand {
    const shape = a.type.shape.toSpliced(axis, 1, ...(keep ? [1] : []));
    return this.step(op, [a], shape, { attributes: [axis, keep ? 1 : 0] });
  }

  argMax(a: Operand, axis: number, keep: boolean): Operand {
    const shape = a.type.shape.toSpliced(axis, 1, ...(keep ? [1] : []));
    return this.step("ArgMax", [a], shape, { attributes: [axis, keep ? 1 : 0], dtype: "i64" });
  }

  /** i64 → i64 */
  isqrt(a: Operand): Operand {
    return this.step("Isqrt", [a], a.type.shape);
  }

  matMul(a: Operand, b: Operand, aZero: number, bZero: number): Operand {
    const left = a.type.shape;
    const right = b.type.shape;
    const batch = broadcast(left.slice(0, -2), right.slice(0, -2));
    const shape = [...batch, left.at(-2)!, right.at(-1)!];
    return this.step("MatMulInteger", [a, b], shape, { attributes: [aZero, bZero], dtype: "i32" });
  }
}

function rangesOfData(data: TensorData): Ranges {
  let min = data[0]!;
  let max = data[0]!;
  for (let index = 1; index < data.length; index++) {
    const value = data[index]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { axis: -1, min: [BigInt(min)], max: [BigInt(max)] };
}
