// What runs programs. Two executors that share no arithmetic can tell each other wrong.
import type { CommittedProgram, Execution, Trace } from "@assay/sdk/program";

export type ExecutionOptions = {
  /** Called after each pass with its number, from 0 on. */
  onPass?: ((pass: number) => void) | undefined;
};

export type Executor = {
  /** `fast`: onnxruntime. `reference`: the SDK's own integers. */
  name: string;
  /** Runs the program on the packed input bytes until it stops. */
  run(committed: CommittedProgram, input: Uint8Array, options?: ExecutionOptions): Promise<Execution>;
  /** Every tensor of one execution, as hashed trees. */
  trace(committed: CommittedProgram, input: Uint8Array, options?: ExecutionOptions): Promise<Trace>;
  close(): Promise<void>;
};

/** An executor that can run samples of a program together. Whether the bits stay the same is for a test to say. */
export type BatchExecutor = Executor & {
  /** Samples that are run together. */
  batchSize: number;
  /**
   * Any number of samples, in batches of `batchSize`.
   * @throws NotBatchableError
   */
  runBatch(committed: CommittedProgram, inputs: readonly Uint8Array[]): Promise<Execution[]>;
};

export const takesBatches = (executor: Executor): executor is BatchExecutor =>
  "runBatch" in executor && (executor as BatchExecutor).batchSize > 1;
