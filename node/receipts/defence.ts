// Stands up for receipts that somebody opened: traces, binds, reveals, shows inputs. The same for a worker and its defender.
import type { Trace } from "@assay/sdk/program";
import { chunkCount, type Hex, type Receipt } from "@assay/sdk/protocol";
import type { Address } from "viem";
import { createReceiptBooks } from "../chain/receiptBooks.ts";
import { RetryableError } from "../errors.ts";
import type { Executor } from "../execution/executor.ts";
import { postInputSend } from "../roles/calls.ts";
import type { Conduct } from "../roles/conduct.ts";
import type { Programs, RoleContext } from "../roles/context.ts";
import { createReplying, keyOfReply } from "../roles/replying.ts";
import { type Reply, type ReplyLimits, replies } from "../strategy/replies.ts";
import { onChannels, readReceiptView } from "./references.ts";

/** A receipt of the defended worker. */
export type DefendedReceipt = { commitId: Hex; receiptId: Hex; receipt: Receipt };

export type DefenceAction =
  | Reply
  | { kind: "postReceiptInput"; commitId: Hex; firstChunk: number; deadline: bigint };

export type Defence = {
  plan(at: { blockNumber: bigint; now: bigint }): Promise<DefenceAction[]>;
  act(action: DefenceAction, signal: AbortSignal): Promise<void>;
  /** Receipts with open disputes, as of the last plan. */
  disputed(): number;
};

export type DefenceOptions = Omit<RoleContext, "sender"> & {
  account: Address;
  programs: Programs;
  executor: Executor;
  limits: ReplyLimits;
  /** Undefined for receipts of others. */
  receiptOf(commitId: Hex): DefendedReceipt | undefined;
  /** Looks for the input; undefined where it cannot be had now. */
  inputOf(receipt: DefendedReceipt): Promise<Uint8Array | undefined>;
};

export function createDefence(options: DefenceOptions, conduct: Conduct): Defence {
  const { journal, endpoints, deployment, account, programs, executor, receiptOf, inputOf } = options;
  const books = createReceiptBooks(journal);
  const traces = new Map<Hex, Trace>();
  const reply = createReplying({ ...options, deployment: onChannels(deployment) }, conduct, {
    get: (commitId) => traces.get(commitId),
    compute: computeTrace,
    keep: () => {},
  });
  let disputed = 0;

  async function computeTrace(commitId: Hex): Promise<Trace> {
    const one = receiptOf(commitId);
    const input = one && (await inputOf(one));
    if (one === undefined || input === undefined)
      throw new RetryableError("The input of the receipt is not at hand.", { facts: { commitId } });
    const trace = await executor.trace(await programs.get(one.receipt.programId), input);
    traces.set(commitId, trace);
    return trace;
  }

  async function repliesDue({ blockNumber, now }: { blockNumber: bigint; now: bigint }): Promise<Reply[]> {
    const contested = books.receipts().flatMap(({ commitId, disputes }) => {
      const one = disputes.length > 0 ? receiptOf(commitId) : undefined;
      return one ? [{ ...one, disputes: disputes.map((disputeId) => ({ disputeId })) }] : [];
    });
    disputed = contested.length;
    for (const commitId of traces.keys())
      if (!contested.some((one) => one.commitId === commitId)) traces.delete(commitId);
    const views = await endpoints.use((client) =>
      Promise.all(
        contested.map(({ disputes, ...one }) =>
          readReceiptView(client, { deployment, blockNumber }, { ...one, worker: account }, disputes),
        ),
      ),
    );
    const defended = views
      .filter(({ status }) => status === "open")
      .map((view) => ({ ...view, trace: traces.get(view.commitId) }));
    return replies(defended, now, options.limits);
  }

  function inputsAsked(now: bigint): DefenceAction[] {
    return journal.inputRequests.list({ states: ["open"] }).flatMap(({ data: { id, posted, postBy } }) => {
      if (receiptOf(id) === undefined || now > postBy) return [];
      return [{ kind: "postReceiptInput", commitId: id, firstChunk: chunkCount(posted), deadline: postBy }];
    });
  }

  async function act(action: DefenceAction, signal: AbortSignal): Promise<void> {
    if (action.kind !== "postReceiptInput") return reply(action, signal);
    const { commitId } = action;
    const one = receiptOf(commitId);
    const input = one && (await inputOf(one));
    if (one === undefined || input === undefined) return conduct.alarm("inputLost", { commitId });
    const ask = { ...action, kind: "postInput", requestId: one.receiptId } as const;
    await conduct.send("postInput", commitId, postInputSend(deployment, ask, input), signal);
    options.metrics.worker.moves.add({ move: "postInput" });
  }

  return {
    plan: async (at) => [...(await repliesDue(at)), ...inputsAsked(at.now)],
    act,
    disputed: () => disputed,
  };
}

/** The same for two actions that must not be done at once. */
export const keyOfDefence = (action: DefenceAction): string =>
  action.kind === "postReceiptInput"
    ? `postInput:${action.commitId}:${action.firstChunk}`
    : keyOfReply(action);
