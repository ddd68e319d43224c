// The window attributes of Conv and the poolings, made explicit: automatic padding and rounding up become pads.
import type { Window } from "../layers.ts";
import type { FloatNode } from "../node.ts";

export interface PlacedWindow extends Window {
  /** height and width of the output */
  readonly size: readonly [number, number];
}

interface Axis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly size: number;
}

function pairOf(node: FloatNode, name: string, values: readonly number[]): readonly [number, number] {
  const [a, b] = values;
  if (values.length !== 2 || a === undefined || b === undefined || a < 1 || b < 1)
    return node.refuse(
      `its ${name} is not a pair of positive numbers`,
      "Only two-dimensional windows are supported.",
    );
  return [a, b];
}

function placeAxis(
  node: FloatNode,
  input: number,
  [kernel, stride, dilation]: readonly [number, number, number],
  [before, after]: readonly [number, number],
  auto: string,
  roundUp: boolean,
): Axis {
  const extent = dilation * (kernel - 1) + 1;
  if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
    const size = Math.ceil(input / stride);
    const total = Math.max((size - 1) * stride + extent - input, 0);
    const small = Math.floor(total / 2);
    const [first, last] = auto === "SAME_UPPER" ? [small, total - small] : [total - small, small];
    return { kernel, stride, dilation, before: first, after: last, size };
  }
  const span = input + before + after - extent;
  if (span < 0) node.refuse("its window is larger than its padded input", "Check the model's input size.");
  let size = Math.floor(span / stride) + 1;
  let end = after;
  if (roundUp && span % stride !== 0 && size * stride < input + before) {
    end += (size + 1 - 1) * stride + extent - (input + before + after);
    size += 1;
  }
  return { kernel, stride, dilation, before, after: end, size };
}

/** Reads kernel_shape, pads, auto_pad, strides, dilations and ceil_mode of a node with input [N, C, H, W]. */
export function readWindow(
  node: FloatNode,
  inputShape: readonly number[],
  weightsKernel?: readonly number[],
): PlacedWindow {
  if (inputShape.length !== 4)
    node.refuse(
      `its input has ${inputShape.length} dimensions`,
      "Only two-dimensional windows on [N, C, H, W] are supported.",
    );
  const kernel = pairOf(node, "kernel_shape", node.ints("kernel_shape") ?? weightsKernel ?? []);
  if (weightsKernel && kernel.join() !== weightsKernel.join())
    node.refuse("its kernel_shape is not that of its weights", "Export the model again.");
  const strides = pairOf(node, "strides", node.ints("strides") ?? [1, 1]);
  const dilations = pairOf(node, "dilations", node.ints("dilations") ?? [1, 1]);
  const auto = node.string("auto_pad", "NOTSET");
  const roundUp = weightsKernel === undefined && node.int("ceil_mode", 0) !== 0;
  const pads = node.ints("pads");
  const given = (auto === "NOTSET" && pads) || [0, 0, 0, 0];
  if (!["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].includes(auto))
    node.refuse(`its auto_pad is ${auto}`, "Export the model with explicit pads.");
  if (given.length !== 4 || given.some((pad) => pad < 0))
    node.refuse(
      "its pads are not four numbers from 0 up",
      "Export the model with explicit, non-negative pads.",
    );
  const [top, left, bottom, right] = given as [number, number, number, number];
  const [y, x] = [0, 1].map((axis) =>
    placeAxis(
      node,
      inputShape[axis + 2]!,
      [kernel[axis]!, strides[axis]!, dilations[axis]!],
      axis === 0 ? [top, bottom] : [left, right],
      auto,
      roundUp,
    ),
  ) as [Axis, Axis];
  return { kernel, strides, dilations, pads: [y.before, x.before, y.after, x.after], size: [y.size, x.size] };
}
