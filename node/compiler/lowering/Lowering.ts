// What the lowering of one operation sees and changes: values by tensor name, converted on demand and once.
import type { Operand } from "@assay/sdk/program";
import { type Constant, isFloat } from "../graph/types.ts";
import type { Operation, Plan } from "../plan.ts";
import { bestQuantization, type Quantization, sameQuantization, spread } from "../quantization/activation.ts";
import type { TensorStatistics } from "../statistics.ts";
import { Conversions } from "./conversions.ts";
import { needsDoubleBytes } from "./doubleBytes.ts";
import type { Emitter } from "./Emitter.ts";
import { Groups } from "./Groups.ts";
import type { Registry } from "./registry.ts";
import type {
  BoolValue,
  ByteValue,
  DoubleByteValue,
  IndexValue,
  IntegerValue,
  Value,
  WideValue,
} from "./value.ts";

/**
 * How an operation likes to read an operand. `same`: as the readers of its output do. `narrow`: 32 bits of which 14 are
 * used, for products of two such values. `fine`: as exactly as it comes, of inputs in 64 bits: what is compared only. `output` is what outputs of the program are that nothing else reads.
 */
export type Demand = "u8" | "index" | "wide" | "narrow" | "fine" | "output" | "integer" | "same";
export type Wanted = ReadonlySet<Exclude<Demand, "same">>;

/** Bits that the largest value seen in calibration takes in i32. */
const WIDE_BITS = 18;
const NARROW_BITS = 13;
export interface LoweringParts {
  readonly plan: Plan;
  readonly emit: Emitter;
  readonly registry: Registry;
  readonly statistics: ReadonlyMap<string, TensorStatistics>;
  /** pairs of tensors that share one quantization: a cache as it comes in and goes out */
  readonly tied?: readonly (readonly [string, string])[];
  readonly precision?: Precision;
}

/** `high`: two bytes for what products read and for weights, at about four times the work. */
export type Precision = "balanced" | "high";

/** One converted tensor, for reports. */
export interface Lowered {
  readonly operation: Operation;
  readonly tensor: string;
  readonly value: Value;
  readonly shifts?: readonly [number, number];
  /** the same as rows [positions, channels], which may be all that the program keeps */
  readonly rows?: Operand;
}

const keyOf = ({ source }: Operand): string =>
  `${source.kind} ${source.kind === "input" ? source.offset : source.index}`;

export class Lowering {
  readonly plan: Plan;
  readonly emit: Emitter;
  readonly registry: Registry;
  readonly lowered: Lowered[] = [];
  readonly convert: Conversions;
  readonly precision: Precision;
  readonly #statistics: ReadonlyMap<string, TensorStatistics>;
  readonly #values = new Map<string, Value>();
  readonly #converted = new Map<string, Value>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #doubles = new Map<string, boolean>();
  readonly #rows = new Map<string, Operand>();
  readonly #groups: Groups;
  #current: Operation | undefined;

  constructor({ plan, emit, registry, statistics, tied = [], precision = "balanced" }: LoweringParts) {
    this.plan = plan;
    this.emit = emit;
    this.registry = registry;
    this.precision = precision;
    this.#statistics = statistics;
    this.#groups = new Groups(plan, registry, tied);
    this.convert = new Conversions(emit);
  }

  /** Lowers all operations in order; `onOperation` hears how many are done. */
  run(onOperation: (done: number) => void = () => {}): void {
    for (const [index, operation] of this.plan.operations.entries()) {
      this.#current = operation;
      this.registry.definition(operation).lower(operation, this);
      onOperation(index + 1);
    }
  }

  shape(name: string): readonly number[] {
    return this.plan.shape(name);
  }

  isFloat(name: string): boolean {
    return isFloat(this.plan.tensor(name).dtype);
  }

  /** The value of a constant operand; undefined where it is computed. */
  constant(name: string | undefined): Constant | undefined {
    return this.plan.constant(name);
  }

  /** Whether an operand is computed by the program. */
  isComputed(name: string | undefined): name is string {
    return name !== undefined && name !== "" && !this.plan.constant(name);
  }

  /** What calibration saw of a computed float tensor. */
  statistics(name: string): TensorStatistics {
    const found = this.#statistics.get(name);
    if (!found) throw new Error(`no statistics of ${name}`);
    return found;
  }

