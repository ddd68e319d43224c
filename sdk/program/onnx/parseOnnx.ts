// Reads a program back from an ONNX file that emitOnnx wrote.
import { packedOffsets } from "../packing.ts";
import type { Operand, Program, Source, Step, Tensor, TensorType } from "../types.ts";
import { NotFastFormError, OnnxFormatError } from "./errors.ts";
import { isOnnxOp, onnxForms } from "./forms.ts";
import { LAYOUTS_KEY, readLayouts } from "./layouts.ts";
import { decode, type ProtobufLimits } from "./protobuf.ts";
import { type GraphProto, modelProto, type NodeProto } from "./schema.ts";
import { constantName, fromTensorProto, fromValueInfo, inputName, slotName } from "./types.ts";

interface Scope {
  readonly operands: ReadonlyMap<string, Operand>;
  readonly scalars: ReadonlyMap<string, Tensor>;
  readonly slots: ReadonlyMap<string, TensorType>;
}

function withLayout(type: TensorType, layout: readonly number[] | undefined): TensorType {
  return layout ? { ...type, layout } : type;
}

function parseAttributes(node: NodeProto, slot: number, scope: Scope, operands: number): bigint[] {
  const op = node.opType ?? "";
  if (!isOnnxOp(op))
    throw new NotFastFormError("An operator is not in the operator set.", { facts: { slot, op } });
  const named = new Map((node.attribute ?? []).map((attribute) => [attribute.name, attribute]));
  const inputs = node.input ?? [];
  const values: bigint[] = [];
  let next = operands;
  for (const part of onnxForms[op]) {
    if (part.as === "int") values.push(named.get(part.name)?.i ?? 0n);
    else if (part.as === "ints") values.push(...(named.get(part.name)?.ints ?? []));
    else if (part.as === "scalar") {
      const value = scope.scalars.get(inputs[next++] ?? "")?.data[0];
      if (value === undefined)
        throw new NotFastFormError("A constant of a node is missing.", { facts: { slot, op } });
      values.push(BigInt(value));
    }
  }
  return values;
}

function parseStep(node: NodeProto, slot: number, scope: Scope): Step {
  const name = slotName(slot);
  const out = scope.slots.get(name);
  if (!out) throw new NotFastFormError("A slot has no type.", { facts: { slot } });
  const operands: Operand[] = [];
  for (const input of node.input ?? []) {
    const operand = scope.operands.get(input);
    if (operand) operands.push(operand);
    else if (!scope.scalars.has(input))
      throw new NotFastFormError("A node reads a tensor that does not exist.", {
        facts: { slot, tensor: input },
      });
  }
  const attributes = parseAttributes(node, slot, scope, operands.length);
  return { op: node.opType as Step["op"], operands, attributes, out };
}

function parseInputs(graph: GraphProto): { inputs: TensorType[]; operands: Map<string, Operand> } {
  const inputs = (graph.input ?? []).map(fromValueInfo);
  const operands = new Map<string, Operand>();
  packedOffsets(inputs).offsets.forEach(({ start }, index) => {
    operands.set(inputName(index), { source: { kind: "input", offset: start }, type: inputs[index]! });
  });
  return { inputs, operands };
}

/**
 * Reads the program out of an ONNX file in fast form: the exact inverse of `emitOnnx`.
 * It trusts the file: use `readFastForm` for a file from elsewhere.
 */
export function parseOnnx(bytes: Uint8Array, limits?: ProtobufLimits): Program {
  const model = decode(modelProto, bytes, limits);
  if (!model.graph) throw new OnnxFormatError("The file has no graph.");
  const { graph } = model;
  const metadata = new Map((model.metadataProps ?? []).map(({ key, value }) => [key, value]));
  const layouts = readLayouts(metadata.get(LAYOUTS_KEY) ?? "");
  const { inputs, operands } = parseInputs(graph);

  const constants: Tensor[] = [];
  const scalars = new Map<string, Tensor>();
  for (const proto of graph.initializer ?? []) {
    const tensor = fromTensorProto(proto);
    const name = constantName(constants.length);
    if (proto.name !== name) {
      scalars.set(proto.name ?? "", tensor);
      continue;
    }
    const type = withLayout(tensor.type, layouts.get(name));
    const source: Source = { kind: "constant", index: constants.length };
    operands.set(name, { source, type });
    constants.push({ ...tensor, type });
  }

  const slots = new Map<string, TensorType>();
  for (const info of [...(graph.valueInfo ?? []), ...(graph.output ?? [])])
    slots.set(info.name ?? "", withLayout(fromValueInfo(info), layouts.get(info.name ?? "")));
  const nodes = graph.node ?? [];
  const indexOf = new Map(nodes.map((_, slot) => [slotName(slot), slot]));
  const steps = nodes.map((node, slot) => {
    const step = parseStep(node, slot, { operands, scalars, slots });
    operands.set(slotName(slot), { source: { kind: "slot", index: slot }, type: step.out });
    return step;
  });
  const outputs = (graph.output ?? []).map(({ name = "" }) => {
    const slot = indexOf.get(name);
    if (slot === undefined)
      throw new NotFastFormError("An output is not a slot.", { facts: { output: name } });
    return slot;
  });
  return { operatorSet: 1, maxPasses: 1, inputs, steps, outputs, constants };
}
