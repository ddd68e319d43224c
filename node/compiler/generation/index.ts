// Generation: float decoders and token selection into iterated programs.
export {
  type CompileGenerationOptions,
  type CompileGenerationParameters,
  type CompileGenerationResult,
  compileGeneration,
  formatGenerationReport,
  type GenerationReport,
} from "./compileGeneration.ts";
export { type Decoder, type DecoderNames, readDecoder } from "./decoder.ts";
export { GenerationError } from "./errors.ts";
export { FloatDecoder } from "./FloatDecoder.ts";
export { floatStep } from "./floatStep.ts";
export { type GenerationOptions, generationProgram } from "./generate.ts";
export { IntegerDecoder, stepProgram } from "./IntegerDecoder.ts";
export { type Comparison, comparePredictions, type Predictor } from "./perplexity.ts";
export { sequencesOf, thinned } from "./sequences.ts";
export type { Cache, DecodeStep, StepOperands, StepResults } from "./step.ts";
