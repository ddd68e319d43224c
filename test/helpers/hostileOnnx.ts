// Damages ONNX files: bytes at random, and valid protobuf with changed attributes, shapes, types, names and duplicates.
import {
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  readOnnxModel,
  type TensorProto,
  type ValueInfoProto,
  writeOnnxModel,
} from "@assay/sdk/program";
import type { Random } from "./random.ts";

const integers = [
  0n,
  1n,
  -1n,
  2n,
  7n,
  255n,
  256n,
  8192n,
  2n ** 31n - 1n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 62n,
  -(2n ** 63n),
];

/** A copy of the list with one item changed. */
function changeOne<T>(list: readonly T[] | undefined, random: Random, change: (item: T) => T): readonly T[] {
  if (!list || list.length === 0) return list ?? [];
  const place = random.integer(0, list.length - 1);
  return list.map((item, index) => (index === place ? change(item) : item));
}

function dropRepeatOrSwap<T>(list: readonly T[] | undefined, random: Random): readonly T[] {
  const items = [...(list ?? [])];
  if (items.length === 0) return items;
  const [a, b] = [random.integer(0, items.length - 1), random.integer(0, items.length - 1)];
  const how = random.integer(0, 2);
  if (how === 0) items.splice(a, 1);
  else if (how === 1) items.splice(b, 0, items[a]!);
  else [items[a], items[b]] = [items[b]!, items[a]!];
  return items;
}

function namesOf({ input = [], initializer = [], node = [] }: GraphProto): string[] {
  return [
    ...input.map(({ name }) => name ?? ""),
    ...initializer.map(({ name }) => name ?? ""),
    ...node.flatMap(({ output = [] }) => output),
    "",
    "nowhere",
  ];
}

const operators = [
  "Add",
  "Div",
  "Clip",
  "Cast",
  "MaxPool",
  "Reshape",
  "ArgMax",
  "ConvInteger",
  "MatMulInteger",
  "If",
  "",
];

function changeAttribute(attribute: AttributeProto, random: Random): AttributeProto {
  const value = random.pick(integers);
  const how = random.integer(0, 4);
  if (how === 0) return { ...attribute, name: random.pick(["pads", "strides", "axis", "group", "to", ""]) };
  if (how === 1) return { ...attribute, type: random.integer(0, 15) };
  if (attribute.ints)
    return {
      ...attribute,
      ints: how === 2 ? [...attribute.ints, value] : changeOne(attribute.ints, random, () => value),
    };
  return { ...attribute, i: value };
}

function changeNode(node: NodeProto, random: Random, names: readonly string[]): NodeProto {
  const name = random.pick(names);
  const changes: (() => NodeProto)[] = [
    () => ({
      ...node,
      attribute: changeOne(node.attribute, random, (item) => changeAttribute(item, random)),
    }),
    () => ({ ...node, attribute: dropRepeatOrSwap(node.attribute, random) }),
    () => ({ ...node, input: changeOne(node.input, random, () => name) }),
    () => ({ ...node, input: dropRepeatOrSwap(node.input, random) }),
    () => ({ ...node, output: changeOne(node.output, random, () => name) }),
    () => ({ ...node, opType: random.pick(operators) }),
    () => ({ ...node, domain: "com.microsoft" }),
  ];
  return random.pick(changes)();
}

function changeTensor(tensor: TensorProto, random: Random, names: readonly string[]): TensorProto {
  const rawData = Uint8Array.from(tensor.rawData ?? []);
  const changes: (() => TensorProto)[] = [
    () => ({ ...tensor, dims: changeOne(tensor.dims, random, () => random.pick(integers)) }),
    () => ({ ...tensor, dims: dropRepeatOrSwap(tensor.dims, random) }),
    () => ({ ...tensor, dataType: random.integer(0, 20) }),
    () => ({ ...tensor, name: random.pick(names) }),
    () => ({ ...tensor, rawData: rawData.subarray(0, random.integer(0, rawData.length)) }),
    () => ({
      ...tensor,
      rawData: rawData.map((value) => (random.next() < 0.2 ? random.integer(0, 255) : value)),
    }),
    () => ({ ...tensor, rawData: new Uint8Array(0), int32Data: [1] }),
  ];
  return random.pick(changes)();
}

