// Writes a program as an ONNX file: its fast form, determined byte for byte by the program.
import { packedOffsets } from "../packing.ts";
import type { Program, Source, Step } from "../types.ts";
import { NotFastFormError } from "./errors.ts";
import { isOnnxOp } from "./forms.ts";
import { FUNCTION_DOMAIN, FUNCTION_VERSION, functionsOf, isFunction } from "./functions.ts";
import {
  CARRIES_KEY,
  carrySlots,
  graphOutputs,
  type OnnxForm,
  OUTPUTS_KEY,
  PASSES_KEY,
  STOP_KEY,
  writeCarries,
} from "./iteration.ts";
import { LAYOUTS_KEY, writeLayouts } from "./layouts.ts";
import { writeParts } from "./node.ts";
import { encode } from "./protobuf.ts";
import { modelProto, type NodeProto, type StringEntry, type TensorProto } from "./schema.ts";
import { constantName, inputName, partName, slotName, toTensorProto, toValueInfo } from "./types.ts";

export interface EmitOnnxOptions {
  readonly form?: OnnxForm;
}

const IR_VERSION = 10n;
const OPSET = 21n;
const PRODUCER = "assay";

type NameOf = (source: Source) => string;

function sourceNames(program: Program): NameOf {
  const { offsets } = packedOffsets(program.inputs);
  const inputAt = new Map(offsets.map(({ start }, index) => [start, index]));
  return (source) => {
    if (source.kind === "slot") return slotName(source.index);
    if (source.kind === "constant") return constantName(source.index);
    const input = inputAt.get(source.offset);
    if (input === undefined)
      throw new NotFastFormError("No input starts at this offset.", { facts: { offset: source.offset } });
    return inputName(input);
  };
}

function emitNode(step: Step, slot: number, nameOf: NameOf, initializer: TensorProto[]): NodeProto {
  const { op } = step;
  if (!isOnnxOp(op)) throw new NotFastFormError("An operator has no ONNX form.", { facts: { slot, op } });
  const { attribute, inputs } = writeParts({ ...step, op }, slot);
  const names = inputs.map((tensor, part) => {
    const name = partName(slot, part);
    initializer.push(toTensorProto(name, tensor));
    return name;
  });
  return {
    input: [...step.operands.map(({ source }) => nameOf(source)), ...names],
    output: [slotName(slot)],
    name: slotName(slot),
    opType: op,
    attribute,
    ...(isFunction(step) && { domain: FUNCTION_DOMAIN }),
  };
}

/** What says Carry and Stop; nothing in a program that is not iterated. */
function iterationEntries(program: Program, form: OnnxForm, nameOf: NameOf): StringEntry[] {
  const { steps, maxPasses, outputs } = program;
  const hasMore = form === "fast" && graphOutputs(program, form).length > outputs.length;
  const carries = carrySlots(program).map((slot) => {
    const [initial, next] = steps[slot]!.operands.map(({ source }) => nameOf(source));
    return [slotName(slot), { initial: initial!, next: next! }] as const;
  });
  const stop = steps.at(-1)?.op === "Stop" ? steps.at(-1)!.operands[0] : undefined;
  return [
    ...(carries.length > 0 ? [{ key: CARRIES_KEY, value: writeCarries(new Map(carries)) }] : []),
    ...(maxPasses > 1 ? [{ key: PASSES_KEY, value: String(maxPasses) }] : []),
    ...(hasMore ? [{ key: OUTPUTS_KEY, value: String(outputs.length) }] : []),
    ...(stop ? [{ key: STOP_KEY, value: nameOf(stop.source) }] : []),
  ];
}

function metadata(program: Program, form: OnnxForm, nameOf: NameOf): StringEntry[] {
  const named = [
    ...program.steps.map((step, slot) => [slotName(slot), step.out] as const),
    ...program.constants.map((constant, index) => [constantName(index), constant.type] as const),
  ];
  return [
    { key: "assay.form", value: form },
    ...iterationEntries(program, form, nameOf),
    { key: LAYOUTS_KEY, value: writeLayouts(named) },
    { key: "assay.operator_set", value: String(program.operatorSet) },
  ];
}

function checkOutputs({ steps, outputs }: Program): void {
  if (new Set(outputs).size !== outputs.length)
    throw new NotFastFormError("A slot is named as an output twice.");
  for (const slot of outputs) {
    const op = steps[slot]?.op;
    if (op === undefined || op === "Carry" || op === "Stop")
      throw new NotFastFormError("An output is not computed by a node.", { facts: { slot } });
  }
}

/**
 * Writes a program as an ONNX file that any ONNX runtime loads: opset 21, one node per slot, constants inside. Of an iterated
 * program the file is one pass: what Carry holds is an input, under the name of its slot; Stop is left to who runs it.
 * @example
 * import { emitOnnx, readFastForm } from "@assay/sdk/program";
 * const file = emitOnnx(program);
 * readFastForm(file); // the same program
 */
export function emitOnnx(program: Program, { form = "fast" }: EmitOnnxOptions = {}): Uint8Array {
  checkOutputs(program);
  const { steps } = program;
  const nameOf = sourceNames(program);
  const initializer = program.constants.map((constant, index) =>
    toTensorProto(constantName(index), constant),
  );
  const node = steps.flatMap((step, slot) =>
    step.op === "Carry" || step.op === "Stop" ? [] : [emitNode(step, slot, nameOf, initializer)],
  );
  const slotInfo = (slot: number) => toValueInfo(slotName(slot), steps[slot]!.out);
  const carries = carrySlots(program);
  const outputs = graphOutputs(program, form);
  const isSaid = new Set([...outputs, ...carries]);
  const inner = steps.flatMap(({ op }, slot) => (isSaid.has(slot) || op === "Stop" ? [] : [slot]));
  const functions = functionsOf(steps, OPSET);
  return encode(modelProto, {
    irVersion: IR_VERSION,
    producerName: PRODUCER,
    producerVersion: String(program.operatorSet),
    graph: {
      node,
      name: PRODUCER,
      initializer,
      input: [
        ...program.inputs.map((type, index) => toValueInfo(inputName(index), type)),
        ...carries.map(slotInfo),
      ],
      output: outputs.map(slotInfo),
      valueInfo: inner.map(slotInfo),
    },
    opsetImport: [
      { domain: "", version: OPSET },
      ...(functions.length > 0 ? [{ domain: FUNCTION_DOMAIN, version: FUNCTION_VERSION }] : []),
    ],
    metadataProps: metadata(program, form, nameOf),
    ...(functions.length > 0 && { functions }),
  });
}
