// A float decoder as a decode step in integers: calibrated on token sequences, its caches in one quantization in and out.
import { type Operand, type TensorType, tensorType } from "@assay/sdk/program";
import { type Balance, balance } from "../balancing/index.ts";
import { calibrate } from "../calibration.ts";
import { elements, type GraphTensor, isFloat } from "../graph/index.ts";
import { Emitter } from "../lowering/Emitter.ts";
import { Lowering } from "../lowering/Lowering.ts";
import { lowerGraph, registry } from "../lowering/lowerGraph.ts";
import type { Value } from "../lowering/value.ts";
import { planOf } from "../patterns/index.ts";
import { ProgramBuilder } from "../programBuilder.ts";
import type { Decoder, DecoderCache } from "./decoder.ts";
import { GenerationError } from "./errors.ts";
import { Expressions } from "./expressions.ts";
import { decoderSamples } from "./FloatDecoder.ts";
import type { Cache, DecodeStep, StepOperands, StepResults } from "./step.ts";

export interface FloatStepParameters {
  readonly decoder: Decoder;
  /** typical texts as tokens, each shorter than the context */
  readonly sequences: readonly (readonly number[])[];
  readonly onSample?: (done: number) => void;
}

/** One step of a decoder, and what was balanced before it was quantized. */
export interface FloatStep extends DecodeStep {
  readonly balances: readonly Balance[];
}

/** A cache in 8 bits, or in 32 where it is read otherwise than by products. */
type CacheForm =
  | { readonly kind: "u8"; readonly scale: number; readonly zeroPoint: number }
  | { readonly kind: "wide"; readonly scale: number; readonly limit: number };

const WIDE_BITS = 18;

/** Runs the float decoder on the sequences; what it learns makes the step. */
export async function floatStep({
  decoder,
  sequences,
  onSample = () => {},
}: FloatStepParameters): Promise<FloatStep> {
  const { graph, vocabulary, context } = decoder;
  for (const { past } of decoder.caches)
    if (!isFloat(past.dtype))
      throw new GenerationError("A cache holds no floating-point numbers.", {
        facts: { cache: past.name, dtype: past.dtype },
      });
  const plan = planOf(graph, "keep");
  const { samples, listener } = decoderSamples(decoder, sequences);
  const { statistics, balances } = balance(plan, await calibrate(plan, samples, onSample, listener));
  const tied = decoder.caches.map(({ past, present }) => [past.name, present.name] as const);
  // Which types caches have follows from what their readers want, which a lowering knows before it emits anything.
  const scout = new Lowering({ plan, emit: new Emitter(new ProgramBuilder([])), registry, statistics, tied });
  const forms = decoder.caches.map(({ past }) => formOf(scout, past.name));
  return {
    balances,
    vocabulary,
    context,
    caches: decoder.caches.map(({ past }, index) => cacheOf(past, forms[index]!)),
    build: (builder, given) => {
      const { lowering } = lowerGraph({
        ...{ plan, builder, statistics, tied },
        inputs: (lowering) => inputValues(decoder, forms, lowering, given),
      });
      const { operand, scale } = lowering.wide(decoder.logits.name);
      const caches = decoder.caches.map((cache, index) => cacheAfter(lowering, cache, forms[index]!));
      return { logits: operand, logitScale: scale, caches } satisfies StepResults;
    },
  };
}

function formOf(lowering: Lowering, name: string): CacheForm {
  const quantization = lowering.tiedQuantization(name);
  if (quantization && ["u8", "output"].includes(lowering.format(name)))
    return { kind: "u8", scale: quantization.scale, zeroPoint: quantization.zeroPoint };
  const scale = lowering.wideScale(name);
  return { kind: "wide", scale, limit: 2 ** (WIDE_BITS + 1) };
}

function cacheOf({ name, shape }: GraphTensor, form: CacheForm): Cache {
  const count = elements(shape);
  return form.kind === "u8"
    ? { name, type: tensorType("u8", shape), initial: new Uint8Array(count).fill(form.zeroPoint) }
    : { name, type: tensorType("i32", shape), initial: new Int32Array(count) };
}

function inputValues(
  decoder: Decoder,
  forms: readonly CacheForm[],
  { emit }: Lowering,
  given: StepOperands,
): Map<string, Value> {
  const x = new Expressions(emit.builder);
  const { token, position, mask, caches } = decoder;
  const values = new Map<string, Value>();
  const integer = ({ name, shape }: GraphTensor, operand: Operand) =>
    values.set(name, { kind: "integer", operand: x.reshape(operand, shape) });
  integer(token, given.token);
  if (position) integer(position, given.position);
  if (mask) {
    const filled = x.cast(filledPlaces(x, decoder, given.position), "i32");
    integer(mask, filled);
  }
  for (const [index, { past }] of caches.entries()) {
    const operand = given.caches[index]!;
    const form = forms[index]!;
    if (form.kind === "u8") values.set(past.name, { ...form, operand });
    else
      values.set(past.name, {
        kind: "wide",
        operand: emit.clip(operand, -form.limit, form.limit),
        scale: form.scale,
      });
  }
  return values;
}

/** bool: as `maskAt` of the float decoder. */
function filledPlaces(x: Expressions, { mask, caches: [first] }: Decoder, position: Operand): Operand {
  const size = elements(mask!.shape);
  const places = Array.from({ length: size }, (_, place) => place);
  if (first?.grows === undefined) return x.less(x.constant("i32", ...places), x.add(position, 1));
  return x.less(x.constant("i32", ...places.map((place) => size - 2 - place)), position);
}

/** What a cache goes on with: of one that grew, all but the oldest entry. */
function cacheAfter(lowering: Lowering, { past, present, grows }: DecoderCache, form: CacheForm): Operand {
  const { emit } = lowering;
  const operand =
    form.kind === "u8"
      ? lowering.u8(present.name, form).operand
      : emit.clip(lowering.wide(present.name, form.scale).operand, -form.limit, form.limit);
  const type: TensorType = tensorType(operand.type.dtype, past.shape);
  if (grows === undefined)
    return operand.source.kind === "slot" ? operand : emit.builder.step("Reshape", [operand], [], type);
  const starts = Array.from({ length: 8 }, (_, axis) => (axis === grows ? 1 : 0));
  return emit.builder.step("Slice", [operand], [...starts, ...new Array<number>(8).fill(1)], type);
}
