// assay watchtower: executes again what workers answered, and disputes what is wrong.
import { generatePrivateKey } from "viem/accounts";
import { assembleWatchtower } from "../assemble.ts";
import { openChain } from "../cli/chain.ts";
import { defineCommand, toggle } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { configuredKey, openKeystore, unlockKey } from "../cli/keys.ts";
import { tokenText } from "../cli/layout.ts";
import { requireCoins } from "../cli/readiness.ts";
import { runRole } from "../cli/runRole.ts";
import { tokenBalance } from "../cli/tokens.ts";
import { createSigner, type Signer } from "../keys/keystore.ts";
import { renderEnded } from "./worker.ts";

export const watchtowerCommand = defineCommand({
  name: "watchtower",
  group: "Run",
  summary: "Check answers by executing them again, and dispute the wrong ones for a reward",
  about:
    "Needs a challenger key with coins, and tokens for bonds. Only what two executors that share no code find wrong is disputed; when in doubt it does nothing and says so.",
  scopes: ["chain", "follow", "send", "queue", "keys", "http", "programs", "inputs", "watchtower"],
  flags: { dryRun: toggle("Send nothing: say what would be sent. Needs no key") },
  runsOn: true,
  examples: [
    "assay watchtower --dry-run",
    "assay watchtower --password-file password.txt --bond-budget 100000000000000000000",
  ],
  run: async (context, { dryRun }) => {
    const { config, logger } = context;
    const signer = await challenger(context, dryRun);
    const chain = await openChain(context);
    const tokens = await tokenBalance(chain, signer.address);
    if (!dryRun) await requireCoins(chain, signer.address);
    if (!dryRun && tokens === 0n && config.challenge)
      logger.warn("The challenger key has no tokens for bonds: wrong answers can only be reported", {
        address: signer.address,
      });
    return runRole(context, {
      now: dryRun,
      signer,
      assemble: (options) => assembleWatchtower({ ...options, dryRun }),
      facts: { dryRun, tokens: tokenText(tokens), watches: config.watchPrograms },
    });
  },
  render: renderEnded,
});

/** A dry run signs nothing: without a key it takes one that exists for this run only. */
async function challenger(context: Context, dryRun: boolean): Promise<Signer> {
  const name = configuredKey(context.config, "challenger");
  if (!dryRun || openKeystore(context).has(name)) return unlockKey(context, name);
  return createSigner("challenger", generatePrivateKey());
}
