// Looks after other workers' receipts: fetches them for the watchtower to judge, and asks the chain what it cannot fetch.
import { demandInclusionCall, exposeEquivocationCall, getRecordedCommitment } from "@assay/sdk";
import { epochsAbi } from "@assay/sdk/abi";
import { encodeReceiptOpening, epochOf, epochSeconds, type Hex } from "@assay/sdk/protocol";
import type { ProtocolEvent } from "../chain/events.ts";
import { createReceiptBooks, type OpenDemand } from "../chain/receiptBooks.ts";
import { createTiers } from "../chain/tiers.ts";
import { createBonding } from "../roles/bonding.ts";
import { marketCases } from "../roles/cases.ts";
import { createConduct } from "../roles/conduct.ts";
import type { RoleContext } from "../roles/context.ts";
import { openingOf } from "../roles/openings.ts";
import { receiptSend, subjectOf } from "../roles/receiptKeeper.ts";
import { createRole, type Role } from "../roles/role.ts";
import type { Bound, Purse, Shortage } from "../strategy/budget.ts";
import { isSame } from "../strategy/claims.ts";
import type { ReceiptPoke } from "../strategy/receiptPokes.ts";
import { type Audit, type AuditBook, createAuditBook } from "./auditBook.ts";
import { createEpochAudit, type EpochAction, keyOfEpochAction } from "./epochAudit.ts";
import { createHanding, type Hand } from "./handing.ts";
import { createPlaces } from "./places.ts";
import { createQuestions, type GivenAnswer } from "./questions.ts";
import { idOf } from "./references.ts";

export type AuditorOptions = RoleContext & {
  /** Where workers hand out what they signed. */
  urls: readonly string[];
  /** Failed attempts to get an epoch from its worker before the chain is asked for it. */
  tries: number;
  /** What may be spent; undefined while nothing may. */
  purse(): Purse | undefined;
  dryRun?: boolean;
};

export type Auditor = Role & {
  book: AuditBook;
  /** Takes in events in the transaction that stores them, after the journal has. */
  take(events: readonly ProtocolEvent[]): void;
  hand: Hand;
  placesOf(worker: Hex): string[];
  /** What open questions about epochs bind. */
  bound(): Bound;
};

type Action =
  | EpochAction
  | ReceiptPoke
  | { kind: "askOffer"; url: string }
  | { kind: "demandInclusion"; audit: Audit }
  | { kind: "expose"; question: string; first: GivenAnswer; second: GivenAnswer };

/** Gas of a move, at most, in units. */
const gas = { demand: 700_000n, timeout: 400_000n, expose: 1_500_000n, excess: 400_000n };
/** Receipts that are closed are kept for another while, in seconds: a re-organisation may bring questions back. */
const keptSeconds = 3_600n;

