// Trees become one operation on the features as the model gets them: maps of single features go into the limits, exactly.
import { type Decision, type Ensemble, ensembleOf, floatAt, orderOf } from "../ensembles.ts";
import { isFloat } from "../graph/types.ts";
import { numbersOf, type Operation, type Plan } from "../plan.ts";

/** A map of one feature in 32-bit floats that never decreases, or never increases. */
interface Step {
  readonly apply: (value: number, feature: number) => number;
  readonly falls: (feature: number) => boolean;
}

/** What an operation does to each feature alone, as onnxruntime computes it. */
function stepOf(operation: Operation, plan: Plan, input: string): Step | undefined {
  const { op, inputs, node, outputs } = operation;
  if (node.domain !== "" || operation.parameters) return undefined;
  if (op === "Cast" && plan.tensor(outputs[0]!).dtype === "f32" && isFloat(plan.tensor(input).dtype))
    return { apply: Math.fround, falls: () => false };
  const place = inputs.indexOf(input);
  const constant = plan.constant(inputs[1 - place]);
  const width = plan.shape(input).at(-1)!;
  const fits =
    constant && (constant.size === 1 || (constant.size === width && constant.shape.at(-1) === width));
  if (!fits || plan.shape(outputs[0]!).join() !== plan.shape(input).join()) return undefined;
  const values = numbersOf(constant).map(Math.fround);
  const at = (feature: number): number => values[values.length === 1 ? 0 : feature]!;
  if (op === "Add") return { apply: (x, f) => Math.fround(x + at(f)), falls: () => false };
  if (op === "Sub" && place === 0) return { apply: (x, f) => Math.fround(x - at(f)), falls: () => false };
  if (op === "Mul") return { apply: (x, f) => Math.fround(x * at(f)), falls: (f) => at(f) < 0 };
  if (op === "Div" && place === 0 && !values.includes(0))
    return { apply: (x, f) => Math.fround(x / at(f)), falls: (f) => at(f) < 0 };
  return undefined;
}

const LAST = orderOf(3.4028234663852886e38);

/** The decision about the feature before the maps that is the given one behind them, for every 32-bit float. */
function before(decision: Decision, steps: readonly Step[]): Decision {
  const { feature, limit, below, above } = decision;
  const isBelow = (order: number): boolean =>
    steps.reduce((value, step) => step.apply(value, feature), floatAt(order)) < limit;
  const falls = steps.filter((step) => step.falls(feature)).length % 2 === 1;
  const isFirst = (order: number): boolean => isBelow(order) !== falls;
  // the first float that is no longer on the lower side
  if (!isFirst(-LAST)) return { feature, limit: -Infinity, below, above: falls ? below : above };
  if (isFirst(LAST)) return { feature, limit: Infinity, below: falls ? above : below, above };
  let low = -LAST;
  let high = LAST;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isFirst(middle)) low = middle;
    else high = middle;
  }
  const first = floatAt(high);
  return falls
    ? { feature, limit: first, below: above, above: below }
    : { feature, limit: first, below, above };
}

const isTrees = ({ node }: Operation): boolean =>
  node.domain === "ai.onnx.ml" && (node.op === "TreeEnsembleRegressor" || node.op === "TreeEnsemble");

function fused(operation: Operation, plan: Plan): Operation {
  const { node } = operation;
  const steps: Step[] = [];
  let [input = ""] = operation.inputs;
  for (;;) {
    const producer = plan.producer(input);
    const from = producer?.inputs.find((name) => name !== "" && !plan.constant(name));
    const step = producer && from ? stepOf(producer, plan, from) : undefined;
    if (!step || !from) break;
    steps.unshift(step);
    input = from;
  }
  const ensemble = ensembleOf(node);
  const width = plan.shape(input).at(-1) ?? 1;
  const trees = ensemble.trees.map((tree) => ({
    ...tree,
    decisions: tree.decisions.map((decision) => {
      if (!(decision.feature >= 0 && decision.feature < width))
        node.refuse(`it decides by feature ${decision.feature} of ${width}`, "Export the model again.");
      return steps.length > 0 ? before(decision, steps) : decision;
    }),
  }));
  const parameters: Ensemble = { ...ensemble, trees };
  return { ...operation, op: "Ensemble", inputs: [input], parameters };
}

/** To be called before other patterns take the maps apart. */
export function fuseEnsembles(plan: Plan): void {
  plan.operations = plan.operations.map((operation) =>
    isTrees(operation) ? fused(operation, plan) : operation,
  );
}
