// Where channels can be divided as they are made and multiplied as they are read, which leaves a float model as it is.
import { readAxis } from "../linear.ts";
import type { Operation, Plan } from "../plan.ts";

/** A tensor and the axis of its channels. */
export interface Divided {
  readonly name: string;
  readonly axis: number;
}

export interface Site {
  /** what products read, themselves or behind a Reshape */
  readonly tensor: string;
  /** of its channels */
  readonly axis: number;
  readonly channels: number;
  /** a Normalization, or a Linear one side of a gate comes from: it takes the division */
  readonly maker: Operation;
  /** Linear: their weights take the factors */
  readonly readers: readonly Operation[];
  /** every tensor whose values change: from what the maker makes up to what is read */
  readonly divided: readonly Divided[];
}

/** Whether an operation multiplies each value of a tensor with one of another computed tensor. */
function isGate(plan: Plan, { op, inputs, outputs }: Operation, name: string): boolean {
  const other = inputs.find((input) => input !== name);
  if (op !== "Mul" || !other || plan.constant(other)) return false;
  return plan.shape(outputs[0]!).join() === plan.shape(name).join();
}

/** Whether an operation is a product that sums over an axis of a tensor. */
function sumsOver(plan: Plan, { inputs, parameters }: Operation, { name, axis }: Divided): boolean {
  if (parameters?.kind !== "linear" || inputs[0] !== name) return false;
  const isWhole = parameters.form === "matmul" || parameters.group === 1;
  return isWhole && readAxis(parameters, plan.shape(name).length) === axis;
}

/** Where a Reshape that leaves the last axis as it is has its channels. */
function reshaped(plan: Plan, { op, outputs }: Operation, { name, axis }: Divided): Divided | undefined {
  const [from, to] = [plan.shape(name), plan.shape(outputs[0]!)];
  if (op !== "Reshape" || axis !== from.length - 1 || from.at(-1) !== to.at(-1)) return undefined;
  return { name: outputs[0]!, axis: to.length - 1 };
}

interface Reach {
  readonly readers: readonly Operation[];
  readonly divided: readonly Divided[];
}

/** The products that all readers of a tensor are; undefined where something else sees it. */
function reachOf(plan: Plan, tensor: Divided): Reach | undefined {
  const readers: Operation[] = [];
  const divided = [tensor];
  const operations = plan.readers(tensor.name);
  if (plan.isOutput(tensor.name) || operations.length === 0) return undefined;
  for (const operation of operations) {
    const next = reshaped(plan, operation, tensor);
    const reach = next && reachOf(plan, next);
    if (reach) {
      readers.push(...reach.readers);
      divided.push(...reach.divided);
    } else if (sumsOver(plan, operation, tensor)) readers.push(operation);
    else return undefined;
  }
  return { readers, divided };
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
  const reach = reachOf(plan, { name: tensor, axis });
  if (!reach) return undefined;
  const divided = isGated ? [{ name: made, axis }, ...reach.divided] : reach.divided;
  // what a quantized model or a clamp fixes stays as it is
  const isFree = divided.every(({ name }) => {
    const { min, max } = plan.observed(name);
    return !plan.graph.quantizations.has(name) && min === -Infinity && max === Infinity;
  });
  return isFree ? { tensor, axis, channels, maker, readers: reach.readers, divided } : undefined;
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
