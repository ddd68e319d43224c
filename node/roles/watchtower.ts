// The watchtower: re-executes what workers have answered, to requests and with receipts, and disputes what is wrong.
import { type Deployment, refundRetiredReceiptCall } from "@assay/sdk";
import { encodeReceiptOpening, type Hex } from "@assay/sdk/protocol";
import { bytesToHex } from "viem";
import type { ProtocolEvent } from "../chain/events.ts";
import { createTiers } from "../chain/tiers.ts";
import { second } from "../clock.ts";
import type { AuditBook } from "../receipts/auditBook.ts";
import { createAuditViews } from "../receipts/auditViews.ts";
import { onChannels } from "../receipts/references.ts";
import type { Bound, Purse } from "../strategy/budget.ts";
import { isSame } from "../strategy/claims.ts";
import type { CoveragePolicy } from "../strategy/coverage.ts";
import { answerKey, judge } from "../strategy/judgement.ts";
import {
  purseBeside,
  type WatchtowerAction,
  type WatchtowerLimits,
  type WatchtowerState,
  watchtowerPlan,
} from "../strategy/watchtowerPlan.ts";
import { createBonding } from "./bonding.ts";
import { challengerSend, challengeSend, claimCreditSend, pokeRequest, requestInputSend } from "./calls.ts";
import { allCases, marketCases } from "./cases.ts";
import { createConduct } from "./conduct.ts";
import type { Programs, RoleContext } from "./context.ts";
import { createCoverage } from "./coverage.ts";
import { createEvidence, type Executors } from "./evidence.ts";
import { createInputs, type InputSources } from "./inputs.ts";
import { createNarration } from "./narration.ts";
import { openingOf } from "./openings.ts";
import { createQueue } from "./queue.ts";
import { createRole, type Role } from "./role.ts";
import { createTraces } from "./traces.ts";
import { createTrust } from "./trust.ts";
import { createWatchtowerGauges } from "./watchtowerGauges.ts";
import { createSight } from "./watchtowerSight.ts";

export type WatchtowerOptions = RoleContext &
  Executors &
  InputSources & {
    programs: Programs;
    /** Known answers on this machine; throws SelfTestError when one comes out wrong. */
    selfTest(programId: Hex): Promise<unknown>;
    /** Which commitments it checks. */
    coverage: CoveragePolicy;
    limits: WatchtowerLimits;
    /** Wei per unit of gas that disputes are reckoned with. */
    maxFeePerGas: bigint;
    /** Seconds after which the newest block is too old to act on; zero for chains that mine on demand. */
    maxHeadAgeSeconds: number;
    /** Sends nothing and says what it would send. */
    dryRun?: boolean;
    /** Receipts that are judged as well. */
    receipts?: WatchedReceipts;
  };

export type WatchedReceipts = {
  book: AuditBook;
  /** Where a worker hands out its inputs. */
  placesOf(worker: Hex): readonly string[];
  /** What is bound by questions about epochs. */
  bound(): Bound;
};

export type Watchtower = Role & {
  /** Takes in events after the journal has: the disputes that are followed are told from them. */
  observe(events: readonly ProtocolEvent[]): Promise<void>;
  /** What may be spent besides, as of the last round; undefined while nothing new may be begun. */
  purse(): Purse | undefined;
};

