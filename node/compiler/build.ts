// Turns layers into the steps of a program, choosing scales on the way.
import { type DType, type Operand, type Program, type TensorType, tensorType } from "@assay/sdk/program";
import type { TensorStatistics } from "./calibration.ts";
import { UnsupportedNodeError } from "./errors.ts";
import {
  type ClampLayer,
  type ConvLayer,
  type FusedGraph,
  type FusedLayer,
  type GraphTensor,
  isLinear,
  type LinearLayer,
} from "./layers.ts";
import { ProgramBuilder } from "./programBuilder.ts";
import { MAX_U8, type Quantization, quantizeInput } from "./quantization/activation.ts";
import {
  type ExactLinear,
  type LinearContext,
  quantizeExact,
  type RequantizedLinear,
  requantizeLinear,
} from "./quantization/linear.ts";

/** A tensor of the program and the real values that it stands for. */
export interface Quantized extends Quantization {
  readonly operand: Operand;
}

/** A layer as it was built: what to compare with the float model. */
export interface BuiltLayer {
  readonly layer: FusedLayer;
  readonly output: Quantized;
  /** powers of two of a requantized layer, smallest and largest */
  readonly shifts?: readonly [number, number];
}

export interface BuiltModel {
  readonly program: Program;
  readonly inputs: readonly Quantized[];
  readonly layers: readonly BuiltLayer[];
  readonly outputs: readonly Quantized[];
}

export interface Statistics {
  readonly inputs: readonly TensorStatistics[];
  /** of each layer's output, after its clamp */
  readonly layers: readonly TensorStatistics[];
}

export interface BuildOptions {
  /** real bounds of an input, by its name; without them, the bounds seen in calibration */
  readonly inputRanges: Readonly<Record<string, readonly [number, number]>>;
  /** append the number of the largest logit as the output `label` */
  readonly classifier: boolean;
}

const WEIGHT_ZERO = 128;

/** Four-dimensional activations are kept channel-last, so that a convolution reads short runs. */
function activationType(dtype: DType, shape: readonly number[]): TensorType {
  return shape.length === 4 ? tensorType(dtype, shape, [0, 2, 3, 1]) : tensorType(dtype, shape);
}

function convAttributes({ pads, strides, dilations, group }: ConvLayer, zeroPoint: number): number[] {
  return [...pads, ...strides, ...dilations, group, zeroPoint, WEIGHT_ZERO];
}

/** ConvInteger or MatMulInteger: the accumulator of a linear layer. */
function buildAccumulator(
  builder: ProgramBuilder,
  layer: LinearLayer,
  input: Quantized,
  channels: readonly { readonly weights: Int8Array }[],
): Operand {
  const { shape } = layer.weights;
  if (layer.kind === "conv") {
    const data = new Uint8Array(layer.weights.data.length);
    const depth = data.length / channels.length;
    channels.forEach(({ weights }, channel) => {
      for (let k = 0; k < depth; k++) data[channel * depth + k] = weights[k]! + WEIGHT_ZERO;
    });
    const weights = builder.constant(tensorType("u8", shape, [0, 2, 3, 1]), data);
    const attributes = convAttributes(layer, input.zeroPoint);
    return builder.step(
      "ConvInteger",
      [input.operand, weights],
      attributes,
      activationType("i32", layer.shape),
    );
  }
  const [depth = 0, width = 0] = shape;
  const data = new Int8Array(depth * width);
  channels.forEach(({ weights }, channel) => {
    for (let k = 0; k < depth; k++) data[k * width + channel] = weights[k]!;
  });
  const weights = builder.constant(tensorType("i8", shape, [1, 0]), data);
  return builder.step(
    "MatMulInteger",
    [input.operand, weights],
    [input.zeroPoint, 0],
    activationType("i32", layer.shape),
  );
}

const channelShape = (layer: LinearLayer): number[] =>
  layer.kind === "conv" ? [1, layer.bias.length, 1, 1] : [layer.bias.length];

function buildExact(
  builder: ProgramBuilder,
  layer: LinearLayer,
  input: Quantized,
  exact: ExactLinear,
): Quantized {
  const sum = buildAccumulator(builder, layer, input, exact.channels);
  const bias = builder.perChannel(
    exact.channels.map(({ bias }) => bias),
    channelShape(layer),
  );
  const operand = builder.step("Add", [sum, bias], [], sum.type);
  return { operand, scale: exact.scale, zeroPoint: 0 };
}

/** The four steps of S-01 behind the accumulator. */
function buildRequantized(
  builder: ProgramBuilder,
  layer: LinearLayer,
  input: Quantized,
  { channels, out, low, high }: RequantizedLinear,
): Quantized {
  const accumulator = buildAccumulator(builder, layer, input, channels);
  const { type } = accumulator;
  const shape = channelShape(layer);
  const added = channels.map(({ bias, shift }) => bias + out.zeroPoint * 2 ** shift + 2 ** (shift - 1));
  const sum = builder.step("Add", [accumulator, builder.perChannel(added, shape)], [], type);
  const divisors = channels.map(({ shift }) => 2 ** shift);
  const quotient = builder.step("Div", [sum, builder.perChannel(divisors, shape)], [], type);
  const clipped = builder.step("Clip", [quotient], [low, high], type);
  const operand = builder.step("Cast", [clipped], [], { ...type, dtype: "u8" });
  return { operand, ...out };
}