function changeInfo(info: ValueInfoProto, random: Random, names: readonly string[]): ValueInfoProto {
  const tensorType = info.type?.tensorType ?? {};
  const dim = tensorType.shape?.dim ?? [];
  const retyped = (type: typeof tensorType): ValueInfoProto => ({ ...info, type: { tensorType: type } });
  const size = random.pick(integers);
  const changes: (() => ValueInfoProto)[] = [
    () => ({ ...info, name: random.pick(names) }),
    () => retyped({ ...tensorType, elemType: random.integer(0, 20) }),
    () => retyped({ ...tensorType, shape: { dim: changeOne(dim, random, () => ({ dimValue: size })) } }),
    () => retyped({ ...tensorType, shape: { dim: dropRepeatOrSwap(dim, random) } }),
    () =>
      retyped({ ...tensorType, shape: { dim: new Array(random.integer(0, 12)).fill({ dimValue: size }) } }),
    () => ({ name: info.name ?? "" }),
  ];
  return random.pick(changes)();
}

function changeGraph(graph: GraphProto, random: Random): GraphProto {
  const names = namesOf(graph);
  const info = (list: readonly ValueInfoProto[] | undefined) =>
    random.next() < 0.7
      ? changeOne(list, random, (item) => changeInfo(item, random, names))
      : dropRepeatOrSwap(list, random);
  const changes: (() => GraphProto)[] = [
    () => ({ ...graph, node: changeOne(graph.node, random, (node) => changeNode(node, random, names)) }),
    () => ({ ...graph, node: changeOne(graph.node, random, (node) => changeNode(node, random, names)) }),
    () => ({ ...graph, node: dropRepeatOrSwap(graph.node, random) }),
    () => ({
      ...graph,
      initializer: changeOne(graph.initializer, random, (item) => changeTensor(item, random, names)),
    }),
    () => ({ ...graph, initializer: dropRepeatOrSwap(graph.initializer, random) }),
    () => ({ ...graph, input: info(graph.input) }),
    () => ({ ...graph, output: info(graph.output) }),
    () => ({ ...graph, valueInfo: info(graph.valueInfo) }),
  ];
  return random.pick(changes)();
}

/** A file that is still a protobuf message of a model, with one to three changes. */
export function changeModel(file: Uint8Array, random: Random): Uint8Array {
  let model: ModelProto = readOnnxModel(file);
  for (let changes = random.integer(1, 3); changes > 0; changes--) {
    if (random.next() < 0.1 && model.metadataProps) {
      const value = random.pick(["", "t0:0.2.3.1", "t0:0.1.2.3.4.5.6.7", "c0:9", "x", "t0:0.0.0.0 ", "2"]);
      const metadataProps = changeOne(model.metadataProps, random, (entry) => ({ ...entry, value }));
      model = { ...model, metadataProps };
    } else {
      model = { ...model, graph: changeGraph(model.graph ?? {}, random) };
    }
  }
  return writeOnnxModel(model);
}

/** A file with changed, cut, inserted or repeated bytes. */
export function changeBytes(file: Uint8Array, random: Random): Uint8Array {
  const at = random.integer(0, file.length - 1);
  const how = random.integer(0, 3);
  if (how === 0) return file.slice(0, at);
  if (how === 1)
    return Uint8Array.of(
      ...file.subarray(0, at),
      ...random.bytes(random.integer(1, 4)),
      ...file.subarray(at),
    );
  if (how === 2) return Uint8Array.of(...file.subarray(0, at), ...file.subarray(at + random.integer(1, 8)));
  const changed = file.slice();
  for (let count = random.integer(1, 4); count > 0; count--)
    changed[random.integer(0, file.length - 1)] = random.integer(0, 255);
  return changed;
}
