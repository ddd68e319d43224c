// Layer and RMS normalization, as one node or as exporters spell them out, become one operation.
import { type Normalization, numbersOf, type Operation, type Plan } from "../plan.ts";

/** What only changes the shape of one value per row. */
const SHAPING = new Set(["Reshape", "Expand", "Squeeze", "Unsqueeze", "Identity", "Cast"]);

interface Moment {
  /** the tensor that is averaged */
  readonly of: string;
  readonly axis: number;
}

class Matcher {
  readonly plan: Plan;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  /** The producer behind nodes that only shape. */
  source(name: string | undefined): Operation | undefined {
    let operation = name ? this.plan.producer(name) : undefined;
    while (operation && SHAPING.has(operation.op)) operation = this.plan.producer(operation.inputs[0]!);
    return operation;
  }

  /** The computed and the constant operand of a commutative operation. */
  withConstant({ inputs }: Operation): { computed: string; constant: string } | undefined {
    const [a = "", b = ""] = inputs;
    if (this.plan.constant(b) && !this.plan.constant(a)) return { computed: a, constant: b };
    if (this.plan.constant(a) && !this.plan.constant(b)) return { computed: b, constant: a };
    return undefined;
  }

  /** ReduceMean(x), or ReduceSum(x) · 1/n, or ReduceSum(x) / n. */
  mean(name: string | undefined): Moment | undefined {
    const operation = this.source(name);
    if (!operation) return undefined;
    if (operation.op === "ReduceMean") return this.#reduced(operation);
    if (operation.op !== "Mul" && operation.op !== "Div") return undefined;
    const parts = this.withConstant(operation);
    const factor = parts && this.plan.number(parts.constant);
    const sum = parts && this.source(parts.computed);
    if (sum?.op !== "ReduceSum" || factor === undefined) return undefined;
    const moment = this.#reduced(sum);
    const count = operation.op === "Mul" ? 1 / factor : factor;
    const size = moment ? this.plan.shape(moment.of)[moment.axis]! : 0;
    return Math.abs(count / size - 1) < 1e-5 ? moment : undefined;
  }

  #reduced({ inputs }: Operation): Moment | undefined {
    const [of = "", axes] = inputs;
    const { shape } = this.plan.tensor(of);
    const given = axes ? this.plan.constant(axes) : undefined;
    if (given?.size !== 1) return undefined;
    const axis = Number(given.data[0]);
    return { of, axis: axis < 0 ? axis + shape.length : axis };
  }

  /** x where the tensor is x · x or x ^ 2. */
  square(name: string | undefined): string | undefined {
    const operation = this.source(name);
    if (operation?.op === "Mul" && operation.inputs[0] === operation.inputs[1]) return operation.inputs[0];
    if (operation?.op === "Pow" && this.plan.number(operation.inputs[1]) === 2) return operation.inputs[0];
    return undefined;
  }

  /** Mean of squares, of x itself or around its mean. */
  variance(name: string | undefined): (Moment & { isCentered: boolean }) | undefined {
    let operation = this.source(name);
    if (operation?.op === "Max" && this.withConstant(operation))
      operation = this.source(this.withConstant(operation)!.computed);
    if (!operation) return undefined;
    if (operation.op === "Sub") {
      const squares = this.mean(operation.inputs[0]);
      const of = squares && this.square(squares.of);
      const mean = this.mean(this.square(operation.inputs[1]));
      if (!of || mean?.of !== of || mean.axis !== squares.axis) return undefined;
      return { of, axis: squares.axis, isCentered: true };
    }
    const squares = this.mean(operation.outputs[0]);
    const of = squares && this.square(squares.of);
    if (!of) return undefined;
    return { of, axis: squares.axis, isCentered: false };
  }

  /** sqrt(variance + epsilon) */
  deviation(name: string | undefined): (Moment & { isCentered: boolean; epsilon: number }) | undefined {
    const root = this.source(name);
    const isPower = root?.op === "Pow" && this.plan.number(root.inputs[1]) === 0.5;
    if (root?.op !== "Sqrt" && !isPower) return undefined;
    const sum = this.source(root.inputs[0]);
    const parts = sum?.op === "Add" ? this.withConstant(sum) : undefined;
    const epsilon = parts && this.plan.number(parts.constant);
    const variance = parts && this.variance(parts.computed);
    return variance && epsilon !== undefined ? { ...variance, epsilon } : undefined;
  }

  /** 1 / sqrt(variance + epsilon) */
  inverse(name: string | undefined): ReturnType<Matcher["deviation"]> {
    const operation = this.source(name);
    if (operation?.op === "Reciprocal") return this.deviation(operation.inputs[0]);
    if (operation?.op === "Div" && this.plan.number(operation.inputs[0]) === 1)
      return this.deviation(operation.inputs[1]);
    if (operation?.op === "Pow" && this.plan.number(operation.inputs[1]) === -0.5) {
      const sum = this.source(operation.inputs[0]);
      const parts = sum?.op === "Add" ? this.withConstant(sum) : undefined;
      const epsilon = parts && this.plan.number(parts.constant);
      const variance = parts && this.variance(parts.computed);
      return variance && epsilon !== undefined ? { ...variance, epsilon } : undefined;
    }
    return undefined;
  }

  /** x where the tensor is x − mean(x) along the axis. */
  centered(name: string, axis: number): string | undefined {
    const operation = this.source(name);
    if (operation?.op !== "Sub") return undefined;
    const mean = this.mean(operation.inputs[1]);
    return mean?.of === operation.inputs[0] && mean?.axis === axis ? mean?.of : undefined;
  }

  /** A constant with one value per index of the axis, or a single one. */
  along(name: string, shape: readonly number[], axis: number): Float64Array<ArrayBuffer> | undefined {
    const constant = this.plan.constant(name);
    if (!constant) return undefined;
    const lead = shape.length - constant.shape.length;
    const fits = constant.shape.every(
      (size, at) => size === 1 || (at + lead === axis && size === shape[axis]),
    );
    return fits ? numbersOf(constant) : undefined;
  }
}

