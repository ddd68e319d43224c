// Random steps added to a growing program, on operands that are there or are brought into form.
import {
  dtypeBounds,
  elementCount,
  type Operand,
  type OpName,
  type Step,
  sameShape,
  type TensorData,
  type TensorType,
  tensorType,
  WIDTH,
} from "@assay/sdk/program";
import type { GrowingProgram } from "./growingProgram.ts";
import type { Random } from "./random.ts";
import { type Case, randomCase } from "./steps.ts";

/** Bounds at which an operand makes no overflow, just so. */
function bounds({ op, operands, attributes, out }: Step, operand: number, random: Random) {
  const { dtype, shape } = operands[operand]!.type;
  const { min, max } = dtypeBounds(dtype);
  const part = (count: bigint) => ({ min: min / count, max: max / count });
  const bits = BigInt(8 * WIDTH[dtype]);
  const axis = Number(attributes[0] ?? 0n);
  const long = BigInt(shape[axis] ?? 1);
  const near = random.bigint(1n, bits - 2n);
  switch (op) {
    case "Add":
      return part(2n);
    case "Sub":
      return min === 0n ? (operand === 0 ? { min: max / 2n, max } : { min: 0n, max: max / 2n }) : part(2n);
    case "Mul":
      return part(operand === 0 ? 2n ** near : max / 2n ** near + 1n);
    case "Div":
    case "Mod":
      return operand === 1 ? { min: 1n, max } : { min, max };
    case "BitShift":
      if (operand === 1) return { min: 0n, max: attributes[0] === 0n ? near : bits - 1n };
      return attributes[0] === 0n ? { min: 0n, max: max >> near } : { min, max };
    case "MatMulInteger":
      return dtype === "i8" ? { min: -64n, max: 64n } : { min, max };
    case "Isqrt":
      return { min: 0n, max: 2n ** 52n };
    case "Gather":
    case "GatherElements":
      return operand === 1 ? { min: 0n, max: BigInt(operands[0]!.type.shape[axis]! - 1) } : { min, max };
    case "CumSum":
      return part(long);
    case "ReduceSum": {
      const most = (out.dtype === "i32" ? 2n ** 31n - 1n : 2n ** 53n - 1n) / long;
      return { min: -most, max: most };
    }
    default:
      return { min, max };
  }
}

/** An operand of that type: something that is there, brought into form, or a constant. */
export function operandFor(program: GrowingProgram, type: TensorType, data: TensorData): Operand {
  const { random } = program;
  const isBool = type.dtype === "bool";
  const fits = program.pool.filter((operand) => isBool || operand.type.dtype !== "bool");
  const alike = fits.filter((operand) => elementCount(operand.type) === elementCount(type));
  const same = alike.filter((operand) => operand.type.dtype === type.dtype);
  if (fits.length === 0 || (!isBool && random.next() < 0.3)) return program.constant(type, data);
  const ready = same.filter((operand) => sameShape(operand.type.shape, type.shape));
  const choices = [ready, same, alike, fits].filter((group) => group.length > 0);
  const group = random.next() < 0.8 ? choices[0]! : random.pick(choices);
  const chosen = random.next() < 0.5 ? group[0]! : random.pick(group);
  return program.shaped(program.cast(chosen, type.dtype), type.shape);
}

/** Numbers that optimizers look for. */
function plainer({ tensors, ...rest }: Case, random: Random): Case {
  const data = tensors.map((tensor) => {
    const { dtype } = tensor.type;
    if (random.next() < 0.75) return tensor.data;
    const value = random.pick([0n, 1n, dtypeBounds(dtype).min, dtypeBounds(dtype).max]);
    return random.data(dtype, tensor.data.length, { min: value, max: value });
  });
  return { ...rest, tensors: tensors.map((tensor, index) => ({ ...tensor, data: data[index]! })) };
}

