// A worker whose machine lies about one input: one bit of one intermediate tensor is another one, and everything after
// it follows correctly. All else is `assay worker` as it is; the product has no way to cheat, so the machine is swapped.
import { collectOutput, createTrace } from "@assay/sdk/program";
import { byteRoot, type Hex } from "@assay/sdk/protocol";
import { type Assembled, assembleWorker } from "../../node/assemble.ts";
import { defineCommand } from "../../node/cli/command.ts";
import { accountOf, configuredKey, unlockKey } from "../../node/cli/keys.ts";
import { runCommandLine } from "../../node/cli/run.ts";
import { runRole } from "../../node/cli/runRole.ts";
import { renderEnded, workerCommand } from "../../node/commands/worker.ts";
import type { Executor } from "../../node/execution/executor.ts";
import { openNode } from "../../node/node.ts";
import { type Flip, lyingSlots } from "./flip.ts";

/** Which bit, and about which input: what the environment variable STORY_LIE holds, as JSON. */
export interface Lie extends Flip {
  inputRoot: Hex;
}

function lying(honest: Executor, { inputRoot, ...flip }: Lie): Executor {
  const isIt = (input: Uint8Array) => byteRoot(input) === inputRoot;
  return {
    ...honest,
    run: async (committed, input) =>
      isIt(input)
        ? {
            output: collectOutput(committed.program, lyingSlots(committed.program, input, flip)),
            passes: 1,
          }
        : honest.run(committed, input),
    trace: async (committed, input) =>
      isIt(input)
        ? createTrace(committed, input, lyingSlots(committed.program, input, flip))
        : honest.trace(committed, input),
  };
}

function assembleCheater(options: Parameters<typeof assembleWorker>[0], lie: Lie): Assembled {
  const node = openNode(options);
  return assembleWorker(options, { ...node, fast: lying(node.fast, lie) });
}

const command = defineCommand({
  name: "worker",
  group: "Run",
  summary: "A worker that lies about one input",
  scopes: workerCommand.scopes,
  runsOn: true,
  run: async (context) => {
    const account = accountOf(context);
    const signer = await unlockKey(context, configuredKey(context.config, "operator"));
    const lie = JSON.parse(context.io.environment.STORY_LIE ?? "null") as Lie;
    return runRole(context, {
      signer,
      assemble: (options) => assembleCheater({ ...options, signer, account }, lie),
      now: true,
      facts: { account },
    });
  },
  render: renderEnded,
});

const { env: environment, stdin, stdout, stderr } = process;
const io = { environment, folder: process.cwd(), stdin, stdout, stderr, signals: process };
process.exit(await runCommandLine(process.argv.slice(2), [command], io));
