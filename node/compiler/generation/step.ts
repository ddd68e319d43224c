// One decode step under construction: a token, its position and caches go in, logits and new caches come out.
import type { Operand, TensorData, TensorType } from "@assay/sdk/program";
import type { ProgramBuilder } from "../programBuilder.ts";

/** A tensor that a decoder hands from one token to the next, such as the keys of a layer. */
export interface Cache {
  /** of the float model's input */
  readonly name: string;
  readonly type: TensorType;
  /** what it holds before the first token */
  readonly initial: TensorData;
}

export interface StepOperands {
  /** i32 [1], proven to lie in [0, vocabulary) */
  readonly token: Operand;
  /** i32 [1], proven to lie in [0, context) */
  readonly position: Operand;
  /** in the order of `caches` */
  readonly caches: readonly Operand[];
}

export interface StepResults {
  /** i32, `vocabulary` elements */
  readonly logits: Operand;
  /** real units per integer step of the logits */
  readonly logitScale: number;
  /** of the types of `caches` */
  readonly caches: readonly Operand[];
}

/** What generation is wrapped around. */
export interface DecodeStep {
  /** number of tokens */
  readonly vocabulary: number;
  /** positions that the caches have room for */
  readonly context: number;
  readonly caches: readonly Cache[];
  /** Adds the steps of one token. */
  build(builder: ProgramBuilder, given: StepOperands): StepResults;
}
