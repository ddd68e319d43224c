// Writes a program as an ONNX file: its fast form, determined byte for byte by the program.
import { allocate } from "../dtype.ts";
import { packedOffsets } from "../packing.ts";
import { tensorType } from "../tensor.ts";
import type { Program, Source, Step, Tensor, TensorType } from "../types.ts";
import { NotFastFormError } from "./errors.ts";
import { isOnnxOp, onnxForms } from "./forms.ts";
import { LAYOUTS_KEY, writeLayouts } from "./layouts.ts";
import { encode } from "./protobuf.ts";
import {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  modelProto,
  type NodeProto,
  type StringEntry,
  type TensorProto,
} from "./schema.ts";
import {
  constantName,
  dataType,
  inputName,
  partName,
  slotName,
  toTensorProto,
  toValueInfo,
} from "./types.ts";

/**
 * `fast`: the graph's outputs are the program's outputs; what a worker serves.
 * `trace`: the graph's outputs are all slots in order; what rebuilds a trace.
 */
export type OnnxForm = "fast" | "trace";

export interface EmitOnnxOptions {
  readonly form?: OnnxForm;
}

const IR_VERSION = 10n;
const OPSET = 21n;
const PRODUCER = "assay";

function scalar(dtype: TensorType["dtype"], value: bigint): Tensor {
  const data = allocate(dtype, 1);
  if (data instanceof BigInt64Array) data[0] = value;
  else data[0] = Number(value);
  if (BigInt(data[0]!) !== value)
    throw new NotFastFormError("An attribute does not fit its tensor type.", { facts: { dtype, value } });
  return { type: tensorType(dtype, []), data };
}

function sourceName(source: Source, inputAt: ReadonlyMap<number, number>): string {
  if (source.kind === "slot") return slotName(source.index);
  if (source.kind === "constant") return constantName(source.index);
  const input = inputAt.get(source.offset);
  if (input === undefined)
    throw new NotFastFormError("No input starts at this offset.", { facts: { offset: source.offset } });
  return inputName(input);
}

function emitNode(
  step: Step,
  slot: number,
  inputAt: ReadonlyMap<number, number>,
  initializer: TensorProto[],
): NodeProto {
  if (!isOnnxOp(step.op))
    throw new NotFastFormError("An operator has no ONNX form.", { facts: { slot, op: step.op } });
  const { attributes } = step;
  const input = step.operands.map((operand) => sourceName(operand.source, inputAt));
  const attribute: AttributeProto[] = [];
  let next = 0;
  let parts = 0;
  const take = (): bigint => {
    const value = attributes[next++];
    if (value === undefined)
      throw new NotFastFormError("A step has too few attributes.", { facts: { slot, op: step.op } });
    return value;
  };
  const addInput = (tensor: Tensor): void => {
    const name = partName(slot, parts++);
    initializer.push(toTensorProto(name, tensor));
    input.push(name);
  };
  for (const part of onnxForms[step.op]) {
    if (part.as === "int") {
      attribute.push({ name: part.name, i: take(), type: ATTRIBUTE_TYPE.INT });
    } else if (part.as === "ints") {
      const ints = Array.from({ length: part.length }, take);
      attribute.push({ name: part.name, ints, type: ATTRIBUTE_TYPE.INTS });
    } else if (part.as === "scalar") {
      const type = step.operands[part.operand]?.type;
      if (!type) throw new NotFastFormError("A step has too few operands.", { facts: { slot, op: step.op } });
      addInput(scalar(type.dtype, take()));
    } else if (part.as === "outputType") {
      attribute.push({ name: part.name, i: BigInt(dataType(step.out.dtype)), type: ATTRIBUTE_TYPE.INT });
    } else {
      const { shape } = step.out;
      const type = tensorType("i64", [shape.length]);
      addInput({ type, data: BigInt64Array.from(shape, BigInt) });
    }
  }
  if (next !== attributes.length)
    throw new NotFastFormError("A step has too many attributes.", { facts: { slot, op: step.op } });
  return { input, output: [slotName(slot)], name: slotName(slot), opType: step.op, attribute };
}

function metadata(program: Program, form: OnnxForm): StringEntry[] {
  const named = [
    ...program.steps.map((step, slot) => [slotName(slot), step.out] as const),
    ...program.constants.map((constant, index) => [constantName(index), constant.type] as const),
  ];
  return [
    { key: "assay.form", value: form },
    { key: LAYOUTS_KEY, value: writeLayouts(named) },
    { key: "assay.operator_set", value: String(program.operatorSet) },
  ];
}

/**
 * Writes a program as an ONNX file that any ONNX runtime loads: opset 21, one node per slot, constants inside.
 * @example
 * import { emitOnnx, readFastForm } from "@assay/sdk/program";
 * const file = emitOnnx(program);
 * readFastForm(file); // the same program
 */
export function emitOnnx(program: Program, { form = "fast" }: EmitOnnxOptions = {}): Uint8Array {
  if (new Set(program.outputs).size !== program.outputs.length)
    throw new NotFastFormError("A slot is named as an output twice.");
  const { offsets } = packedOffsets(program.inputs);
  const inputAt = new Map(offsets.map(({ start }, index) => [start, index]));
  const initializer = program.constants.map((constant, index) =>
    toTensorProto(constantName(index), constant),
  );
  const node = program.steps.map((step, slot) => emitNode(step, slot, inputAt, initializer));
  const outputs = form === "fast" ? program.outputs : program.steps.map((_, slot) => slot);
  const slotInfo = (slot: number) => {
    const step = program.steps[slot];
    if (!step) throw new NotFastFormError("An output is not a slot.", { facts: { slot } });
    return toValueInfo(slotName(slot), step.out);
  };
  const isOutput = new Set(outputs);
  return encode(modelProto, {
    irVersion: IR_VERSION,
    producerName: PRODUCER,
    producerVersion: String(program.operatorSet),
    graph: {
      node,
      name: PRODUCER,
      initializer,
      input: program.inputs.map((type, index) => toValueInfo(inputName(index), type)),
      output: outputs.map(slotInfo),
      valueInfo: program.steps.flatMap((_, slot) => (isOutput.has(slot) ? [] : [slotInfo(slot)])),
    },
    opsetImport: [{ domain: "", version: OPSET }],
    metadataProps: metadata(program, form),
  });
}
