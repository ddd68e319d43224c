// assay channel open|top-up|allot: money of payers and stake of workers, into channels.
import {
  allotStake,
  allotStakeCall,
  approveCall,
  depositToChannel,
  depositToChannelCall,
  getChannel,
  getOffer,
  NotPayerError,
} from "@assay/sdk";
import { channelId as channelIdOf } from "@assay/sdk/protocol";
import type { Address, Hash, Hex } from "viem";
import { defineCommand, required, type ValuesOf } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { facts, tokenText } from "../cli/layout.ts";
import { requireTokens } from "../cli/tokens.ts";
import { type DryRun, renderWrite, type Writer, write, writeFlags } from "../cli/transaction.ts";
import { address, httpUrl, id, tokens } from "../cli/values.ts";

type Flags = ValuesOf<typeof writeFlags>;

type Deposited = {
  hash: Hash;
  channelId: Hex;
  payer: Address;
  worker: Address;
  amount: bigint;
  escrow: bigint;
};

const deposit = (
  context: Context,
  flags: Flags,
  workerOf: (writer: Writer) => Promise<Address>,
  amount: bigint,
): Promise<Deposited | DryRun> =>
  write<Deposited>(context, flags, "requester", async (writer) => {
    const { client, deployment, sender, transaction } = writer;
    const worker = await workerOf(writer);
    const { chainId, channels } = deployment;
    const channelId = channelIdOf({ chainId: BigInt(chainId), channels, payer: sender, worker });
    await requireTokens(writer, sender, amount);
    return {
      calls: [approveCall({ deployment, amount }), depositToChannelCall({ deployment, worker, amount })],
      effect: `${tokenText(amount)} of ${sender} lie in channel ${channelId}, from which ${worker} is paid by vouchers; what is left leaves through the unbonding delay.`,
      send: async () => {
        const { hash } = await depositToChannel(client, { deployment, worker, amount, ...transaction });
        const { escrow } = await getChannel(client, { deployment, channelId });
        return { hash, channelId, payer: sender, worker, amount, escrow };
      },
    };
  });

const renderDeposit = renderWrite<Deposited>(({ hash, channelId, worker, amount, escrow }) =>
  facts([
    ["channel", channelId],
    ["worker", worker],
    ["deposited", tokenText(amount)],
    ["escrow", tokenText(escrow)],
    ["transaction", hash],
  ]),
);

export const channelOpenCommand = defineCommand({
  name: "channel open",
  group: "Use",
  summary: "Deposit tokens from which one worker is paid for answers with receipts",
  about:
    "The worker then puts stake behind the channel (`assay channel allot`), and `assay request --receipt` buys on it. There is one channel between a payer and a worker.",
  scopes: ["chain", "keys", "send"],
  args: {
    worker: required(address.or(httpUrl), "The worker's address, or the URL of its server"),
    amount: required(tokens, "Amount in tokens"),
  },
  flags: writeFlags,
  examples: ["assay channel open https://worker.example 5", "assay channel open 0x… 5 --dry-run"],
  run: (context, { worker: named, amount, ...flags }) =>
    deposit(
      context,
      flags,
      async () => {
        const { signal } = context;
        return named.startsWith("0x") ? (named as Address) : (await getOffer({ url: named, signal })).worker;
      },
      amount,
    ),
  render: renderDeposit,
});

export const channelTopUpCommand = defineCommand({
  name: "channel top-up",
  group: "Use",
  summary: "Deposit more tokens in a channel",
  scopes: ["chain", "keys", "send"],
  args: { channel: required(id, "Channel id"), amount: required(tokens, "Amount in tokens") },
  flags: writeFlags,
  examples: ["assay channel top-up 0x… 5"],
  run: (context, { channel: channelId, amount, ...flags }) =>
    deposit(
      context,
      flags,
      async ({ client, deployment, sender }) => {
        const { payer, worker } = await getChannel(client, { deployment, channelId });
        if (payer !== sender) throw new NotPayerError({ channelId, payer, account: sender });
        return worker;
      },
      amount,
    ),
  render: renderDeposit,
});

type Allotted = { hash: Hash; channelId: Hex; amount: bigint; backing: bigint };

export const channelAllotCommand = defineCommand({
  name: "channel allot",
  group: "Stake",
  summary: "Put stake of a worker behind the receipts of one channel",
  about:
    "A worker signs no more receipts on a channel than its allotment covers, and only that channel can lose it.",
  scopes: ["chain", "keys", "send"],
  args: { channel: required(id, "Channel id"), amount: required(tokens, "Amount in tokens") },
  flags: writeFlags,
  examples: ["assay channel allot 0x… 1000"],
  run: (context, { channel: channelId, amount, ...flags }) =>
    write<Allotted>(context, flags, "owner", async ({ client, deployment, transaction }) => {
      const { worker } = await getChannel(client, { deployment, channelId });
      return {
        calls: [allotStakeCall({ deployment, channelId, amount })],
        effect: `${tokenText(amount)} of the free stake of ${worker} are locked behind channel ${channelId}.`,
        send: async () => {
          const { hash } = await allotStake(client, { deployment, channelId, amount, ...transaction });
          const { backing } = await getChannel(client, { deployment, channelId });
          return { hash, channelId, amount, backing };
        },
      };
    }),
  render: renderWrite<Allotted>(({ hash, channelId, amount, backing }) =>
    facts([
      ["channel", channelId],
      ["allotted", tokenText(amount)],
      ["stake behind it", tokenText(backing)],
      ["transaction", hash],
    ]),
  ),
});
