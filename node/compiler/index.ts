// The compiler: float ONNX models into provable programs.
export type { Balance } from "./balancing/index.ts";
export type { Sample, SampleData, Samples } from "./calibration.ts";
export {
  COMPILER_VERSION,
  type CompileOptions,
  type CompileParameters,
  type CompileProgress,
  type CompileResult,
  type CompileStage,
  compileModel,
} from "./compileModel.ts";
export { CalibrationError, type Refusal, UnsupportedModelError, UnsupportedNodeError } from "./errors.ts";
export { type Compiled, type EvaluateParameters, encodeSample, evaluateModel } from "./evaluation.ts";
export {
  type CompileGenerationOptions,
  type CompileGenerationParameters,
  type CompileGenerationResult,
  compileGeneration,
  formatGenerationReport,
  GenerationError,
  type GenerationReport,
  sequencesOf,
} from "./generation/index.ts";
export {
  type Comparison,
  type CompileReport,
  formatReport,
  formatSteps,
  type LayerReport,
  type Sizes,
  type StepReport,
} from "./report.ts";
export { supportedOperators } from "./supportedOperators.ts";
