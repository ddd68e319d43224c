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
