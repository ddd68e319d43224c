// A small float decoder as exporters write them: input_ids, attention_mask, position_ids, past_key_values that grow by one.
import { DATA_TYPE, writeOnnxModel } from "@assay/sdk/program";
import { type ConstantSketch, floatModel, type NodeSketch, normal } from "./floatModels.ts";
import { Random } from "./random.ts";

const [HEADS, HEAD] = [2, 8];
const WIDTH = HEADS * HEAD;

export interface FloatDecoderOptions {
  vocabulary: number;
  /** tokens that are read at most */
  context: number;
  /** open dimensions by name, as exporters leave them */
  open?: boolean;
  /** without it nothing says which entries of the caches are filled */
  mask?: boolean;
}

const shape = (...sizes: number[]): ConstantSketch => ({
  shape: [sizes.length],
  data: BigInt64Array.from(sizes, BigInt),
});
const scalar = (value: number): ConstantSketch => ({ shape: [], data: Float32Array.of(value) });

/** One layer of attention between embedding and logits. */
export function floatDecoderBytes({
  vocabulary,
  context,
  open = false,
  mask = true,
}: FloatDecoderOptions): Uint8Array {
  const random = new Random(17);
  const heads = (name: string): NodeSketch[] => [
    { op: "MatMul", in: ["x", `w_${name}`], out: `${name}_flat` },
    { op: "Reshape", in: [`${name}_flat`, "heads"], out: `${name}_heads` },
    { op: "Transpose", in: [`${name}_heads`], out: name, attributes: { perm: [0, 2, 1, 3] } },
  ];
  const cache = (name: string, past: string): NodeSketch => ({
    op: "Concat",
    in: [`past_key_values.0.${past}`, name],
    out: `present.0.${past}`,
    attributes: { axis: 2 },
  });
  const masked: NodeSketch[] = [
    { op: "Cast", in: ["attention_mask"], out: "mask_float", attributes: { to: DATA_TYPE.FLOAT } },
    { op: "Unsqueeze", in: ["mask_float", "inner_axes"], out: "mask_row" },
    { op: "Sub", in: ["one", "mask_row"], out: "mask_inverted" },
    { op: "Mul", in: ["mask_inverted", "lowest"], out: "mask_bias" },
    { op: "Add", in: ["scores", "mask_bias"], out: "visible" },
  ];
  const past = open ? "past_sequence_length" : context - 1;
  const model = floatModel({
    inputs: {
      input_ids: open ? ["batch_size", "sequence_length"] : [1, 1],
      ...(mask && { attention_mask: open ? ["batch_size", "past_sequence_length + 1"] : [1, context] }),
      position_ids: open ? ["batch_size", "sequence_length"] : [1, 1],
      "past_key_values.0.key": [open ? "batch_size" : 1, HEADS, past, HEAD],
      "past_key_values.0.value": [open ? "batch_size" : 1, HEADS, past, HEAD],
    },
    outputs: ["logits", "present.0.key", "present.0.value"],
    nodes: [
      { op: "Gather", in: ["embedding", "input_ids"], out: "token" },
      { op: "Gather", in: ["positions", "position_ids"], out: "place" },
      { op: "Add", in: ["token", "place"], out: "x" },
      ...[...heads("query"), ...heads("key"), ...heads("value")],
      ...[cache("key", "key"), cache("value", "value")],
      { op: "Transpose", in: ["present.0.key"], out: "keys", attributes: { perm: [0, 1, 3, 2] } },
      { op: "MatMul", in: ["query", "keys"], out: "raw_scores" },
      { op: "Mul", in: ["raw_scores", "scale"], out: "scores" },
      ...(mask ? masked : []),
      { op: "Softmax", in: [mask ? "visible" : "scores"], out: "weights", attributes: { axis: 3 } },
      { op: "MatMul", in: ["weights", "present.0.value"], out: "mixed" },
      { op: "Transpose", in: ["mixed"], out: "mixed_heads", attributes: { perm: [0, 2, 1, 3] } },
      { op: "Reshape", in: ["mixed_heads", "row"], out: "mixed_row" },
      { op: "MatMul", in: ["mixed_row", "w_output"], out: "attended" },
      { op: "Add", in: ["x", "attended"], out: "y" },
      { op: "MatMul", in: ["y", "w_logits"], out: "logits" },
    ],
    constants: {
      embedding: normal(random, [vocabulary, WIDTH]),
      positions: normal(random, [context, WIDTH], 0.5),
      ...Object.fromEntries(
        ["query", "key", "value", "output"].map((name) => [`w_${name}`, normal(random, [WIDTH, WIDTH], 0.4)]),
      ),
      w_logits: normal(random, [WIDTH, vocabulary], 0.5),
      heads: shape(1, 1, HEADS, HEAD),
      row: shape(1, 1, WIDTH),
      inner_axes: shape(1, 2),
      scale: scalar(HEAD ** -0.5),
      one: scalar(1),
      lowest: scalar(-10_000),
    },
  });
  for (const input of model.graph!.input!)
    if (/_(ids|mask)$/.test(input.name!))
      (input.type!.tensorType as { elemType: number }).elemType = DATA_TYPE.INT64;
  return writeOnnxModel(model);
}
