// assay keeper: acts on everything whose deadline has passed.
import { assembleKeeper } from "../assemble.ts";
import { openChain } from "../cli/chain.ts";
import { defineCommand, optional } from "../cli/command.ts";
import { configuredKey, keyName, unlockKey } from "../cli/keys.ts";
import { requireCoins } from "../cli/readiness.ts";
import { runRole } from "../cli/runRole.ts";
import { renderEnded } from "./worker.ts";

export const keeperCommand = defineCommand({
  name: "keeper",
  group: "Run",
  summary: "End what has run out of time: finalize, expire, time out, settle",
  about:
    "Anybody may do this for anybody; it changes no outcome, and earns nothing but a part of what channels have forfeited. It is what lets requesters and workers be away.",
  scopes: ["chain", "follow", "send", "queue", "keys", "http", "keeper"],
  flags: {
    key: optional(keyName, "Key that pays for gas; the operator's if not given", { placeholder: "role" }),
  },
  runsOn: true,
  run: async (context, { key }) => {
    const signer = await unlockKey(context, key ?? configuredKey(context.config, "operator"));
    await requireCoins(await openChain(context), signer.address);
    return runRole(context, {
      now: true,
      signer,
      assemble: (options) => assembleKeeper({ ...options, signer }),
      facts: {},
    });
  },
  render: renderEnded,
});
