// Damaged descriptors: some still well formed, most not.
import {
  type OpName,
  operators,
  type Source,
  type Step,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import { anyType } from "./drafts.ts";
import type { Random } from "./random.ts";

/** One random change to a byte string: a byte set or nudged, bytes cut, added, moved or doubled. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.integer(0, bytes.length - 1);
  const result = [...bytes];
  switch (random.integer(0, 6)) {
    case 0:
      result[at] = random.integer(0, 255);
      break;
    case 1:
      result[at] = (result[at]! + random.pick([1, 255])) & 255;
      break;
    case 2:
      result[at]! ^= 1 << random.integer(0, 7);
      break;
    case 3:
      result.length = at;
      break;
    case 4:
      result.push(...random.bytes(random.integer(1, 9)));
      break;
    case 5:
      result.splice(at, 1);
      break;
    default:
      result.splice(at, 0, result[at]!);
  }
  return Uint8Array.from(result);
}

const editType = (type: TensorType, random: Random): TensorType => {
  const { shape } = type;
  const axis = random.integer(0, Math.max(0, shape.length - 1));
  switch (random.integer(0, 4)) {
    case 0:
      return { ...type, dtype: random.pick(anyType) };
    case 1:
      if (shape.length === 0) return tensorType(type.dtype, [1]);
      return tensorType(
        type.dtype,
        shape.with(axis, random.pick([1, shape[axis]! + 1, 2 ** 20, 2 ** 31 - 1])),
      );
    case 2:
      return { ...type, layout: random.shuffle(type.layout) };
    case 3:
      return tensorType(type.dtype, [...shape, 1]);
    default:
      return tensorType(type.dtype, shape.slice(1));
  }
};

const editSource = (source: Source, random: Random): Source => {
  const index = source.kind === "input" ? source.offset : source.index;
  const edited = random.pick([index, index + 1, index + 8, 0, 2 ** 31]);
  const kind = random.pick(["slot", "input", "constant"] as const);
  return kind === "input" ? { kind, offset: edited } : { kind, index: edited };
};

/** One change that keeps the form and alters the meaning: types, sources, attributes, operator, counts. */
export function mutateStep(step: Step, random: Random): Step {
  const { operands, attributes } = step;
  const place = random.integer(0, operands.length - 1);
  const operand = operands[place]!;
  switch (random.integer(0, 6)) {
    case 0:
      return { ...step, out: editType(step.out, random) };
    case 1:
      return {
        ...step,
        operands: operands.with(place, { ...operand, type: editType(operand.type, random) }),
      };
    case 2:
      return {
        ...step,
        operands: operands.with(place, { ...operand, source: editSource(operand.source, random) }),
      };
    case 3:
      return { ...step, op: random.pick(Object.keys(operators) as OpName[]) };
    case 4:
      return { ...step, operands: random.pick([operands.slice(1), [...operands, operand]]) };
    case 5:
      return { ...step, attributes: random.pick([attributes.slice(1), [...attributes, 1n]]) };
    default: {
      if (attributes.length === 0) return step;
      const edited = random.pick([
        -1n,
        0n,
        1n,
        2n,
        3n,
        7n,
        8n,
        255n,
        256n,
        2n ** 31n,
        2n ** 63n - 1n,
        -(2n ** 63n),
      ]);
      return { ...step, attributes: attributes.with(random.integer(0, attributes.length - 1), edited) };
    }
  }
}
