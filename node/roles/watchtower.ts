// The watchtower: re-executes what workers have answered and disputes what is wrong.
import type { Hex } from "@assay/sdk/protocol";
import { maxUint256 } from "viem";
import type { ProtocolEvent } from "../chain/events.ts";
import { readInputBond } from "../chain/inputBond.ts";
import { second } from "../clock.ts";
import { EndpointsDisagreeError, EndpointsUnavailableError, SelfTestError } from "../errors.ts";
import type { CommitmentItem } from "../store/journalItems.ts";
import { isSame } from "../strategy/claims.ts";
import type { CoveragePolicy } from "../strategy/coverage.ts";
import { answerKey, judge } from "../strategy/judgement.ts";
import type { CommitmentView, DisputeView } from "../strategy/views.ts";
import {
  type WatchtowerAction,
  type WatchtowerLimits,
  type WatchtowerState,
  watchtowerPlan,
} from "../strategy/watchtowerPlan.ts";
import { createBonding } from "./bonding.ts";
import { challengerSend, challengeSend, claimCreditSend, pokeRequest, requestInputSend } from "./calls.ts";
import {
  type CommitmentEntry,
  createChainViews,
  type PinnedRead,
  readPreferred,
  revealedIn,
} from "./chainViews.ts";
import { createConduct } from "./conduct.ts";
import type { Programs, RoleContext } from "./context.ts";
import { createCoverage } from "./coverage.ts";
import { createEvidence, type Executors } from "./evidence.ts";
import { createInputs, type InputSources, inputBytesOf, inputStateOf } from "./inputs.ts";
import { createNarration } from "./narration.ts";
import { openingOf } from "./openings.ts";
import { createQueue } from "./queue.ts";
import { createRole, type Role } from "./role.ts";
import { createTraces } from "./traces.ts";
import { createWatchtowerGauges } from "./watchtowerGauges.ts";

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
  };

export type Watchtower = Role & {
  /** Takes in events after the journal has: the disputes that are followed are told from them. */
  observe(events: readonly ProtocolEvent[]): Promise<void>;
};

/** A dry run shows what it would do with whatever it takes. */
const unlimited = { wallet: maxUint256, credit: 0n, coins: maxUint256, spentToday: 0n };

