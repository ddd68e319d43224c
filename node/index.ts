// @assay/node: the operator software as a library: roles, stores and servers, for those who embed them.
export {
  type Assembled,
  type AssembleOptions,
  assembleDefender,
  assembleKeeper,
  assembleWatchtower,
  assembleWorker,
} from "./assemble.ts";
export { type Clock, systemClock } from "./clock.ts";
export * from "./compiler/index.ts";
export { type Config, type ConfigInput, loadConfig, type ResolvedConfig } from "./config.ts";
export { exitCodeOf, FatalError, isRetryable, RetryableError } from "./errors.ts";
export type { Executor } from "./execution/executor.ts";
export { createFastExecutor } from "./execution/fastExecutor.ts";
export { createReferenceExecutor } from "./execution/referenceExecutor.ts";
export { type SelfTestResult, selfTest } from "./execution/selfTest.ts";
export { createThread } from "./execution/thread.ts";
export {
  createKeystore,
  createSigner,
  type KeyEntry,
  type KeyRole,
  type Keystore,
  type Signer,
} from "./keys/keystore.ts";
export { type Component, createLifecycle, type Lifecycle, runUntilStopped } from "./lifecycle.ts";
export { type Node, type NodeOptions, openNode } from "./node.ts";
export { type ProgramFiles, programOf } from "./programFiles.ts";
export { createPrograms, type Programs } from "./programs.ts";
export { createBlobStore } from "./store/blobs.ts";
export { createProgramStore } from "./store/programStore.ts";
export { createLogger, type Logger, silentLogger } from "./telemetry/logger.ts";
export { createMetrics, type Metrics } from "./telemetry/metrics.ts";
