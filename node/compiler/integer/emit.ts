// Writes steps of an integer program: types and shapes of results follow from the operands.
import {
  allocate,
  type DType,
  dtypeBounds,
  elementCount,
  type Operand,
  type OpName,
  type Program,
  packedOffsets,
  type Step,
  type Tensor,
  type TensorData,
  type TensorType,
  tensorType,
  wrap,
} from "@assay/sdk/program";
import { broadcast } from "./shapes.ts";

export type Values = Iterable<number | bigint>;

const MOST_OPERANDS = 8;
/** Attribute lists with one entry per axis have this length, whatever the rank. */
const AXES = 8;

/** Numbers as the elements of a tensor. */
export function dataOf(dtype: DType, values: Values): TensorData {
  const list = [...values];
  const data = allocate(dtype, list.length);
  for (const [index, value] of list.entries()) {
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[index] = BigInt(value);
    else data[index] = Number(value);
  }
  return data;
}

const padded = (values: readonly number[], neutral: (axis: number) => number): number[] =>
  Array.from({ length: AXES }, (_, axis) => values[axis] ?? neutral(axis));

export class Emitter {
  readonly #inputs: readonly TensorType[];
  readonly #steps: Step[] = [];
  readonly #constants: Tensor[] = [];
  readonly #shared = new Map<string, Operand>();
  readonly #bytes = new WeakMap<Operand, Operand>();
  readonly #conditions = new WeakMap<Operand, Operand>();

  constructor(inputs: readonly TensorType[]) {
    this.#inputs = inputs;
  }

