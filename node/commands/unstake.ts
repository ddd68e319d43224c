// assay unstake: begins to take stake out.
import { getAccount, requestUnbond, requestUnbondCall } from "@assay/sdk";
import type { Address, Hash } from "viem";
import { defineCommand, required } from "../cli/command.ts";
import { facts, timeText, tokenText } from "../cli/layout.ts";
import { renderWrite, write, writeFlags } from "../cli/transaction.ts";
import { unbondingSeconds } from "../cli/unbonding.ts";
import { tokens } from "../cli/values.ts";

type Unbonding = { hash: Hash; account: Address; unbonding: bigint; availableAt: bigint; now: number };

export const unstakeCommand = defineCommand({
  name: "unstake",
  group: "Stake",
  summary: "Begin to take out free stake",
  about: "It stays in the vault, and slashable, until it has unbonded; `assay withdraw` then pays it out.",
  scopes: ["chain", "keys", "send"],
  args: { amount: required(tokens, "Amount in tokens") },
  flags: writeFlags,
  examples: ["assay unstake 100"],
  run: (context, { amount, ...flags }) =>
    write<Unbonding>(context, flags, "owner", async ({ client, deployment, sender, transaction }) => {
      const [{ free }, seconds] = await Promise.all([
        getAccount(client, { deployment, owner: sender }),
        unbondingSeconds({ client, deployment }),
      ]);
      return {
        calls: [requestUnbondCall({ deployment, amount })],
        effect: `The free stake of ${sender} shrinks from ${tokenText(free)} by ${tokenText(amount)}, which can be withdrawn after ${seconds} seconds.`,
        send: async () => {
          const { hash, availableAt } = await requestUnbond(client, { deployment, amount, ...transaction });
          return {
            hash,
            account: sender,
            unbonding: amount,
            availableAt,
            now: Math.floor(context.clock.now() / 1_000),
          };
        },
      };
    }),
  render: renderWrite<Unbonding>(({ hash, account, unbonding, availableAt, now }) =>
    facts([
      ["unbonding", tokenText(unbonding)],
      ["account", account],
      ["available", timeText(availableAt, now)],
      ["transaction", hash],
    ]),
  ),
});
