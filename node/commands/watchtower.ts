// assay watchtower: executes again what workers answered, and disputes what is wrong.
import type { Address } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { assembleWatchtower } from "../assemble.ts";
import { type ChainAccess, openChain } from "../cli/chain.ts";
import { defineCommand, toggle } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { UsageError } from "../cli/failure.ts";
import { configuredKey, openKeystore, unlockKey } from "../cli/keys.ts";
import { tokenText } from "../cli/layout.ts";
import { requireCoins, requireDuty } from "../cli/readiness.ts";
import { runRole } from "../cli/runRole.ts";
import { tokenBalance } from "../cli/tokens.ts";
import { createSigner, type Signer } from "../keys/keystore.ts";
import { dutiesOf } from "../strategy/watchtowerModes.ts";
import { renderEnded } from "./worker.ts";

export const watchtowerCommand = defineCommand({
  name: "watchtower",
  group: "Run",
  summary: "Check answers by executing them again, and dispute the wrong ones for a reward",
  about:
    "Modes, each of which does what the one before it does: watch reports and needs no key; defend challenges what is wrong, with a challenger key that has coins, and tokens for bonds; resolve also ends what has run out of time; full also answers challenges for the workers of --backs. Only what two executors that share no code find wrong is disputed; when in doubt it begins nothing and says so.",
  scopes: [
    "chain",
    "follow",
    "send",
    "queue",
    "keys",
    "http",
    "programs",
    "inputs",
    "coverage",
    "watchtower",
    "keeper",
    "defender",
  ],
  flags: { dryRun: toggle("Send nothing: say what would be sent. Needs no key") },
  runsOn: true,
  examples: [
    "assay watchtower --mode watch",
    "assay watchtower --dry-run",
    "assay watchtower --password-file password.txt --bond-budget 100000000000000000000",
  ],
  run: async (context, { dryRun }) => {
    const { config } = context;
    const { mode } = config;
    const sends = dutiesOf(mode).challenges && !dryRun;
    const signer = await challenger(context, sends);
    const chain = await openChain(context);
    const tokens = await tokenBalance(chain, signer.address);
    if (sends) await requireMeans(context, chain, { address: signer.address, tokens });
    return runRole(context, {
      now: !sends,
      signer,
      assemble: (options) => assembleWatchtower({ ...options, signer, dryRun }),
      facts: { mode, dryRun, tokens: tokenText(tokens), watches: config.watchPrograms },
    });
  },
  render: renderEnded,
});

/** @throws InsufficientBalanceError, KeyNotAuthorizedError, UsageError */
async function requireMeans(
  { config, logger }: Context,
  chain: ChainAccess,
  { address, tokens }: { address: Address; tokens: bigint },
): Promise<void> {
  await requireCoins(chain, address);
  if (tokens === 0n)
    logger.warn("The challenger key has no tokens for bonds: wrong answers can only be reported", {
      address,
    });
  if (!dutiesOf(config.mode).replies) return;
  if (config.backs.length === 0)
    throw new UsageError("--backs is needed in mode full.", {
      hint: "Name the accounts of the workers to answer for, or choose --mode resolve",
    });
  for (const account of config.backs) await requireDuty(chain, { account, key: address, role: "defender" });
}

/** What sends nothing signs nothing: it takes a key that exists for this run only, a dry run where it has no other. */
async function challenger(context: Context, sends: boolean): Promise<Signer> {
  const name = configuredKey(context.config, "challenger");
  const isPlayer = dutiesOf(context.config.mode).challenges;
  if (sends || (isPlayer && openKeystore(context).has(name))) return unlockKey(context, name);
  return createSigner("challenger", generatePrivateKey());
}
