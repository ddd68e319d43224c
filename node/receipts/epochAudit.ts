// The epochs that workers post: fetched from the worker, held to their root, and asked for on the chain where it hides them.
import { demandReceiptCall, getChannel, getEpoch, overCommittedCall } from "@assay/sdk";
import { type EntryProof, EpochTree, epochSeconds, type Hex } from "@assay/sdk/protocol";
import { type Address, keccak256, stringToBytes } from "viem";
import { least } from "../bigints.ts";
import type { ProtocolEvent } from "../chain/events.ts";
import { createReceiptBooks } from "../chain/receiptBooks.ts";
import type { SendRequest } from "../chain/sender.ts";
import type { Tiers } from "../chain/tiers.ts";
import type { RoleContext } from "../roles/context.ts";
import { secretOf } from "../roles/coverage.ts";
import { draw } from "../strategy/coverage.ts";
import type { AuditBook } from "./auditBook.ts";
import { fetchEpoch } from "./fetching.ts";
import type { Places } from "./places.ts";

export type PostedEpoch = {
  worker: Address;
  version: number;
  epoch: bigint;
  root: Hex;
  count: number;
  /** Failed attempts to fetch it, and when to try again; unix seconds. */
  tries: number;
  retryAt: bigint;
};

/** `open`: to be fetched; `fetched`; `hidden`: the chain was asked; `over`: nothing can be asked about it any more. */
export type PostedState = "open" | "fetched" | "hidden" | "over";

/** A channel whose receipts of one epoch stand for more than it has. */
export type Excess = { version: number; epoch: bigint; channelId: Hex; entryProof: EntryProof };

export type EpochAction =
  | { kind: "fetchEpoch"; posted: PostedEpoch }
  | { kind: "demandReceipt"; posted: PostedEpoch; channelId: Hex; index: number }
  | { kind: "overCommitted"; excess: Excess };

export type EpochAudit = {
  take(event: ProtocolEvent): void;
  plan(now: bigint): Promise<EpochAction[]>;
  fetch(posted: PostedEpoch, now: bigint, signal: AbortSignal): Promise<void>;
  demandSend(action: Extract<EpochAction, { kind: "demandReceipt" }>): SendRequest;
  /** Undefined where the chain sees no excess. */
  excessSend(excess: Excess): Promise<SendRequest | undefined>;
  /** Nothing more is done about it. */
  close(done: PostedEpoch | Excess): void;
  /** Undefined where the worker has not posted it. */
  stateOf(worker: Address, version: number, epoch: bigint): PostedState | undefined;
  /** Forgets epochs about which nothing can be asked since before that second. */
  prune(before: bigint): Promise<void>;
};

const firstRetrySeconds = 2n;

