// assay worker: serves programs for fees, with stake behind every answer.
import { getAccount } from "@assay/sdk";
import type { Address } from "viem";
import { assembleWorker } from "../assemble.ts";
import { type ChainAccess, openChain } from "../cli/chain.ts";
import { defineCommand, toggle } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { UsageError } from "../cli/failure.ts";
import { accountOf, configuredKey, unlockKey } from "../cli/keys.ts";
import { tokenText } from "../cli/layout.ts";
import { leastLock, requireDuty, requirePrograms } from "../cli/readiness.ts";
import { type RoleEnded, runRole } from "../cli/runRole.ts";
import { FatalError } from "../errors.ts";

/** Less than one answer of the tiers that the worker accepts locks. */
export class TooLittleStakeError extends FatalError {
  override name = "TooLittleStakeError";
}

export const nowFlag = toggle(
  "At the first signal, leave open commitments and disputes to a defender instead of waiting for them",
);

export const workerCommand = defineCommand({
  name: "worker",
  group: "Run",
  summary: "Serve programs: claim requests, execute, commit, and answer challenges",
  about:
    "Needs an authorized operator key and stake. The first SIGINT or SIGTERM drains: nothing new is claimed, and the process ends when no commitment is open; the second one ends it at once.",
  scopes: ["chain", "follow", "send", "queue", "keys", "http", "programs", "inputs", "worker"],
  flags: { now: nowFlag },
  runsOn: true,
  examples: ["assay worker --programs 0x… --password-file password.txt"],
  run: (context, { now }) => runWorker(context, { now }),
  render: renderEnded,
});

/** Runs the worker; with `drain`, only until what is open has ended. */
export async function runWorker(
  context: Context,
  how: { now: boolean; drain?: boolean },
): Promise<RoleEnded> {
  const { config } = context;
  if (config.programs.length === 0 && how.drain !== true)
    throw new UsageError("--programs is needed.", {
      hint: "Name the programs to serve by their ids; `assay programs list` shows what is registered",
    });
  const account = accountOf(context);
  const signer = await unlockKey(context, configuredKey(config, "operator"));
  const chain = await openChain(context);
  await requireDuty(chain, { account, key: signer.address, role: "operator" });
  await requirePrograms(chain, config.programs);
  const free = how.drain === true ? 0n : await requireStake(context, chain, account);
  return runRole(context, {
    ...how,
    signer,
    assemble: (options) => assembleWorker({ ...options, signer, account }),
    facts: { account, free: tokenText(free), programs: config.programs },
  });
}

/**
 * The account's free stake. Too little of it is refused, unless stake is locked: then there is work to be looked after.
 *
 * @throws TooLittleStakeError
 */
async function requireStake(
  { config, logger }: Context,
  chain: ChainAccess,
  account: Address,
): Promise<bigint> {
  const { client, deployment } = chain;
  const [{ free, locked }, required] = await Promise.all([
    getAccount(client, { deployment, owner: account }),
    leastLock(chain, config.tiers),
  ]);
  if (free >= required) return free;
  if (locked === 0n)
    throw new TooLittleStakeError("The account has too little stake for a single answer.", {
      facts: { account, free, required },
      hint: "Stake more: assay stake AMOUNT",
    });
  logger.warn("The free stake is too small to claim requests", { account, free, required });
  return free;
}

export function renderEnded({ role, exitCode }: RoleEnded): string {
  return exitCode === undefined
    ? `The ${role} has ended.`
    : `The ${role} has ended with an error, see the log.`;
}
