// Chains of functions of one tensor (GELU, SiLU, hard swish, …) become one function, whatever nodes they were written with.
import { isFloat } from "../graph/types.ts";
import type { Operation, Plan } from "../plan.ts";
import { functions } from "./functions.ts";

type Apply = (value: number) => number;

interface Expression {
  readonly root: string;
  readonly apply: Apply;
  /** more than products and sums with numbers, Relu and Clip */
  readonly isCurved: boolean;
}

const STRAIGHT = new Set(["Add", "Sub", "Mul", "Div", "Neg", "Relu", "Clip", "Min", "Max", "Sum", "Cast"]);

function expressionOf(
  operation: Operation,
  plan: Plan,
  known: ReadonlyMap<string, Expression>,
): Expression | undefined {
  const { op, node, inputs, outputs } = operation;
  if (outputs.length !== 1 || operation.parameters || node.domain !== "") return undefined;
  const output = plan.tensor(outputs[0]!);
  if (!isFloat(output.dtype)) return undefined;
  const build = functions[op];
  if (!build) return undefined;
  const present = inputs.filter((name) => name !== "");
  const computed = present.filter((name) => !plan.constant(name));
  if (computed.length === 0 || present.some((name) => !isFloat(plan.tensor(name).dtype))) return undefined;
  const parts = computed.map(
    (name) => known.get(name) ?? { root: name, apply: (x: number) => x, isCurved: false },
  );
  const root = parts[0]!.root;
  if (parts.some((part) => part.root !== root)) return undefined;
  if (plan.shape(root).join() !== output.shape.join()) return undefined;
  const numbers = inputs.map((name) => (plan.constant(name) ? plan.number(name) : undefined));
  if (inputs.some((name, index) => plan.constant(name) && numbers[index] === undefined)) return undefined;
  const operands = inputs.map((name, index): Apply | undefined => {
    if (name === "") return undefined;
    const number = numbers[index];
    if (number !== undefined) return () => number;
    return known.get(name)?.apply ?? ((x) => x);
  });
  const isCurved =
    parts.some((part) => part.isCurved) ||
    !STRAIGHT.has(op) ||
    ((op === "Mul" || op === "Div") && (computed.length > 1 || (op === "Div" && computed[0] !== inputs[0])));
  const apply = build(operands, node.attributes);
  return { root, apply, isCurved };
}

/** Replaces each curved function that anything else reads by one operation on its root. */
export function fuseUnary(plan: Plan): void {
  const known = new Map<string, Expression>();
  for (const operation of plan.operations) {
    const expression = expressionOf(operation, plan, known);
    if (expression) known.set(operation.outputs[0]!, expression);
  }
  plan.operations = plan.operations.map((operation) => {
    const expression = known.get(operation.outputs[0]!);
    if (!expression?.isCurved) return operation;
    const { root, apply } = expression;
    return { ...operation, op: "Unary", inputs: [root], parameters: { kind: "unary", apply } };
  });
}
