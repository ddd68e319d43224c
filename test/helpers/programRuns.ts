// Programs in any of onnxruntime's builds, at any level of optimization, pass after pass.
import {
  carrySlots,
  emitOnnx,
  graphOutputs,
  inputName,
  type OnnxForm,
  type Program,
  packedOffsets,
  slotName,
  type Tensor,
  type TensorData,
  unpackInputs,
} from "@assay/sdk/program";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-common";
import { ortTypes } from "../equality/executions.ts";

/** A build of onnxruntime, with the options that its sessions get. */
export interface Build {
  readonly name: string;
  readonly Tensor: new (type: OrtTensor.Type, data: OrtTensor.DataType, dims: readonly number[]) => OrtTensor;
  open(file: Uint8Array): Promise<InferenceSession>;
}

/** What onnxruntime returned in each pass, by slot; where a pass is the last one is Stop's operand to say. */
export async function passesIn(
  program: Program,
  form: OnnxForm,
  inputs: readonly Uint8Array[],
  { Tensor, open }: Build,
): Promise<Map<number, TensorData>[][]> {
  const { steps, maxPasses, constants } = program;
  const session = await open(emitOnnx(program, { form }));
  const toOrt = ({ type, data }: Tensor) => new Tensor(ortTypes[type.dtype], data, type.shape);
  const { offsets } = packedOffsets(program.inputs);
  const stop = steps.at(-1)!.op === "Stop" ? steps.at(-1)!.operands[0]!.source : undefined;
  const all: Map<number, TensorData>[][] = [];
  for (const input of inputs) {
    const given = unpackInputs(program, input);
    const fixed = given.map((tensor, index) => [inputName(index), toOrt(tensor)] as const);
    const initial = (slot: number): OrtTensor => {
      const { source } = steps[slot]!.operands[0]!;
      if (source.kind === "constant") return toOrt(constants[source.index]!);
      return toOrt(
        given[offsets.findIndex(({ start }) => source.kind === "input" && start === source.offset)]!,
      );
    };
    let carried = carrySlots(program).map((slot) => [slotName(slot), initial(slot)] as const);
    const passes: Map<number, TensorData>[] = [];
    for (let pass = 0; pass < maxPasses; pass++) {
      const feeds = Object.fromEntries([...fixed, ...carried]);
      const results: Record<string, OrtTensor> = { ...feeds, ...(await session.run(feeds)) };
      const slots = graphOutputs(program, form);
      passes.push(new Map(slots.map((slot) => [slot, results[slotName(slot)]!.data as TensorData])));
      if (stop?.kind === "slot" && Number(results[slotName(stop.index)]!.data[0]) !== 0) break;
      carried = carrySlots(program).map((slot) => {
        const next = steps[slot]!.operands[1]!.source;
        return [slotName(slot), results[slotName(next.kind === "slot" ? next.index : -1)]!] as const;
      });
    }
    all.push(passes);
  }
  await session.release();
  return all;
}
