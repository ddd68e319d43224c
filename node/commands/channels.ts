// assay channel list|status: what is between payers and workers, on the chain and in the payer's own books.
import { type ChannelBook, type ListedChannel, listChannels } from "@assay/sdk";
import type { Address } from "viem";
import { openChain } from "../cli/chain.ts";
import { defineCommand, optional, required } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { UsageError } from "../cli/failure.ts";
import { addressOfKey, configuredKey } from "../cli/keys.ts";
import { facts, table, timeText, tokenText } from "../cli/layout.ts";
import { withBooks } from "../cli/payments.ts";
import { address, id } from "../cli/values.ts";

type Listed = { channels: readonly ListedChannel[] };

export const channelListCommand = defineCommand({
  name: "channel list",
  group: "Use",
  summary: "List channels, the latest deposit first",
  about: "Those that the requester key pays into, unless a payer or a worker is named.",
  scopes: ["chain", "keys", "follow"],
  flags: {
    payer: optional(address, "Only channels that this account pays into", { placeholder: "address" }),
    worker: optional(address, "Only channels of this worker", { placeholder: "address" }),
  },
  examples: ["assay channel list", "assay channel list --worker 0x…"],
  run: async (context, { payer, worker }): Promise<Listed> => {
    const { client, deployment } = await openChain(context);
    const own = payer === undefined && worker === undefined ? ownAddress(context) : payer;
    const { chunkBlocks } = context.config;
    const range = { blockRange: BigInt(chunkBlocks), signal: context.signal };
    return listChannels(client, { deployment, payer: own, worker, ...range });
  },
  render: ({ channels }) =>
    table(
      ["channel", "payer", "worker", "escrow", "paid", "backing"],
      channels.map(({ channelId, payer, worker, escrow, paid, backing }) => [
        channelId,
        payer,
        worker,
        tokenText(escrow),
        tokenText(paid),
        tokenText(backing),
      ]),
      "There are no such channels. Open one: assay channel open WORKER AMOUNT.",
    ),
});

function ownAddress(context: Context): Address {
  const key = configuredKey(context.config, "requester");
  const found = addressOfKey(context, key);
  if (found !== undefined) return found;
  throw new UsageError("There is no requester key, and neither --payer nor --worker is given.", {
    hint: "Name a payer or a worker, or create the key with `assay keys create requester`",
  });
}

type Status = ListedChannel & { books: ChannelBook; now: number };

export const channelStatusCommand = defineCommand({
  name: "channel status",
  group: "Use",
  summary: "Show what is in a channel, and what its payer's books say",
  scopes: ["chain"],
  args: { channel: required(id, "Channel id") },
  run: async (context, { channel: channelId }): Promise<Status> => {
    const chain = await openChain(context);
    const { client, deployment } = chain;
    const channel = await client.getChannel({ channelId });
    const books = await withBooks(context, { client, deployment }, (opened) => opened.get(channelId));
    return { channelId, ...channel, books, now: Math.floor(context.clock.now() / 1_000) };
  },
  render: ({
    channelId,
    payer,
    worker,
    escrow,
    escrowLeaving,
    escrowFrom,
    paid,
    backing,
    reserved,
    books,
    now,
  }) =>
    facts([
      ["channel", channelId],
      ["payer", payer],
      ["worker", worker],
      ["escrow", tokenText(escrow)],
      [
        "leaving",
        escrowLeaving === 0n ? undefined : `${tokenText(escrowLeaving)}, ${timeText(escrowFrom, now)}`,
      ],
      ["paid", tokenText(paid)],
      ["stake behind it", tokenText(backing)],
      ["reserved", reserved === 0n ? undefined : `${tokenText(reserved)} by opened receipts`],
      ["owed", `${tokenText(books.owed)}, as the books of this data folder say`],
      ["open receipts", openReceipts(books.receipts, now)],
      [
        "unanswered",
        books.unanswered && `asked ${timeText(books.unanswered.askedAt, now)}: ask the same again`,
      ],
    ]),
});

function openReceipts(receipts: ChannelBook["receipts"], now: number): string {
  const open = receipts.filter(({ challengeUntil }) => challengeUntil >= BigInt(now));
  const liable = open.reduce((sum, { liability }) => sum + liability, 0n);
  return `${open.length}, liable for ${tokenText(liable)}`;
}
