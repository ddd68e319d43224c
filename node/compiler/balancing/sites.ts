// Where channels can be divided as they are made and multiplied as they are read, which leaves a float model as it is.
import { readAxis } from "../linear.ts";
import type { Operation, Plan } from "../plan.ts";

export interface Site {
  /** what products read */
  readonly tensor: string;
  /** of its channels */
  readonly axis: number;
  readonly channels: number;
  /** a Normalization, or a Linear one side of a gate comes from: it takes the division */
  readonly maker: Operation;
  /** Linear: their weights take the factors */
  readonly readers: readonly Operation[];
  /** every tensor whose values change: from what the maker makes up to what is read */
  readonly divided: readonly string[];
}

/** Whether an operation multiplies each value of a tensor with one of another computed tensor. */
function isGate(plan: Plan, { op, inputs, outputs }: Operation, name: string): boolean {
  const other = inputs.find((input) => input !== name);
  if (op !== "Mul" || !other || plan.constant(other)) return false;
  return plan.shape(outputs[0]!).join() === plan.shape(name).join();
}

/** Whether an operation is a product that sums over an axis of a tensor. */
function sumsOver(plan: Plan, { inputs, parameters }: Operation, name: string, axis: number): boolean {
  if (parameters?.kind !== "linear" || inputs[0] !== name) return false;
  const isWhole = parameters.form === "matmul" || parameters.group === 1;
  return isWhole && readAxis(parameters, plan.shape(name).length) === axis;
}

/** The axis of what an operation makes along which it can divide. */
function dividedAxis(plan: Plan, { parameters, outputs }: Operation): number | undefined {
  if (parameters?.kind === "normalization") return parameters.axis;
  if (parameters?.kind !== "linear" || parameters.clamp) return undefined;
  return readAxis(parameters, plan.shape(outputs[0]!).length);
}

function siteOf(plan: Plan, maker: Operation): Site | undefined {
  const axis = dividedAxis(plan, maker);
  const [made = ""] = maker.outputs;
  if (axis === undefined || plan.isOutput(made)) return undefined;
  const channels = plan.shape(made)[axis]!;
  const gate = plan.soleReader(made);
  const isGated = gate !== undefined && isGate(plan, gate, made);
  // between two products nothing keeps a scale from being chosen per channel anyway
  if (maker.parameters?.kind === "linear" && !isGated) return undefined;
  const tensor = isGated ? gate.outputs[0]! : made;
  const divided = isGated ? [made, tensor] : [made];
  const readers = plan.readers(tensor);
  const isClosed =
    readers.length > 0 &&
    !plan.isOutput(tensor) &&
    readers.every((reader) => sumsOver(plan, reader, tensor, axis));
  // what a quantized model or a clamp fixes stays as it is
  const isFree = divided.every((name) => {
    const { min, max } = plan.observed(name);
    return !plan.graph.quantizations.has(name) && min === -Infinity && max === Infinity;
  });
  return isClosed && isFree ? { tensor, axis, channels, maker, readers, divided } : undefined;
}

/** Every such place of a plan, the nearest maker of each. */
export function sitesOf(plan: Plan): Site[] {
  const found = new Map<string, Site>();
  for (const operation of plan.operations) {
    const site = siteOf(plan, operation);
    if (site) found.set(site.tensor, site);
  }
  return [...found.values()];
}
