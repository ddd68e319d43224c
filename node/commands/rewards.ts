// assay rewards: what the protocol owes an account, and paying it out.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { claimCredit, claimCreditCall, getAccount } from "@assay/sdk";
import { type Address, getAddress, type Hash, parseUnits } from "viem";
import { z } from "zod";
import { createSpendingBook, spendersIn } from "../chain/spending.ts";
import { openChain } from "../cli/chain.ts";
import { defineCommand, optional } from "../cli/command.ts";
import { type Earnings, readEarnings } from "../cli/earnings.ts";
import { accountOf } from "../cli/keys.ts";
import { coinText, facts, table, tokenText } from "../cli/layout.ts";
import { renderWrite, write, writeFlags } from "../cli/transaction.ts";
import { address } from "../cli/values.ts";
import { openDatabase } from "../store/database.ts";

const blockNumber = z
  .string()
  .regex(/^\d{1,15}$/, "expected a block number")
  .transform(BigInt);
/** Tokens with up to 18 decimals, in base units. */
const price = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,18})?$/, "expected a number of tokens")
  .transform((given) => parseUnits(given, 18));

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

type GasSpent = { key: Address; transactions: number; gasUsed: bigint; paid: bigint };

type Earned = Earnings & {
  account: Address;
  fromBlock: bigint;
  /** What the keys of this data folder have paid, in base units of the chain's coin; null where there is no journal. */
  gas: GasSpent[] | null;
  /** `net` less the gas, in token units; null without a price or a journal. */
  netOfGas: bigint | null;
};

export const rewardsEarningsCommand = defineCommand({
  name: "rewards earnings",
  group: "Stake",
  summary: "Show what an account has earned, lost and paid for gas, by role",
  about:
    "Earnings are read from the chain's events, from the deployment's first block or --from-block on. Gas is what the keys of this data folder have paid, while a node's journal is there. With --coin-price both come to one net figure.",
  scopes: ["chain", "keys", "follow"],
  flags: {
    fromBlock: optional(blockNumber, "First block that counts", { placeholder: "block" }),
    coinPrice: optional(price, "What a coin of the chain is worth, in tokens", { placeholder: "tokens" }),
  },
  examples: ["assay rewards earnings", "assay rewards earnings --coin-price 2500 --json"],
  run: async (context, { fromBlock, coinPrice }): Promise<Earned> => {
    const account = accountOf(context);
    const { client, deployment, chainId } = await openChain(context);
    const first = fromBlock ?? deployment.startBlock;
    const range = { fromBlock: first, chunkBlocks: context.config.chunkBlocks, signal: context.signal };
    const earned = await readEarnings(client, deployment, account, range);
    const gas = gasSpent(context.config.dataDir, chainId);
    const paid = gas?.reduce((total, one) => total + one.paid, 0n);
    const netOfGas =
      paid === undefined || coinPrice === undefined ? null : earned.net - (paid * coinPrice) / 10n ** 18n;
    return { account, fromBlock: first, ...earned, gas, netOfGas };
  },
  render: ({ account, fromBlock, worker, challenger, requester, net, gas, netOfGas }) =>
    [
      facts([
        ["account", account],
        ["since block", fromBlock],
      ]),
      table(
        ["role", "in", "out", "net"],
        [
          row("worker", worker.fees + worker.vouchers + worker.bonds, worker.slashed),
          row(
            "challenger",
            challenger.bondsReturned + challenger.gasRepaid + challenger.rewards,
            challenger.bondsPaid,
          ),
          row("requester", requester.returned, requester.paid),
        ],
        "",
      ),
      facts([
        ["fees", tokenText(worker.fees)],
        ["rewards", tokenText(challenger.rewards)],
        ["slashed", tokenText(worker.slashed)],
        ["net", tokenText(net)],
        ["gas", gas === null ? "no journal in the data folder" : undefined],
        ...(gas ?? []).map(
          ({ key, transactions, paid }) =>
            ["gas", `${coinText(paid)} by ${key} in ${transactions} transactions`] as const,
        ),
        ["net of gas", netOfGas === null ? undefined : tokenText(netOfGas)],
      ]),
    ].join("\n\n"),
});

const row = (role: string, came: bigint, went: bigint) =>
  [role, tokenText(came), tokenText(went), tokenText(came - went)] as const;

/** Null where no node has ever run in that folder. */
function gasSpent(folder: string, chainId: number): GasSpent[] | null {
  if (!existsSync(join(folder, "journal.sqlite"))) return null;
  const database = openDatabase({ folder, readonly: true });
  try {
    return spendersIn(database, chainId).map((key) => {
      const spent = createSpendingBook(database, { chainId, sender: key }).since();
      const total = (of: "gasUsed" | "paid") => spent.reduce((sum, one) => sum + one[of], 0n);
      const transactions = spent.reduce((sum, one) => sum + one.transactions, 0);
      return { key: getAddress(key), transactions, gasUsed: total("gasUsed"), paid: total("paid") };
    });
  } finally {
    database.close();
  }
}

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
