// assay rewards: what the protocol owes an account, and paying it out.
import { claimCredit, claimCreditCall, getAccount } from "@assay/sdk";
import type { Address, Hash } from "viem";
import { openChain } from "../cli/chain.ts";
import { defineCommand, optional } from "../cli/command.ts";
import { accountOf } from "../cli/keys.ts";
import { facts, tokenText } from "../cli/layout.ts";
import { renderWrite, write, writeFlags } from "../cli/transaction.ts";
import { address } from "../cli/values.ts";

type Rewards = { account: Address; credit: bigint };

export const rewardsShowCommand = defineCommand({
  name: "rewards show",
  group: "Stake",
  summary: "Show the credit of an account: fees earned, refunds, returned bonds, rewards",
  scopes: ["chain", "keys"],
  run: async (context): Promise<Rewards> => {
    const account = accountOf(context);
    const { client, deployment } = await openChain(context);
    const { credit } = await getAccount(client, { deployment, owner: account });
    return { account, credit };
  },
  render: ({ account, credit }) =>
    facts([
      ["account", account],
      ["credit", tokenText(credit)],
    ]),
});

type Claimed = { hash: Hash; to: Address; claimed: bigint };

export const rewardsClaimCommand = defineCommand({
  name: "rewards claim",
  group: "Stake",
  summary: "Pay out the credit of the signing key's account",
  scopes: ["chain", "keys", "send"],
  flags: {
    to: optional(address, "Who receives the tokens; the signing key's account if not given", {
      placeholder: "address",
    }),
    ...writeFlags,
  },
  examples: ["assay rewards claim", "assay rewards claim --to 0x… --dry-run"],
  run: (context, { to, ...flags }) =>
    write<Claimed>(context, flags, "owner", async ({ client, deployment, sender, transaction }) => {
      const { credit } = await getAccount(client, { deployment, owner: sender });
      const receiver = to ?? sender;
      return {
        calls: [claimCreditCall({ deployment, to: receiver })],
        effect: `${tokenText(credit)} of credit of ${sender} go to ${receiver}.`,
        send: async () => {
          const { hash, amount } = await claimCredit(client, { deployment, to: receiver, ...transaction });
          return { hash, to: receiver, claimed: amount };
        },
      };
    }),
  render: renderWrite<Claimed>(({ hash, to, claimed }) =>
    facts([
      ["claimed", tokenText(claimed)],
      ["to", to],
      ["transaction", hash],
    ]),
  ),
});
