// Rules for layers: windows with explicit pads, bounds of Clip as inputs, axes from the front, nothing that only training uses.
import { integersOf, MemoryConstant } from "../constants.ts";
import { codeOfDtype, dtypeOfCode } from "../dtypes.ts";
import type { Draft, Rule } from "./draft.ts";

const again = "Export the model again.";

/** kernel_shape, strides, dilations, and pads instead of auto_pad: [begins, ends], whatever the output needs of them. */
const window =
  (kernelOf: (draft: Draft) => readonly number[] | undefined): Rule =>
  (draft) => {
    const sizes = draft.input(0).shape.slice(2);
    const kernel = draft.takeInts("kernel_shape") ?? kernelOf(draft);
    if (!kernel || kernel.length !== sizes.length)
      return draft.refuse("its kernel does not fit its input", again);
    const ones = sizes.map(() => 1);
    const strides = draft.takeInts("strides") ?? ones;
    const dilations = draft.takeInts("dilations") ?? ones;
    const auto = draft.takeString("auto_pad", "NOTSET");
    const given = draft.takeInts("pads");
    let pads = given ?? [...ones, ...ones].map(() => 0);
    if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
      const totals = sizes.map((size, axis) => {
        const extent = dilations[axis]! * (kernel[axis]! - 1) + 1;
        return Math.max((Math.ceil(size / strides[axis]!) - 1) * strides[axis]! + extent - size, 0);
      });
      const small = totals.map((total) => Math.floor(total / 2));
      const large = totals.map((total, axis) => total - small[axis]!);
      pads = auto === "SAME_UPPER" ? [...small, ...large] : [...large, ...small];
    } else if (auto === "VALID") pads = pads.map(() => 0);
    draft.setInts("kernel_shape", kernel);
    draft.setInts("strides", strides);
    draft.setInts("dilations", dilations);
    draft.setInts("pads", pads);
  };

const convolution = window((draft) => draft.input(1).shape.slice(2));
const pooling = window(() => undefined);

/** ConvTranspose keeps output_shape and auto_pad as they are: no lowering of it needs them apart. */
const maxPool: Rule = (draft) => {
  if (draft.isUsed(1))
    draft.refuse("the model uses the positions of its maxima", "Export the model for inference.");
  draft.outputs = draft.outputs.slice(0, 1);
  draft.takeInt("storage_order", 0);
  return pooling(draft);
};

const batchNormalization: Rule = (draft) => {
  if (draft.takeInt("training_mode", 0) !== 0 || [1, 2, 3, 4].some((index) => draft.isUsed(index)))
    draft.refuse("it is in training mode", "Export the model for inference.");
  if (draft.takeInt("spatial", 1) !== 1)
    draft.refuse(
      "it normalizes every position on its own (spatial = 0)",
      "Export the model with a current exporter.",
    );
  draft.takeFloat("momentum");
  draft.outputs = draft.outputs.slice(0, 1);
};

const dropout: Rule = (draft) => {
  if (draft.isUsed(1)) draft.refuse("the model uses its mask", "Export the model for inference.");
  const training = draft.has(2) ? draft.input(2).constant : undefined;
  if (draft.has(2) && training?.data[0] !== 0)
    draft.refuse("it is in training mode", "Export the model for inference.");
  return draft.inputs[0];
};

const identity: Rule = (draft) => draft.inputs[0];

/** The bounds as scalar inputs; a bound at the end of float32 is none. */
const clip: Rule = (draft) => {
  if (draft.opset >= 11) return;
  const limit = 3.4028234e38;
  const min = draft.takeFloat("min");
  const max = draft.takeFloat("max");
  const { dtype } = draft.input(0);
  const scalar = (value: number) =>
    dtype === "f64"
      ? new MemoryConstant(dtype, [], Float64Array.of(value))
      : new MemoryConstant(dtype, [], Float32Array.of(value));
  draft.inputs = [draft.inputs[0]];
  if (min !== undefined && min > -limit) draft.setInput(1, scalar(min));
  if (max !== undefined && max < limit) draft.setInput(2, scalar(max));
};

