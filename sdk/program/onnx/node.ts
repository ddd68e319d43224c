// One step as a node: its attributes written as its form says, and read back.
import { allocate, isWide } from "../dtype.ts";
import { MAX_RANK } from "../ops/definition.ts";
import { tensorType } from "../tensor.ts";
import type { Operand, Step, Tensor, TensorType } from "../types.ts";
import { NotFastFormError } from "./errors.ts";
import { type OnnxOpName, onnxForms } from "./forms.ts";
import { ATTRIBUTE_TYPE, type AttributeProto, type NodeProto } from "./schema.ts";
import { dataType } from "./types.ts";

/** Where a slice ends that goes on beyond the first element: before every axis. */
const BEFORE_ALL = -(2n ** 31n);

export interface NodeParts {
  readonly attribute: readonly AttributeProto[];
  /** Constant inputs after the operands. */
  readonly inputs: readonly Tensor[];
}

function scalar(dtype: TensorType["dtype"], value: bigint): Tensor {
  const data = allocate(dtype, 1);
  if (isWide(data)) data[0] = value;
  else data[0] = Number(value);
  if (BigInt(data[0]!) !== value)
    throw new NotFastFormError("An attribute does not fit its tensor type.", { facts: { dtype, value } });
  return { type: tensorType(dtype, []), data };
}

function integers(values: readonly bigint[], rank: 0 | 1 = 1): Tensor {
  const type = tensorType("i64", rank === 0 ? [] : [values.length]);
  return { type, data: BigInt64Array.from(values) };
}

const shapeOf = (shape: readonly number[]): bigint[] => shape.map(BigInt);

const axesOf = (shape: readonly number[]): bigint[] => shape.map((_, axis) => BigInt(axis));

function endOf(start: bigint, step: bigint, count: number): bigint {
  const end = start + BigInt(count) * step;
  return end < 0n ? BEFORE_ALL : end;
}

/** What a step's node holds beyond its operands. */
export function writeParts(step: Step & { readonly op: OnnxOpName }, slot: number): NodeParts {
  const { op, operands, out } = step;
  const attribute: AttributeProto[] = [];
  const inputs: Tensor[] = [];
  let next = 0;
  const take = (count: number): readonly bigint[] => {
    const values = step.attributes.slice(next, next + count);
    next += count;
    if (values.length < count)
      throw new NotFastFormError("A step has too few attributes.", { facts: { slot, op } });
    return values;
  };
  const typeOf = (operand: number): TensorType => {
    const type = operands[operand]?.type;
    if (!type) throw new NotFastFormError("A step has too few operands.", { facts: { slot, op } });
    return type;
  };
  const addInts = (name: string, ints: readonly bigint[]): void => {
    attribute.push({ name, ints, type: ATTRIBUTE_TYPE.INTS });
  };
  const addInt = (name: string, i: bigint): void => {
    attribute.push({ name, i, type: ATTRIBUTE_TYPE.INT });
  };
  for (const part of onnxForms[op]) {
    if (part.as === "int") addInt(part.name, take(1)[0]!);
    else if (part.as === "ints") addInts(part.name, take(part.length));
    else if (part.as === "axes") addInts(part.name, take(MAX_RANK).slice(0, typeOf(0).shape.length));
    else if (part.as === "choice") {
      const value = part.values[Number(take(1)[0])];
      if (value === undefined)
        throw new NotFastFormError("An attribute has no name in ONNX.", { facts: { slot, op } });
      attribute.push({ name: part.name, s: new TextEncoder().encode(value), type: ATTRIBUTE_TYPE.STRING });
    } else if (part.as === "scalar") inputs.push(scalar(typeOf(part.operand).dtype, take(1)[0]!));
    else if (part.as === "place") inputs.push(integers(take(1), part.rank));
    else if (part.as === "outputType") addInt(part.name, BigInt(dataType(out.dtype)));
    else if (part.as === "outputShape") inputs.push(integers(shapeOf(out.shape)));
    else if (part.as === "slice") {
      const rank = out.shape.length;
      const starts = take(MAX_RANK).slice(0, rank);
      const steps = take(MAX_RANK).slice(0, rank);
      const ends = starts.map((start, axis) => endOf(start, steps[axis]!, out.shape[axis]!));
      inputs.push(...[starts, ends, axesOf(out.shape), steps].map((all) => integers(all)));
    } else if (part.as === "everyAxis") inputs.push(integers(axesOf(out.shape)));
    else {
      const { shape } = typeOf(0);
      const before = take(MAX_RANK).slice(0, shape.length);
      const after = before.map((begin, axis) => BigInt(out.shape[axis]! - shape[axis]!) - begin);
      inputs.push(integers([...before, ...after]));
    }
  }
  if (next !== step.attributes.length)
    throw new NotFastFormError("A step has too many attributes.", { facts: { slot, op } });
  return { attribute, inputs };
}

const padded = (values: readonly bigint[], rest: (axis: number) => bigint): bigint[] =>
  Array.from({ length: MAX_RANK }, (_, axis) => values[axis] ?? rest(axis));

/** The attributes that a node holds; what is missing or strange is found when the program is written again. */
export function readParts(
  node: NodeProto,
  op: OnnxOpName,
  operands: readonly Operand[],
  inputs: readonly Tensor[],
): bigint[] {
  const named = new Map((node.attribute ?? []).map((attribute) => [attribute.name, attribute]));
  const rank = operands[0]?.type.shape.length ?? 0;
  let next = 0;
  const constant = (): bigint[] => {
    const tensor = inputs[next++];
    if (!tensor) throw new NotFastFormError("A constant of a node is missing.", { facts: { op } });
    return Array.from<bigint | number, bigint>(tensor.data, BigInt);
  };
  const first = (): bigint => {
    const [value] = constant();
    if (value === undefined) throw new NotFastFormError("A constant of a node is empty.", { facts: { op } });
    return value;
  };
  const integersOf = (name: string): readonly bigint[] => named.get(name)?.ints ?? [];
  return onnxForms[op].flatMap((part): readonly bigint[] => {
    switch (part.as) {
      case "int":
        return [named.get(part.name)?.i ?? 0n];
      case "ints":
        return integersOf(part.name);
      case "axes":
        return padded(integersOf(part.name).slice(0, rank), BigInt);
      case "choice": {
        const text = new TextDecoder().decode(named.get(part.name)?.s ?? new Uint8Array());
        return [BigInt(part.values.indexOf(text))];
      }
      case "scalar":
      case "place":
        return [first()];
      case "slice": {
        const [starts, , , steps] = [constant(), constant(), constant(), constant()];
        return [...padded(starts.slice(0, rank), () => 0n), ...padded(steps!.slice(0, rank), () => 1n)];
      }
      case "pads":
        return padded(constant().slice(0, rank), () => 0n);
      case "outputShape":
      case "everyAxis":
        next++;
        return [];
      default:
        return [];
    }
  });
}
