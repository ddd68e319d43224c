// Lowers ensembles of trees: all decisions at once, the leaf of each tree, and the sum of what the leaves hold.
import type { Operand } from "@assay/sdk/program";
import type { Decision, Ensemble, Tree } from "../ensembles.ts";
import type { Operation } from "../plan.ts";
import type { Lowering } from "./Lowering.ts";
import { reduceAxes } from "./reductions.ts";
import type { Definitions } from "./registry.ts";

/** Bits that the sum of all trees takes at most. */
const SUM_BITS = 28;
/** Most weights of the products that find the leaves; larger ensembles are walked level by level. */
const MAX_WEIGHTS = 1 << 20;

/** Features as integers whose order is that of the real numbers, [N, F], and the real number of one step. */
function featuresOf(lowering: Lowering, name: string): { operand: Operand; scale: number } {
  const { emit } = lowering;
  const shape = lowering.shape(name);
  const width = shape.at(-1) ?? 1;
  const rows = shape.reduce((a, b) => a * b, 1) / width;
  const value = lowering.isFloat(name) ? lowering.wide(name) : { ...lowering.integer(name), scale: 1 };
  const { operand, scale } = value;
  // the model's own integers may be anything: limits need room above them
  const usable = operand.type.dtype === "i32" && scale !== 1 ? operand : emit.cast(operand, "i64");
  return { operand: emit.reshape(usable, [rows, width]), scale };
}

/** x < limit for real numbers is q < this for integers. */
function integerLimit(limit: number, scale: number, isLong: boolean): number {
  const most = isLong ? 2 ** 62 : 2 ** 30;
  return Math.max(-most, Math.min(most, Math.ceil(limit / scale)));
}

/** For each tree the number of its leaf, [T, N], from one product per tree. */
function leavesByProduct(
  lowering: Lowering,
  { trees }: Ensemble,
  name: string,
): { leaves: Operand; width: number } {
  const { emit } = lowering;
  const { operand, scale } = featuresOf(lowering, name);
  const rows = operand.type.shape[0]!;
  const count = Math.max(1, ...trees.map(({ decisions }) => decisions.length));
  const width = Math.max(...trees.map(({ leaves }) => leaves.length));
  const { dtype } = operand.type;
  const padded = trees.flatMap(({ decisions }) =>
    Array.from(
      { length: count },
      (_, at): Decision => decisions[at] ?? { feature: 0, limit: 0, below: 0, above: 0 },
    ),
  );
  const features = emit.vector(
    "i32",
    [padded.length],
    padded.map(({ feature }) => feature),
  );
  const limits = emit.vector(
    dtype,
    [padded.length],
    padded.map(({ limit }) => integerLimit(limit, scale, dtype === "i64")),
  );
  const isBelow = emit.cast(emit.less(emit.gather(operand, features, 1), limits), "u8");
  const decided = emit.transpose(emit.reshape(isBelow, [rows, trees.length, count]), [1, 0, 2]);
  // a path: 1 where it goes below, −1 where it goes above; as many as it goes below are needed, and no other
  const paths = new Int8Array(trees.length * count * width);
  const needed = new Int32Array(trees.length * width).fill(count + 1);
  trees.forEach((tree, at) => {
    forEachPath(tree, (leaf, path) => {
      needed[at * width + leaf] = path.filter(({ isBelow }) => isBelow).length;
      for (const { decision, isBelow } of path)
        paths[(at * count + decision) * width + leaf] = isBelow ? 1 : -1;
    });
  });
  const weights = emit.constant("i8", [trees.length, count, width], paths);
  const sums = emit.matMul(decided, weights, 0, 0);
  const missing = emit.sub(sums, emit.constant("i32", [trees.length, 1, width], needed));
  return { leaves: emit.argMax(missing, 2, false), width };
}

interface Edge {
  readonly decision: number;
  readonly isBelow: boolean;
}

function forEachPath(
  { decisions, leaves }: Tree,
  visit: (leaf: number, path: readonly Edge[]) => void,
): void {
  if (decisions.length === 0) {
    leaves.forEach((_, leaf) => {
      visit(leaf, []);
    });
    return;
  }
  const stack: { place: number; path: readonly Edge[] }[] = [{ place: 0, path: [] }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { place, path } = next;
    if (place < 0) {
      visit(~place, path);
      continue;
    }
    const { below, above } = decisions[place]!;
    stack.push({ place: below, path: [...path, { decision: place, isBelow: true }] });
    stack.push({ place: above, path: [...path, { decision: place, isBelow: false }] });
  }
}

function depthOf(tree: Tree): number {
  let depth = 0;
  forEachPath(tree, (_, path) => {
    depth = Math.max(depth, path.length);
  });
  return depth;
}