  input(index: number): Operand {
    const { start } = packedOffsets(this.#inputs).offsets[index]!;
    return { source: { kind: "input", offset: start }, type: this.#inputs[index]! };
  }

  /** How many steps there are so far. */
  get length(): number {
    return this.#steps.length;
  }

  tensor(dtype: DType, shape: readonly number[], data: TensorData): Operand {
    const type = tensorType(dtype, shape);
    const index = this.#constants.push({ type, data }) - 1;
    return { source: { kind: "constant", index }, type };
  }

  constant(dtype: DType, shape: readonly number[], values: Values): Operand {
    return this.tensor(dtype, shape, dataOf(dtype, values));
  }

  /** One number of rank 0; asked for twice it is one constant. */
  scalar(dtype: DType, value: number | bigint): Operand {
    const key = `${dtype} ${value}`;
    const known = this.#shared.get(key) ?? this.constant(dtype, [], [value]);
    this.#shared.set(key, known);
    return known;
  }

  /** The elements of an operand that is a constant. */
  valuesOf({ source }: Operand): TensorData | undefined {
    return source.kind === "constant" ? this.#constants[source.index]!.data : undefined;
  }

  step(
    op: OpName,
    operands: readonly Operand[],
    dtype: DType,
    shape: readonly number[],
    attributes: readonly (number | bigint)[] = [],
  ): Operand {
    const out = tensorType(dtype, shape);
    const index = this.#steps.push({ op, operands, attributes: attributes.map(BigInt), out }) - 1;
    return { source: { kind: "slot", index }, type: out };
  }

  /** An operator on two tensors that stretch to one shape. */
  pair(op: OpName, a: Operand, b: Operand, attributes: readonly number[] = []): Operand {
    const shape = broadcast(a.type.shape, b.type.shape);
    const dtype = op === "Equal" || op === "Less" ? "bool" : a.type.dtype;
    return this.step(op, [a, b], dtype, shape, attributes);
  }

  /** The same with a number of the operand's type. */
  with(op: OpName, a: Operand, value: number | bigint): Operand {
    return this.pair(op, a, this.scalar(a.type.dtype, value));
  }

  cast(a: Operand, dtype: DType): Operand {
    if (a.type.dtype === dtype) return a;
    const values = this.valuesOf(a);
    if (!values) return this.step("Cast", [a], dtype, a.type.shape);
    return this.constant(
      dtype,
      a.type.shape,
      Array.from<number | bigint, bigint>(values, (value) => wrap(BigInt(value), dtype)),
    );
  }

  /** A truth value as a byte of 0 or 1. */
  asByte(a: Operand): Operand {
    if (a.type.dtype !== "bool") return a;
    const byte = this.#bytes.get(a) ?? this.cast(a, "u8");
    this.#bytes.set(a, byte);
    return byte;
  }

  /** A byte of 0 or 1 as a truth value. */
  asCondition(a: Operand): Operand {
    if (a.type.dtype === "bool") return a;
    const condition = this.#conditions.get(a) ?? this.with("Equal", a, 1);
    this.#conditions.set(a, condition);
    return condition;
  }

  reshape(a: Operand, shape: readonly number[]): Operand {
    return this.step("Reshape", [a], a.type.dtype, shape);
  }

  /** `a` itself where it has the shape already. */
  shaped(a: Operand, shape: readonly number[]): Operand {
    const { shape: own } = a.type;
    const same = own.length === shape.length && own.every((size, axis) => size === shape[axis]);
    return same ? a : this.reshape(a, shape);
  }

  expand(a: Operand, shape: readonly number[]): Operand {
    return this.step("Expand", [a], a.type.dtype, shape);
  }

  transpose(a: Operand, perm: readonly number[]): Operand {
    const shape = perm.map((axis) => a.type.shape[axis]!);
    return this.step(
      "Transpose",
      [a],
      a.type.dtype,
      shape,
      padded(perm, (axis) => axis),
    );
  }

  /** `shape` says how many of each axis, from `starts` on, `steps` apart. */
  slice(
    a: Operand,
    shape: readonly number[],
    starts: readonly number[],
    steps: readonly number[] = [],
  ): Operand {
    const attributes = [...padded(starts, () => 0), ...padded(steps, () => 1)];
    return this.step("Slice", [a], a.type.dtype, shape, attributes);
  }

  pad(a: Operand, shape: readonly number[], begins: readonly number[], value: number | bigint): Operand {
    return this.step("Pad", [a], a.type.dtype, shape, [...padded(begins, () => 0), value]);
  }

  /** One after the other along an axis, as many operands as there are. */
  concat(parts: readonly Operand[], axis: number): Operand {
    if (parts.length === 1) return parts[0]!;
    if (parts.length > MOST_OPERANDS) {
      const groups: Operand[] = [];
      for (let at = 0; at < parts.length; at += MOST_OPERANDS)
        groups.push(this.concat(parts.slice(at, at + MOST_OPERANDS), axis));
      return this.concat(groups, axis);
    }
    const { dtype, shape } = parts[0]!.type;
    const size = parts.reduce((sum, { type }) => sum + type.shape[axis]!, 0);
    return this.step("Concat", parts, dtype, shape.with(axis, size), [axis]);
  }

  /** Indices that are known to lie within the axis. */
  gather(data: Operand, indices: Operand, axis: number): Operand {
    const { dtype, shape } = data.type;
    return this.step("Gather", [data, indices], dtype, shape.toSpliced(axis, 1, ...indices.type.shape), [
      axis,
    ]);
  }

  where(condition: Operand, x: Operand, y: Operand): Operand {
    const shape = broadcast(broadcast(condition.type.shape, x.type.shape), y.type.shape);
    return this.step("Where", [condition, x, y], x.type.dtype, shape);
  }

  /** ReduceSum, ReduceMax or ArgMax. */
  reduce(op: "ReduceSum" | "ReduceMax" | "ArgMax", a: Operand, axis: number, keep = true): Operand {
    const { dtype, shape } = a.type;
    if (op === "ReduceMax" && dtype === "i64") return this.#greatest(a, axis, keep);
    const dtypeOut = op === "ArgMax" ? "i64" : dtype;
    return this.step(op, [a], dtypeOut, shape.toSpliced(axis, 1, ...(keep ? [1] : [])), [axis, keep ? 1 : 0]);
  }

  /** Runtimes find the greatest of 64-bit integers only within 32 bits, but where it stands. */
  #greatest(a: Operand, axis: number, keep: boolean): Operand {
    const shape = a.type.shape.with(axis, 1);
    const place = this.step("ArgMax", [a], "i64", shape, [axis, 1]);
    const greatest = this.step("GatherElements", [a, place], "i64", shape, [axis]);
    return keep ? greatest : this.reshape(greatest, shape.toSpliced(axis, 1));
  }

  /** The order of the values turned round, within the type: -1 - a, or greatest - a. */
  reversed(a: Operand): Operand {
    const { min, max } = dtypeBounds(a.type.dtype);
    return this.pair("Sub", this.scalar(a.type.dtype, min + max), a);
  }

  /** The program; an output that is no step's result, or given twice, gets a step of its own. */
  finish(outputs: readonly Operand[]): Program {
    const slots = new Set<number>();
    for (const output of outputs) {
      const bytes = this.asByte(output);
      const own = bytes.source.kind !== "slot" || slots.has(bytes.source.index);
      const { source } = own ? this.reshape(bytes, bytes.type.shape) : bytes;
      slots.add((source as { index: number }).index);
    }
    return {
      operatorSet: 1,
      maxPasses: 1,
      inputs: this.#inputs,
      steps: this.#steps,
      outputs: [...slots],
      constants: this.#constants,
    };
  }
}

export const isSingle = ({ type }: Operand): boolean => elementCount(type) === 1;
