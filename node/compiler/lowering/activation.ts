// Lowers the activation functions and MaxPool, and decides about a final Softmax.
import type { FloatNode } from "../node.ts";
import type { Scope } from "./scope.ts";
import { readWindow } from "./window.ts";

export function lowerRelu(node: FloatNode, scope: Scope): void {
  node.done();
  const input = scope.needValue(node, 0);
  scope.add(node, input, input.shape, { kind: "clamp", min: 0, max: Infinity });
}

export function lowerClip(node: FloatNode, scope: Scope): void {
  const input = scope.needValue(node, 0);
  const bound = (index: number, what: string, open: number): number => {
    if (scope.opset < 11) return node.float(what, open);
    return scope.has(node, index) ? (scope.needConstant(node, index, what).data[0] ?? open) : open;
  };
  const min = bound(1, "min", -Infinity);
  const max = bound(2, "max", Infinity);
  node.done();
  if (!(min < max))
    node.refuse(`it clamps to [${min}, ${max}]`, "Remove the part of the model that is constant.");
  scope.add(node, input, input.shape, { kind: "clamp", min, max });
}

export function lowerMaxPool(node: FloatNode, scope: Scope): void {
  const input = scope.needValue(node, 0);
  const { size, ...window } = readWindow(node, input.shape);
  if (node.int("storage_order", 0) !== 0)
    node.refuse("it counts in column-major order", "Export the model with storage_order = 0.");
  node.done();
  const [height, width] = [input.shape[2]!, input.shape[3]!];
  const [top, left, bottom, right] = window.pads;
  const [kernelY, kernelX] = window.kernel;
  if (top >= kernelY || bottom >= kernelY || left >= kernelX || right >= kernelX)
    node.refuse("a window lies in the padding only", "Use pads smaller than the kernel.");
  if (window.dilations[0] > height || window.dilations[1] > width)
    node.refuse("its dilation is larger than its input", "Use a smaller dilation.");
  scope.add(node, input, [input.shape[0]!, input.shape[1]!, ...size], { kind: "maxpool", ...window });
}

export function lowerSoftmax(node: FloatNode, scope: Scope): void {
  const input = scope.needValue(node, 0);
  if (!scope.isFinal(node))
    node.refuse(
      "it is not supported inside a model yet",
      "Only a final Softmax can be left out, by the option softmax: drop.",
    );
  if (scope.options.softmax !== "drop")
    node.refuse(
      "an exponential has no exact integer form in this operator set",
      "Compile with the option softmax: drop; the program then returns the logits, whose order is the same, and the manifest says so.",
    );
  scope.drop(node, input);
}