export function createWatchtower(options: WatchtowerOptions): Watchtower {
  const { journal, sender, deployment, programs, fast, limits, clock, receipts } = options;
  const { metrics, logger, onEvent, dryRun = false } = options;
  const challenger = sender.address;
  const cases = receipts ? allCases(marketCases(journal), receipts.book) : marketCases(journal);
  const traces = createTraces(journal, programs, fast, cases);
  const trust = createTrust(options.selfTest);
  const evidence = createEvidence({ ...options, cases, trust: trust.require, now: () => now });
  const conduct = createConduct(options, {
    dryRun,
    onMove: (move) => metrics.watchtower.moves.add({ move }),
  });
  const bonding = createBonding(options, conduct);
  const inputs = createInputs({ ...options, now: () => now, wantedOf });
  const coverage = createCoverage(journal, options.coverage, cases);
  const isOwn = (dispute: { challenger: Hex }) => isSame(dispute.challenger, challenger);
  const gauges = createWatchtowerGauges(metrics, { isOwn, limits });
  const audits =
    receipts &&
    createAuditViews({ ...options, book: receipts.book, tiers: createTiers(options), challenger });
  const sight = createSight(options, {
    ...{ cases, evidence, inputs, traces, coverage, gauges, trust, bonding, audits },
    elsewhere: () => receipts?.bound(),
    isDraining: () => draining,
    setNow: (at) => {
      now = at;
    },
  });
  const narration = createNarration(options, traces, sight.isOurs);
  // A dispute that goes on never waits for the trace of another one that begins.
  const [tracing, loading] = [createQueue(), createQueue()];
  let now = 0n;
  let draining = false;
  let purse: Purse | undefined;

  function wantedOf(id: Hex) {
    const request = journal.requests.get(id)?.data.request;
    const audit = request ? undefined : receipts?.book.byReceipt(id);
    return request ?? (audit && { ...audit.receipt, sources: receipts?.placesOf(audit.worker) ?? [] });
  }

  async function plan(): Promise<WatchtowerAction[]> {
    const state = await sight.see();
    if (state === undefined) return [];
    const actions = watchtowerPlan(state, limits);
    gauges.set(state, actions, sight.narrow(state));
    purse = purseBeside(state, limits);
    for (const view of state.commitments) if (receipts?.book.get(view.commitId)?.state === "open") rest(view);
    return actions;
  }

  /** A receipt that was found right is not looked at in every round. */
  function rest({ commitId, commitment, evidence: known, disputes }: WatchtowerState["commitments"][number]) {
    if (disputes.length === 0 && judge(answerKey(commitment), known) === "valid")
      receipts?.book.change(commitId, {}, "valid");
  }

  /** The contracts that a commitment or a dispute is in. */
  const groundOf = (isReceipts: boolean): Deployment => (isReceipts ? onChannels(deployment) : deployment);
  const isReceipt = (commitId: Hex) => receipts?.book.get(commitId) !== undefined;
  const isOnReceipt = (disputeId: Hex) => receipts?.book.isDispute(disputeId) ?? false;

  async function act(action: WatchtowerAction, signal: AbortSignal): Promise<void> {
    switch (action.kind) {
      case "check":
        return gather(action.commitId, "fast");
      case "confirm":
        return gather(action.commitId, "reference");
      case "trace":
        return trace(action.commitId, action.pass);
      case "challenge":
      case "requestInput":
        return begin(action, signal);
      case "fetchInput":
        return inputs.fetch(action.requestId);
      case "choose":
      case "chooseOutput":
      case "proveStep": {
        const ground = groundOf(isOnReceipt(action.disputeId));
        await conduct.send(action.kind, action.disputeId, challengerSend(ground, action), signal);
        return;
      }
      case "timeout":
      case "settleDispute": {
        const ground = groundOf(isOnReceipt(action.disputeId));
        const poke = pokeRequest({ journal, deployment: ground }, action);
        await conduct.send(action.kind, action.disputeId, poke, signal);
        return;
      }
      case "settle":
      case "timeoutInput": {
        const ground = groundOf(isReceipt(action.commitId));
        const poke = pokeRequest({ journal, deployment: ground }, action);
        await conduct.send(action.kind, action.commitId, poke, signal);
        return;
      }
      case "refundRetired":
      case "timeoutRequestInput":
        await conduct.send(action.kind, action.requestId, refundOrPoke(action), signal);
        return;
      case "claimCredit": {
        const send = claimCreditSend(deployment, challenger, sight.head());
        await conduct.send(action.kind, challenger, send, signal);
        return;
      }
      case "alarm": {
        const { kind, reason, ...facts } = action;
        conduct.alarm(reason, facts);
      }
    }
  }

  function refundOrPoke(
    action: Extract<WatchtowerAction, { kind: "refundRetired" | "timeoutRequestInput" }>,
  ) {
    const audit = receipts?.book.byReceipt(action.requestId);
    if (audit === undefined) return pokeRequest(options, action);
    const { commitId } = audit;
    const call = refundRetiredReceiptCall({ deployment, commitId });
    return { key: `refundReceipt:${commitId}`, call, done: ["WrongCommitmentStatus"] };
  }

  async function trace(commitId: Hex, pass: number | undefined): Promise<void> {
    const programId = cases.of(commitId)?.programId;
    if (programId === undefined) return;
    await trust.require(programId);
    const queue = pass === undefined ? tracing : loading;
    evidence.add(commitId, await queue(() => traces.compute(commitId, pass)));
  }

  async function gather(commitId: Hex, executor: keyof Executors): Promise<void> {
    const { judgement, computed, seconds } = await evidence.gather(commitId, executor);
    const claimed = cases.of(commitId);
    metrics.watchtower.checked.add({ verdict: judgement });
    if (claimed !== undefined)
      metrics.watchtower.checkSeconds.observe({}, (clock.now() - claimed.seen) / second);
    logger.info("Commitment checked", { commitId, judgement, seconds });
    onEvent?.({ kind: "checked", commitId, judgement, seconds });
    if (computed !== undefined && claimed !== undefined && answerKey(computed) !== answerKey(claimed))
      onEvent?.({
        kind: "mismatch",
        commitId,
        claimed: claimed.outputRoot,
        recomputed: computed.outputRoot,
        claimedPasses: claimed.passes,
        recomputedPasses: computed.passes,
      });
  }

  /** Risks a bond: what for is in the journal before. */
  async function begin(
    action: Extract<WatchtowerAction, { kind: "challenge" | "requestInput" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { kind, commitId, bond } = action;
    const ground = groundOf(isReceipt(commitId));
    const opening = openingFor(commitId, kind === "challenge");
    const request =
      kind === "challenge"
        ? challengeSend(ground, action, opening)
        : requestInputSend(ground, action, opening);
    const claimed = cases.of(commitId);
    const data = { bond, claimed: claimed && answerKey(claimed), ...evidence.of(commitId) };
    journal.decide({ key: request.key, action: kind, subject: commitId, data });
    if (!dryRun) await bonding.approve(bond, signal);
    await conduct.send(kind, commitId, request, signal);
    receipts?.book.change(commitId, { acted: true });
  }

  /** What its source recognises a commitment by. A dispute about a receipt shows its input, unless that is private. */
  function openingFor(commitId: Hex, withInput: boolean): Hex {
    const audit = receipts?.book.get(commitId);
    if (audit === undefined) return openingOf(journal, commitId);
    const { receipt, receiptId, signature } = audit;
    const input = withInput && !receipt.isPrivate ? journal.inputOf(receiptId) : undefined;
    return encodeReceiptOpening(receipt, signature, input ? bytesToHex(input) : "0x");
  }

  const role = createRole<WatchtowerAction>({
    ...options,
    name: "watchtower",
    seconds: options.pollSeconds,
    plan,
    act,
    keyOf,
    isIdle: () => sight.playing() === 0,
    onDrain: () => {
      draining = true;
    },
  });
  return { ...role, observe: narration.tell, purse: () => (draining || dryRun ? undefined : purse) };
}

function keyOf(action: WatchtowerAction): string {
  if (action.kind === "alarm") return JSON.stringify(action);
  const subject = "disputeId" in action ? action.disputeId : "commitId" in action ? action.commitId : "";
  const place = "node" in action ? action.node : "requestId" in action ? action.requestId : "";
  return [action.kind, subject, place].join(":");
}