const pairs: readonly OpName[] = [
  ...(["Add", "Sub", "Mul", "Div", "Mod", "Min", "Max", "BitShift", "Less", "Equal"] as const),
  ...(["BitwiseAnd", "BitwiseOr", "BitwiseXor"] as const),
];

/** Two operands that are there, or one and a constant: no Reshape between one step and the next. */
export function addPair(program: GrowingProgram): void {
  const { random } = program;
  const numbers = program.pool.filter(({ type }) => type.dtype !== "bool");
  const a = random.next() < 0.6 ? numbers[0]! : random.pick(numbers);
  const { dtype, shape } = a.type;
  const alike = numbers.filter(({ type }) => type.dtype === dtype && fitsWith(type.shape, shape));
  const free = shape.map((size) => (random.next() < 0.5 ? size : 1)).slice(random.integer(0, shape.length));
  const type = tensorType(dtype, free);
  const b =
    random.next() < 0.5 ? random.pick(alike) : program.constant(type, random.data(dtype, elementCount(type)));
  const op = random.pick(pairs);
  const isTurned = random.next() < 0.5;
  const attributes = op === "BitShift" ? [random.integer(0, 1)] : [];
  const [left, right] = (isTurned ? [b, a] : [a, b]) as [Operand, Operand];
  const out = program.type(op === "Less" || op === "Equal" ? "bool" : dtype, shape);
  if (program.tryStep(op, [left, right], attributes, out)) return;
  const step = { op, operands: [left, right], attributes: attributes.map(BigInt), out };
  const held = [left, right].map((operand, index) => {
    const { min, max } = bounds(step, index, random);
    return operand.source.kind === "constant"
      ? program.constant(operand.type, random.data(dtype, elementCount(operand.type), { min, max }))
      : program.clamped(operand, min, max);
  });
  program.tryStep(op, held, attributes, out);
}

/** Whether a shape stretches to another one. */
const fitsWith = (shape: readonly number[], other: readonly number[]): boolean =>
  shape.length <= other.length &&
  shape.every((size, axis) => size === 1 || size === other[axis + other.length - shape.length]);

/** Of a few random steps one whose operands are there already, if any are. */
function likeliest({ random, pool }: GrowingProgram, op: OpName): Case {
  const ready = ({ step }: Case): number =>
    step.operands.filter(({ type }) =>
      pool.some((operand) => operand.type.dtype === type.dtype && sameShape(operand.type.shape, type.shape)),
    ).length;
  const drafts = Array.from({ length: 12 }, () => randomCase(op, random));
  return drafts.reduce((best, draft) => (ready(draft) > ready(best) ? draft : best));
}

export function addRandom(program: GrowingProgram, op: OpName): void {
  const { random } = program;
  const { step, tensors } = plainer(likeliest(program, op), random);
  const operands = step.operands.map(({ type }, index) => {
    const isNamed = op === "ScatterElements" && index === 1 && type.shape[Number(step.attributes[0])] !== 1;
    const given = isNamed
      ? program.constant(type, tensors[index]!.data)
      : operandFor(program, type, tensors[index]!.data);
    return { ...given };
  });
  const isTwice = operands.length === 2 && random.next() < 0.1;
  const last = isTwice && step.operands[0]!.type.dtype === step.operands[1]!.type.dtype;
  if (last && operands[0]!.type.shape.join() === operands[1]!.type.shape.join()) operands[1] = operands[0]!;
  if (program.tryStep(op, operands, step.attributes, step.out)) return;
  const held = operands.map((operand, index) => {
    if (operand.source.kind === "constant" && op === "ScatterElements") return operand;
    const isPlace = op === "ScatterElements" && index === 1;
    const axis = Number(step.attributes[0]);
    const places = { min: 0n, max: BigInt((step.operands[0]!.type.shape[axis] ?? 1) - 1) };
    const { min, max } = isPlace ? places : bounds(step, index, random);
    return operand.type.dtype === "bool" ? operand : program.clamped(operand, min, max);
  });
  program.tryStep(op, held, step.attributes, step.out);
}
