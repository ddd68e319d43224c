// A program that grows step by step: whatever is added, it stays one that checkProgram accepts.
import {
  checkProgram,
  type DType,
  dtypeBounds,
  elementCount,
  hull,
  type Interval,
  type Operand,
  type OpName,
  type Program,
  ProgramError,
  packedOffsets,
  type Ranges,
  rowMajor,
  type Step,
  sameShape,
  type Tensor,
  type TensorData,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import { clipped, perAxis } from "./drafts.ts";
import type { Random } from "./random.ts";

function lesser(a: bigint, b: bigint): bigint {
  if (b < a) return b;
  return a;
}

function greater(a: bigint, b: bigint): bigint {
  if (b > a) return b;
  return a;
}

export class GrowingProgram {
  readonly random: Random;
  readonly inputs: readonly TensorType[];
  readonly steps: Step[] = [];
  readonly constants: Tensor[] = [];
  #ranges: readonly Ranges[] = [];

  constructor(random: Random, inputs: readonly TensorType[]) {
    this.random = random;
    this.inputs = inputs;
  }

  /** Inputs and slots, the last ones first. */
  get pool(): Operand[] {
    const { offsets } = packedOffsets(this.inputs);
    const slots = this.steps.map(
      ({ out }, index): Operand => ({ source: { kind: "slot", index }, type: out }),
    );
    const given = this.inputs.map(
      (type, index): Operand => ({ source: { kind: "input", offset: offsets[index]!.start }, type }),
    );
    return [...slots.reverse(), ...given];
  }

  constant(type: TensorType, data: TensorData): Operand {
    this.constants.push({ type, data });
    return { source: { kind: "constant", index: this.constants.length - 1 }, type };
  }

  /** Everywhere the same number, in a tensor of one element or of a whole shape. */
  number(dtype: DType, value: bigint, shape: readonly number[] = []): Operand {
    const type = tensorType(dtype, shape);
    return this.constant(type, this.random.data(dtype, elementCount(type), { min: value, max: value }));
  }

  /** Adds a step; undefined, and nothing added, where checkProgram refuses it. */
  tryStep(op: OpName, operands: Operand[], attributes: readonly (number | bigint)[], out: TensorType) {
    this.steps.push({ op, operands, attributes: attributes.map(BigInt), out });
    try {
      this.#ranges = checkProgram(this.build(this.shown.slice(0, 1))).ranges;
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      this.steps.pop();
      return undefined;
    }
    return { source: { kind: "slot", index: this.steps.length - 1 }, type: out } as Operand;
  }

  step(op: OpName, operands: Operand[], attributes: readonly (number | bigint)[], out: TensorType): Operand {
    const operand = this.tryStep(op, operands, attributes, out);
    if (operand) return operand;
    throw new Error(`${op} of ${JSON.stringify(operands)} to ${JSON.stringify(out)} is refused`);
  }

  /** A Carry step that goes on with itself until `goOn` says otherwise. */
  carry(initial: Operand, out: TensorType): number {
    const index = this.steps.length;
    const itself: Operand = { source: { kind: "slot", index }, type: out };
    this.steps.push({ op: "Carry", operands: [initial, itself], attributes: [], out });
    return index;
  }

  goOn(carry: number, next: Operand): void {
    const step = this.steps[carry]!;
    this.steps[carry] = { ...step, operands: [step.operands[0]!, next] };
  }

  /** The slots that may be outputs. */
  get shown(): number[] {
    return this.steps.flatMap(({ op, out }, slot) => (op === "Carry" || out.dtype === "bool" ? [] : [slot]));
  }

  build(outputs: readonly number[], maxPasses = 1): Program {
    const { inputs, constants } = this;
    return { operatorSet: 1, maxPasses, inputs, steps: [...this.steps], outputs, constants: [...constants] };
  }

  intervalOf({ source, type }: Operand): Interval {
    if (source.kind === "slot") return hull(this.#ranges[source.index]!);
    if (source.kind === "input") return dtypeBounds(type.dtype);
    const values = Array.from<number | bigint, bigint>(this.constants[source.index]!.data, BigInt);
    return { min: values.reduce(lesser), max: values.reduce(greater) };
  }

  /** A random memory layout, often the plain one. */
  type(dtype: DType, shape: readonly number[]): TensorType {
    const axes = rowMajor(shape.length);
    return tensorType(dtype, shape, this.random.next() < 0.5 ? axes : this.random.shuffle(axes));
  }

  /** The operand with all values held between two bounds, somehow. */
  clamped(operand: Operand, min: bigint, max: bigint): Operand {
    const { random } = this;
    const known = this.intervalOf(operand);
    if (known.min >= min && known.max <= max && random.next() < 0.9) return operand;
    const { dtype, shape } = operand.type;
    if (dtype === "bool") return operand;
    if (!clipped.includes(dtype)) {
      const wide = this.clamped(this.step("Cast", [operand], [], this.type("i32", shape)), min, max);
      return this.step("Cast", [wide], [], this.type(dtype, shape));
    }
    const out = this.type(dtype, shape);
    const low = known.min > min && known.min <= max && random.next() < 0.5 ? known.min : min;
    const most = 2n ** 63n - 1n;
    if (low <= most && random.next() < 0.6)
      return this.step("Clip", [operand], [low, max > most ? most : max], out);
    const shapeOf = () => (shape.length > 0 && random.next() < 0.5 ? shape.map(() => 1) : []);
    const lowered = this.step("Min", [operand, this.number(dtype, max, shapeOf())], [], out);
    const bound = this.number(dtype, low, shapeOf());
    return this.step("Max", random.shuffle([lowered, bound]), [], out);
  }

  /** The operand as another type, its values clamped where they do not fit. */
  cast(operand: Operand, dtype: DType): Operand {
    if (operand.type.dtype === dtype) return operand;
    const { shape } = operand.type;
    if (dtype === "bool") {
      const { min, max } = this.intervalOf(operand);
      const limit = this.number(operand.type.dtype, this.random.bigint(min, max));
      return this.step(this.random.pick(["Less", "Equal"]), [operand, limit], [], this.type("bool", shape));
    }
    const bounds = dtypeBounds(dtype);
    const own = this.intervalOf(operand);
    const low = greater(own.min, bounds.min);
    const high = lesser(own.max, bounds.max);
    const held = low > high ? this.clamped(operand, own.min, own.min) : this.clamped(operand, low, high);
    const out = this.type(dtype, shape);
    return this.tryStep("Cast", [held], [], out) ?? this.number(dtype, bounds.min, shape);
  }

  /** The operand's elements in another shape, some left out or repeated. */
  shaped(operand: Operand, shape: readonly number[]): Operand {
    if (sameShape(operand.type.shape, shape)) return operand;
    const { dtype } = operand.type;
    const [own, count] = [elementCount(operand.type), elementCount({ shape })];
    let line = operand;
    if (own !== count) {
      line = this.step("Reshape", [line], [], tensorType(dtype, [own]));
      if (own > count) {
        const start = this.random.integer(0, own - count);
        const parts = [...perAxis([start], () => 0), ...perAxis([1], () => 1)];
        line = this.step("Slice", [line], parts, tensorType(dtype, [count]));
      } else line = this.#stretched(line, own, count);
    }
    return this.step("Reshape", [line], [], this.type(dtype, shape));
  }

  #stretched(line: Operand, own: number, count: number): Operand {
    const { dtype } = line.type;
    const out = tensorType(dtype, [count]);
    if (own === 1) return this.step("Expand", [line], [], out);
    const isBool = dtype === "bool";
    if (this.random.next() < 0.5 && !isBool) {
      const begin = this.random.integer(0, count - own);
      const value = this.random.pick([0n, this.intervalOf(line).min, dtypeBounds(dtype).min]);
      const padded = this.tryStep("Pad", [line], [...perAxis([begin], () => 0), value], out);
      if (padded) return padded;
    }
    const places = this.random.data("i64", count, { min: 0n, max: BigInt(own - 1) });
    const indices = this.constant(tensorType("i64", [count]), places);
    return this.step("Gather", [line, indices], [0], out);
  }
}
