// A float language model of any size, as exporters write large ones: a small file of nodes, and the weights in a file beside it.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DATA_TYPE, type TensorProto, writeOnnxModel } from "@assay/sdk/program";
import { constant, floatModel, integers, type NodeSketch } from "../../test/helpers/floatModels.ts";

export interface LlamaSize {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** between the two products of each layer's network */
  readonly hidden: number;
  readonly vocabulary: number;
  /** tokens that are read at most */
  readonly context: number;
}

type Matrix = readonly [name: string, rows: number, columns: number];

const WEIGHTS = "weights.bin";
const FLOAT_BYTES = 4;
const CHUNK = 2 ** 22;

function matricesOf({ layers, width, hidden, vocabulary }: LlamaSize): Matrix[] {
  const ofLayer = (layer: number): Matrix[] => [
    ...["query", "key", "value", "output"].map((part): Matrix => [`${layer}.${part}.weight`, width, width]),
    [`${layer}.gate.weight`, width, hidden],
    [`${layer}.up.weight`, width, hidden],
    [`${layer}.down.weight`, hidden, width],
  ];
  return [
    ["embedding", vocabulary, width],
    ...Array.from({ length: layers }, (_, layer) => ofLayer(layer)).flat(),
    ["head.weight", width, vocabulary],
  ];
}

export const parametersOf = (size: LlamaSize): number =>
  matricesOf(size).reduce((sum, [, rows, columns]) => sum + rows * columns, 0) +
  (2 * size.layers + 1) * size.width;

/** Root mean square normalization, as it is exported. */
const norm = (name: string, input: string): NodeSketch[] => [
  { op: "Mul", in: [input, input], out: `${name}.square` },
  {
    op: "ReduceMean",
    in: [`${name}.square`],
    out: `${name}.mean`,
    attributes: { axes: [1], keepdims: 1 },
  },
  { op: "Add", in: [`${name}.mean`, "epsilon"], out: `${name}.shifted` },
  { op: "Sqrt", in: [`${name}.shifted`], out: `${name}.root` },
  { op: "Div", in: [input, `${name}.root`], out: `${name}.scaled` },
  { op: "Mul", in: [`${name}.scaled`, "gain"], out: name },
];

/** Rotates pairs of numbers by an angle that follows from the position. */
const rotary = (name: string): NodeSketch[] => [
  { op: "Slice", in: [`${name}.heads`, "zero", "half", "last"], out: `${name}.first` },
  { op: "Slice", in: [`${name}.heads`, "half", "whole", "last"], out: `${name}.second` },
  { op: "Neg", in: [`${name}.second`], out: `${name}.negative` },
  {
    op: "Concat",
    in: [`${name}.negative`, `${name}.first`],
    out: `${name}.rotated`,
    attributes: { axis: 2 },
  },
  { op: "Mul", in: [`${name}.heads`, "cos"], out: `${name}.straight` },
  { op: "Mul", in: [`${name}.rotated`, "sin"], out: `${name}.crossed` },
  { op: "Add", in: [`${name}.straight`, `${name}.crossed`], out: `${name}.placed` },
];

const headsOf = (name: string, input: string): NodeSketch[] => [
  { op: "MatMul", in: [input, `${name}.weight`], out: `${name}.row` },
  { op: "Reshape", in: [`${name}.row`, "heads"], out: `${name}.heads` },
];

function layerNodes(layer: number, input: string): NodeSketch[] {
  const at = (name: string) => `${layer}.${name}`;
  const cached = (kind: string, value: string): NodeSketch => ({
    op: "Where",
    in: ["is_current", value, `past_${kind}_${layer}`],
    out: `present_${kind}_${layer}`,
  });
  return [
    ...norm(at("norm"), input),
    ...["query", "key", "value"].flatMap((name) => headsOf(at(name), at("norm"))),
    ...["query", "key"].flatMap((name) => rotary(at(name))),
    cached("key", at("key.placed")),
    cached("value", at("value.heads")),
    {
      op: "Transpose",
      in: [`present_key_${layer}`],
      out: at("keys"),
      attributes: { perm: [0, 2, 1] },
    },
    { op: "MatMul", in: [at("query.placed"), at("keys")], out: at("scores") },
    { op: "Mul", in: [at("scores"), "attention_scale"], out: at("scaled") },
    { op: "Where", in: ["is_visible", at("scaled"), "masked_score"], out: at("masked") },
    { op: "Softmax", in: [at("masked")], out: at("attention"), attributes: { axis: -1 } },
    { op: "MatMul", in: [at("attention"), `present_value_${layer}`], out: at("mixed") },
    { op: "Reshape", in: [at("mixed"), "row"], out: at("mixed_row") },
    { op: "MatMul", in: [at("mixed_row"), at("output.weight")], out: at("attended") },
    { op: "Add", in: [input, at("attended")], out: at("middle") },
    ...norm(at("network_norm"), at("middle")),
    { op: "MatMul", in: [at("network_norm"), at("gate.weight")], out: at("gate") },
    { op: "Sigmoid", in: [at("gate")], out: at("sigmoid") },
    { op: "Mul", in: [at("gate"), at("sigmoid")], out: at("silu") },
    { op: "MatMul", in: [at("network_norm"), at("up.weight")], out: at("up") },
    { op: "Mul", in: [at("silu"), at("up")], out: at("product") },
    { op: "MatMul", in: [at("product"), at("down.weight")], out: at("down") },
    { op: "Add", in: [at("middle"), at("down")], out: at("out") },
  ];
}

