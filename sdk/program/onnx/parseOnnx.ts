// Reads a program back from an ONNX file that emitOnnx wrote.
import { packedOffsets } from "../packing.ts";
import { tensorType } from "../tensor.ts";
import type { Operand, Program, Source, Step, Tensor, TensorType } from "../types.ts";
import { NotFastFormError, OnnxFormatError } from "./errors.ts";
import { isOnnxOp } from "./forms.ts";
import { CARRIES_KEY, OUTPUTS_KEY, PASSES_KEY, readCarries, readCount, STOP_KEY } from "./iteration.ts";
import { LAYOUTS_KEY, readLayouts } from "./layouts.ts";
import { readParts } from "./node.ts";
import { decode, type ProtobufLimits } from "./protobuf.ts";
import { type GraphProto, modelProto, type NodeProto } from "./schema.ts";
import { constantName, fromTensorProto, fromValueInfo, inputName, isSlotName, slotName } from "./types.ts";

interface Scope {
  /** What has been read so far. */
  readonly operands: Map<string, Operand>;
  /** Attributes that ONNX takes as tensors. */
  readonly parts: ReadonlyMap<string, Tensor>;
  readonly slots: ReadonlyMap<string, TensorType>;
}

function withLayout(type: TensorType, layout: readonly number[] | undefined): TensorType {
  return layout ? { ...type, layout } : type;
}

function parseNode(node: NodeProto, slot: number, scope: Scope): Step {
  const op = node.opType ?? "";
  if (!isOnnxOp(op))
    throw new NotFastFormError("An operator is not in the operator set.", { facts: { slot, op } });
  const out = scope.slots.get(slotName(slot));
  if (!out) throw new NotFastFormError("A slot has no type.", { facts: { slot } });
  const operands: Operand[] = [];
  const parts: Tensor[] = [];
  for (const input of node.input ?? []) {
    const operand = scope.operands.get(input);
    const part = scope.parts.get(input);
    if (operand) operands.push(operand);
    else if (part) parts.push(part);
    else
      throw new NotFastFormError("A node reads a tensor that does not exist.", {
        facts: { slot, tensor: input },
      });
  }
  return { op, operands, attributes: readParts(node, op, operands, parts), out };
}

/** Reads the names of operands, of slots also those that come later. */
function namedOperand(name: string, { operands, slots }: Scope): Operand {
  const operand = operands.get(name);
  if (operand) return operand;
  const type = slots.get(name);
  const index = Number(name.slice(1));
  if (!type || slotName(index) !== name)
    throw new NotFastFormError("A step reads a tensor that does not exist.", { facts: { tensor: name } });
  return { source: { kind: "slot", index }, type };
}

/** All steps in order: nodes, and between them those that are none. */
function parseSteps(graph: GraphProto, scope: Scope, metadata: ReadonlyMap<string, string>): Step[] {
  const carries = readCarries(metadata.get(CARRIES_KEY) ?? "");
  const stop = metadata.get(STOP_KEY);
  const nodes = graph.node ?? [];
  const steps: Step[] = [];
  let next = 0;
  for (let slot = 0; slot < nodes.length + carries.size; slot++) {
    const name = slotName(slot);
    const carry = carries.get(name);
    const out = scope.slots.get(name);
    if (carry && out) {
      const operands = [carry.initial, carry.next].map((operand) => namedOperand(operand, scope));
      steps.push({ op: "Carry", operands, attributes: [], out });
    } else {
      const node = nodes[next++];
      if (!node) throw new NotFastFormError("A slot has no node.", { facts: { slot } });
      steps.push(parseNode(node, slot, scope));
    }
    scope.operands.set(name, { source: { kind: "slot", index: slot }, type: steps[slot]!.out });
  }
  if (stop === undefined) return steps;
  return [
    ...steps,
    { op: "Stop", operands: [namedOperand(stop, scope)], attributes: [], out: tensorType("u8", [1]) },
  ];
}

function parseInputs(graph: GraphProto): { inputs: TensorType[]; operands: Map<string, Operand> } {
  const inputs = (graph.input ?? []).filter(({ name }) => !isSlotName(name)).map(fromValueInfo);
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
  const metadata = new Map((model.metadataProps ?? []).map(({ key = "", value = "" }) => [key, value]));
  const layouts = readLayouts(metadata.get(LAYOUTS_KEY) ?? "");
  const { inputs, operands } = parseInputs(graph);

  const constants: Tensor[] = [];
  const parts = new Map<string, Tensor>();
  for (const proto of graph.initializer ?? []) {
    const tensor = fromTensorProto(proto);
    const name = constantName(constants.length);
    if (proto.name !== name) {
      parts.set(proto.name ?? "", tensor);
      continue;
    }
    const type = withLayout(tensor.type, layouts.get(name));
    const source: Source = { kind: "constant", index: constants.length };
    operands.set(name, { source, type });
    constants.push({ ...tensor, type });
  }

  const slots = new Map<string, TensorType>();
  const infos = [...(graph.input ?? []), ...(graph.valueInfo ?? []), ...(graph.output ?? [])];
  for (const info of infos.filter(({ name }) => isSlotName(name)))
    slots.set(info.name ?? "", withLayout(fromValueInfo(info), layouts.get(info.name ?? "")));
  const steps = parseSteps(graph, { operands, parts, slots }, metadata);
  const graphOutputs = graph.output ?? [];
  const count = readCount(metadata.get(OUTPUTS_KEY), graphOutputs.length);
  const outputs = graphOutputs.slice(0, count).map(({ name = "" }) => {
    const { source } = namedOperand(name, { operands, parts, slots });
    if (source.kind !== "slot")
      throw new NotFastFormError("An output is not a slot.", { facts: { output: name } });
    return source.index;
  });
  const maxPasses = readCount(metadata.get(PASSES_KEY), 1);
  return { operatorSet: 1, maxPasses, inputs, steps, outputs, constants };
}
