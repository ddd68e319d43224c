// Checks receipts: those of epochs that workers post, and those it is handed. What two executors call wrong is disputed.
import {
  demandReceiptCall,
  exposeEquivocationCall,
  getTier,
  settleDisputeCall,
  settleSlashCall,
  timeoutDisputeCall,
} from "@assay/sdk";
import { epochsAbi } from "@assay/sdk/abi";
import type { Trace } from "@assay/sdk/program";
import {
  byteRoot,
  bytesToHex,
  encodeReceiptOpening,
  epochSeconds,
  type Hex,
  type Tier,
} from "@assay/sdk/protocol";
import type { Address } from "viem";
import type { ProtocolEvent } from "../chain/events.ts";
import { readInputBond } from "../chain/inputBond.ts";
import type { Executor } from "../execution/executor.ts";
import { createBonding } from "../roles/bonding.ts";
import { challengerSend, challengeSend, requestInputSend } from "../roles/calls.ts";
import { revealedIn } from "../roles/chainViews.ts";
import { createConduct } from "../roles/conduct.ts";
import type { Programs, RoleContext } from "../roles/context.ts";
import { createRole, type Role } from "../roles/role.ts";
import { type ChallengerMove, challengerMove } from "../strategy/challengerMoves.ts";
import { isSame } from "../strategy/claims.ts";
import { answerKey } from "../strategy/judgement.ts";
import { type Audit, createAuditBook, type PostedEpoch } from "./auditBook.ts";
import { fetchEpoch, fetchInput } from "./fetching.ts";
import { onChannels, type ReceiptView, readReceiptView, type SignedReceipt } from "./references.ts";

export type ReceiptWatchtowerLimits = {
  /** Token units at a time that open disputes and questions may hold; undefined for as many as the wallet has. */
  bondBudget: bigint | undefined;
  /** Failed attempts to get something from a worker before the chain is asked to get it. */
  tries: number;
};

export type ReceiptWatchtowerOptions = RoleContext & {
  programs: Programs;
  /** Acquits. */
  fast: Executor;
  /** Has to agree before a bond is risked. */
  reference: Executor;
  /** Workers, and where they answer. */
  watched: readonly { worker: Address; url: string }[];
  limits: ReceiptWatchtowerLimits;
};

export type ReceiptWatchtower = Role & {
  /** Takes in events in the transaction that stores them. */
  take(events: readonly ProtocolEvent[]): void;
  /** Hands it a receipt to check, with its input where that is at hand. */
  hand(signed: SignedReceipt, worker: Address, input?: Uint8Array): void;
};

type Action =
  | { kind: "fetchEpoch"; posted: PostedEpoch }
  | { kind: "demandReceipt"; posted: PostedEpoch; channelId: Hex }
  | { kind: "check"; audit: Audit }
  | { kind: "requestInput"; audit: Audit; until: bigint }
  | { kind: "challenge"; audit: Audit; until: bigint }
  | { kind: "expose"; first: Audit; second: Audit }
  | { kind: "settle"; commitId: Hex }
  | { kind: "settleDispute"; disputeId: Hex }
  | ChallengerMove;

