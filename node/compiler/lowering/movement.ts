// Lowers what only moves values: whatever kind they are, they keep it.
import type { Operand } from "@assay/sdk/program";
import { integersOf } from "../graph/index.ts";
import type { Operation } from "../plan.ts";
import type { Demand, Lowering } from "./Lowering.ts";
import type { Definitions, LoweringDefinition } from "./registry.ts";
import type { Value } from "./value.ts";

/** The same value with its operand moved. */
export function moved(lowering: Lowering, value: Value, move: (operand: Operand) => Operand): Value {
  switch (value.kind) {
    case "u16":
      return { ...value, high: move(value.high), low: move(value.low) };
    case "shares":
      return moved(lowering, lowering.convert.toWide(value), move);
    default:
      return { ...value, operand: move(value.operand) };
  }
}

/** An operand that is a constant of integers. */
export function numbersAt(operation: Operation, lowering: Lowering, index: number, what: string): number[] {
  const constant = lowering.constant(operation.inputs[index]);
  if (!constant)
    operation.node.refuse(
      `its ${what} is computed by the model`,
      `Export the model with a constant ${what}.`,
    );
  return [...integersOf(constant!)].map(Number);
}

const sameForData = (_: Operation, index: number): Demand => (index === 0 ? "same" : "integer");

/** A definition for one output that is a moved first operand. */
const moving = (
  move: (operand: Operand, operation: Operation, lowering: Lowering) => Operand,
): LoweringDefinition => ({
  demand: sameForData,
  joins: () => [0],
  lower: (operation, lowering) => {
    const [input = ""] = operation.inputs;
    const [output = ""] = operation.outputs;
    lowering.set(
      output,
      moved(lowering, lowering.value(input), (operand) => move(operand, operation, lowering)),
    );
  },
});

const toShape = moving((operand, { outputs }, { emit, plan }) =>
  emit.reshape(operand, plan.shape(outputs[0]!)),
);

const axisOf = ({ node }: Operation, rank: number, otherwise = 0): number => {
  const axis = node.attributes.int("axis", otherwise);
  return axis < 0 ? axis + rank : axis;
};

function slice(operand: Operand, operation: Operation, lowering: Lowering): Operand {
  const { shape } = operand.type;
  const starts = numbersAt(operation, lowering, 1, "starts");
  const axes = operation.inputs[3]
    ? numbersAt(operation, lowering, 3, "axes")
    : starts.map((_, axis) => axis);
  const steps = operation.inputs[4] ? numbersAt(operation, lowering, 4, "steps") : starts.map(() => 1);
  const from = shape.map(() => 0);
  const by = shape.map(() => 1);
  axes.forEach((given, place) => {
    const axis = given < 0 ? given + shape.length : given;
    const size = shape[axis]!;
    const step = steps[place]!;
    const start = starts[place]! < 0 ? starts[place]! + size : starts[place]!;
    from[axis] = step > 0 ? Math.max(0, Math.min(size, start)) : Math.max(0, Math.min(size - 1, start));
    by[axis] = step;
  });
  return lowering.emit.slice(operand, from, lowering.shape(operation.outputs[0]!), by);
}

/** All operands of one kind with one scale, for operations that put them into one tensor. */
export function alike(operation: Operation, lowering: Lowering, names: readonly string[]): Value[] {
  const [output = ""] = operation.outputs;
  const computed = names.filter((name) => lowering.isComputed(name));
  const kinds = new Set(computed.map((name) => lowering.value(name).kind));
  if (kinds.size === 1 && kinds.has("integer")) {
    const values = computed.map((name) => lowering.integer(name));
    const widest = values.some(({ operand }) => operand.type.dtype === "i64") ? "i64" : "i32";
    return names.map((name) => {
      const constant = lowering.constant(name);
      const operand = constant
        ? lowering.integerConstant(constant, widest)
        : lowering.emit.cast(lowering.integer(name).operand, widest);
      return { kind: "integer", operand };
    });
  }
  if (lowering.format(output) === "u8") {
    const quantization = lowering.byteQuantization(output);
    return names.map((name) => {
      const constant = lowering.constant(name);
      if (!constant) return lowering.u8(name, quantization);
      const { scale, zeroPoint } = quantization;
      const bytes = Float64Array.from(constant.data as Float32Array, (value) =>
        Math.max(0, Math.min(255, Math.round(Number(value) / scale) + zeroPoint)),
      );
      return { kind: "u8", operand: lowering.emit.vector("u8", constant.shape, bytes), ...quantization };
    });
  }
  const scales = computed.map((name) => lowering.wide(name).scale);
  const scale = scales.every((each) => each === scales[0]) ? scales[0]! : lowering.wideScale(output);
  return names.map((name) => {
    const constant = lowering.constant(name);
    if (!constant) return lowering.wide(name, scale);
    return { kind: "wide", operand: wideConstant(lowering, constant, scale), scale };
  });
}

/** Largest magnitude of a constant that is added or selected; what is larger acts as infinite. */
const MAX_CONSTANT = 2 ** 29;

export function wideConstant(
  lowering: Lowering,
  constant: { readonly data: ArrayLike<number | bigint>; readonly shape: readonly number[] },
  scale: number,
): Operand {
  const integers = Float64Array.from(constant.data as ArrayLike<number>, (value) =>
    Math.max(-MAX_CONSTANT, Math.min(MAX_CONSTANT, Math.round(Number(value) / scale))),
  );
  return lowering.emit.vector("i32", constant.shape, integers);
}

export const movementDefinitions: Definitions = {
  Reshape: toShape,
  Squeeze: toShape,
  Unsqueeze: toShape,
  Flatten: toShape,
  Identity: toShape,
  Expand: moving((operand, { outputs }, { emit, plan }) => emit.expand(operand, plan.shape(outputs[0]!))),
  Transpose: moving((operand, { node }, { emit }) => {
    const { length } = operand.type.shape;
    const perm = node.attributes.ints("perm") ?? Array.from({ length }, (_, axis) => length - 1 - axis);
    return emit.transpose(operand, perm);
  }),
  Slice: moving(slice),
  Split: {
    demand: sameForData,
    joins: () => [0],
    lower: (operation, lowering) => {
      const value = lowering.value(operation.inputs[0]!);
      const shape = lowering.shape(operation.inputs[0]!);
      const axis = axisOf(operation, shape.length);
      let start = 0;
      for (const output of operation.outputs) {
        if (output === "" || !lowering.plan.graph.tensors.has(output)) continue;
        const counts = lowering.shape(output);
        const starts = counts.map((_, at) => (at === axis ? start : 0));
        start += counts[axis]!;
        lowering.set(
          output,
          moved(lowering, value, (operand) => lowering.emit.slice(operand, starts, counts)),
        );
      }
    },
  },
  Concat: {
    demand: () => "same",
    joins: ({ inputs }) => inputs.map((_, index) => index),
    lower: (operation, lowering) => {
      const [output = ""] = operation.outputs;
      const values = alike(operation, lowering, operation.inputs);
      const axis = axisOf(operation, lowering.shape(output).length);
      const operands = values.map((value) => (value as { operand: Operand }).operand);
      const operand = lowering.emit.concat(operands, axis);
      lowering.set(output, { ...values[0]!, operand } as Value);
    },
  },
};