interface Match {
  readonly input: string;
  readonly axis: number;
  readonly isCentered: boolean;
  readonly epsilon: number;
  readonly gain: Float64Array<ArrayBuffer>;
}

function matchScaled(matcher: Matcher, operation: Operation): Match | undefined {
  const { plan } = matcher;
  const [a = "", b = ""] = operation.inputs;
  const finish = (
    value: string,
    deviation: NonNullable<ReturnType<Matcher["deviation"]>>,
    gain: Float64Array<ArrayBuffer> = Float64Array.of(1),
  ): Match | undefined => {
    const { of, axis, epsilon } = deviation;
    const whole = matcher.centered(value, axis);
    if (deviation.isCentered)
      return whole === of ? { input: of, axis, isCentered: true, epsilon, gain } : undefined;
    // the mean of squares of x − mean(x) is that of a tensor which is centered itself
    const inner = matcher.centered(of, axis);
    const same = plan.producer(value) === plan.producer(of);
    if (whole !== undefined && inner === whole)
      return { input: whole, axis, isCentered: true, epsilon, gain };
    return same && value === of ? { input: of, axis, isCentered: false, epsilon, gain } : undefined;
  };
  if (operation.op === "Div") {
    const deviation = matcher.deviation(b);
    return deviation && finish(a, deviation);
  }
  if (operation.op !== "Mul") return undefined;
  for (const [value, factor] of [
    [a, b],
    [b, a],
  ] as const) {
    const inverse = matcher.inverse(factor);
    if (inverse) return finish(value, inverse);
    const product = plan.producer(factor);
    const parts = product?.op === "Mul" ? matcher.withConstant(product) : undefined;
    const deviation = parts && matcher.inverse(parts.computed);
    const gain = deviation && matcher.along(parts.constant, plan.shape(deviation.of), deviation.axis);
    if (gain) return finish(value, deviation, gain);
  }
  return undefined;
}

/** Takes the gain and the bias behind a normalization into it. */
function withAffine(matcher: Matcher, match: Match, operation: Operation): Operation {
  const { plan } = matcher;
  const { axis, isCentered, epsilon, input } = match;
  const shape = plan.shape(input);
  let gain: Float64Array = match.gain;
  let bias: Float64Array | undefined;
  let last = operation;
  for (;;) {
    const [output = ""] = last.outputs;
    const reader = plan.soleReader(output);
    if (reader?.op !== "Mul" && reader?.op !== "Add") break;
    const parts = matcher.withConstant(reader);
    const values = parts?.computed === output ? matcher.along(parts.constant, shape, axis) : undefined;
    if (!values || plan.shape(reader.outputs[0]!).join() !== shape.join()) break;
    const size = Math.max(gain.length, values.length);
    const at = (numbers: Float64Array, index: number): number => numbers[numbers.length === 1 ? 0 : index]!;
    if (reader.op === "Mul") {
      if (bias) break;
      const before = gain;
      gain = Float64Array.from({ length: size }, (_, index) => at(before, index) * at(values, index));
    } else {
      if (bias) break;
      bias = values;
    }
    last = reader;
  }
  const parameters: Normalization = {
    kind: "normalization",
    axis,
    centered: isCentered,
    epsilon,
    gain,
    bias,
  };
  return { op: "Normalization", node: last.node, inputs: [input], outputs: [last.outputs[0]!], parameters };
}

function fromNode(operation: Operation, plan: Plan): Operation | undefined {
  const { op, node, inputs } = operation;
  const isLayer = op === "LayerNormalization";
  if (!isLayer && op !== "RMSNormalization" && op !== "SimplifiedLayerNormalization") return undefined;
  const [input = "", scale = "", shift = ""] = inputs;
  const shape = plan.shape(input);
  const given = node.attributes.int("axis", -1);
  const axis = given < 0 ? given + shape.length : given;
  const gain = plan.constant(scale);
  const bias = plan.constant(shift);
  if (!gain || (shift !== "" && !bias))
    return node.refuse("its gain or bias is computed", "Export the model with constant parameters.");
  if (axis !== shape.length - 1)
    return node.refuse("it normalizes several axes at once", "Reshape them to one axis before it.");
  const epsilon = node.attributes.float("epsilon", 1e-5);
  const parameters: Normalization = {
    kind: "normalization",
    axis,
    centered: isLayer,
    epsilon,
    gain: numbersOf(gain),
    bias: bias && numbersOf(bias),
  };
  return { op: "Normalization", node, inputs: [input], outputs: operation.outputs.slice(0, 1), parameters };
}

/** Rewrites all normalizations. */
export function fuseNormalization(plan: Plan): void {
  plan.operations = plan.operations.map((operation) => fromNode(operation, plan) ?? operation);
  const matcher = new Matcher(plan);
  const replaced = new Map<Operation, Operation>();
  for (const operation of plan.operations) {
    const match = operation.parameters ? undefined : matchScaled(matcher, operation);
    if (!match) continue;
    const normalization = withAffine(matcher, match, operation);
    replaced.set(plan.producer(normalization.outputs[0]!)!, normalization);
  }
  plan.operations = plan.operations.map((operation) => replaced.get(operation) ?? operation);
}