/** Where older Softmax works on rows of several axes, the graph was rewritten before; here only the default differs. */
const softmax: Rule = (draft) => {
  const axis = draft.axis(draft.takeInt("axis", draft.opset < 13 ? 1 : -1));
  const { shape } = draft.input(0);
  const inner = shape.slice(axis + 1).every((size) => size === 1);
  draft.setInt("axis", axis);
  if (draft.opset < 13 && !inner)
    draft.refuse("it works on rows of several axes", "Convert the model to operator set 13.");
};

const axisOf =
  (name: string, otherwise: number): Rule =>
  (draft) => {
    draft.setInt(name, draft.axis(draft.takeInt(name, otherwise)));
  };

const argMax: Rule = (draft) => {
  draft.setInt("axis", draft.axis(draft.takeInt("axis", 0)));
  draft.setInt("keepdims", draft.takeInt("keepdims", 1));
  draft.setInt("select_last_index", draft.takeInt("select_last_index", 0));
};

const concat: Rule = (draft) => {
  if (draft.inputs.length === 1) return draft.inputs[0];
  draft.setInt("axis", draft.axis(draft.takeInt("axis", 1)));
};

/** `to` alone; a cast to the same type is nothing. */
const cast: Rule = (draft) => {
  const from = draft.input(0).dtype;
  const to = draft.op === "CastLike" ? draft.input(1).dtype : dtypeOfCode(draft.takeInt("to", 0));
  if (!to)
    return draft.refuse("it casts to an unknown type", "Export the model with numbers of at most 64 bits.");
  draft.takeInt("saturate", 1);
  draft.takeString("round_mode", "up");
  draft.op = "Cast";
  draft.inputs = [draft.inputs[0]];
  draft.setInt("to", codeOfDtype(to));
  return from === to ? draft.inputs[0] : undefined;
};

const layerNormalization: Rule = (draft) => {
  if (draft.isUsed(1) || draft.isUsed(2))
    draft.refuse("the model uses its mean or its deviation", "Export the model for inference.");
  draft.outputs = draft.outputs.slice(0, 1);
  draft.takeInt("stash_type", 1);
  draft.setInt("axis", draft.axis(draft.takeInt("axis", -1)));
};

/** Gemm's and Conv's missing optional inputs are left out at the end. */
const optionalBias: Rule = (draft) => {
  while (draft.inputs.length > 2 && draft.inputs.at(-1) === undefined) draft.inputs.pop();
};

/** Trilu's diagonal is a number that must be known. */
const trilu: Rule = (draft) => {
  const { constant } = draft.has(1) ? draft.input(1) : {};
  const k = constant ? integersOf(constant)[0]! : 0;
  draft.inputs = [draft.inputs[0]];
  draft.setIntegers(1, [k], []);
  draft.setInt("upper", draft.takeInt("upper", 1));
};

export const layerRules: Readonly<Record<string, Rule>> = {
  ArgMax: argMax,
  ArgMin: argMax,
  AveragePool: pooling,
  BatchNormalization: batchNormalization,
  Cast: cast,
  CastLike: cast,
  Clip: clip,
  Concat: concat,
  Conv: convolution,
  ConvInteger: convolution,
  DequantizeLinear: (draft) => {
    if (draft.rank > 0 && draft.input(1).shape.length > 0) axisOf("axis", 1)(draft);
  },
  Dropout: dropout,
  Gather: axisOf("axis", 0),
  GatherElements: axisOf("axis", 0),
  Gemm: optionalBias,
  Hardmax: softmax,
  Identity: identity,
  LayerNormalization: layerNormalization,
  LogSoftmax: softmax,
  LpPool: pooling,
  MaxPool: maxPool,
  QLinearConv: window((draft) => draft.input(3).shape.slice(2)),
  QuantizeLinear: (draft) => {
    draft.takeInt("saturate", 1);
    if (draft.rank > 0 && draft.input(1).shape.length > 0) axisOf("axis", 1)(draft);
  },
  RMSNormalization: layerNormalization,
  ScatterElements: axisOf("axis", 0),
  Softmax: softmax,
  Trilu: trilu,
};
