// Brings every node into the form of operator set 21, and beyond it where one meaning has several forms.
import { GraphNode } from "../GraphNode.ts";
import type { RawNode } from "../rawGraph.ts";
import { Draft, type Rule, type Surroundings } from "./draft.ts";
import { layerRules } from "./layerRules.ts";
import { shapeRules } from "./shapeRules.ts";

const rules: ReadonlyMap<string, Rule> = new Map(Object.entries({ ...shapeRules, ...layerRules }));

/**
 * The node in its one form, or the name of the tensor that its first output is.
 *
 * Reshape stands for Flatten, Squeeze and Unsqueeze too, with the output's shape as a constant; Slice has all five inputs,
 * Pad pads for every axis, reductions their axes as an input; windows have kernel_shape, strides, dilations and pads; axes
 * count from the front. Identity, Dropout and whatever changes nothing is gone.
 * @throws UnsupportedNodeError
 */
export function normalize(raw: RawNode, around: Surroundings): GraphNode | string {
  const draft = new Draft(raw, around);
  const alias = draft.domain === "" ? rules.get(draft.op)?.(draft) : undefined;
  if (alias) return alias;
  while (draft.inputs.length > 0 && draft.inputs.at(-1) === undefined) draft.inputs.pop();
  return new GraphNode(draft);
}
