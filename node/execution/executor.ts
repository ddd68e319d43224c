// What runs programs. Two executors that share no arithmetic can tell each other wrong.
import type { CommittedProgram, Trace } from "@assay/sdk/program";

export type Executor = {
  /** `fast`: onnxruntime. `reference`: the SDK's own integers. */
  name: string;
  /** The output bytes of one execution on the packed input bytes. */
  run(committed: CommittedProgram, input: Uint8Array): Promise<Uint8Array>;
  /** Every tensor of one execution, as hashed trees. */
  trace(committed: CommittedProgram, input: Uint8Array): Promise<Trace>;
  close(): Promise<void>;
};
