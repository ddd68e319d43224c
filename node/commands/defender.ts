// assay defender: answers challenges for a worker whose own machine may be off.
import { assembleDefender } from "../assemble.ts";
import { openChain } from "../cli/chain.ts";
import { defineCommand } from "../cli/command.ts";
import { accountOf, configuredKey, unlockKey } from "../cli/keys.ts";
import { requireDuty } from "../cli/readiness.ts";
import { runRole } from "../cli/runRole.ts";
import { nowFlag, renderEnded } from "./worker.ts";

export const defenderCommand = defineCommand({
  name: "defender",
  group: "Run",
  summary: "Answer challenges for a worker, on another machine than the worker's",
  about:
    "Recomputes the trace of a challenged commitment, binds it and reveals what is asked for. It never claims and never commits, so its key can do no more than defend.",
  scopes: ["chain", "follow", "send", "queue", "keys", "http", "programs", "inputs", "defender"],
  flags: { now: nowFlag },
  runsOn: true,
  examples: ["assay defender --account 0x… --password-file password.txt"],
  run: async (context, { now }) => {
    const account = accountOf(context);
    const signer = await unlockKey(context, configuredKey(context.config, "defender"));
    const chain = await openChain(context);
    await requireDuty(chain, { account, key: signer.address, role: "defender" });
    return runRole(context, {
      now,
      signer,
      assemble: (options) => assembleDefender({ ...options, signer, account }),
      facts: { account },
    });
  },
  render: renderEnded,
});