export function createReceiptWatchtower(options: ReceiptWatchtowerOptions): ReceiptWatchtower {
  const { journal, endpoints, deployment, sender, programs, fast, watched, limits } = options;
  const { onEvent, logger } = options;
  const book = createAuditBook(journal, deployment, sender.address);
  const conduct = createConduct(options);
  const bonding = createBonding(options, conduct);
  const onSource = onChannels(deployment);
  const traces = new Map<Hex, Trace>();
  const tiers = new Map<number, Tier>();
  let playing = 0;

  const urlOf = (worker: Address) => watched.find((one) => isSame(one.worker, worker))?.url;

  async function tierOf(version: number): Promise<Tier> {
    const tier =
      tiers.get(version) ?? (await endpoints.use((client) => getTier(client, { deployment, version })));
    tiers.set(version, tier);
    return tier;
  }

  async function plan(): Promise<Action[]> {
    const { number: blockNumber, timestamp: now } = await endpoints.head();
    const audits = book.audits("seen", "valid", "wrong").map((audit) => closedIfLate(audit, now));
    return [
      ...(await playingOf(blockNumber, now)),
      ...audits.flatMap((audit) => auditing(audit)),
      ...contradictions(),
      ...(await following(now)),
    ];
  }

  /** A receipt that can no longer be opened, and that we do not dispute, is left alone. */
  function closedIfLate(audit: ReturnType<typeof book.audits>[number], now: bigint) {
    const { commitId, receipt } = audit;
    if (now <= receipt.challengeUntil || journal.inputRequests.get(commitId) !== undefined) return audit;
    if (book.disputes("open", "ended").some((one) => one.commitId === commitId)) return audit;
    book.change(audit, "closed");
    return { ...audit, state: "closed" as const };
  }

  function auditing(audit: ReturnType<typeof book.audits>[number]): Action[] {
    const { commitId, receipt, state } = audit;
    const until = receipt.challengeUntil;
    if (state === "seen") {
      const isAtHand = book.inputOf(audit) !== undefined;
      const asked = journal.inputRequests.get(commitId);
      if (isAtHand || (urlOf(audit.worker) !== undefined && audit.tries < limits.tries))
        return [{ kind: "check", audit }];
      return asked === undefined && !receipt.isPrivate ? [{ kind: "requestInput", audit, until }] : [];
    }
    if (state !== "wrong") return [];
    return book.disputes("open", "ended", "settled").some((one) => one.commitId === commitId)
      ? []
      : [{ kind: "challenge", audit, until }];
  }

  /** Two receipts of one worker with different answers to one question: no dispute is needed. */
  function contradictions(): Action[] {
    const known = new Map<string, Audit>();
    const found: Action[] = [];
    for (const audit of book.audits("seen", "valid", "wrong")) {
      const { programId, inputRoot, passes, outputRoot } = audit.receipt;
      const question = [audit.worker.toLowerCase(), programId, inputRoot, passes].join();
      const other = known.get(question);
      if (other === undefined) known.set(question, audit);
      else if (other.receipt.outputRoot !== outputRoot)
        found.push({ kind: "expose", first: other, second: audit });
    }
    return found;
  }

  async function following(now: bigint): Promise<Action[]> {
    const actions: Action[] = [];
    for (const posted of book.epochs()) {
      const { receiptSeconds } = await tierOf(posted.version);
      const lastIssue = (posted.epoch + 1n) * epochSeconds(receiptSeconds);
      const isOver = now > lastIssue + BigInt(receiptSeconds);
      if (isOver || urlOf(posted.worker) === undefined) book.note(posted, "done");
      else if (posted.tries < limits.tries) actions.push({ kind: "fetchEpoch", posted });
      else
        for (const channelId of book.channelsOf(posted.worker))
          actions.push({ kind: "demandReceipt", posted, channelId });
    }
    return actions;
  }

  async function playingOf(blockNumber: bigint, now: bigint): Promise<Action[]> {
    const own = book.disputes("open", "ended");
    const byCommitment = new Map<Hex, Hex[]>();
    for (const { commitId, disputeId } of own)
      byCommitment.set(commitId, [...(byCommitment.get(commitId) ?? []), disputeId]);
    playing = byCommitment.size;
    for (const commitId of traces.keys()) if (!byCommitment.has(commitId)) traces.delete(commitId);
    const actions: Action[] = [];
    for (const [commitId, ids] of byCommitment) {
      const audit = book.ofCommitment(commitId);
      if (audit === undefined) continue;
      const at = { deployment, blockNumber };
      const view = await endpoints.use((client) => readReceiptView(client, at, audit, ids));
      actions.push(...(await movesOf(view, audit, now)));
    }
    return actions;
  }

  async function movesOf(view: ReceiptView, audit: Audit, now: bigint): Promise<Action[]> {
    const { commitId, status, commitment, disputes } = view;
    if (status === "open") {
      const descended = { ...view, trace: traces.get(commitId), revealed: revealedIn(journal, commitId) };
      return disputes.flatMap((dispute) => challengerMove(dispute, descended, now) ?? []);
    }
    const { airgapSeconds } = await tierOf(audit.receipt.version);
    if (status === "slashed" && !commitment.settled)
      return now > commitment.slashedAt + BigInt(airgapSeconds) ? [{ kind: "settle", commitId }] : [];
    return disputes
      .filter(({ dispute }) => dispute.status !== "open" && dispute.status !== "lost")
      .map(({ disputeId }) => ({ kind: "settleDispute", disputeId }));
  }

  async function act(action: Action, signal: AbortSignal): Promise<void> {
    switch (action.kind) {
      case "fetchEpoch":
        return fetchPosted(action.posted, signal);
      case "demandReceipt":
        return demand(action, signal);
      case "check":
        return check(action.audit, signal);
      case "requestInput":
        return askForInput(action, signal);
      case "challenge":
        return challenge(action, signal);
      case "expose":
        return expose(action, signal);
      case "trace":
        return trace(action.commitId, action.pass);
      case "choose":
      case "chooseOutput":
      case "proveStep":
        await conduct.send(action.kind, action.disputeId, challengerSend(onSource, action), signal);
        return;
      case "timeout": {
        const { disputeId } = action;
        const call = timeoutDisputeCall({ deployment, source: "channels", disputeId });
        const request = { key: `timeout:${disputeId}`, call, done: ["DisputeNotOpen", "ClockRunning"] };
        await conduct.send(action.kind, disputeId, request, signal);
        return;
      }
      case "settle": {
        const { commitId } = action;
        const call = settleSlashCall({ deployment, source: "channels", commitId });
        const request = {
          key: `settle:${commitId}`,
          call,
          done: ["AlreadySettled", "WrongCommitmentStatus"],
        };
        await conduct.send(action.kind, commitId, request, signal);
        return;
      }
      case "settleDispute": {
        const { disputeId } = action;
        const call = settleDisputeCall({ deployment, source: "channels", disputeId });
        const request = { key: `settleDispute:${disputeId}`, call, done: ["NothingToSettle"] };
        await conduct.send(action.kind, disputeId, request, signal);
        return;
      }
      case "alarm": {
        const { kind, reason, ...facts } = action;
        conduct.alarm(reason, facts);
      }
    }
  }

  async function fetchPosted(posted: PostedEpoch, signal: AbortSignal): Promise<void> {
    try {
      const receipts = await fetchEpoch(urlOf(posted.worker)!, { deployment, ...posted }, signal);
      for (const signed of receipts) book.add(signed, posted.worker);
      book.note(posted, "done");
      logger.info("Epoch fetched", { worker: posted.worker, epoch: posted.epoch, receipts: receipts.length });
    } catch (error) {
      signal.throwIfAborted();
      book.note({ ...posted, tries: posted.tries + 1 }, "open");
      logger.warn("Epoch cannot be had from its worker", {
        worker: posted.worker,
        epoch: posted.epoch,
        error,
      });
    }
  }

  async function check(audit: Audit, signal: AbortSignal): Promise<void> {
    const { commitId, receipt } = audit;
    const input = book.inputOf(audit) ?? (await find(audit, signal));
    if (input === undefined) return;
    const committed = await programs.get(receipt.programId);
    const claimed = answerKey(receipt);
    for (const name of ["fast", "reference"] as const) {
      const { output, passes } = await options[name].run(committed, input);
      const computed = { outputRoot: byteRoot(output), passes };
      const isValid = answerKey(computed) === claimed;
      onEvent?.({ kind: "checked", commitId, judgement: isValid ? "valid" : "invalid", seconds: 0 });
      if (isValid && name === "reference")
        conduct.alarm("contradiction", { commitId, receiptId: audit.receiptId });
      if (isValid) return book.change(audit, "valid", { [name]: claimed });
    }
    book.change(audit, "wrong");
    logger.warn("Receipt is wrong", { commitId, receiptId: audit.receiptId });
  }

  async function find(audit: Audit, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const { inputRoot, programId } = audit.receipt;
    const { inputBytes } = (await programs.get(programId)).header;
    try {
      const input = await fetchInput(urlOf(audit.worker) ?? "", { inputRoot, inputBytes }, signal);
      journal.keepPayload(audit.receiptId, "input", input);
      return input;
    } catch (error) {
      signal.throwIfAborted();
      book.change(audit, "seen", { tries: audit.tries + 1 });
      logger.debug("Input cannot be had from the worker", { receiptId: audit.receiptId, error });
      return undefined;
    }
  }

  async function trace(commitId: Hex, pass: number | undefined): Promise<void> {
    const known = traces.get(commitId);
    if (known && pass !== undefined) return known.load(pass).then(() => {});
    const audit = book.ofCommitment(commitId);
    const input = audit && book.inputOf(audit);
    if (!audit || !input) return;
    traces.set(commitId, await fast.trace(await programs.get(audit.receipt.programId), input));
  }

  /** False where the budget does not allow it now. */
  async function afford(bond: bigint, signal: AbortSignal): Promise<boolean> {
    const held = book.disputes("open").reduce((sum, one) => sum + one.bond, 0n);
    if (limits.bondBudget !== undefined && held + bond > limits.bondBudget) return false;
    await bonding.approve(bond, signal);
    return true;
  }

  async function challenge(
    { audit, until }: Extract<Action, { kind: "challenge" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { commitId, receipt, signature } = audit;
    const { challengeBond: bond } = await tierOf(receipt.version);
    const input = book.inputOf(audit);
    if (input === undefined || !(await afford(bond, signal))) return;
    const shown = receipt.isPrivate ? "0x" : bytesToHex(input);
    const opening = encodeReceiptOpening(receipt, signature, shown);
    const move = { kind: "challenge", commitId, attempt: 0, until, bond } as const;
    journal.decide({ key: `challenge:${commitId}`, action: "challenge", subject: commitId, data: { bond } });
    await conduct.send("challenge", commitId, challengeSend(onSource, move, opening), signal);
  }

  async function askForInput(
    { audit, until }: Extract<Action, { kind: "requestInput" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { commitId, receipt, signature } = audit;
    const { inputBytes } = (await programs.get(receipt.programId)).header;
    const asked = { deployment, version: receipt.version, inputBytes };
    const bond = await endpoints.use((client) => readInputBond(client, asked));
    if (!(await afford(bond, signal))) return;
    const opening = encodeReceiptOpening(receipt, signature, "0x");
    const move = { kind: "requestInput", commitId, until, bond } as const;
    await conduct.send("requestInput", commitId, requestInputSend(onSource, move, opening), signal);
  }

  async function demand(
    { posted, channelId }: Extract<Action, { kind: "demandReceipt" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { version, epoch } = posted;
    const bond = await endpoints.use((client) =>
      client.readContract({
        address: deployment.epochs,
        abi: epochsAbi,
        functionName: "demandBond",
        args: [version],
      }),
    );
    if (!(await afford(bond, signal))) return;
    const call = demandReceiptCall({ deployment, version, epoch, channelId, index: 0 });
    const key = `demandReceipt:${version}:${epoch}:${channelId}:0`;
    await conduct.send("demandReceipt", channelId, { key, call, done: ["AlreadyDemanded"] }, signal);
    book.note(posted, "done");
  }

  async function expose(
    { first, second }: Extract<Action, { kind: "expose" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const openingOf = ({ receipt, signature }: Audit) =>
      ({ source: "channels", opening: encodeReceiptOpening(receipt, signature, "0x") }) as const;
    const call = exposeEquivocationCall({ deployment, first: openingOf(first), second: openingOf(second) });
    const key = `expose:${first.commitId}:${second.commitId}`;
    await conduct.send("expose", first.commitId, { key, call, done: ["NothingToSlash"] }, signal);
    for (const audit of [first, second]) book.change(audit, "closed");
  }

  const role = createRole<Action>({
    ...options,
    name: "receipt watchtower",
    seconds: options.pollSeconds,
    plan,
    act,
    keyOf,
    isIdle: () => playing === 0,
  });
  return {
    ...role,
    take: book.take,
    hand: (signed, worker, input) => {
      book.add(signed, worker, input);
      role.wake();
    },
  };
}

function keyOf(action: Action): string {
  switch (action.kind) {
    case "alarm":
      return `alarm:${action.reason}:${action.disputeId}`;
    case "fetchEpoch":
      return `fetchEpoch:${action.posted.worker}:${action.posted.version}:${action.posted.epoch}`;
    case "demandReceipt":
      return `demandReceipt:${action.posted.version}:${action.posted.epoch}:${action.channelId}`;
    case "check":
    case "challenge":
    case "requestInput":
      return `${action.kind}:${action.audit.commitId}`;
    case "expose":
      return `expose:${action.first.commitId}:${action.second.commitId}`;
    case "trace":
    case "settle":
      return `${action.kind}:${action.commitId}`;
    default:
      return `${action.kind}:${action.disputeId}:${"node" in action ? action.node : ""}`;
  }
}
