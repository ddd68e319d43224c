// Lowers comparisons, selection and casts of the model's own integers and conditions.
import type { Operand } from "@assay/sdk/program";
import type { Operation } from "../plan.ts";
import { alignedOperands, integerOperands } from "./elementwise.ts";
import type { Lowering } from "./Lowering.ts";
import { alike } from "./movement.ts";
import type { Definitions, LoweringDefinition } from "./registry.ts";
import type { BoolValue, Value } from "./value.ts";

const outputOf = ({ outputs: [output = ""] }: Operation): string => output;

/** Two operands that can be compared: the model's integers as they are, real numbers at one scale. */
function comparable(operation: Operation, lowering: Lowering): [Operand, Operand] {
  const { inputs } = operation;
  const isInteger = inputs.every((name) => !lowering.isFloat(name));
  const operands = isInteger
    ? integerOperands(lowering, inputs)
    : alignedOperands(lowering, inputs, outputOf(operation)).operands;
  return [operands[0]!, operands[1]!];
}

const comparison = (
  compare: (a: Operand, b: Operand, lowering: Lowering) => Omit<BoolValue, "kind">,
): LoweringDefinition => ({
  demand: (operation, index, lowering) => (lowering.isFloat(operation.inputs[index]!) ? "wide" : "integer"),
  lower: (operation, lowering) => {
    const [a, b] = comparable(operation, lowering);
    lowering.set(outputOf(operation), { kind: "bool", ...compare(a, b, lowering) });
  },
});

/** A condition as a `bool` that a step computes, and whether it is turned around. */
export function conditionOf(lowering: Lowering, name: string): BoolValue {
  const constant = lowering.constant(name);
  if (!constant) return lowering.bool(name);
  const bytes = lowering.emit.vector("u8", constant.shape, constant.data as Uint8Array);
  return { kind: "bool", operand: lowering.emit.equal(bytes, lowering.emit.scalar("u8", 1)), negated: false };
}

/** A condition as 0 and 1 in i32. */
const asNumber = (lowering: Lowering, name: string): Operand =>
  lowering.convert.toInteger(conditionOf(lowering, name)).operand;

const logical = (threshold: number): LoweringDefinition => ({
  demand: () => "integer",
  lower: (operation, lowering) => {
    const { emit } = lowering;
    const [a = "", b = ""] = operation.inputs;
    const sum = emit.add(asNumber(lowering, a), asNumber(lowering, b));
    lowering.set(outputOf(operation), {
      kind: "bool",
      operand: emit.less(sum, emit.scalar("i32", threshold)),
      negated: true,
    });
  },
});

function lowerWhere(operation: Operation, lowering: Lowering): void {
  const [condition = "", x = "", y = ""] = operation.inputs;
  const { operand, negated } = conditionOf(lowering, condition);
  const values = alike(operation, lowering, [x, y]);
  const [a, b] = values.map((value) => (value as { operand: Operand }).operand);
  const selected = negated ? lowering.emit.where(operand, b!, a!) : lowering.emit.where(operand, a!, b!);
  lowering.set(outputOf(operation), { ...values[0]!, operand: selected } as Value);
}

function lowerCast(operation: Operation, lowering: Lowering): void {
  const [input = ""] = operation.inputs;
  const output = outputOf(operation);
  const { dtype } = lowering.plan.tensor(output);
  const value = lowering.value(input);
  if (dtype === "bool") lowering.set(output, lowering.convert.toBool(value));
  else if (lowering.isFloat(output)) lowering.set(output, value);
  else if (value.kind === "bool") lowering.set(output, value);
  else lowering.set(output, lowering.convert.toInteger(value));
}

export const conditionDefinitions: Definitions = {
  Equal: comparison((a, b, { emit }) => ({ operand: emit.equal(a, b), negated: false })),
  Less: comparison((a, b, { emit }) => ({ operand: emit.less(a, b), negated: false })),
  Greater: comparison((a, b, { emit }) => ({ operand: emit.less(b, a), negated: false })),
  LessOrEqual: comparison((a, b, { emit }) => ({ operand: emit.less(b, a), negated: true })),
  GreaterOrEqual: comparison((a, b, { emit }) => ({ operand: emit.less(a, b), negated: true })),
  Not: {
    demand: () => "integer",
    lower: (operation, lowering) => {
      const value = lowering.bool(operation.inputs[0]!);
      lowering.set(outputOf(operation), { ...value, negated: !value.negated });
    },
  },
  And: logical(2),
  Or: logical(1),
  Where: {
    demand: (_, index) => (index === 0 ? "integer" : "same"),
    joins: () => [1, 2],
    lower: lowerWhere,
  },
  Cast: {
    demand: (operation, _, lowering) => (lowering.isFloat(outputOf(operation)) ? "same" : "integer"),
    lower: lowerCast,
  },
};
