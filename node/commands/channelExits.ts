// assay channel close|release: money of payers and stake of workers, out of channels.
import {
  getChannel,
  requestDeallot,
  requestDeallotCall,
  requestEscrow,
  requestEscrowCall,
  takeAllotment,
  takeAllotmentCall,
  takeEscrow,
  takeEscrowCall,
} from "@assay/sdk";
import type { Hash, Hex } from "viem";
import { least } from "../bigints.ts";
import { defineCommand, optional, required } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { facts, timeText, tokenText } from "../cli/layout.ts";
import { renderWrite, write, writeFlags } from "../cli/transaction.ts";
import { id, tokens } from "../cli/values.ts";
import { RetryableError } from "../errors.ts";

/** What was asked to leave the channel is still on its way. */
export class StillLeavingError extends RetryableError {
  override name = "StillLeavingError";
}

type Left = {
  hash: Hash;
  channelId: Hex;
  /** Token units that came out with this transaction. */
  taken: bigint;
  /** Token units on their way, and unix seconds from which the same command takes them. */
  leaving: bigint;
  availableAt: bigint | null;
  now: number;
};

const renderLeft = renderWrite<Left>(({ hash, channelId, taken, leaving, availableAt, now }) =>
  facts([
    ["channel", channelId],
    ["taken", taken === 0n ? undefined : tokenText(taken)],
    ["leaving", availableAt === null ? undefined : tokenText(leaving)],
    ["available", availableAt === null ? undefined : `${timeText(availableAt, now)}: run the command again`],
    ["transaction", hash],
  ]),
);

/** What leaves an escrow or an allotment does so in two steps, days apart: this says which of them is due. */
function nextStep(
  { held, leaving, from }: { held: bigint; leaving: bigint; from: bigint },
  { amount, now, channelId }: { amount: bigint | undefined; now: bigint; channelId: Hex },
): { kind: "take" } | { kind: "request"; amount: bigint } {
  if (leaving > 0n && now >= from) return { kind: "take" };
  const stays = held - leaving;
  if (stays > 0n || amount !== undefined) return { kind: "request", amount: amount ?? stays };
  if (leaving > 0n)
    throw new StillLeavingError("All that is in the channel is leaving it already.", {
      facts: { channelId, leaving: tokenText(leaving), from: new Date(Number(from) * 1_000).toISOString() },
    });
  return { kind: "take" };
}

const leavingFlags = {
  amount: optional(tokens, "Amount in tokens; all if not given", { placeholder: "tokens" }),
  ...writeFlags,
};

export const channelCloseCommand = defineCommand({
  name: "channel close",
  group: "Use",
  summary: "Take a payer's tokens out of a channel",
  about:
    "The first run lets them leave; until the unbonding delay has passed the worker's vouchers may still take them. The same command then pays out.",
  scopes: ["chain", "keys", "send"],
  args: { channel: required(id, "Channel id") },
  flags: leavingFlags,
  examples: ["assay channel close 0x…"],
  run: (context, { channel: channelId, amount, ...flags }) =>
    write<Left>(context, flags, "requester", async ({ client, deployment, transaction }) => {
      const channel = await getChannel(client, { deployment, channelId });
      const { escrow: held, escrowLeaving: leaving, escrowFrom: from, payer } = channel;
      const { timestamp: now } = await client.getBlock();
      const step = nextStep({ held, leaving, from }, { amount, now, channelId });
      const given = { deployment, channelId };
      const outcome = { channelId, now: nowOf(context) };
      if (step.kind === "take")
        return {
          calls: [takeEscrowCall(given)],
          effect: `${tokenText(least(leaving, held))} are paid out to ${payer}.`,
          send: async () => {
            const { hash, amount: taken } = await takeEscrow(client, { ...given, ...transaction });
            return { ...outcome, hash, taken, leaving: 0n, availableAt: null };
          },
        };
      return {
        calls: [requestEscrowCall({ ...given, amount: step.amount })],
        effect: `${tokenText(step.amount)} begin to leave the channel; vouchers may take them until then.`,
        send: async () => {
          const { hash, ...requested } = await requestEscrow(client, {
            ...given,
            amount: step.amount,
            ...transaction,
          });
          const { leaving, availableAt } = requested;
          return { ...outcome, hash, taken: 0n, leaving, availableAt };
        },
      };
    }),
  render: renderLeft,
});

export const channelReleaseCommand = defineCommand({
  name: "channel release",
  group: "Stake",
  summary: "Take a worker's stake back from behind a channel",
  about:
    "The first run lets it leave, and no new receipt counts on it; it stays slashable until the unbonding delay has passed. The same command then frees it.",
  scopes: ["chain", "keys", "send"],
  args: { channel: required(id, "Channel id") },
  flags: leavingFlags,
  examples: ["assay channel release 0x…"],
  run: (context, { channel: channelId, amount, ...flags }) =>
    write<Left>(context, flags, "owner", async ({ client, deployment, transaction }) => {
      const channel = await getChannel(client, { deployment, channelId });
      const { allotment: held, allotmentLeaving: leaving, allotmentFrom: from, worker } = channel;
      const { timestamp: now } = await client.getBlock();
      const step = nextStep({ held, leaving, from }, { amount, now, channelId });
      const given = { deployment, channelId };
      const outcome = { channelId, now: nowOf(context) };
      if (step.kind === "take")
        return {
          calls: [takeAllotmentCall(given)],
          effect: `Up to ${tokenText(leaving)} return to the free stake of ${worker}.`,
          send: async () => {
            const { hash, amount: taken } = await takeAllotment(client, { ...given, ...transaction });
            return { ...outcome, hash, taken, leaving: 0n, availableAt: null };
          },
        };
      return {
        calls: [requestDeallotCall({ ...given, amount: step.amount })],
        effect: `${tokenText(step.amount)} begin to leave the channel, slashable until then.`,
        send: async () => {
          const { hash, ...requested } = await requestDeallot(client, {
            ...given,
            amount: step.amount,
            ...transaction,
          });
          const { leaving, availableAt } = requested;
          return { ...outcome, hash, taken: 0n, leaving, availableAt };
        },
      };
    }),
  render: renderLeft,
});

const nowOf = ({ clock }: Context): number => Math.floor(clock.now() / 1_000);
