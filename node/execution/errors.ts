// What can go wrong when a model runs.
import { FatalError } from "../errors.ts";

/** The machine cannot run programs on the execution provider that was asked for. */
export class ProviderUnavailableError extends FatalError {
  override name = "ProviderUnavailableError";
}

/** onnxruntime refused a model or a run. */
export class ExecutionError extends FatalError {
  override name = "ExecutionError";
}
