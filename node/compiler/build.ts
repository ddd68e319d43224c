// From a planned model and its statistics to a program: types of inputs, lowering, outputs, layouts.
import {
  type Codec,
  type DType,
  type Operand,
  type Program,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import { UnsupportedModelError } from "./errors.ts";
import { type GraphTensor, isFloat } from "./graph/index.ts";
import { arrangeLayouts, withoutUnused } from "./layouts.ts";
import { Emitter } from "./lowering/Emitter.ts";
import { type Lowered, Lowering, type Precision } from "./lowering/Lowering.ts";
import { lowerGraph, registry } from "./lowering/lowerGraph.ts";
import { operandOf, type Value } from "./lowering/value.ts";
import type { Plan } from "./plan.ts";
import { ProgramBuilder } from "./programBuilder.ts";
import { quantizeInput } from "./quantization/activation.ts";
import type { TensorStatistics } from "./statistics.ts";

/** A tensor at the border of the program. */
export interface Border {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly codec: Codec;
}

export interface BuiltModel {
  readonly program: Program;
  readonly inputs: readonly Border[];
  readonly outputs: readonly Border[];
  readonly lowered: readonly Lowered[];
}

export interface BuildOptions {
  /** real bounds of an input, by its name; without them, the bounds seen in calibration */
  readonly inputRanges: Readonly<Record<string, readonly [number, number]>>;
  /** append the number of the largest logit as the output `label` */
  readonly classifier: boolean;
  readonly precision?: Precision;
}

/** Bits that the largest value of an input takes that 8 bits would not hold. */
const INPUT_BITS = 20;
/** Bits behind the point of inputs that are compared only: 32-bit floats from 2^-17 on are exact. */
const FINE_BITS = 40;

const integerTypes: Readonly<Record<string, DType>> = {
  bool: "u8",
  u8: "u8",
  i8: "i8",
  i16: "i16",
  u16: "u16",
  i32: "i32",
  u32: "u32",
  i64: "i64",
  u64: "u64",
};

interface InputForm {
  readonly dtype: DType;
  readonly codec: Codec;
  /** what the operand stands for */
  readonly value: (operand: Operand) => Value;
}

/** How an input comes in: 8 bits where its readers want no more, 32 bits, or the model's own integers. */
function formOf(
  tensor: GraphTensor,
  lowering: Lowering,
  range: readonly [number, number] | undefined,
): InputForm {
  const { name, dtype } = tensor;
  if (!isFloat(dtype)) {
    const integer = integerTypes[dtype];
    if (!integer)
      throw new UnsupportedModelError(`The input "${name}" is ${dtype}.`, {
        hint: "Export the model with numbers as inputs.",
      });
    return {
      dtype: integer,
      codec: { kind: "integer" },
      // a byte of a condition may hold anything
      value: (operand) => ({
        kind: "integer",
        operand:
          dtype === "bool"
            ? lowering.emit.min(lowering.emit.cast(operand, "i32"), lowering.emit.scalar("i32", 1))
            : operand,
      }),
    };
  }
  const statistics = lowering.statistics(name);
  if (["u8", "output"].includes(lowering.format(name))) {
    const quantization = lowering.tiedQuantization(name) ?? quantizeInput(statistics, range);
    const { scale, zeroPoint } = quantization;
    return {
      dtype: "u8",
      codec: { kind: "linear", scale, zeroPoint },
      value: (operand) => ({ kind: "u8", operand, scale, zeroPoint }),
    };
  }
  const [min, max] = range ?? [statistics.min, statistics.max];
  if ([...lowering.wanted(name)].every((demand) => demand === "fine")) {
    const scale = 2 ** Math.max(-FINE_BITS, Math.ceil(Math.log2(Math.max(-min, max, 1e-30))) - 60);
    return {
      dtype: "i64",
      codec: { kind: "linear", scale, zeroPoint: 0 },
      value: (operand) => ({ kind: "wide", operand, scale }),
    };
  }
  const most = Math.max(-min, max, 1e-30);
  const scale = 2 ** (Math.ceil(Math.log2(most)) - INPUT_BITS);
  const limit = 2 ** (INPUT_BITS + 1);
  return {
    dtype: "i32",
    codec: { kind: "linear", scale, zeroPoint: 0 },
    value: (operand) => ({ kind: "wide", operand: lowering.emit.clip(operand, -limit, limit), scale }),
  };
}

/** A value as one tensor that a step computes. */
function outputOf(lowering: Lowering, value: Value, taken: Set<number>): { operand: Operand; codec: Codec } {
  const { emit, convert } = lowering;
  const linear = (operand: Operand, scale: number, zeroPoint = 0) => ({
    operand,
    codec: { kind: "linear", scale, zeroPoint } as const,
  });
  const found = ((): { operand: Operand; codec: Codec } => {
    switch (value.kind) {
      case "u8":
      case "index":
        return linear(value.operand, value.scale, value.zeroPoint);
      case "integer":
        return { operand: value.operand, codec: { kind: "integer" } };
      case "bool":
        return { operand: emit.cast(convert.toInteger(value).operand, "u8"), codec: { kind: "integer" } };
      default: {
        const { operand, scale } = convert.toWide(value);
        return linear(operand, scale);
      }
    }
  })();
  const { source, type } = found.operand;
  const isOwn = source.kind === "slot" && !taken.has(source.index);
  const operand = isOwn ? found.operand : emit.step("Reshape", [found.operand], type.shape);
  taken.add((operand.source as { index: number }).index);
  return { ...found, operand };
}

/** Builds the program of a planned model. `onOperation` hears how many operations are done. */
export function buildModel(
  plan: Plan,
  statistics: ReadonlyMap<string, TensorStatistics>,
  { inputRanges, classifier, precision = "balanced" }: BuildOptions,
  onOperation: (done: number) => void,
): BuiltModel {
  const { graph } = plan;
  // input types follow from what their readers want, which a lowering knows before it emits anything
  const scout = new Lowering({
    plan,
    emit: new Emitter(new ProgramBuilder([])),
    registry,
    statistics,
    precision,
  });
  const dtypes = graph.inputs.map((tensor): TensorType => {
    const { dtype } = formOf(tensor, scout, inputRanges[tensor.name]);
    return tensorType(dtype, tensor.shape);
  });
  const builder = new ProgramBuilder(dtypes);
  const inputs: Border[] = [];
  const { outputs, lowered, lowering } = lowerGraph({
    plan,
    builder,
    statistics,
    precision,
    onOperation,
    inputs: (lowering) =>
      new Map(
        graph.inputs.map((tensor, index) => {
          const { dtype, codec, value } = formOf(tensor, lowering, inputRanges[tensor.name]);
          inputs.push({ name: tensor.name, dtype, shape: tensor.shape, codec });
          return [tensor.name, value(builder.input(index))];
        }),
      ),
  });
  const taken = new Set<number>();
  const borders = plan.outputs.map(({ name, tensor }): Border & { operand: Operand } => {
    const value = outputs.get(tensor);
    if (!value)
      throw new UnsupportedModelError(`The output "${name}" is not computed from the inputs.`, {
        hint: "Remove it from the model.",
      });
    const { operand, codec } = outputOf(lowering, value, taken);
    return { name, dtype: operand.type.dtype, shape: operand.type.shape, codec, operand };
  });
  if (classifier) {
    const operand = lowering.emit.argMax(borders[0]!.operand, 1, false);
    borders.push({
      name: "label",
      dtype: "i64",
      shape: operand.type.shape,
      codec: { kind: "integer" },
      operand,
    });
  }
  const { program, slots } = withoutUnused(builder.finish(borders.map(({ operand }) => operand)));
  return {
    program: arrangeLayouts(program),
    inputs,
    outputs: borders,
    lowered: lowered.flatMap(({ rows, ...each }): Lowered[] => {
      const value = renumbered(each.value, slots);
      if (value) return [{ ...each, value }];
      const kept = rows && renumbered({ ...each.value, operand: rows } as Value, slots);
      return kept ? [{ ...each, value: kept, rows: operandOf(kept) }] : [];
    }),
  };
}

/** A value whose slots have new numbers; undefined where nothing depends on it. */
function renumbered(value: Value, slots: ReadonlyMap<number, number>): Value | undefined {
  const { source, type } = operandOf(value);
  if (source.kind !== "slot") return value;
  const index = slots.get(source.index);
  if (index === undefined) return undefined;
  const operand: Operand = { source: { kind: "slot", index }, type };
  if (value.kind === "u16") return { ...value, high: operand };
  return value.kind === "shares" ? { ...value, part: operand } : { ...value, operand };
}
