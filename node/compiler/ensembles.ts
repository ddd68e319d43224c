// Ensembles of decision trees, read from either of ONNX's two ways to write them: decisions x < limit, and leaves.
import type { GraphNode } from "./graph/GraphNode.ts";

/** One decision: goes to `below` where the feature is below the limit, else to `above`. A number ≥ 0 is a decision, ~n is leaf n. */
export interface Decision {
  readonly feature: number;
  /** a real number between two 32-bit floats, or one of them */
  readonly limit: number;
  readonly below: number;
  readonly above: number;
}

export interface Tree {
  /** the root is the first, where there is any */
  readonly decisions: readonly Decision[];
  /** what each leaf adds to each target */
  readonly leaves: readonly Float64Array[];
}

export interface Ensemble {
  readonly kind: "ensemble";
  readonly trees: readonly Tree[];
  readonly targets: number;
  readonly aggregate: "SUM" | "AVERAGE" | "MIN" | "MAX";
  /** one per target */
  readonly base: Float64Array;
}

const single = new Float32Array(1);
const bits = new Int32Array(single.buffer);

/** Floats in ascending order as ascending integers, and back. */
export function orderOf(value: number): number {
  single[0] = value === 0 ? 0 : value;
  return bits[0]! < 0 ? -(bits[0]! & 0x7fffffff) : bits[0]!;
}

export function floatAt(order: number): number {
  bits[0] = order < 0 ? -order | -0x80000000 : order;
  return single[0]!;
}

/** The next larger 32-bit float. */
export const nextFloat = (value: number): number => floatAt(orderOf(value) + 1);

type Mode = "LEQ" | "LT" | "GTE" | "GT";

/** The decision that a mode means. */
function decisionOf(mode: Mode, feature: number, threshold: number, yes: number, no: number): Decision {
  const limit = mode === "LT" || mode === "GTE" ? threshold : nextFloat(threshold);
  return mode === "LEQ" || mode === "LT"
    ? { feature, limit, below: yes, above: no }
    : { feature, limit, below: no, above: yes };
}

const MAX_NODES = 1 << 20;

const again = "Export the model again.";

/** One tree from numbered nodes; `nodes` gives the children of a decision or undefined for a leaf. */
class TreeBuilder {
  readonly decisions: Decision[] = [];
  readonly leaves: Float64Array[] = [];
  readonly #node: GraphNode;

  constructor(node: GraphNode) {
    this.#node = node;
  }

  /** @param open places to fill: each gives a decision or a leaf, or the places below it */
  build(
    root: number,
    look: (
      place: number,
    ) => { mode: Mode; feature: number; threshold: number; yes: number; no: number } | Float64Array,
  ): number {
    const first = this.#place(root, look);
    for (let index = 0; index < this.#pending.length; index++) {
      const { at, part, yes, no } = this.#pending[index]!;
      const decision = decisionOf(
        part.mode,
        part.feature,
        part.threshold,
        this.#place(yes, look),
        this.#place(no, look),
      );
      this.decisions[at] = decision;
    }
    return first;
  }

  readonly #pending: {
    at: number;
    part: { mode: Mode; feature: number; threshold: number };
    yes: number;
    no: number;
  }[] = [];
  #count = 0;

  #place(
    place: number,
    look: (
      place: number,
    ) => { mode: Mode; feature: number; threshold: number; yes: number; no: number } | Float64Array,
  ): number {
    const found = look(place);
    if (found instanceof Float64Array) return ~(this.leaves.push(found) - 1);
    if (this.#count >= MAX_NODES) this.#node.refuse("its trees have no end", again);
    const at = this.#count++;
    this.#pending.push({ at, part: found, yes: found.yes, no: found.no });
    return at;
  }
}

function treeOf(node: GraphNode, root: number, look: Parameters<TreeBuilder["build"]>[1]): Tree {
  const builder = new TreeBuilder(node);
  builder.build(root, look);
  return { decisions: builder.decisions, leaves: builder.leaves };
}

const numbers = (values: ArrayLike<number | bigint> | undefined): number[] =>
  Array.from(values ?? [], Number);

function modeOf(node: GraphNode, text: string): Mode {
  const mode = text.replace("BRANCH_", "");
  if (mode === "LEQ" || mode === "LT" || mode === "GTE" || mode === "GT") return mode;
  return node.refuse(`it decides by ${text}`, "Train the trees on ordered features, without categories.");
}

function check(node: GraphNode, ok: boolean): void {
  if (!ok) node.refuse("its lists do not fit together", again);
}

