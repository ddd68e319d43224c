// Softmax spelled out as exponentials over their sum becomes one operation.
import type { Operation, Plan } from "../plan.ts";

const SHAPING = new Set(["Reshape", "Expand", "Squeeze", "Unsqueeze", "Identity"]);

function source(plan: Plan, name: string | undefined): Operation | undefined {
  let operation = name ? plan.producer(name) : undefined;
  while (operation && SHAPING.has(operation.op)) operation = plan.producer(operation.inputs[0]!);
  return operation;
}

/** The scores of exp(scores − max(scores)) / sum(…) along the last axis. */
function scoresOf(plan: Plan, { op, inputs }: Operation): string | undefined {
  if (op !== "Div") return undefined;
  const exponential = plan.producer(inputs[0]!);
  const sum = source(plan, inputs[1]);
  if (exponential?.op !== "Exp" || sum?.op !== "ReduceSum" || sum.inputs[0] !== exponential.outputs[0])
    return undefined;
  const shape = plan.shape(exponential.outputs[0]!);
  const axes = plan.constant(sum.inputs[1]);
  const axis = axes?.size === 1 ? Number(axes.data[0]) : Number.NaN;
  if ((axis < 0 ? axis + shape.length : axis) !== shape.length - 1) return undefined;
  const difference = plan.producer(exponential.inputs[0]!);
  if (difference?.op !== "Sub") return exponential.inputs[0];
  let greatest = source(plan, difference.inputs[1]);
  if (greatest?.op === "Max")
    greatest = greatest.inputs.map((name) => source(plan, name)).find((each) => each?.op === "ReduceMax");
  const scores = difference.inputs[0]!;
  return greatest?.op === "ReduceMax" && greatest.inputs[0] === scores ? scores : exponential.inputs[0];
}

/** Rewrites spelled-out Softmax; `op` stays Softmax, its axis is the last one. */
export function fuseSoftmax(plan: Plan): void {
  plan.operations = plan.operations.map((operation) => {
    const scores = scoresOf(plan, operation);
    return scores ? { ...operation, op: "Softmax", inputs: [scores] } : operation;
  });
}
