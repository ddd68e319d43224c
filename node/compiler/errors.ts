// What the compiler refuses: always with the node, the reason and what to do.
import { FatalError } from "../errors.ts";

export interface Refusal {
  /** the node's name in the float model, or the name of its first output where it has none */
  readonly node: string;
  readonly op: string;
  /** why it cannot become integers, one clause without a full stop */
  readonly reason: string;
  /** what to do, one sentence */
  readonly remedy: string;
}

/** A node of the float model has no provable form; nothing is approximated instead. */
export class UnsupportedNodeError extends FatalError {
  override name = "UnsupportedNodeError";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    const { node, op, reason, remedy } = refusal;
    super(`Node "${node}" (${op}) cannot be compiled: ${reason}.`, { facts: { node, op }, hint: remedy });
    this.refusal = refusal;
  }
}

/** The float model as a whole cannot be compiled. */
export class UnsupportedModelError extends FatalError {
  override name = "UnsupportedModelError";
}

/** Calibration samples do not fit the model. */
export class CalibrationError extends FatalError {
  override name = "CalibrationError";
}
