// assay stake: puts tokens behind an account's work.
import { approveCall, getAccount, stake, stakeCall } from "@assay/sdk";
import { type Address, erc20Abi, type Hash } from "viem";
import { defineCommand, optional, required } from "../cli/command.ts";
import { facts, tokenText } from "../cli/layout.ts";
import { requireTokens } from "../cli/tokens.ts";
import { renderWrite, write, writeFlags } from "../cli/transaction.ts";
import { address, tokens } from "../cli/values.ts";

type Staked = { hash: Hash; account: Address; staked: bigint; free: bigint };

export const stakeCommand = defineCommand({
  name: "stake",
  group: "Stake",
  summary: "Stake tokens, so that an account may work",
  about:
    "Tokens are taken from the key that signs; an approval is sent first when the vault may not take them yet.",
  scopes: ["chain", "keys", "send"],
  args: { amount: required(tokens, "Amount in tokens, for example 1000 or 12.5") },
  flags: {
    for: optional(address, "Account whose stake grows; the signing key's if not given", {
      placeholder: "address",
    }),
    ...writeFlags,
  },
  examples: ["assay stake 1000 --dry-run", "assay stake 1000 --password-file password.txt"],
  run: (context, { amount, for: account, ...flags }) =>
    write<Staked>(context, flags, "owner", async ({ client, deployment, sender, transaction }) => {
      const owner = account ?? sender;
      await requireTokens({ client, deployment }, sender, amount);
      const [{ free }, allowance] = await Promise.all([
        getAccount(client, { deployment, owner }),
        client.readContract({
          address: deployment.token,
          abi: erc20Abi,
          functionName: "allowance",
          args: [sender, deployment.stakeVault],
        }),
      ]);
      const call = stakeCall({ deployment, owner, amount });
      return {
        calls: allowance >= amount ? [call] : [approveCall({ deployment, amount }), call],
        effect: `The free stake of ${owner} grows from ${tokenText(free)} to ${tokenText(free + amount)}.`,
        send: async () => {
          const { hash } = await stake(client, { deployment, owner, amount, ...transaction });
          const after = await getAccount(client, { deployment, owner });
          return { hash, account: owner, staked: amount, free: after.free };
        },
      };
    }),
  render: renderWrite<Staked>(({ hash, account, staked, free }) =>
    facts([
      ["staked", tokenText(staked)],
      ["account", account],
      ["free stake", tokenText(free)],
      ["transaction", hash],
    ]),
  ),
});