/** TreeEnsembleRegressor, operator sets 1 and 3 of ai.onnx.ml. */
function fromRegressor(node: GraphNode): Ensemble {
  const { attributes } = node;
  const listed = (name: string): number[] =>
    numbers(attributes.floats(name) ?? attributes.tensor(`${name}_as_tensor`)?.data);
  const treeIds = attributes.ints("nodes_treeids") ?? [];
  const nodeIds = attributes.ints("nodes_nodeids") ?? [];
  const features = attributes.ints("nodes_featureids") ?? [];
  const modes = attributes.strings("nodes_modes") ?? [];
  const yes = attributes.ints("nodes_truenodeids") ?? [];
  const no = attributes.ints("nodes_falsenodeids") ?? [];
  const values = listed("nodes_values");
  const targets = attributes.int("n_targets", 1);
  if (attributes.string("post_transform", "NONE") !== "NONE")
    node.refuse("it transforms its result", "Export the model with post_transform NONE.");
  const targetTrees = attributes.ints("target_treeids") ?? [];
  const targetNodes = attributes.ints("target_nodeids") ?? [];
  const targetIds = attributes.ints("target_ids") ?? [];
  const weights = listed("target_weights");
  const count = treeIds.length;
  check(
    node,
    [nodeIds, features, modes, yes, no, values].every(({ length }) => length === count),
  );
  check(
    node,
    [targetNodes, targetIds, weights].every(({ length }) => length === targetTrees.length),
  );
  check(node, targets >= 1 && targets <= MAX_NODES && targetIds.every((id) => id >= 0 && id < targets));
  const places = new Map(treeIds.map((tree, place) => [`${tree} ${nodeIds[place]}`, place]));
  check(node, places.size === count);
  const leaves = new Map<number, Float64Array>();
  targetTrees.forEach((tree, index) => {
    const place = places.get(`${tree} ${targetNodes[index]}`) ?? -1;
    check(node, place >= 0);
    const leaf = leaves.get(place) ?? new Float64Array(targets);
    leaf[targetIds[index]!]! += weights[index]!;
    leaves.set(place, leaf);
  });
  const none = new Float64Array(targets);
  // the first node of a tree in the file is its root
  const first = new Map<number, number>();
  treeIds.forEach((tree, place) => {
    if (!first.has(tree)) first.set(tree, place);
  });
  const roots = [...first.values()];
  const trees = roots.map((root) =>
    treeOf(node, root, (place) => {
      if (modes[place] === "LEAF") return leaves.get(place) ?? none;
      const below = (id: number): number => {
        const next = places.get(`${treeIds[place]} ${id}`);
        check(node, next !== undefined);
        return next!;
      };
      return {
        mode: modeOf(node, modes[place]!),
        feature: features[place]!,
        threshold: values[place]!,
        yes: below(yes[place]!),
        no: below(no[place]!),
      };
    }),
  );
  return {
    kind: "ensemble",
    trees,
    targets,
    aggregate: aggregateOf(node),
    base: baseOf(node, listed("base_values"), targets),
  };
}

function aggregateOf(node: GraphNode): Ensemble["aggregate"] {
  const name = node.attributes.string("aggregate_function", "SUM");
  if (name === "SUM" || name === "AVERAGE" || name === "MIN" || name === "MAX") return name;
  return node.refuse(`it aggregates by ${name}`, "Use SUM, AVERAGE, MIN or MAX.");
}

function baseOf(node: GraphNode, values: readonly number[], targets: number): Float64Array {
  check(node, values.length === 0 || values.length === targets);
  return Float64Array.from({ length: targets }, (_, target) => values[target] ?? 0);
}

const MODES: readonly string[] = ["LEQ", "LT", "GTE", "GT", "EQ", "NEQ", "MEMBER"];
const AGGREGATES = ["AVERAGE", "SUM", "MIN", "MAX"] as const;

/** TreeEnsemble, operator set 5 of ai.onnx.ml. */
function fromTreeEnsemble(node: GraphNode): Ensemble {
  const { attributes } = node;
  const ints = (name: string): readonly number[] => attributes.ints(name) ?? [];
  const targets = attributes.int("n_targets", 1);
  const splits = numbers(attributes.tensor("nodes_splits")?.data);
  const modes = numbers(attributes.tensor("nodes_modes")?.data);
  const weights = numbers(attributes.tensor("leaf_weights")?.data);
  const [features, yes, no] = ["nodes_featureids", "nodes_truenodeids", "nodes_falsenodeids"].map(ints) as [
    number[],
    number[],
    number[],
  ];
  const [yesLeaf, noLeaf, leafTargets] = ["nodes_trueleafs", "nodes_falseleafs", "leaf_targetids"].map(
    ints,
  ) as [number[], number[], number[]];
  if (attributes.int("post_transform", 0) !== 0)
    node.refuse("it transforms its result", "Export the model with post_transform 0.");
  const count = splits.length;
  check(
    node,
    [modes, features, yes, no, yesLeaf, noLeaf].every(({ length }) => length === count),
  );
  check(node, weights.length === leafTargets.length && leafTargets.every((id) => id >= 0 && id < targets));
  const leafOf = (index: number): Float64Array => {
    check(node, index >= 0 && index < weights.length);
    const leaf = new Float64Array(targets);
    leaf[leafTargets[index]!] = weights[index]!;
    return leaf;
  };
  // leaves are told from nodes by places behind all nodes
  const trees = ints("tree_roots").map((root) =>
    treeOf(node, root, (place) => {
      if (place >= count) return leafOf(place - count);
      check(node, place >= 0);
      return {
        mode: modeOf(node, MODES[modes[place]!] ?? `mode ${modes[place]}`),
        feature: features[place]!,
        threshold: splits[place]!,
        yes: yes[place]! + (yesLeaf[place] ? count : 0),
        no: no[place]! + (noLeaf[place] ? count : 0),
      };
    }),
  );
  const aggregate = AGGREGATES[attributes.int("aggregate_function", 1)] ?? "SUM";
  return { kind: "ensemble", trees, targets, aggregate, base: new Float64Array(targets) };
}

/** The trees of a node. @throws UnsupportedNodeError */
export function ensembleOf(node: GraphNode): Ensemble {
  const ensemble = node.op === "TreeEnsemble" ? fromTreeEnsemble(node) : fromRegressor(node);
  check(node, ensemble.trees.length > 0);
  return ensemble;
}