export function createAuditor(options: AuditorOptions): Auditor {
  const { journal, endpoints, deployment, sender, urls, purse, dryRun = false } = options;
  const book = createAuditBook(journal, deployment, sender.address);
  const books = createReceiptBooks(journal);
  const questions = createQuestions(journal);
  const market = marketCases(journal);
  const conduct = createConduct(options, { dryRun });
  const bonding = createBonding(options, conduct);
  const tiers = createTiers(options);
  const places = createPlaces(options, urls);
  const epochs = createEpochAudit(options, { book, places, tiers, mostTries: options.tries });
  let now = 0n;
  let prunedAt = 0n;

  function take(events: readonly ProtocolEvent[]): void {
    book.take(events);
    for (const event of events) {
      epochs.take(event);
      const answer = event.eventName === "Committed" ? market.of(event.args.commitId) : undefined;
      if (answer) questions.note(answer, event.blockNumber);
      if (event.eventName === "ReceiptShown")
        noteAnswer(book.byReceipt(idOf(deployment, event.args.receipt)));
    }
  }

  function noteAnswer(audit: Audit | undefined): void {
    const found = audit && book.of(audit.commitId);
    if (found) questions.note(found);
  }

  const handing = createHanding(options, book);
  async function hand(...given: Parameters<Hand>): Promise<Audit> {
    const audit = await handing(...given);
    noteAnswer(audit);
    role.wake();
    return audit;
  }

  async function plan(): Promise<Action[]> {
    now = (await endpoints.head()).timestamp;
    if (now > prunedAt + keptSeconds / 4n) {
      prunedAt = now;
      book.prune(now - keptSeconds);
      await epochs.prune(now - keptSeconds);
    }
    const pokes = await ownPokes();
    return [
      ...places.unknown().map((url) => ({ kind: "askOffer", url }) as const),
      ...pokes,
      ...questions.contradictions().map((found) => ({ kind: "expose", ...found }) as const),
      ...(await leftOut()),
      ...(await epochs.plan(now)),
    ];
  }

  /** Ends what we asked for in vain, and collects what comes of it. */
  async function ownPokes(): Promise<ReceiptPoke[]> {
    if (purse() === undefined) return [];
    const late = books.demands().filter(({ by, deadline }) => isOwn(by) && now > deadline);
    const settled: ReceiptPoke[] = [];
    for (const { commitId, version } of books.receipts()) {
      if (book.get(commitId)?.acted !== true) continue;
      const at = { deployment, source: "channels", commitId } as const;
      const {
        status,
        slashedAt,
        settled: isSettled,
      } = await endpoints.use((client) => getRecordedCommitment(client, at));
      const { airgapSeconds } = await tiers.get(version);
      if (status === "slashed" && !isSettled && now > slashedAt + BigInt(airgapSeconds))
        settled.push({ kind: "settleReceipt", commitId });
    }
    return [...late.map((demand) => ({ kind: "timeoutDemand", ...demand }) as const), ...settled];
  }

  const isOwn = (who: Hex): boolean => isSame(who, sender.address);

  /** Handed receipts that an epoch's root should have by now, and that it has not as far as we can see. */
  async function leftOut(): Promise<Action[]> {
    const actions: Action[] = [];
    for (const audit of book.handed()) {
      const { receipt, worker, commitId } = audit;
      const { receiptSeconds } = await tiers.get(receipt.version);
      const epoch = epochOf(receiptSeconds, receipt.issuedAt);
      if (now > receipt.challengeUntil) book.change(commitId, { isPlaced: true });
      else if (now >= (epoch + 2n) * epochSeconds(receiptSeconds)) {
        const state = epochs.stateOf(worker, receipt.version, epoch);
        const isAwaited = state === "open" && places.of(worker).length > 0;
        if (!isAwaited) actions.push({ kind: "demandInclusion", audit });
      }
    }
    return actions;
  }

  async function act(action: Action, signal: AbortSignal): Promise<void> {
    switch (action.kind) {
      case "askOffer":
        return places.ask(action.url, signal);
      case "fetchEpoch":
        await epochs.fetch(action.posted, now, signal);
        for (const audit of book.list("open")) noteAnswer(audit);
        return;
      case "demandReceipt": {
        const { posted, channelId } = action;
        const { worker, version, epoch } = posted;
        if (await pay("epochHidden", { worker, epoch, channelId }, version, signal)) {
          await conduct.send(action.kind, channelId, epochs.demandSend(action), signal);
          epochs.close(posted);
        }
        return;
      }
      case "demandInclusion":
        return demandInclusion(action.audit, signal);
      case "overCommitted":
        return exceed(action, signal);
      case "expose":
        return expose(action, signal);
      default:
        await conduct.send(action.kind, subjectOf(action), receiptSend(deployment, action), signal);
    }
  }

  /** False, and an alarm, where the bond of a question cannot be risked now. */
  async function pay(
    reason: string,
    facts: Readonly<Record<string, unknown>>,
    version: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const bond = await endpoints.use((client) =>
      client.readContract({
        address: deployment.epochs,
        abi: epochsAbi,
        functionName: "demandBond",
        args: [version],
      }),
    );
    if (!affords({ bond, gas: gas.demand + gas.timeout }, reason, facts)) return false;
    if (!dryRun) await bonding.approve(bond, signal);
    return true;
  }

  function affords(
    cost: { bond: bigint; gas: bigint },
    reason: string,
    facts: Readonly<Record<string, unknown>>,
  ): boolean {
    const open = purse();
    const because: Shortage | "unable" | undefined =
      open === undefined ? "unable" : open.take({ ...cost, disputes: 0 });
    if (because !== undefined) conduct.alarm(reason, { ...facts, because });
    return because === undefined;
  }

  async function demandInclusion(audit: Audit, signal: AbortSignal): Promise<void> {
    const { commitId, receiptId, receipt, signature } = audit;
    if (!(await pay("receiptLeftOut", { receiptId }, receipt.version, signal))) return;
    const call = demandInclusionCall({ deployment, receipt, signature });
    const request = {
      key: `demandInclusion:${commitId}`,
      call,
      deadline: receipt.challengeUntil,
      done: ["AlreadyDemanded", "NotDisputable"],
    };
    await conduct.send("demandInclusion", commitId, request, signal);
    book.change(commitId, { isPlaced: true, acted: true });
  }

  async function exceed(
    { excess }: Extract<Action, { kind: "overCommitted" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { channelId, epoch } = excess;
    const send = await epochs.excessSend(excess);
    if (send !== undefined) {
      if (!affords({ bond: 0n, gas: gas.excess }, "overCommitted", { channelId, epoch })) return;
      await conduct.send("overCommitted", channelId, send, signal);
    }
    epochs.close(excess);
  }

  async function expose(
    { question, first, second }: Extract<Action, { kind: "expose" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const facts = { first: first.commitId, second: second.commitId };
    if (!affords({ bond: 0n, gas: gas.expose }, "equivocation", facts)) return;
    const call = exposeEquivocationCall({
      deployment,
      first: provenBy(first),
      second: provenBy(second),
    });
    const key = `expose:${first.commitId}:${second.commitId}`;
    await conduct.send("expose", first.commitId, { key, call, done: ["NothingToSlash"] }, signal);
    questions.exposed(question);
    for (const { commitId } of [first, second]) book.change(commitId, { acted: true }, "closed");
  }

  function provenBy({ commitId, source }: GivenAnswer) {
    const audit = book.get(commitId);
    const opening = audit
      ? encodeReceiptOpening(audit.receipt, audit.signature, "0x")
      : openingOf(journal, commitId);
    return { source, opening } as const;
  }

  const ownDemands = (): OpenDemand[] => books.demands().filter(({ by }) => isOwn(by));

  const role = createRole<Action>({
    ...options,
    name: "receipt auditor",
    seconds: options.pollSeconds,
    plan,
    act,
    keyOf,
    isIdle: () => ownDemands().length === 0,
  });
  return {
    ...role,
    book,
    take,
    hand,
    placesOf: places.of,
    bound: () => {
      const demands = ownDemands();
      const bonds = demands.reduce((sum, { bond }) => sum + bond, 0n);
      return { bonds, disputes: 0, gas: BigInt(demands.length) * gas.timeout };
    },
  };
}

function keyOf(action: Action): string {
  switch (action.kind) {
    case "askOffer":
      return `askOffer:${action.url}`;
    case "demandInclusion":
      return `${action.kind}:${action.audit.commitId}`;
    case "expose":
      return `${action.kind}:${action.question}`;
    case "fetchEpoch":
    case "demandReceipt":
    case "overCommitted":
      return keyOfEpochAction(action);
    default:
      return `${action.kind}:${subjectOf(action)}`;
  }
}
