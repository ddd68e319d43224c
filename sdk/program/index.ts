// @assay/sdk/program: graph, grammar, operators, reference executor, traces and openings. Pure: no input or output.

export { batchProgram, joinInputs, NotBatchableError, sampleOf } from "./batch.ts";
export { type CheckedProgram, checkProgram, ProgramError } from "./checkProgram.ts";
export { claimOf } from "./claim.ts";
export * from "./codec.ts";
export { type Move, nextMove } from "./descend.ts";
export { DescriptorError, encodeDescriptor } from "./descriptor.ts";
export {
  decodeDescriptor,
  descriptorFault,
  descriptorRules,
  operandFault,
} from "./descriptorFault.ts";
export {
  allocate,
  type Bounds,
  bytesOf,
  dataFromBytes,
  dtypeBounds,
  INTEGERS,
  isWide,
  WIDTH,
  wrap,
} from "./dtype.ts";
export {
  collectOutput,
  type Execution,
  execute,
  executeFrom,
  executePass,
  executePasses,
  runProgram,
} from "./execute.ts";
export {
  type Carried,
  carriedOf,
  carriedSlots,
  FIRST_PASS,
  isLastPass,
  type PassStart,
} from "./iteration.ts";
export * from "./manifest.ts";
export * from "./onnx/index.ts";
export { ONLY_PASS, type OpDefinition, type Pass, type Read, type Run } from "./ops/definition.ts";
export { operators } from "./ops/index.ts";
export { outputTypes, packedOffsets, packInputs, unpackInputs, unpackOutputs } from "./packing.ts";
export {
  PASS_MEMORY,
  type PassMemory,
  PassNotAtHandError,
  replayShare,
  traceBytes,
  withPasses,
} from "./passes.ts";
export { type Place, placeOf, type TreeShape } from "./place.ts";
export {
  type CommittedProgram,
  collectStep,
  commitProgram,
  encodeDescriptors,
  programHeader,
  stepAt,
} from "./program.ts";
export { programRanges } from "./programRanges.ts";
export {
  MAX_PROOF_BYTES,
  MAX_PROOF_GAS,
  memoryOf,
  type ProofBound,
  stepProofBound,
  workOf,
} from "./proofBound.ts";
export { type Descent, proveStep } from "./prove.ts";
export { hull, type Interval, type Ranges } from "./ranges.ts";
export { type ComputePass, type RecordOptions, recordTrace, traceExecution } from "./record.ts";
export { StepProofError, type StepProofErrorArgs, type StepProofErrorName } from "./StepProofError.ts";
export {
  byteLength,
  elementCount,
  isRowMajor,
  layoutBytes,
  layoutPosition,
  logicalIndex,
  rowMajor,
  sameShape,
  sameType,
  tensorRoot,
  tensorTree,
  tensorType,
} from "./tensor.ts";
export { elementOfTile, tilesOf } from "./tiles.ts";
export { createTrace, type Revealed, type Trace } from "./trace.ts";
export type {
  DType,
  NarrowData,
  Operand,
  OpName,
  Program,
  Source,
  Step,
  Tensor,
  TensorData,
  TensorType,
  WideData,
} from "./types.ts";
export { verifyStep } from "./verify.ts";
