// More damage to ONNX files, still valid protobuf: functions, subgraphs, versions, external data, sizes and cycles.
import {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  DATA_TYPE,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  readOnnxModel,
  type TensorProto,
  writeOnnxModel,
} from "@assay/sdk/program";
import { integerOperators } from "../../node/compiler/integer/index.ts";
import { changeModel } from "./hostileOnnx.ts";
import type { Random } from "./random.ts";

const locations = ["../weights.bin", "/etc/passwd", "weights.bin", "", "a/../../b", "\0", "C:\\weights"];
const numbers = ["0", "-1", "4096", "9223372036854775807", "1e9", "x", ""];
const extremes = [0n, -1n, 1n, 7n, 2n ** 20n, 2n ** 31n, 2n ** 40n, 2n ** 63n - 1n, -(2n ** 63n)];
const versions = [0n, 6n, 7n, 10n, 12n, 17n, 21n, 25n, 26n, 2n ** 62n, -1n];

type Change<T> = (value: T, random: Random) => T;

const at = <T>(list: readonly T[] | undefined, random: Random, change: (item: T) => T): readonly T[] => {
  if (!list || list.length === 0) return list ?? [];
  const place = random.integer(0, list.length - 1);
  return list.map((item, index) => (index === place ? change(item) : item));
};

const external: Change<TensorProto> = ({ rawData: _, ...tensor }, random) => ({
  ...tensor,
  dataLocation: 1,
  externalData: [
    { key: "location", value: random.pick(locations) },
    { key: "offset", value: random.pick(numbers) },
    { key: "length", value: random.pick(numbers) },
  ],
});

/** One 64-bit number of a shape, an axis or an index. */
const extremeElement: Change<TensorProto> = (tensor, random) => {
  if (tensor.dataType !== DATA_TYPE.INT64 || !tensor.rawData?.length) return tensor;
  const data = Uint8Array.from(tensor.rawData);
  const place = 8 * random.integer(0, Math.floor(data.length / 8) - 1);
  new DataView(data.buffer).setBigInt64(place, random.pick(extremes), true);
  return { ...tensor, rawData: data };
};

const names = ({ input = [], node = [], initializer = [] }: GraphProto): string[] => [
  ...input.map(({ name }) => name ?? ""),
  ...initializer.map(({ name }) => name ?? ""),
  ...node.flatMap(({ output = [] }) => output),
];

const subgraph = (random: Random): AttributeProto => ({
  name: random.pick(["then_branch", "else_branch", "body"]),
  type: 5,
  g: random.bytes(random.integer(0, 12)),
});

/** A node reads what it or a later one makes. */
const cycle: Change<GraphProto> = (graph, random) => ({
  ...graph,
  node: at(graph.node, random, (node) => ({
    ...node,
    input: at(node.input, random, () => random.pick(names(graph))),
  })),
});

const operator: Change<NodeProto> = (node, random) => ({
  ...node,
  opType: random.pick([...integerOperators, "If", "Loop", "Scan", "SequenceAt", "StringConcat", "Nothing"]),
});

const integerAttribute: Change<NodeProto> = (node, random) => ({
  ...node,
  attribute: [
    ...(node.attribute ?? []),
    {
      name: random.pick(["axis", "to", "blocksize", "batch_dims", "group", "keepdims"]),
      i: random.pick(extremes),
      type: ATTRIBUTE_TYPE.INT,
    },
  ],
});

const constantNode = (graph: GraphProto, random: Random): NodeProto => ({
  opType: "Constant",
  output: [random.pick(names(graph))],
  attribute: [
    {
      name: "value",
      type: ATTRIBUTE_TYPE.TENSOR,
      t: { dims: [random.pick(extremes)], dataType: random.integer(0, 20), rawData: random.bytes(8) },
    },
  ],
});

const graphChanges: readonly Change<GraphProto>[] = [
  cycle,
  (graph, random) => ({ ...graph, node: at(graph.node, random, (node) => operator(node, random)) }),
  (graph, random) => ({ ...graph, node: at(graph.node, random, (node) => integerAttribute(node, random)) }),
  (graph, random) => ({ ...graph, node: [constantNode(graph, random), ...(graph.node ?? [])] }),
  (graph, random) => ({
    ...graph,
    node: at(graph.node, random, (node) => ({
      ...node,
      opType: random.pick(["If", "Loop", "Scan"]),
      attribute: [subgraph(random)],
    })),
  }),
  (graph, random) => ({
    ...graph,
    initializer: at(graph.initializer, random, (tensor) => external(tensor, random)),
  }),
  (graph, random) => ({
    ...graph,
    initializer: at(graph.initializer, random, (tensor) => extremeElement(tensor, random)),
  }),
  (graph, random) => ({
    ...graph,
    input: at(graph.input, random, (info) => ({
      ...info,
      type: {
        tensorType: {
          elemType: info.type?.tensorType?.elemType ?? 0,
          shape: {
            dim: Array.from({ length: random.pick([1, 2, 9, 100]) }, () => ({
              ...(random.next() < 0.5 ? { dimParam: "n" } : { dimValue: random.pick(extremes) }),
            })),
          },
        },
      },
    })),
  }),
];

/** A local function in the place of an operator: it may call itself, or say nothing. */
const localFunction: Change<ModelProto> = (model, random) => {
  const node = random.pick(model.graph?.node ?? []);
  const { opType = "", input = [], output = [] } = node ?? {};
  const body = random.pick<NodeProto[]>([
    [],
    [{ opType, domain: "local", input, output }],
    [{ opType, input, output }],
  ]);
  return {
    ...model,
    opsetImport: [...(model.opsetImport ?? []), { domain: "local", version: 1n }],
    functions: [
      {
        name: opType,
        domain: "local",
        input: random.next() < 0.8 ? [...new Set(input)] : [],
        output,
        node: body,
        opsetImport: [{ domain: "", version: random.pick(versions) }],
      },
    ],
    graph: {
      ...model.graph,
      node: (model.graph?.node ?? []).map((each) => (each === node ? { ...each, domain: "local" } : each)),
    },
  };
};

const version: Change<ModelProto> = (model, random) => ({
  ...model,
  opsetImport: random.pick([
    [{ domain: "", version: random.pick(versions) }],
    [],
    [
      ...(model.opsetImport ?? []),
      { domain: random.pick(["", "ai.onnx.ml"]), version: random.pick(versions) },
    ],
  ]),
});

/** A file that is still a model in protobuf, with one to three changes of any kind. */
export function changeParts(file: Uint8Array, random: Random): Uint8Array {
  let changed = file;
  for (let changes = random.integer(1, 3); changes > 0; changes--) {
    const kind = random.next();
    if (kind < 0.4) {
      changed = changeModel(changed, random);
      continue;
    }
    const model = readOnnxModel(changed);
    if (kind < 0.5 && (model.graph?.node?.length ?? 0) > 0)
      changed = writeOnnxModel(localFunction(model, random));
    else if (kind < 0.6) changed = writeOnnxModel(version(model, random));
    else changed = writeOnnxModel({ ...model, graph: random.pick(graphChanges)(model.graph ?? {}, random) });
  }
  return changed;
}
