// Lowers the operators that only rename, reorder or reshape; on constants they are folded.
import { type Constant, elements, reshape, transpose } from "../constants.ts";
import type { FloatNode } from "../node.ts";
import type { Scope } from "./scope.ts";

/** Continues with another shape: a folded constant, the same value, or a reshape layer. */
function setShape(node: FloatNode, scope: Scope, shape: readonly number[]): void {
  const constant = scope.constant(node, 0);
  if (constant) {
    scope.setConstant(node, reshape(constant, shape));
    return;
  }
  const input = scope.needValue(node, 0);
  if (input.shape.join() === shape.join()) scope.setAlias(node, input);
  else scope.add(node, input, shape, { kind: "reshape" });
}

const shapeOf = (node: FloatNode, scope: Scope): readonly number[] =>
  (scope.constant(node, 0) ?? scope.needValue(node, 0)).shape;

const toAxis = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Axes counted from the end become plain; one that does not exist, or comes twice, is refused. */
function plainAxes(node: FloatNode, axes: readonly number[], rank: number): readonly number[] {
  const plain = axes.map((axis) => toAxis(axis, rank));
  if (plain.some((axis) => axis < 0 || axis >= rank) || new Set(plain).size !== plain.length)
    node.refuse(`its axes [${axes}] do not fit ${rank} dimensions`, "Export the model again.");
  return plain;
}

export function lowerReshape(node: FloatNode, scope: Scope): void {
  const from = shapeOf(node, scope);
  const target = [...scope.needConstant(node, 1, "target shape").data];
  const copiesZero = node.int("allowzero", 0) === 0;
  node.done();
  const open = target.indexOf(-1);
  const shape = target.map((size, axis) => (size === 0 && copiesZero ? (from[axis] ?? 0) : size));
  if (open >= 0) shape[open] = elements(from) / -elements(shape);
  if (elements(shape) !== elements(from) || shape.some((size) => !Number.isInteger(size) || size < 1))
    node.refuse(
      `it cannot turn [${from}] into [${target}]`,
      "Export the model for one sample, with fixed shapes.",
    );
  setShape(node, scope, shape);
}

export function lowerFlatten(node: FloatNode, scope: Scope): void {
  const from = shapeOf(node, scope);
  const [axis = 0] = plainAxes(node, [node.int("axis", 1)], from.length + 1);
  node.done();
  setShape(node, scope, [elements(from.slice(0, axis)), elements(from.slice(axis))]);
}

function axesOf(node: FloatNode, scope: Scope): readonly number[] | undefined {
  return (
    node.ints("axes") ?? (scope.has(node, 1) ? [...scope.needConstant(node, 1, "axes").data] : undefined)
  );
}

export function lowerSqueeze(node: FloatNode, scope: Scope): void {
  const from = shapeOf(node, scope);
  const given = axesOf(node, scope);
  const axes = given && plainAxes(node, given, from.length);
  node.done();
  const shape = from.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1));
  if (elements(shape) !== elements(from))
    node.refuse("it removes a dimension that is not 1", "Export the model again.");
  setShape(node, scope, shape);
}

export function lowerUnsqueeze(node: FloatNode, scope: Scope): void {
  const from = [...shapeOf(node, scope)];
  const given = axesOf(node, scope) ?? [];
  node.done();
  const rank = from.length + given.length;
  const axes = plainAxes(node, given, rank);
  const shape = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : from.shift()!));
  setShape(node, scope, shape);
}

export function lowerIdentity(node: FloatNode, scope: Scope): void {
  if (node.op === "Dropout") {
    node.float("ratio", 0.5);
    node.int("seed", 0);
    if (scope.has(node, 2) && scope.constant(node, 2)?.data[0] !== 0)
      node.refuse("it is in training mode", "Export the model for inference.");
  }
  node.done();
  setShape(node, scope, shapeOf(node, scope));
}

export function lowerConstant(node: FloatNode, scope: Scope): void {
  const tensor = node.tensor("value");
  const ints = node.ints("value_ints");
  const int = node.int("value_int", Number.NaN);
  const float = node.float("value_float", Number.NaN);
  node.done();
  const integer = (shape: readonly number[], values: readonly number[]): Constant => ({
    dtype: "integer",
    shape,
    data: Float64Array.from(values),
  });
  if (tensor) scope.setConstant(node, tensor);
  else if (ints) scope.setConstant(node, integer([ints.length], ints));
  else if (!Number.isNaN(int)) scope.setConstant(node, integer([], [int]));
  else if (!Number.isNaN(float))
    scope.setConstant(node, { dtype: "float", shape: [], data: Float64Array.of(float) });
  else node.refuse("it holds no tensor or number", "Export the model again.");
}

export function lowerTranspose(node: FloatNode, scope: Scope): void {
  const constant = scope.constant(node, 0);
  const from = shapeOf(node, scope);
  const perm = node.ints("perm") ?? from.map((_, axis) => from.length - 1 - axis);
  node.done();
  if ([...perm].sort((a, b) => a - b).some((axis, index) => axis !== index) || perm.length !== from.length)
    node.refuse("its perm is not an order of the axes", "Export the model again.");
  if (constant) {
    scope.setConstant(node, transpose(constant, perm));
    return;
  }
  const moving = perm.filter((axis) => from[axis] !== 1);
  if (moving.some((axis, index) => index > 0 && axis < moving[index - 1]!))
    node.refuse(
      "it moves activations in memory",
      "Export the model with channels first throughout; Transpose is not supported yet.",
    );
  setShape(
    node,
    scope,
    perm.map((axis) => from[axis]!),
  );
}

/** Shape, Gather, Concat and Cast, as exporters use them to compute the target of a Reshape. */
export function lowerShapeArithmetic(node: FloatNode, scope: Scope): void {
  const vector = (values: readonly number[], shape: readonly number[] = [values.length]): void =>
    scope.setConstant(node, { dtype: "integer", shape, data: Float64Array.from(values) });
  if (node.op === "Shape") {
    const shape = shapeOf(node, scope);
    const start = toAxis(node.int("start", 0), shape.length);
    const end = toAxis(node.int("end", shape.length), shape.length);
    node.done();
    vector(shape.slice(start, end));
    return;
  }
  const constants = node.inputs.map((_, index) => scope.constant(node, index));
  const [first, second] = constants;
  if (
    constants.some((constant) => constant?.dtype !== "integer") ||
    !first ||
    (node.op === "Gather" && !second)
  )
    node.refuse(
      "it is supported on constants only",
      "Export the model with fixed shapes and constant folding.",
    );
  if (node.op === "Cast") {
    node.int("to", 0);
    node.done();
    scope.setConstant(node, first!);
    return;
  }
  const axis = node.int("axis", 0);
  node.done();
  if (constants.some((constant) => constant!.shape.length > 1) || axis !== 0)
    node.refuse(
      "it is supported on vectors only",
      "Export the model with fixed shapes and constant folding.",
    );
  if (node.op === "Concat") {
    vector(constants.flatMap((constant) => [...constant!.data]));
    return;
  }
  const picked = [...second!.data].map((index) => first!.data[toAxis(index, first!.data.length)]);
  if (picked.includes(undefined))
    node.refuse("it picks an element that does not exist", "Export the model again.");
  vector(picked as number[], second!.shape);
}