/** cos and sin of position · 10000^(-pair/pairs), both halves alike. */
function angles({ context, width, heads }: LlamaSize, of: (angle: number) => number): Float32Array {
  const head = width / heads;
  return Float32Array.from({ length: context * head }, (_, index) => {
    const pair = index % (head / 2);
    return of(Math.floor(index / head) * 10_000 ** (-pair / (head / 2)));
  });
}

/** Writes evenly distributed weights, their variance 1 / rows; returns where each tensor lies. */
function writeWeights(path: string, matrices: readonly Matrix[]): TensorProto[] {
  const file = openSync(path, "w");
  const chunk = new Float32Array(CHUNK);
  let state = 1;
  let offset = 0;
  const initializers = matrices.map(([name, rows, columns]): TensorProto => {
    const count = rows * columns;
    const most = Math.sqrt(3 / (name === "embedding" ? 1 : rows));
    const factor = most / 2 ** 31;
    for (let done = 0; done < count; done += CHUNK) {
      const part = chunk.subarray(0, Math.min(CHUNK, count - done));
      for (let index = 0; index < part.length; index++) {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        part[index] = state * factor;
      }
      writeSync(file, part);
    }
    const place = { location: WEIGHTS, offset: String(offset), length: String(count * FLOAT_BYTES) };
    offset += count * FLOAT_BYTES;
    return {
      name,
      dims: [BigInt(rows), BigInt(columns)],
      dataType: DATA_TYPE.FLOAT,
      dataLocation: 1,
      externalData: Object.entries(place).map(([key, value]) => ({ key, value })),
    };
  });
  closeSync(file);
  return initializers;
}

/** Writes a decoder that reads one token per run into `folder`, and returns the path of its model file. */
export function writeLlama(folder: string, size: LlamaSize): string {
  const { layers, width, heads, context } = size;
  const head = width / heads;
  const numbered = Array.from({ length: layers }, (_, layer) => layer);
  const caches = (when: string) =>
    numbered.flatMap((layer) => ["key", "value"].map((kind) => `${when}_${kind}_${layer}`));
  const { graph, ...model } = floatModel({
    inputs: {
      token: [1],
      position: [1],
      ...Object.fromEntries(caches("past").map((name) => [name, [heads, context, head]])),
    },
    outputs: ["logits", ...caches("present")],
    nodes: [
      { op: "Equal", in: ["cache_rows", "position"], out: "is_current" },
      { op: "LessOrEqual", in: ["positions", "position"], out: "is_visible" },
      { op: "Gather", in: ["cos_table", "position"], out: "cos" },
      { op: "Gather", in: ["sin_table", "position"], out: "sin" },
      { op: "Gather", in: ["embedding", "token"], out: "embedded" },
      ...numbered.flatMap((layer) => layerNodes(layer, layer === 0 ? "embedded" : `${layer - 1}.out`)),
      ...norm("head.norm", `${layers - 1}.out`),
      { op: "MatMul", in: ["head.norm", "head.weight"], out: "logits" },
    ],
    constants: {
      cache_rows: {
        shape: [1, context, 1],
        data: BigInt64Array.from({ length: context }, (_, place) => BigInt(place)),
      },
      positions: {
        shape: [1, 1, context],
        data: BigInt64Array.from({ length: context }, (_, place) => BigInt(place)),
      },
      cos_table: { shape: [context, 1, head], data: angles(size, Math.cos) },
      sin_table: { shape: [context, 1, head], data: angles(size, Math.sin) },
      gain: { shape: [width], data: new Float32Array(width).fill(1) },
      heads: integers(heads, 1, head),
      row: integers(1, width),
      zero: integers(0),
      half: integers(head / 2),
      whole: integers(head),
      last: integers(2),
      epsilon: constant([], 1e-5),
      attention_scale: constant([], head ** -0.5),
      masked_score: constant([], -1e9),
    },
  });
  for (const input of graph!.input!)
    if (input.name === "token" || input.name === "position")
      (input.type!.tensorType as { elemType: number }).elemType = DATA_TYPE.INT64;
  mkdirSync(folder, { recursive: true });
  const matrices = writeWeights(join(folder, WEIGHTS), matricesOf(size));
  const path = join(folder, "model.onnx");
  const initializer = [...(graph!.initializer ?? []), ...matrices];
  writeFileSync(path, writeOnnxModel({ ...model, graph: { ...graph, initializer } }));
  return path;
}
