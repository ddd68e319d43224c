// Rules for operators that move data: what older operator sets said in attributes becomes constant inputs, all explicit.
import { MemoryConstant } from "../constants.ts";
import { allocateData } from "../dtypes.ts";
import type { Draft, Rule } from "./draft.ts";

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** Expand and Tile may change nothing. */
const unlessSame: Rule = (draft) =>
  sameShape(draft.input(0).shape, draft.output().shape) ? draft.inputs[0] : undefined;

/** Reshape, Flatten, Squeeze and Unsqueeze: Reshape to the shape that the probe found. */
const toReshape: Rule = (draft) => {
  draft.op = "Reshape";
  draft.attributes.clear();
  draft.inputs = [draft.inputs[0]];
  const { shape } = draft.output();
  if (sameShape(draft.input(0).shape, shape)) return draft.inputs[0];
  draft.setIntegers(1, shape);
};

/** The end that ONNX takes for "through element 0" when it counts down. */
const BEFORE_START = -(2 ** 31);

/** starts, ends, axes, steps: all there, in range, and with ends that are exact. */
const slice: Rule = (draft) => {
  const { shape } = draft.input(0);
  const starts = draft.takeInts("starts") ?? draft.integers(1) ?? [];
  draft.takeInts("ends");
  const axes = (draft.takeInts("axes") ?? draft.integers(3) ?? starts.map((_, index) => index)).map((axis) =>
    draft.axis(axis),
  );
  const steps = draft.integers(4) ?? starts.map(() => 1);
  const out = draft.output().shape;
  const first = axes.map((axis, index) => {
    const size = shape[axis]!;
    const start = starts[index]!;
    const from = start < 0 ? start + size : start;
    const last = steps[index]! > 0 ? size : size - 1;
    return Math.max(0, Math.min(last, from));
  });
  const ends = axes.map((axis, index) => {
    const end = first[index]! + out[axis]! * steps[index]!;
    return end < 0 ? BEFORE_START : end;
  });
  if (sameShape(shape, out) && steps.every((step) => step > 0)) return draft.inputs[0];
  draft.inputs = [draft.inputs[0]];
  draft.setIntegers(1, first);
  draft.setIntegers(2, ends);
  draft.setIntegers(3, axes);
  draft.setIntegers(4, steps);
};

/** pads for all axes as an input; the value, where there is one, as a scalar input; the mode as an attribute. */
const pad: Rule = (draft) => {
  const { rank } = draft;
  const given = draft.takeInts("pads") ?? draft.integers(1) ?? [];
  const value = draft.takeFloat("value");
  const axes = (draft.integers(3) ?? Array.from({ length: rank }, (_, axis) => axis)).map((axis) =>
    draft.axis(axis),
  );
  const pads = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, index) => {
    pads[axis] = given[index]!;
    pads[rank + axis] = given[axes.length + index]!;
  });
  const mode = draft.takeString("mode", "constant");
  draft.setString("mode", mode);
  const kept = draft.inputs[2];
  draft.inputs = [draft.inputs[0]];
  draft.setIntegers(1, pads);
  if (pads.every((count) => count === 0)) return draft.inputs[0];
  if (mode !== "constant") return;
  if (kept !== undefined) draft.inputs[2] = kept;
  else {
    const { dtype } = draft.input(0);
    if (dtype === "string") return draft.refuse("it pads text", "Do the work on text before the model.");
    const data = allocateData(dtype, 1);
    if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) data[0] = value ?? 0;
    draft.setInput(2, new MemoryConstant(dtype, [], data));
  }
};

/** The sizes of the parts as an input. */
const split: Rule = (draft) => {
  const axis = draft.axis(draft.takeInt("axis", 0));
  draft.takeInts("split");
  draft.takeInt("num_outputs", 0);
  draft.setInt("axis", axis);
  draft.inputs = [draft.inputs[0]];
  draft.setIntegers(
    1,
    draft.outputs.map((name, index) => {
      if (name === "") draft.refuse("one of its parts has no name", "Export the model again.");
      return draft.output(index).shape[axis]!;
    }),
  );
};

/** axes as an input, ascending, never empty; keepdims explicit. */
const reduce: Rule = (draft) => {
  const given = draft.takeInts("axes") ?? draft.integers(1);
  const keep = draft.takeInt("keepdims", 1);
  const idle = draft.takeInt("noop_with_empty_axes", 0) !== 0;
  const all = Array.from({ length: draft.rank }, (_, axis) => axis);
  draft.inputs = [draft.inputs[0]];
  if (!given?.length && idle) {
    const elementwise = withoutAxes[draft.op];
    if (elementwise) draft.op = elementwise;
    if (elementwise === "Mul") draft.inputs.push(draft.inputs[0]);
    return elementwise ? undefined : draft.inputs[0];
  }
  const axes = given?.length ? draft.axes(given) : all;
  draft.setIntegers(1, axes);
  draft.setInt("keepdims", keep);
};

