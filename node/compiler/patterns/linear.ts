// Conv, Gemm and MatMul with constant weights become one operation with the maps and clamps behind them.
import { type Convolution, type Linear, type Product, Weights } from "../linear.ts";
import { clampOf } from "../lowering/elementwise.ts";
import { numbersOf, type Operation, type Plan } from "../plan.ts";

function biasOf(operation: Operation, plan: Plan, channels: number, factor = 1): Float64Array | undefined {
  const name = operation.inputs[2];
  if (!name) return new Float64Array(channels);
  const constant = plan.constant(name);
  if (!constant || (constant.size !== channels && constant.size !== 1)) return undefined;
  const values = numbersOf(constant);
  return Float64Array.from({ length: channels }, (_, c) => factor * values[values.length === 1 ? 0 : c]!);
}

function convolution(operation: Operation, plan: Plan): Convolution | undefined {
  const { node, inputs } = operation;
  const weights = plan.constant(inputs[1]);
  const shape = plan.shape(inputs[0]!);
  if (!weights || plan.constant(inputs[0])) return undefined;
  if (weights.shape.length !== shape.length || (shape.length !== 4 && shape.length !== 3))
    node.refuse(`it has ${shape.length - 2} spatial dimensions`, "Use Conv on [N, C, H, W] or [N, C, W].");
  const [channels = 0, perGroup = 0] = weights.shape;
  const isFlat = shape.length === 3;
  const ones = isFlat ? [1] : [1, 1];
  const pair = (values: readonly number[], lead: number): [number, number] =>
    isFlat ? [lead, values[0]!] : [values[0]!, values[1]!];
  const { attributes } = node;
  const pads = attributes.ints("pads") ?? [...ones, ...ones].map(() => 0);
  const bias = biasOf(operation, plan, channels);
  if (!bias) return undefined;
  return {
    kind: "linear",
    form: "conv",
    weights: new Weights(weights, channels, false),
    bias,
    hasBias: inputs[2] !== undefined && inputs[2] !== "",
    perGroup,
    group: attributes.int("group", 1),
    kernel: pair(weights.shape.slice(2), 1),
    strides: pair(attributes.ints("strides") ?? ones, 1),
    dilations: pair(attributes.ints("dilations") ?? ones, 1),
    pads: isFlat ? [0, pads[0]!, 0, pads[1]!] : [pads[0]!, pads[1]!, pads[2]!, pads[3]!],
  };
}

function gemm(operation: Operation, plan: Plan): Product | undefined {
  const { node, inputs } = operation;
  const { attributes } = node;
  const matrix = plan.constant(inputs[1]);
  if (matrix?.shape.length !== 2 || attributes.int("transA", 0) !== 0) return undefined;
  const transposed = attributes.int("transB", 0) !== 0;
  const channels = matrix.shape[transposed ? 0 : 1]!;
  const bias = biasOf(operation, plan, channels, attributes.float("beta", 1));
  if (!bias) return undefined;
  const alpha = attributes.float("alpha", 1);
  const weights = new Weights(matrix, channels, !transposed);
  return {
    kind: "linear",
    form: "matmul",
    weights: alpha === 1 ? weights : weights.scaled(() => alpha),
    bias,
    hasBias: inputs[2] !== undefined && inputs[2] !== "",
  };
}

function matMul({ inputs }: Operation, plan: Plan): Product | undefined {
  const matrix = plan.constant(inputs[1]);
  if (matrix?.shape.length !== 2 || plan.shape(inputs[0]!).length < 2) return undefined;
  const channels = matrix.shape[1]!;
  return {
    kind: "linear",
    form: "matmul",
    weights: new Weights(matrix, channels, true),
    bias: new Float64Array(channels),
    hasBias: false,
  };
}

interface Affine {
  readonly factor: Float64Array;
  readonly shift: Float64Array;
}

/** What an operation does to each channel of its computed operand, if that is all it does. */
function affineOf(operation: Operation, plan: Plan, input: string, channelAxis: number): Affine | undefined {
  const { op, node, inputs, outputs } = operation;
  const shape = plan.shape(input);
  const channels = shape[channelAxis]!;
  if (op === "BatchNormalization") {
    const parameters = inputs.slice(1, 5).map((name) => plan.constant(name));
    if (channelAxis !== 1 || parameters.some((constant) => constant?.size !== channels)) return undefined;
    const [gamma, beta, mean, variance] = parameters.map((constant) => numbersOf(constant!));
    const epsilon = node.attributes.float("epsilon", 1e-5);
    const factor = gamma!.map((value, c) => value / Math.sqrt(variance![c]! + epsilon));
    return { factor, shift: beta!.map((value, c) => value - mean![c]! * factor[c]!) };
  }
  if (!["Add", "Sub", "Mul", "Div"].includes(op) || inputs.length !== 2) return undefined;
  const place = inputs.indexOf(input);
  const constant = plan.constant(inputs[1 - place]);
  if (!constant || plan.shape(outputs[0]!).join() !== shape.join()) return undefined;
  const lead = shape.length - constant.shape.length;
  if (constant.shape.some((size, axis) => size !== 1 && axis + lead !== channelAxis)) return undefined;
  const given = numbersOf(constant);
  const values = Float64Array.from({ length: channels }, (_, c) => given[given.length === 1 ? 0 : c]!);
  const all = (value: number): Float64Array => new Float64Array(channels).fill(value);
  if (op === "Add") return { factor: all(1), shift: values };
  if (op === "Mul") return { factor: values, shift: all(0) };
  if (op === "Sub")
    return place === 0
      ? { factor: all(1), shift: values.map((value) => -value) }
      : { factor: all(-1), shift: values };
  if (place !== 0 || values.includes(0)) return undefined;
  return { factor: values.map((value) => 1 / value), shift: all(0) };
}

