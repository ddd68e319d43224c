// Integer models, node by node: every operator becomes one step or an exact composition of a few.
import { type DType, type Program, tensorType } from "@assay/sdk/program";
import { UnsupportedModelError } from "../errors.ts";
import type { GraphNode } from "../graph/GraphNode.ts";
import { type GraphTensor, isFloat, type ModelGraph } from "../graph/types.ts";
import { Call, type Rule, Scope } from "./Call.ts";
import { Emitter } from "./emit.ts";
import { arithmetic } from "./rules/arithmetic.ts";
import { indexing } from "./rules/indexing.ts";
import { choice, logic } from "./rules/logic.ts";
import { padding } from "./rules/padding.ts";
import { products } from "./rules/products.ts";
import { reductions } from "./rules/reduction.ts";
import { selection } from "./rules/selection.ts";
import { shaping } from "./rules/shaping.ts";
import { product } from "./shapes.ts";
import { type ElementTypes, integerTypes } from "./types.ts";

/** Move elements as they are: their operands may be of any type that has a size. */
const moving: Readonly<Record<string, Rule>> = { ...shaping, ...padding, ...indexing, ...choice };
const rules: Readonly<Record<string, Rule>> = {
  ...moving,
  ...arithmetic,
  ...logic,
  ...reductions,
  ...selection,
  ...products,
};

/** The ONNX operators that an integer model may use. */
export const integerOperators: readonly string[] = Object.keys(rules).sort();

const FLOAT_REMEDY = "Compile the model as a float model, with calibration samples.";

const MOST_AXES = 8;

/** What a node computes with: of Resize not the scales, which its shapes say. */
function tensorsOf(graph: ModelGraph, { op, inputs, outputs }: GraphNode): GraphTensor[] {
  const read = op === "Resize" ? inputs.slice(0, 1) : inputs;
  return [...read, ...outputs].flatMap((name) => (name ? [graph.tensor(name)] : []));
}

function checkTensors(graph: ModelGraph, node: GraphNode, types: ElementTypes): void {
  for (const { name, dtype, shape } of tensorsOf(graph, node)) {
    const floats =
      isFloat(dtype) && !((Object.hasOwn(moving, node.op) || node.op === "OneHot") && types(dtype));
    if (floats) node.refuse(`its tensor ${name} is of floating-point numbers`, FLOAT_REMEDY);
    if (!types(dtype)) node.refuse(`its tensor ${name} has elements of the type ${dtype}`, "Use integers.");
    if (shape.length > MOST_AXES)
      node.refuse(`its tensor ${name} has more than ${MOST_AXES} dimensions`, "Use fewer dimensions.");
    const isData = !node.inputs.includes(name) || !graph.tensor(name).constant;
    if (isData && product(shape) === 0)
      node.refuse(`its tensor ${name} has no elements`, "Leave empty tensors away.");
  }
}

function inputType(tensor: GraphTensor, types: ElementTypes): DType {
  const dtype = types(tensor.dtype);
  if (!dtype)
    throw new UnsupportedModelError(`The input "${tensor.name}" is of the type ${tensor.dtype}.`, {
      hint: isFloat(tensor.dtype) ? FLOAT_REMEDY : "Use inputs of integers.",
    });
  if (tensor.shape.length > MOST_AXES || product(tensor.shape) === 0)
    throw new UnsupportedModelError(`The input "${tensor.name}" has the shape [${tensor.shape}].`, {
      hint: `Use inputs with elements, of at most ${MOST_AXES} dimensions.`,
    });
  return dtype;
}

/** True where every tensor of the model is of integers or truth values, so that it can be taken over value for value. */
export function isIntegerModel(graph: ModelGraph): boolean {
  const all = [
    ...graph.inputs,
    ...graph.outputs.map(({ tensor }) => tensor),
    ...graph.nodes.flatMap((node) => tensorsOf(graph, node)),
  ];
  return all.every(({ dtype }) => integerTypes(dtype) !== undefined);
}

export interface Translated {
  readonly program: Program;
  /** the node that each step comes from; none of what only hands inputs in and outputs out */
  readonly origins: readonly (GraphNode | undefined)[];
}

/**
 * Takes an integer model over, value for value. Inputs that are truth values are bytes, clipped to 0 and 1 (S-03); outputs
 * that are truth values are bytes of 0 or 1. The program is not checked: what may wrap is refused by `checkProgram`.
 * @throws UnsupportedNodeError, UnsupportedModelError
 */
export function translate(graph: ModelGraph, types: ElementTypes = integerTypes): Translated {
  const emit = new Emitter(graph.inputs.map((input) => tensorType(inputType(input, types), input.shape)));
  const scope = new Scope(graph, emit, types);
  const origins: (GraphNode | undefined)[] = [];
  for (const [index, { name, dtype }] of graph.inputs.entries()) {
    const value = emit.input(index);
    const isTruth = dtype === "bool" && graph.readers(name).length > 0;
    scope.set(name, isTruth ? emit.step("Clip", [value], "u8", value.type.shape, [0, 1]) : value);
  }
  for (let step = 0; step < emit.length; step++) origins[step] = undefined;
  for (const node of graph.nodes) {
    const rule = node.domain === "" && Object.hasOwn(rules, node.op) ? rules[node.op] : undefined;
    if (!rule)
      node.refuse(
        "no exact composition of integer steps is known for it",
        "Replace it by operators that are known.",
      );
    checkTensors(graph, node, types);
    const call = new Call(node, scope);
    for (const [index, value] of [rule(call)].flat().entries())
      if (value && call.wants(index)) call.give(value, index);
    node.attributes.done();
    for (let step = origins.length; step < emit.length; step++) origins[step] = node;
  }
  return { program: emit.finish(graph.outputs.map(({ tensor }) => scope.value(tensor))), origins };
}