export function createWatchtower(options: WatchtowerOptions): Watchtower {
  const { journal, endpoints, sender, deployment, programs, fast, limits, maxFeePerGas, clock } = options;
  const { metrics, logger, onEvent, dryRun = false } = options;
  const challenger = sender.address;
  const views = createChainViews(options);
  const traces = createTraces(journal, programs, fast);
  const evidence = createEvidence({ ...options, trust, now: () => now });
  const conduct = createConduct(options, {
    dryRun,
    onMove: (move) => metrics.watchtower.moves.add({ move }),
  });
  const bonding = createBonding(options, conduct);
  const inputs = createInputs({ ...options, now: () => now });
  const inputBonds = new Map<string, bigint>();
  const refutations = journal.notes<{ disputeId: Hex }, "kept">("refutation");
  const coverage = createCoverage(journal, options.coverage);
  const gauges = createWatchtowerGauges(metrics, { isOwn, limits });
  const narration = createNarration(options, traces, isOurs);
  // A dispute that goes on never waits for the trace of another one that begins.
  const [tracing, loading] = [createQueue(), createQueue()];
  const trusted = new Map<Hex, Promise<unknown>>();
  const distrusted = new Set<Hex>();
  let head = 0n;
  let now = 0n;
  let playing = 0;
  let draining = false;

  function isOwn({ challenger: who }: { challenger: Hex }): boolean {
    return isSame(who, challenger);
  }

  /** Commitments that this watchtower disputes, or has found wrong. */
  function isOurs(commitId: Hex): boolean {
    if (journal.disputesOf(commitId).some(isOwn)) return true;
    const commitment = journal.commitments.get(commitId)?.data;
    return commitment !== undefined && isSuspect(commitment);
  }

  function isSuspect(commitment: CommitmentItem): boolean {
    const { fast: computed } = evidence.of(commitment.commitId);
    return computed !== undefined && computed !== answerKey(commitment);
  }

  /** A dispute of ours that runs, or for which we have not been paid. */
  const isUnsettled = ({ disputes }: CommitmentEntry) =>
    disputes.some(({ state, data }) => isOwn(data) && state !== "lost" && data.settled !== true);

  const isOpen = ({ dispute, settled }: DisputeView) =>
    isOwn(dispute) && dispute.status !== "lost" && !settled;

  function isWatched(entry: CommitmentEntry): boolean {
    if (isUnsettled(entry)) return true;
    if (draining || entry.state !== "committed") return false;
    const omission = coverage.omissionOf(entry.data.commitId);
    if (omission !== undefined) gauges.omitted(omission);
    return omission === undefined;
  }

  const isContested = (entry: CommitmentEntry) => isUnsettled(entry) || isSuspect(entry.data);

  /** Programs about which the judge has told us that we are wrong: remembered when the disputes are forgotten. */
  function refuted(): ReadonlySet<Hex> {
    const lost = journal.disputes.list({ states: ["lost"] }).filter(({ data }) => isOwn(data));
    for (const { data } of lost) {
      const programId = journal.commitments.get(data.commitId)?.data.programId;
      if (data.verdict === "correct" && programId !== undefined && refutations.get(programId) === undefined)
        refutations.put(programId, "kept", { disputeId: data.disputeId });
    }
    return new Set(refutations.list().map(({ id }) => id as Hex));
  }

  async function plan(): Promise<WatchtowerAction[]> {
    const state = await see();
    if (state === undefined) return [];
    const actions = watchtowerPlan(state, limits);
    gauges.set(state, actions, narrow(state));
    return actions;
  }

  /** How much of what should have been checked was. */
  function narrow({ commitments, now: at }: WatchtowerState): number {
    const judged = commitments
      .filter(({ commitId }) => coverage.omissionOf(commitId) === undefined)
      .map((view) => ({ view, judgement: judge(answerKey(view.commitment), view.evidence) }));
    return coverage.note(judged, at);
  }

  /**
   * What the endpoints agree on; while they do not, or too few of them answer, the own disputes as the preferred one has
   * them. Undefined in a round in which the chain has run backwards: what follows from it is seen in the next one.
   */
  async function see(): Promise<WatchtowerState | undefined> {
    try {
      gauges.begin();
      const state = await read(endpoints.agree, isWatched, true);
      const wentBack = state.block < head;
      head = state.block;
      return wentBack ? undefined : state;
    } catch (error) {
      if (!(error instanceof EndpointsDisagreeError || error instanceof EndpointsUnavailableError))
        throw error;
      return read(readPreferred(endpoints), isUnsettled, false);
    }
  }

  async function read(
    pinned: PinnedRead,
    isConcerned: (entry: CommitmentEntry) => boolean,
    endpointsAgree: boolean,
  ): Promise<WatchtowerState & { block: bigint }> {
    const { block, views: found } = await views.commitments(
      views.entries(["committed", "slashed", "refunded"], isConcerned),
      pinned,
      isContested,
    );
    const disputed = found.filter(({ disputes }) => disputes.some(({ dispute }) => isOwn(dispute)));
    if (endpointsAgree) traces.keep(new Set(disputed.map(({ commitId }) => commitId)));
    playing = disputed.filter(({ disputes }) => disputes.some(isOpen)).length;
    now = block.timestamp;
    const inputState = inputStateOf(views, inputs, found);
    const bonds = new Map<Hex, bigint | undefined>();
    for (const view of found)
      if (inputState.missing.has(view.requestId)) bonds.set(view.commitId, await inputBondOf(view));
    return {
      block: block.number,
      now,
      challenger,
      ...(await funds(block.number)),
      maxFeePerGas,
      commitments: found.map((view) => ({
        ...view,
        evidence: evidence.of(view.commitId),
        inputBond: bonds.get(view.commitId),
        trace: traces.get(view.commitId),
        revealed: revealedIn(journal, view.commitId),
      })),
      refuted: refuted(),
      distrusted: new Set(distrusted),
      checkSeconds: evidence.seconds,
      inputs: inputState,
      health: { endpointsAgree, headFresh: isFresh(block.timestamp) },
    };
  }

  async function funds(blockNumber: bigint): Promise<typeof unlimited> {
    if (dryRun || !limits.challenge) return unlimited;
    const [tokens, coins, spentToday] = await Promise.all([
      bonding.funds(blockNumber),
      endpoints.use((client) => client.getBalance({ address: challenger, blockNumber })),
      sender.spentToday(),
    ]);
    return { ...tokens, coins, spentToday };
  }

  /** Undefined where the input was asked for before: once is all there is. */
  async function inputBondOf({ commitId, request }: CommitmentView): Promise<bigint | undefined> {
    if (request.inputPosted || journal.inputRequests.get(commitId) !== undefined) return undefined;
    const { programId, version } = request;
    const inputBytes = inputBytesOf(journal, programId);
    const key = `${version}:${inputBytes}`;
    const bond =
      inputBonds.get(key) ??
      (await endpoints.use((client) => readInputBond(client, { deployment, version, inputBytes })));
    inputBonds.set(key, bond);
    return bond;
  }

  function isFresh(timestamp: bigint): boolean {
    const age = clock.now() / second - Number(timestamp);
    return options.maxHeadAgeSeconds === 0 || age <= options.maxHeadAgeSeconds;
  }

  async function act(action: WatchtowerAction, signal: AbortSignal): Promise<void> {
    switch (action.kind) {
      case "check":
        return gather(action.commitId, "fast");
      case "confirm":
        return gather(action.commitId, "reference");
      case "trace": {
        return trace(action.commitId, action.pass);
      }
      case "challenge":
        return challenge(action, signal);
      case "fetchInput":
        return inputs.fetch(action.requestId);
      case "requestInput":
        return askForInput(action, signal);
      case "choose":
      case "chooseOutput":
      case "proveStep":
        await conduct.send(action.kind, action.disputeId, challengerSend(deployment, action), signal);
        return;
      case "timeout":
      case "settleDispute":
        await conduct.send(action.kind, action.disputeId, pokeRequest(options, action), signal);
        return;
      case "settle":
      case "timeoutInput":
        await conduct.send(action.kind, action.commitId, pokeRequest(options, action), signal);
        return;
      case "refundRetired":
      case "timeoutRequestInput":
        await conduct.send(action.kind, action.requestId, pokeRequest(options, action), signal);
        return;
      case "claimCredit":
        await conduct.send(action.kind, challenger, claimCreditSend(deployment, challenger, head), signal);
        return;
      case "alarm": {
        const { kind, reason, ...facts } = action;
        conduct.alarm(reason, facts);
      }
    }
  }

  async function trace(commitId: Hex, pass: number | undefined): Promise<void> {
    const programId = journal.commitments.get(commitId)?.data.programId;
    if (programId === undefined) return;
    await trust(programId);
    const queue = pass === undefined ? tracing : loading;
    evidence.add(commitId, await queue(() => traces.compute(commitId, pass)));
  }

  async function gather(commitId: Hex, executor: keyof Executors): Promise<void> {
    const { judgement, computed, seconds } = await evidence.gather(commitId, executor);
    const claimed = journal.commitments.get(commitId)?.data;
    metrics.watchtower.checked.add({ verdict: judgement });
    const seen = journal.commitments.get(commitId)?.updated;
    if (seen !== undefined) metrics.watchtower.checkSeconds.observe({}, (clock.now() - seen) / second);
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

  async function challenge(
    action: Extract<WatchtowerAction, { kind: "challenge" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { commitId, bond } = action;
    const request = challengeSend(deployment, action, openingOf(journal, commitId));
    const commitment = journal.commitments.get(commitId)?.data;
    const data = { claimed: commitment && answerKey(commitment), ...evidence.of(commitId) };
    journal.decide({ key: request.key, action: action.kind, subject: commitId, data });
    if (!dryRun) await bonding.approve(bond, signal);
    await conduct.send(action.kind, commitId, request, signal);
  }

  async function askForInput(
    action: Extract<WatchtowerAction, { kind: "requestInput" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { commitId, bond } = action;
    const request = requestInputSend(deployment, action, openingOf(journal, commitId));
    journal.decide({ key: request.key, action: action.kind, subject: commitId, data: { bond } });
    if (!dryRun) await bonding.approve(bond, signal);
    await conduct.send(action.kind, commitId, request, signal);
  }

  /** Known answers once per program and start: a machine that gets them wrong judges no answer of that program. */
  async function trust(programId: Hex): Promise<void> {
    const known = trusted.get(programId) ?? options.selfTest(programId);
    trusted.set(programId, known);
    try {
      await known;
    } catch (error) {
      if (error instanceof SelfTestError) distrusted.add(programId);
      else trusted.delete(programId);
      throw error;
    }
  }

  const role = createRole<WatchtowerAction>({
    ...options,
    name: "watchtower",
    seconds: options.pollSeconds,
    plan,
    act,
    keyOf,
    isIdle: () => playing === 0,
    onDrain: () => {
      draining = true;
    },
  });
  return { ...role, observe: narration.tell };
}

function keyOf(action: WatchtowerAction): string {
  if (action.kind === "alarm") return JSON.stringify(action);
  const subject = "disputeId" in action ? action.disputeId : "commitId" in action ? action.commitId : "";
  const place = "node" in action ? action.node : "requestId" in action ? action.requestId : "";
  return [action.kind, subject, place].join(":");
}
