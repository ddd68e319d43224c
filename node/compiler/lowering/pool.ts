// Lowers MaxPool over two dimensions, on 8-bit values.
import type { Operation } from "../plan.ts";
import type { Lowering } from "./Lowering.ts";
import type { Definitions } from "./registry.ts";

function lowerMaxPool(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const { node } = operation;
  const [input = ""] = operation.inputs;
  const [output = "", indices = ""] = operation.outputs;
  const shape = lowering.shape(input);
  if (indices !== "" && (lowering.plan.readers(indices).length > 0 || lowering.plan.isOutput(indices)))
    node.refuse("the model uses an output of it besides the first", "Export the model for inference.");
  if (shape.length !== 4 && shape.length !== 3)
    node.refuse(`its input has ${shape.length} dimensions`, "Use MaxPool on [N, C, H, W] or [N, C, W].");
  const { attributes } = node;
  const dims = shape.length - 2;
  const flat = dims === 1;
  const ones = new Array<number>(dims).fill(1);
  const kernel = attributes.ints("kernel_shape") ?? [];
  const widen = (values: readonly number[], one: number): number[] => (flat ? [one, ...values] : [...values]);
  const strides = widen(attributes.ints("strides") ?? ones, 1);
  const dilations = widen(attributes.ints("dilations") ?? ones, 1);
  const given = attributes.ints("pads") ?? new Array<number>(2 * dims).fill(0);
  const pads = flat ? [0, given[0]!, 0, given[1]!] : [...given];
  const planar = (sizes: readonly number[]): readonly number[] =>
    flat ? [sizes[0]!, sizes[1]!, 1, sizes[2]!] : sizes;
  const target = planar(lowering.shape(output));
  // with ceil_mode the last windows reach further than the pads say
  const reach = [2, 3].map((axis, at) => {
    const size = planar(shape)[axis]!;
    const window = (widen(kernel, 1)[at]! - 1) * dilations[at]! + 1;
    return Math.max(pads[at + 2]!, (target[axis]! - 1) * strides[at]! + window - size - pads[at]!);
  });
  const allPads = [pads[0]!, pads[1]!, ...reach];
  widen(kernel, 1).forEach((size, at) => {
    if (allPads[at]! >= size || allPads[at + 2]! >= size)
      node.refuse("a window can lie in the padding only", "Use smaller pads.");
  });
  const { operand, ...quantization } = lowering.u8(input);
  const all = [...widen(kernel, 1), ...allPads, ...strides, ...dilations];
  const pooled = emit.step("MaxPool", [emit.reshape(operand, planar(shape))], target, { attributes: all });
  lowering.set(output, { ...quantization, operand: emit.reshape(pooled, lowering.shape(output)) });
}

export const poolDefinitions: Definitions = {
  MaxPool: { demand: () => "u8", joins: () => [0], lower: lowerMaxPool },
};