function withAffine(linear: Linear, { factor, shift }: Affine): Linear {
  const weights = factor.every((value) => value === 1)
    ? linear.weights
    : linear.weights.scaled((channel) => factor[channel]!);
  const bias = linear.bias.map((value, channel) => value * factor[channel]! + shift[channel]!);
  return { ...linear, weights, bias, hasBias: linear.hasBias || shift.some((value) => value !== 0) };
}

/** Whether a Reshape leaves the channels of a linear operation's output on the same axis from the same end. */
function keepsChannels(plan: Plan, linear: Linear, from: string, to: string): boolean {
  const before = plan.shape(from);
  const after = plan.shape(to);
  if (linear.form === "conv") return after.length > 1 && before[0] === after[0] && before[1] === after[1];
  return before.at(-1) === after.at(-1);
}

/** Takes the maps behind each linear operation into it, also from behind a Reshape. */
function foldAffine(plan: Plan): void {
  const replaced = new Map<Operation, Operation | undefined>();
  for (const operation of plan.operations) {
    if (operation.parameters?.kind !== "linear") continue;
    let current = operation;
    let linear: Linear = operation.parameters;
    let reshape: Operation | undefined;
    let shaped: string | undefined;
    for (;;) {
      const output = shaped ?? current.outputs[0]!;
      const reader = plan.soleReader(output);
      if (!reader) break;
      const next = reader.outputs[0]!;
      if (reader.op === "Reshape" && !reshape && keepsChannels(plan, linear, output, next)) {
        reshape = reader;
        shaped = next;
        continue;
      }
      const axis = linear.form === "conv" ? 1 : plan.shape(output).length - 1;
      const affine = affineOf(reader, plan, output, axis);
      if (!affine) break;
      linear = withAffine(linear, affine);
      replaced.set(reader, undefined);
      if (reshape) {
        shaped = next;
        // the same numbers in the same order, before the Reshape
        plan.observe(current.outputs[0]!, { tensor: next, min: -Infinity, max: Infinity });
        replaced.set(reshape, { ...reshape, outputs: [next] });
      } else current = { ...current, outputs: [next] };
    }
    replaced.set(operation, { ...current, parameters: linear });
  }
  plan.operations = plan.operations.flatMap((operation) => {
    if (!replaced.has(operation)) return [operation];
    const other = replaced.get(operation);
    return other ? [other] : [];
  });
}

/** A clamp commutes with MaxPool and what moves values, so it may move up through them into the weights' operation. */
const COMMUTES = new Set(["MaxPool", "Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze"]);

function foldClamp(plan: Plan, clampOperation: Operation): boolean {
  const clamp = clampOf(clampOperation, (name) => plan.number(name));
  if (!clamp) return false;
  const passed: Operation[] = [];
  let name = clampOperation.inputs[0]!;
  let before = plan.producer(name);
  while (before && COMMUTES.has(before.op) && plan.soleReader(name)) {
    passed.push(before);
    name = before.inputs[0]!;
    before = plan.producer(name);
  }
  if (before?.parameters?.kind !== "linear" || !plan.soleReader(name)) return false;
  const linear = before.parameters;
  const min = Math.max(clamp.min, linear.clamp?.min ?? -Infinity);
  const max = Math.min(clamp.max, linear.clamp?.max ?? Infinity);
  if (min >= max) return false;
  const [last] = passed;
  const target = clampOperation.outputs[0]!;
  const renamed = (operation: Operation): Operation =>
    operation === (last ?? before) ? { ...operation, outputs: [target] } : operation;
  const bounded = (tensor: string): void => {
    const seen = plan.observed(tensor);
    plan.observe(tensor, { ...seen, min: Math.max(seen.min, min), max: Math.min(seen.max, max) });
  };
  if (last)
    for (const tensor of [name, ...passed.slice(1).map(({ outputs }) => outputs[0]!)]) bounded(tensor);
  plan.operations = plan.operations.flatMap((operation): Operation[] => {
    if (operation === clampOperation) return [];
    if (operation === before)
      return [renamed({ ...operation, parameters: { ...linear, clamp: { min, max } } })].map((each) =>
        last ? each : { ...each, outputs: [target] },
      );
    return [renamed(operation)];
  });
  return true;
}

/** Rewrites all products with constant weights. */
export function fuseLinear(plan: Plan): void {
  plan.operations = plan.operations.map((operation) => {
    const { op, node } = operation;
    if (node.domain !== "" || operation.parameters) return operation;
    const parameters =
      op === "Conv"
        ? convolution(operation, plan)
        : op === "Gemm"
          ? gemm(operation, plan)
          : op === "MatMul"
            ? matMul(operation, plan)
            : undefined;
    if (!parameters) return operation;
    return { ...operation, op: "Linear", inputs: [operation.inputs[0]!], parameters };
  });
  foldAffine(plan);
  for (const operation of plan.operations)
    if ((operation.op === "Relu" || operation.op === "Clip") && plan.operations.includes(operation))
      foldClamp(plan, operation);
}