/** The same by walking all trees together, one level after the other: for deep trees. */
function leavesByWalk(
  lowering: Lowering,
  { trees }: Ensemble,
  name: string,
): { leaves: Operand; width: number } {
  const { emit } = lowering;
  const { operand, scale } = featuresOf(lowering, name);
  const [rows = 1, features = 1] = operand.type.shape;
  const { dtype } = operand.type;
  const decisions = Math.max(...trees.map((tree) => tree.decisions.length));
  const leaves = Math.max(...trees.map((tree) => tree.leaves.length));
  const width = decisions + leaves;
  // places: decisions first, then leaves, which lead to themselves
  const all = trees.flatMap((tree, at) =>
    Array.from({ length: width }, (_, place) => {
      const decision = tree.decisions[place];
      const to = (next: number): number => at * width + (next < 0 ? decisions + ~next : next);
      if (!decision) return { feature: 0, limit: 0, below: at * width + place, above: at * width + place };
      return { ...decision, below: to(decision.below), above: to(decision.above) };
    }),
  );
  const table = (values: number[], type: "i32" | "i64" = "i32"): Operand =>
    emit.vector(type, [1, values.length], values);
  const featureTable = table(all.map(({ feature }) => feature));
  const limitTable = table(
    all.map(({ limit }) => integerLimit(limit, scale, dtype === "i64")),
    dtype === "i64" ? "i64" : "i32",
  );
  // below and above side by side: place · 2 + (is below)
  const nextTable = table(all.flatMap(({ below, above }) => [above, below]));
  const starts = trees.map((tree, at) => at * width + (tree.decisions.length > 0 ? 0 : decisions));
  const size = trees.length * rows;
  let places = emit.vector(
    "i32",
    [1, size],
    Array.from({ length: size }, (_, at) => starts[Math.floor(at / rows)]!),
  );
  // the number of a feature in the rows laid end to end
  const rowStart = emit.vector(
    "i32",
    [1, size],
    Array.from({ length: size }, (_, at) => (at % rows) * features),
  );
  const flat = emit.reshape(operand, [1, rows * features]);
  const depth = Math.max(...trees.map(depthOf));
  for (let level = 0; level < depth; level++) {
    const feature = emit.clip(
      emit.add(emit.gatherElements(featureTable, places, 1), rowStart),
      0,
      rows * features - 1,
    );
    const isBelow = emit.less(
      emit.gatherElements(flat, feature, 1),
      emit.gatherElements(limitTable, places, 1),
    );
    const edge = emit.add(emit.mulNumber(places, 2), emit.cast(isBelow, "i32"));
    places = emit.gatherElements(nextTable, edge, 1);
  }
  const offsets = emit.vector(
    "i32",
    [trees.length, 1],
    trees.map((_, at) => at * width + decisions),
  );
  const found = emit.sub(emit.reshape(places, [trees.length, rows]), offsets);
  return { leaves: emit.clip(found, 0, leaves - 1), width: leaves };
}

function lowerEnsemble(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const ensemble = operation.parameters as Ensemble;
  const { trees, targets, aggregate, base } = ensemble;
  const [input = ""] = operation.inputs;
  const [output = ""] = operation.outputs;
  const size =
    Math.max(1, ...trees.map((tree) => tree.decisions.length)) *
    Math.max(...trees.map((tree) => tree.leaves.length));
  const find = size * trees.length <= MAX_WEIGHTS ? leavesByProduct : leavesByWalk;
  const { leaves, width } = find(lowering, ensemble, input);
  const most = trees.reduce(
    (sum, tree) =>
      sum + tree.leaves.reduce((value, leaf) => leaf.reduce((a, b) => Math.max(a, Math.abs(b)), value), 0),
    base.reduce((value, each) => Math.max(value, Math.abs(each)), 1e-30),
  );
  const greatest = trees
    .flatMap((tree) => tree.leaves)
    .reduce((value, leaf) => leaf.reduce((a, b) => Math.max(a, Math.abs(b)), value), 0);
  const total = Math.max(most, greatest * trees.length);
  const scale = 2 ** (Math.ceil(Math.log2(total)) - SUM_BITS);
  const values = new Int32Array(trees.length * width * targets);
  trees.forEach((tree, at) => {
    tree.leaves.forEach((leaf, place) => {
      leaf.forEach((weight, target) => {
        values[(at * width + place) * targets + target] = Math.round(weight / scale);
      });
    });
  });
  const offsets = emit.vector(
    leaves.type.dtype,
    [trees.length, 1],
    trees.map((_, at) => at * width),
  );
  const rows = leaves.type.shape[1]!;
  const numbers = trees.length > 1 ? emit.add(leaves, offsets) : leaves;
  const held = emit.gather(emit.constant("i32", [trees.length * width, targets], values), numbers, 0);
  const least = aggregate === "MIN";
  const isSum = aggregate === "SUM" || aggregate === "AVERAGE";
  const zero = emit.scalar("i32", 0);
  const joined = isSum
    ? reduceAxes(emit, held, [0], (each, axis) => emit.reduceSum(each, axis))
    : reduceAxes(emit, least ? emit.sub(zero, held) : held, [0], (each, axis) => emit.reduceMax(each, axis));
  const result = emit.reshape(least ? emit.sub(zero, joined) : joined, [rows, targets]);
  const unit = aggregate === "AVERAGE" ? scale / trees.length : scale;
  const shifts = base.map((each) => Math.round(each / unit));
  const operand = shifts.some((shift) => shift !== 0)
    ? emit.add(result, emit.vector("i32", [targets], shifts))
    : result;
  lowering.set(output, { kind: "wide", operand: emit.reshape(operand, lowering.shape(output)), scale: unit });
}

export const ensembleDefinitions: Definitions = {
  Ensemble: {
    demand: (operation, index, lowering) => (lowering.isFloat(operation.inputs[index]!) ? "fine" : "integer"),
    lower: lowerEnsemble,
  },
};
