// What can go wrong when a model runs.
import { FatalError } from "../errors.ts";

/** onnxruntime refused a model or a run. */
export class ExecutionError extends FatalError {
  override name = "ExecutionError";
}