/** What is left of a reduction over no axis, where that is not nothing. */
const withoutAxes: Readonly<Record<string, string>> = {
  ReduceL1: "Abs",
  ReduceL2: "Abs",
  ReduceLogSum: "Log",
  ReduceSumSquare: "Mul",
};

/** k as an input of one element, the axis from the front, largest and sorted explicit. */
const topK: Rule = (draft) => {
  const k = draft.takeInt("k", -1);
  if (k >= 0) draft.setIntegers(1, [k]);
  draft.setInt("axis", draft.axis(draft.takeInt("axis", -1)));
  draft.setInt("largest", draft.takeInt("largest", 1));
  draft.setInt("sorted", draft.takeInt("sorted", 1));
};

/** Upsample is the nearest or linear Resize whose coordinates are not shifted. */
const upsample: Rule = (draft) => {
  const mode = draft.takeString("mode", "nearest");
  const attribute = draft.attributes.get("scales");
  draft.attributes.clear();
  draft.op = "Resize";
  draft.setString("mode", mode === "bilinear" ? "linear" : mode);
  draft.setString("coordinate_transformation_mode", "asymmetric");
  draft.setString("nearest_mode", "floor");
  if (attribute?.type === "floats") {
    draft.inputs = [draft.inputs[0]];
    draft.setInput(
      2,
      new MemoryConstant("f32", [attribute.value.length], Float32Array.from(attribute.value)),
    );
  } else draft.inputs = [draft.inputs[0], undefined, draft.inputs[1]];
};

/** Operator set 10 had the scales as input 1, and meant what Upsample means. */
const resize: Rule = (draft) => {
  if (draft.opset < 11) {
    const mode = draft.takeString("mode", "nearest");
    draft.setString("mode", mode);
    draft.setString("coordinate_transformation_mode", "asymmetric");
    draft.setString("nearest_mode", "floor");
    draft.inputs = [draft.inputs[0], undefined, draft.inputs[1]];
    return;
  }
  draft.setString("mode", draft.takeString("mode", "nearest"));
  const coordinates = draft.takeString("coordinate_transformation_mode", "half_pixel");
  draft.setString("coordinate_transformation_mode", coordinates);
  draft.setString("nearest_mode", draft.takeString("nearest_mode", "round_prefer_floor"));
  if (coordinates !== "tf_crop_and_resize") draft.inputs[1] = undefined;
  dropEmpty(draft, 2);
  dropEmpty(draft, 3);
};

/** Exporters write an empty constant where an input is left out. */
function dropEmpty(draft: Draft, index: number): void {
  if (draft.has(index) && draft.input(index).shape.includes(0)) draft.inputs[index] = undefined;
}

/** CumSum keeps its scalar axis input; it is counted from the front. */
const cumSum: Rule = (draft) => {
  const [axis = 0] = draft.integers(1) ?? [];
  draft.setIntegers(1, [draft.axis(axis)], []);
};

const transpose: Rule = (draft) => {
  const { rank } = draft;
  const perm = draft.takeInts("perm") ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (perm.every((axis, index) => axis === index)) return draft.inputs[0];
  draft.setInts("perm", perm);
};

const scatter: Rule = (draft) => {
  draft.op = "ScatterElements";
  draft.setInt("axis", draft.axis(draft.takeInt("axis", 0)));
};

const oneHot: Rule = (draft) => {
  draft.setInt("axis", draft.axis(draft.takeInt("axis", -1), draft.output().shape.length));
};

const reduceNames = [
  "ReduceL1",
  "ReduceL2",
  "ReduceLogSum",
  "ReduceLogSumExp",
  "ReduceMax",
  "ReduceMean",
  "ReduceMin",
  "ReduceProd",
  "ReduceSum",
  "ReduceSumSquare",
];

export const shapeRules: Readonly<Record<string, Rule>> = {
  CumSum: cumSum,
  Expand: unlessSame,
  Flatten: toReshape,
  OneHot: oneHot,
  Pad: pad,
  Reshape: toReshape,
  Resize: resize,
  Scatter: scatter,
  Slice: slice,
  Split: split,
  Squeeze: toReshape,
  Tile: unlessSame,
  TopK: topK,
  Transpose: transpose,
  Unsqueeze: toReshape,
  Upsample: upsample,
  ...Object.fromEntries(reduceNames.map((name) => [name, reduce])),
};
