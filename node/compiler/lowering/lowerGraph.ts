// Lowers a planned model into a program builder: from values of its inputs to values of its outputs.
import type { Plan } from "../plan.ts";
import type { ProgramBuilder } from "../programBuilder.ts";
import type { TensorStatistics } from "../statistics.ts";
import { attentionDefinitions } from "./attention.ts";
import { averageDefinitions } from "./averages.ts";
import { conditionDefinitions } from "./conditions.ts";
import { Emitter } from "./Emitter.ts";
import { elementwiseDefinitions } from "./elementwise.ts";
import { ensembleDefinitions } from "./ensembles.ts";
import { type Lowered, Lowering, type Precision } from "./Lowering.ts";
import { linearDefinitions } from "./linear.ts";
import { movementDefinitions } from "./movement.ts";
import { normalizationDefinitions } from "./normalization.ts";
import { poolDefinitions } from "./pool.ts";
import { quantizedDefinitions } from "./quantized.ts";
import { reductionDefinitions } from "./reductions.ts";
import { Registry } from "./registry.ts";
import { resamplingDefinitions } from "./resampling.ts";
import { selectionDefinitions } from "./selection.ts";
import { tableDefinitions } from "./tables.ts";
import type { Value } from "./value.ts";

export const registry = new Registry(
  attentionDefinitions,
  averageDefinitions,
  conditionDefinitions,
  elementwiseDefinitions,
  ensembleDefinitions,
  linearDefinitions,
  movementDefinitions,
  normalizationDefinitions,
  poolDefinitions,
  quantizedDefinitions,
  reductionDefinitions,
  resamplingDefinitions,
  selectionDefinitions,
  tableDefinitions,
);

export interface LowerGraphParameters {
  readonly plan: Plan;
  readonly builder: ProgramBuilder;
  readonly statistics: ReadonlyMap<string, TensorStatistics>;
  /**
   * The model's inputs by name. Called with what their readers want, so that the caller can choose a type: see
   * `inputType`. Integers must be proven to lie where they are used, or are clipped.
   */
  readonly inputs: (lowering: Lowering) => ReadonlyMap<string, Value>;
  /** pairs of tensors that share one quantization */
  readonly tied?: readonly (readonly [string, string])[];
  readonly precision?: Precision;
  readonly onOperation?: (done: number) => void;
}

export interface LoweredGraph {
  /** by the tensor names of the plan's outputs */
  readonly outputs: ReadonlyMap<string, Value>;
  readonly lowered: readonly Lowered[];
  readonly lowering: Lowering;
}

/** Appends the steps of a model to a builder. */
export function lowerGraph(parameters: LowerGraphParameters): LoweredGraph {
  const { plan, builder, statistics, tied, precision, onOperation } = parameters;
  const emit = new Emitter(builder);
  const lowering = new Lowering({
    ...{ plan, emit, registry, statistics },
    ...(tied ? { tied } : {}),
    ...(precision ? { precision } : {}),
  });
  for (const [name, value] of parameters.inputs(lowering)) lowering.set(name, value);
  lowering.run(onOperation);
  const outputs = new Map<string, Value>();
  for (const { tensor } of plan.outputs)
    if (lowering.has(tensor)) outputs.set(tensor, lowering.value(tensor));
  return { outputs, lowered: lowering.lowered, lowering };
}