export function createEpochAudit(
  options: Pick<RoleContext, "journal" | "endpoints" | "deployment" | "logger" | "metrics">,
  { book, places, tiers, mostTries }: { book: AuditBook; places: Places; tiers: Tiers; mostTries: number },
): EpochAudit {
  const { journal, endpoints, deployment, logger } = options;
  const epochs = journal.notes<PostedEpoch, PostedState>("auditedEpochs");
  const excesses = journal.notes<Excess, "open" | "done">("auditExcess");
  const books = createReceiptBooks(journal);
  const secret = secretOf(journal);

  const note = (posted: PostedEpoch, state: PostedState): void => epochs.put(keyOf(posted), state, posted);

  async function plan(now: bigint): Promise<EpochAction[]> {
    const actions: EpochAction[] = [];
    const unfetched = epochs
      .list({ states: ["open"] })
      .filter(({ data }) => places.of(data.worker).length > 0);
    options.metrics.watchtower.unfetched.set({}, unfetched.length);
    for (const { data: posted } of epochs.list({ states: ["open"] })) {
      const { receiptSeconds } = await tiers.get(posted.version);
      const startedAt = posted.epoch * epochSeconds(receiptSeconds);
      const until = startedAt + BigInt(receiptSeconds);
      if (now > until) note(posted, "over");
      else if (places.of(posted.worker).length > 0) {
        const isPressing = 2n * (until - now) < BigInt(receiptSeconds) && posted.tries > 0;
        if (posted.tries >= mostTries || isPressing) actions.push(...demands(posted));
        else if (now >= posted.retryAt) actions.push({ kind: "fetchEpoch", posted });
      }
    }
    const found = excesses.list({ states: ["open"] });
    return [...actions, ...found.map(({ data: excess }) => ({ kind: "overCommitted", excess }) as const)];
  }

  /** One receipt of each channel, which one nobody knows before: what is hidden behind others is found in time. */
  function demands(posted: PostedEpoch): EpochAction[] {
    return books.channelsOf(posted.worker).map(({ channelId }) => {
      const lot = draw(keccak256(stringToBytes(`${keyOf(posted)}:${channelId}`)), secret);
      return { kind: "demandReceipt", posted, channelId, index: Math.floor(lot * posted.count) };
    });
  }

  async function fetch(posted: PostedEpoch, now: bigint, signal: AbortSignal): Promise<void> {
    const { worker, version, epoch } = posted;
    const [url] = places.of(worker);
    try {
      const { receipts, leaves } = await fetchEpoch(url ?? "", { deployment, ...posted }, signal);
      const tree = new EpochTree(leaves);
      const listed = new Set(leaves.map(({ receiptId }) => receiptId));
      journal.transact(() => {
        for (const signed of receipts) book.add(signed, { handed: false });
        for (const audit of book.handed())
          if (listed.has(audit.receiptId)) book.change(audit.commitId, { isPlaced: true });
        for (const { channelId, sum } of tree.entries)
          if (sum > (books.channel(channelId)?.allotment ?? 0n)) {
            const excess = { version, epoch, channelId, entryProof: tree.entryProof(channelId) };
            excesses.put(excessKey(excess), "open", excess);
          }
        note(posted, "fetched");
      });
      logger.info("Epoch fetched", { worker, epoch, receipts: receipts.length });
    } catch (error) {
      signal.throwIfAborted();
      const tries = posted.tries + 1;
      const { receiptSeconds } = await tiers.get(version);
      const wait = least(firstRetrySeconds ** BigInt(Math.min(tries, 16)), BigInt(receiptSeconds) / 16n);
      note({ ...posted, tries, retryAt: now + wait }, "open");
      logger.warn("Epoch cannot be had from its worker", { worker, epoch, tries, error });
    }
  }

  async function excessSend(excess: Excess): Promise<SendRequest | undefined> {
    const { version, epoch, channelId, entryProof } = excess;
    const [channel, unbonding] = await endpoints.use((client) =>
      Promise.all([getChannel(client, { deployment, channelId }), tiers.unbondingSeconds()]),
    );
    const { worker, allotment, slashed, slashedAt } = channel;
    const posted = await endpoints.use((client) => getEpoch(client, { deployment, worker, version, epoch }));
    const stood = posted.postedAt <= slashedAt + unbonding ? allotment + slashed : allotment;
    if (entryProof.entry.sum <= stood) return undefined;
    const call = overCommittedCall({ deployment, version, epoch, entryProof });
    return { key: `overCommitted:${excessKey(excess)}`, call, done: ["AlreadyCharged", "NotOverCommitted"] };
  }

  return {
    take: (event) => {
      if (event.eventName !== "EpochPosted") return;
      const { worker, version, epoch, root, count } = event.args;
      const posted = { worker, version, epoch, root, count, tries: 0, retryAt: 0n };
      epochs.put(keyOf(posted), "open", posted, event.blockNumber);
    },
    plan,
    fetch,
    demandSend: ({ posted: { version, epoch }, channelId, index }) => ({
      key: `demandReceipt:${version}:${epoch}:${channelId}:${index}`,
      call: demandReceiptCall({ deployment, version, epoch, channelId, index }),
      done: ["AlreadyDemanded"],
    }),
    excessSend,
    close: (done) => {
      if ("root" in done) note(done, "hidden");
      else excesses.update(excessKey(done), () => ({ state: "done" }));
    },
    stateOf: (worker, version, epoch) => epochs.get(keyOf({ worker, version, epoch }))?.state,
    prune: async (before) => {
      for (const { id, data } of epochs.list({ states: ["fetched", "hidden", "over"] })) {
        const { receiptSeconds } = await tiers.get(data.version);
        const lastIssue = (data.epoch + 1n) * epochSeconds(receiptSeconds);
        if (lastIssue + BigInt(receiptSeconds) < before) epochs.remove(id);
      }
      for (const { id } of excesses.list({ states: ["done"] })) excesses.remove(id);
    },
  };
}

const keyOf = ({ worker, version, epoch }: Pick<PostedEpoch, "worker" | "version" | "epoch">): string =>
  `${worker.toLowerCase()}:${version}:${epoch}`;

const excessKey = ({ version, epoch, channelId }: Excess): string => `${version}:${epoch}:${channelId}`;

/** The same for two actions that must not be done at once. */
export function keyOfEpochAction(action: EpochAction): string {
  if (action.kind === "overCommitted") return `overCommitted:${excessKey(action.excess)}`;
  const place = action.kind === "demandReceipt" ? `:${action.channelId}` : "";
  return `${action.kind}:${keyOf(action.posted)}${place}`;
}