function buildClamp(builder: ProgramBuilder, layer: ClampLayer, input: Quantized): Quantized {
  const { scale, zeroPoint } = input;
  const integer = (value: number, open: number): number =>
    Number.isFinite(value) ? Math.max(0, Math.min(MAX_U8, Math.round(value / scale) + zeroPoint)) : open;
  const wide = builder.step("Cast", [input.operand], [], { ...input.operand.type, dtype: "i32" });
  const bounds = [integer(layer.min, 0), integer(layer.max, MAX_U8)];
  const clipped = builder.step("Clip", [wide], bounds, wide.type);
  return { ...input, operand: builder.step("Cast", [clipped], [], input.operand.type) };
}

function buildOther(
  builder: ProgramBuilder,
  layer: Exclude<FusedLayer, LinearLayer>,
  input: Quantized,
): Quantized {
  const { dtype } = input.operand.type;
  const type = activationType(dtype, layer.shape);
  if (layer.kind === "reshape")
    return { ...input, operand: builder.step("Reshape", [input.operand], [], type) };
  if (layer.kind === "clamp") return buildClamp(builder, layer, input);
  const attributes = [...layer.kernel, ...layer.pads, ...layer.strides, ...layer.dilations];
  return { ...input, operand: builder.step("MaxPool", [input.operand], attributes, type) };
}

/** Values that reach graph outputs only, through nothing but reshapes: they may stay 32 bits wide. */
function exactValues(graph: FusedGraph): Set<string> {
  const isOutput = new Set(graph.outputs.map(({ value }) => value));
  const readers = new Map<string, FusedLayer[]>();
  for (const layer of graph.layers) readers.set(layer.input, [...(readers.get(layer.input) ?? []), layer]);
  const exact = new Set<string>();
  for (const layer of [...graph.layers].reverse()) {
    const reading = readers.get(layer.output) ?? [];
    const reachesOutput = isOutput.has(layer.output) || reading.length > 0;
    if (reachesOutput && reading.every((reader) => reader.kind === "reshape" && exact.has(reader.output)))
      exact.add(layer.output);
  }
  return exact;
}

function checkDepth(layer: LinearLayer): void {
  const depth = layer.weights.data.length / layer.bias.length;
  const limit = layer.kind === "conv" ? 8192 : 32768;
  if (depth > limit)
    throw new UnsupportedNodeError({
      node: layer.node,
      op: layer.op,
      reason: `one output element sums ${depth} products; the limit is ${limit}`,
      remedy: "Split the layer into parts over its input channels.",
    });
}

/** Builds the program of a fused layer graph. `onLayer` hears how many layers are done. */
export function buildProgram(
  graph: FusedGraph,
  statistics: Statistics,
  { inputRanges, classifier }: BuildOptions,
  onLayer: (done: number) => void,
): BuiltModel {
  const builder = new ProgramBuilder(graph.inputs.map(({ shape }) => tensorType("u8", shape)));
  const values = new Map<string, Quantized>();
  const sources = new Map<string, { tensor: GraphTensor; statistics: TensorStatistics }>();
  const inputs = graph.inputs.map((tensor, index) => {
    const quantization = quantizeInput(statistics.inputs[index]!, inputRanges[tensor.name]);
    const quantized = { operand: builder.input(index), ...quantization };
    values.set(tensor.name, quantized);
    sources.set(tensor.name, { tensor, statistics: statistics.inputs[index]! });
    return quantized;
  });
  const exact = exactValues(graph);
  const layers = graph.layers.map((layer, index): BuiltLayer => {
    const input = values.get(layer.input)!;
    const source = sources.get(layer.input)!;
    const outputStatistics = statistics.layers[index]!;
    let built: BuiltLayer;
    if (isLinear(layer)) {
      checkDepth(layer);
      const context: LinearContext = {
        layer,
        input,
        inputShape: source.tensor.shape,
        inputStatistics: source.statistics,
        outputStatistics,
      };
      if (exact.has(layer.output) && !layer.clamp) {
        built = { layer, output: buildExact(builder, layer, input, quantizeExact(context)) };
      } else {
        const requantized = requantizeLinear(context);
        const shifts = requantized.channels.map(({ shift }) => shift);
        const output = buildRequantized(builder, layer, input, requantized);
        built = { layer, output, shifts: [Math.min(...shifts), Math.max(...shifts)] };
      }
    } else {
      built = { layer, output: buildOther(builder, layer, input) };
    }
    values.set(layer.output, built.output);
    sources.set(layer.output, {
      tensor: { name: layer.output, shape: layer.shape },
      statistics: outputStatistics,
    });
    onLayer(index + 1);
    return built;
  });
  const outputs = graph.outputs.map(({ value }) => values.get(value)!);
  if (classifier) {
    const logits = outputs[0]!.operand;
    const type = tensorType("i64", logits.type.shape.slice(0, 1));
    outputs.push({ operand: builder.step("ArgMax", [logits], [1, 0], type), scale: 1, zeroPoint: 0 });
  }
  return { program: builder.finish(outputs.map(({ operand }) => operand)), inputs, layers, outputs };
}