  /** Largest magnitude that calibration saw. */
  most(name: string): number {
    const { min, max } = this.statistics(name);
    return Math.max(-min, max, 0);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  value(name: string): Value {
    const value = this.#values.get(name);
    if (!value) throw new Error(`${name} is not lowered yet`);
    return value;
  }

  set(name: string, value: Value, seen: Pick<Lowered, "shifts" | "rows"> = {}): void {
    this.#values.set(name, value);
    if (this.#current && this.#statistics.has(name))
      this.lowered.push({ operation: this.#current, tensor: name, value, ...seen });
  }

  /** How the readers of a tensor like to read it. */
  wanted(name: string): Wanted {
    const known = this.#wanted.get(name);
    if (known) return known;
    const wanted = new Set<Exclude<Demand, "same">>();
    this.#wanted.set(name, wanted);
    if (this.plan.isOutput(name)) wanted.add("output");
    for (const operation of this.plan.readers(name)) {
      const { demand } = this.registry.definition(operation);
      operation.inputs.forEach((input, index) => {
        if (input !== name) return;
        const one = demand(operation, index, this);
        if (one !== "same") wanted.add(one);
        else for (const output of operation.outputs) for (const each of this.wanted(output)) wanted.add(each);
      });
    }
    return wanted;
  }

  /** The one format that a producer should choose for a tensor. */
  format(name: string): "u8" | "index" | "wide" | "output" {
    const wanted = this.wanted(name);
    const only = (...demands: Exclude<Demand, "same">[]): boolean =>
      [...wanted].every((each) => demands.includes(each));
    if (only("output")) return "output";
    if (only("u8", "output")) return "u8";
    return only("index") ? "index" : "wide";
  }

  /** The scale that wide values of this tensor have, so that whatever is added to each other has one scale. */
  wideScale(name: string): number {
    return this.#groups.wideScale(name, (members) => {
      const most = members.reduce((value, member) => Math.max(value, this.#mostOf(member)), 0);
      const isNarrow = members.every((member) =>
        [...this.wanted(member)].every((each) => each === "narrow" || each === "u8"),
      );
      const bits = isNarrow ? NARROW_BITS : WIDE_BITS;
      return most === 0 ? 2 ** -bits : 2 ** (Math.ceil(Math.log2(most)) - bits);
    });
  }

  #mostOf(name: string): number {
    const found = this.#statistics.get(name);
    return found ? Math.max(-found.min, found.max, 0) : 0;
  }

  /** The quantization that a tensor shares with others (joined to it, or a cache), if it does. */
  tiedQuantization(name: string): Quantization | undefined {
    return this.#groups.tiedQuantization(name, (members) => {
      const seen = members.flatMap((member) => this.#statistics.get(member) ?? []);
      const min = seen.reduce((least, { min }) => Math.min(least, min), 0);
      const max = seen.reduce((greatest, { max }) => Math.max(greatest, max), 0);
      return bestQuantization(
        min,
        max,
        seen.map(({ sample }) => sample),
      );
    });
  }

  /** The quantization to 8 bits that suits a tensor. */
  byteQuantization(name: string): Quantization {
    const tied = this.tiedQuantization(name);
    if (tied) return tied;
    const found = this.#statistics.get(name);
    if (!found) return spread(0, 1);
    return bestQuantization(found.min, found.max, [found.sample]);
  }

  /** Whether products read a tensor in two bytes. */
  isDouble(name: string): boolean {
    const known = this.#doubles.get(name);
    if (known !== undefined) return known;
    const isDouble = this.#statistics.has(name) && needsDoubleBytes(this, name);
    this.#doubles.set(name, isDouble);
    return isDouble;
  }

  #cached<T extends Value>(key: string, make: () => T): T {
    const known = this.#converted.get(key) as T | undefined;
    const value = known ?? make();
    if (!known) this.#converted.set(key, value);
    return value;
  }

  /** In 8 bits; with a quantization of its own where others need that one. */
  u8(name: string, quantization?: Quantization): ByteValue {
    const value = this.value(name);
    if (value.kind === "u8" && (!quantization || sameQuantization(value, quantization))) return value;
    const key = quantization ? `${quantization.scale} ${quantization.zeroPoint}` : "";
    const target = quantization ?? this.byteQuantization(name);
    return this.#cached(`u8 ${name} ${key}`, () => this.convert.toBytes(value, target, !!quantization));
  }

  /** In two bytes, for a product that needs them. */
  u16(name: string): DoubleByteValue {
    const { min, max } = this.statistics(name);
    return this.#cached(`u16 ${name}`, () => this.convert.toDoubleBytes(this.value(name), min, max));
  }

  /** In 32 bits, at the given scale or at whatever scale the value has. */
  wide(name: string, scale?: number): WideValue {
    const value = this.#cached(`wide ${name}`, () => this.convert.toWide(this.value(name)));
    if (scale === undefined || value.scale === scale) return value;
    return this.#cached(`wide ${name} ${scale}`, () => this.convert.rescale(value, scale));
  }

  /** In 32 bits with a proven magnitude of at most 2^14, of which calibrated values use at most 2^13. */
  narrow(name: string): WideValue {
    return this.#cached(`narrow ${name}`, () =>
      this.convert.narrow(this.wide(name), this.most(name), NARROW_BITS),
    );
  }

  /** As the number of a table entry, from 0 to at most `levels`. */
  index(name: string, levels: number): IndexValue {
    const value = this.value(name);
    if (value.kind === "index") return value;
    const { min, max } = this.statistics(name);
    return this.#cached(`index ${name}`, () => this.convert.toIndex(value, min, max, levels));
  }

  /** The model's own integers. */
  integer(name: string): IntegerValue {
    const value = this.value(name);
    if (value.kind === "integer") return value;
    return this.#cached(`integer ${name}`, () => this.convert.toInteger(value));
  }

  bool(name: string): BoolValue {
    const value = this.value(name);
    if (value.kind === "bool") return value;
    return this.#cached(`bool ${name}`, () => this.convert.toBool(value));
  }

  /** An image [1, C, …] as rows [positions, C]: those that it was made from, where it was. */
  rowsOf(image: Operand): Operand {
    const [, channels = 1, ...places] = image.type.shape;
    const turned = (): Operand => this.emit.transpose(image, [0, ...places.map((_, axis) => axis + 2), 1]);
    const count = places.reduce((product, size) => product * size, 1);
    return this.rowsBehind(image) ?? this.emit.reshape(turned(), [count, channels]);
  }

  /** The rows that an image was made from, if it was. */
  rowsBehind = (image: Operand): Operand | undefined => this.#rows.get(keyOf(image));

  /** Rows [positions, C] as a tensor [1, C, …]. */
  fromRows(rows: Operand, shape: readonly number[]): Operand {
    const image = this.emit.reshape(this.emit.transpose(rows, [1, 0]), shape);
    this.#rows.set(keyOf(image), rows);
    return image;
  }

  /** A constant of the model as an operand of integers. */
  integerConstant(constant: Constant, dtype: "i32" | "i64"): Operand {
    const values = constant.data as ArrayLike<number | bigint>;
    return this.emit.vector(dtype, constant.shape, Float64Array.from(values, Number));
  }
}
