// What a float model is lowered to before it is quantized: layers with known shapes, in execution order.
import type { Constant } from "./constants.ts";

/** The float tensor whose values a layer's output has, after clamping them to [min, max]. */
export interface Observed {
  readonly tensor: string;
  readonly min: number;
  readonly max: number;
}

export interface Window {
  readonly kernel: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

interface LayerBase {
  /** the float node that the layer comes from, for people */
  readonly node: string;
  readonly op: string;
  /** the value that it reads, by the name of the layer output or graph input */
  readonly input: string;
  readonly output: string;
  readonly shape: readonly number[];
  readonly observed: Observed;
}

interface LinearBase extends LayerBase {
  readonly weights: Constant;
  /** one per output channel */
  readonly bias: Float64Array;
  /** bounds of an activation function that follows, if one does */
  readonly clamp?: { readonly min: number; readonly max: number };
}

/** weights [M, C/group, kH, kW] */
export interface ConvLayer extends LinearBase, Window {
  readonly kind: "conv";
  readonly group: number;
}

/** weights [K, N] */
export interface MatMulLayer extends LinearBase {
  readonly kind: "matmul";
}

export interface MaxPoolLayer extends LayerBase, Window {
  readonly kind: "maxpool";
}

export interface ReshapeLayer extends LayerBase {
  readonly kind: "reshape";
}

export interface ClampLayer extends LayerBase {
  readonly kind: "clamp";
  readonly min: number;
  readonly max: number;
}

/** value · scale + shift, per index along `axis`, or everywhere where `axis` is −1 (then one element each) */
export interface AffineLayer extends LayerBase {
  readonly kind: "affine";
  readonly axis: number;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

export type LinearLayer = ConvLayer | MatMulLayer;
export type Layer = LinearLayer | MaxPoolLayer | ReshapeLayer | ClampLayer | AffineLayer;

export const isLinear = (layer: Layer): layer is LinearLayer =>
  layer.kind === "conv" || layer.kind === "matmul";

/** The axis of a linear layer's output that runs over its channels. */
export const channelAxis = (layer: LinearLayer): number =>
  layer.kind === "conv" ? 1 : layer.shape.length - 1;

/** The axis of its input that a linear layer sums over besides the window. */
export const readAxis = (layer: LinearLayer, inputRank: number): number =>
  layer.kind === "conv" ? 1 : inputRank - 1;

export interface GraphTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface GraphOutput {
  /** as the float model calls it */
  readonly name: string;
  /** the layer output that it is */
  readonly value: string;
  readonly shape: readonly number[];
}

export interface LayerGraph<L extends Layer = Layer> {
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphOutput[];
  readonly layers: readonly L[];
}

/** What is left after fusion. */
export type FusedLayer = Exclude<Layer, AffineLayer>;
export type FusedGraph = LayerGraph<FusedLayer>;
