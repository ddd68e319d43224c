// Merges layers: affine maps into the weights before them, clamps into the layer whose output they bound.
import type { Constant } from "../constants.ts";
import { UnsupportedNodeError } from "../errors.ts";
import {
  type AffineLayer,
  type ClampLayer,
  channelAxis,
  type FusedGraph,
  type FusedLayer,
  isLinear,
  type Layer,
  type LayerGraph,
  type LinearLayer,
  type Observed,
} from "../layers.ts";

function scaleChannels(layer: LinearLayer, scale: (channel: number) => number): Constant {
  const { weights, bias } = layer;
  const channels = bias.length;
  const perChannel = weights.data.length / channels;
  const channelOf = (index: number): number =>
    layer.kind === "conv" ? Math.floor(index / perChannel) : index % channels;
  return { ...weights, data: weights.data.map((value, index) => value * scale(channelOf(index))) };
}

function bound<T extends { readonly min: number; readonly max: number }>(to: T, clamp: ClampLayer): T {
  return { ...to, min: Math.max(to.min, clamp.min), max: Math.min(to.max, clamp.max) };
}

class Fusion {
  readonly layers: FusedLayer[] = [];
  readonly #producer = new Map<string, number>();
  readonly #renamed = new Map<string, string>();
  readonly #readers = new Map<string, number>();

  constructor(graph: LayerGraph) {
    const count = (name: string) => this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    for (const layer of graph.layers) count(layer.input);
    for (const { value } of graph.outputs) count(value);
  }

  nameOf(value: string): string {
    return this.#renamed.get(value) ?? value;
  }

  add(layer: FusedLayer): void {
    this.#producer.set(layer.output, this.layers.length);
    this.layers.push(layer);
  }

  /** The place of the layer that computes `value`, if nothing but one reader sees it. */
  #sole(value: string): number | undefined {
    return this.#readers.get(value) === 1 ? this.#producer.get(value) : undefined;
  }

  /** `layer` disappears: whoever read it reads its input. */
  #skip(layer: Layer): void {
    this.#renamed.set(layer.output, layer.input);
    this.#readers.set(layer.input, this.#readers.get(layer.output) ?? 0);
  }

  fuseAffine(layer: AffineLayer): void {
    const place = this.#sole(layer.input);
    const before = place === undefined ? undefined : this.layers[place];
    const fits =
      before &&
      isLinear(before) &&
      !before.clamp &&
      (layer.axis === -1 || layer.axis === channelAxis(before));
    if (place === undefined || !fits)
      throw new UnsupportedNodeError({
        node: layer.node,
        op: layer.op,
        reason: "it does not directly follow a Conv, Gemm or MatMul that nothing else reads",
        remedy:
          "Fold it into the weights before it, or apply it to the inputs before they are given to the model.",
      });
    const at = (values: Float64Array, channel: number): number => values[layer.axis === -1 ? 0 : channel]!;
    const weights = scaleChannels(before, (channel) => at(layer.scale, channel));
    const bias = before.bias.map((value, c) => value * at(layer.scale, c) + at(layer.shift, c));
    this.layers[place] = { ...before, weights, bias, observed: layer.observed };
    this.#skip(layer);
  }

  /** A clamp commutes with MaxPool and Reshape, so it may move up through them. */
  fuseClamp(layer: ClampLayer): void {
    const passed: number[] = [];
    let place = this.#sole(layer.input);
    for (;;) {
      const before = place === undefined ? undefined : this.layers[place];
      if (before?.kind !== "maxpool" && before?.kind !== "reshape") break;
      passed.push(place!);
      place = this.#sole(before.input);
    }
    const before = place === undefined ? undefined : this.layers[place];
    const clamp =
      before && isLinear(before) && bound(before.clamp ?? { min: -Infinity, max: Infinity }, layer);
    if (place === undefined || !clamp || clamp.min >= clamp.max) {
      this.add(layer);
      return;
    }
    const observe = (observed: Observed) => bound(observed, layer);
    this.layers[place] = { ...before, clamp, observed: observe(before.observed) };
    for (const index of passed) {
      const between = this.layers[index]!;
      this.layers[index] = { ...between, observed: observe(between.observed) };
    }
    this.#skip(layer);
  }
}

/** Leaves linear layers with bias and clamp, MaxPool, Reshape, and clamps that have no layer to merge into. */
export function fuse(graph: LayerGraph): FusedGraph {
  const fusion = new Fusion(graph);
  for (const original of graph.layers) {
    const layer = { ...original, input: fusion.nameOf(original.input) };
    if (layer.kind === "affine") fusion.fuseAffine(layer);
    else if (layer.kind === "clamp") fusion.fuseClamp(layer);
    else fusion.add(layer);
  }
  const outputs = graph.outputs.map((output) => ({ ...output, value: fusion.nameOf(output.value) }));
  return { inputs: graph.inputs, outputs, layers: fusion.layers };
}
