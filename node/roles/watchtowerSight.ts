// What a watchtower sees: what its endpoints agree on of everything it has to judge, and what it may spend.
import type { Hex } from "@assay/sdk/protocol";
import { maxUint256 } from "viem";
import { readInputBond } from "../chain/inputBond.ts";
import { second } from "../clock.ts";
import { EndpointsDisagreeError, EndpointsUnavailableError } from "../errors.ts";
import type { AuditViews } from "../receipts/auditViews.ts";
import type { Bound } from "../strategy/budget.ts";
import { isSame } from "../strategy/claims.ts";
import { answerKey, judge } from "../strategy/judgement.ts";
import type { CommitmentView, DisputeView } from "../strategy/views.ts";
import type { WatchtowerState } from "../strategy/watchtowerPlan.ts";
import type { Bonding } from "./bonding.ts";
import type { Case, Cases } from "./cases.ts";
import {
  type CommitmentEntry,
  createChainViews,
  type PinnedRead,
  readPreferred,
  revealedIn,
} from "./chainViews.ts";
import type { Coverage } from "./coverage.ts";
import type { EvidenceBook } from "./evidence.ts";
import { type Inputs, inputBytesOf, inputStateOf } from "./inputs.ts";
import type { Traces } from "./traces.ts";
import type { Trust } from "./trust.ts";
import type { WatchtowerOptions } from "./watchtower.ts";
import type { WatchtowerGauges } from "./watchtowerGauges.ts";

export type Sight = {
  /** Undefined in a round in which the chain has run backwards: what follows from it is seen in the next one. */
  see(): Promise<WatchtowerState | undefined>;
  /** How much of what should have been checked was. */
  narrow(state: WatchtowerState): number;
  /** A commitment that this watchtower disputes, or has found wrong. */
  isOurs(commitId: Hex): boolean;
  /** The block that was read last. */
  head(): bigint;
  /** Commitments with open disputes of ours. */
  playing(): number;
};

export type SightParts = {
  cases: Cases;
  evidence: EvidenceBook;
  inputs: Inputs;
  traces: Traces;
  coverage: Coverage;
  gauges: WatchtowerGauges;
  trust: Trust;
  bonding: Bonding;
  audits: AuditViews | undefined;
  elsewhere(): Bound | undefined;
  isDraining(): boolean;
  setNow(now: bigint): void;
};

/** A dry run shows what it would do with whatever it takes. */
const unlimited = { wallet: maxUint256, credit: 0n, coins: maxUint256, spentToday: 0n };

export function createSight(options: WatchtowerOptions, parts: SightParts): Sight {
  const { journal, endpoints, sender, deployment, limits, maxFeePerGas, clock, dryRun = false } = options;
  const { cases, evidence, inputs, traces, coverage, gauges, trust, bonding, audits } = parts;
  const challenger = sender.address;
  const views = createChainViews(options);
  const inputBonds = new Map<string, bigint>();
  const refutations = journal.notes<{ disputeId: Hex }, "kept">("refutation");
  let head = 0n;
  let now = 0n;
  let playing = 0;

  const isOwn = ({ challenger: who }: { challenger: Hex }): boolean => isSame(who, challenger);

  function isOurs(commitId: Hex): boolean {
    if (journal.disputesOf(commitId).some(isOwn)) return true;
    const found = cases.of(commitId);
    return found !== undefined && isSuspect(found);
  }

  function isSuspect(found: Pick<Case, "commitId" | "outputRoot" | "passes">): boolean {
    const { fast: computed } = evidence.of(found.commitId);
    return computed !== undefined && computed !== answerKey(found);
  }

  /** A dispute of ours that runs, or for which we have not been paid. */
  const isUnsettled = ({ disputes }: CommitmentEntry) =>
    disputes.some(({ state, data }) => isOwn(data) && state !== "lost" && data.settled !== true);

  const isOpen = ({ dispute, settled }: DisputeView) =>
    isOwn(dispute) && dispute.status !== "lost" && !settled;

  function isCovered(commitId: Hex): boolean {
    const omission = coverage.omissionOf(commitId);
    if (omission !== undefined) gauges.omitted(omission);
    return omission === undefined;
  }

  function isWatched(entry: CommitmentEntry): boolean {
    if (isUnsettled(entry)) return true;
    if (parts.isDraining() || entry.state !== "committed") return false;
    return isCovered(entry.data.commitId);
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

  function narrow({ commitments, now: at }: WatchtowerState): number {
    const judged = commitments
      .filter(({ commitId }) => coverage.omissionOf(commitId) === undefined)
      .map((view) => ({ view, judgement: judge(answerKey(view.commitment), view.evidence) }));
    return coverage.note(judged, at);
  }

  /**
   * What the endpoints agree on; while they do not, or too few of them answer, the own disputes as the preferred one has
   * them.
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
    const answers = await views.commitments(
      views.entries(["committed", "slashed", "refunded"], isConcerned),
      pinned,
      isContested,
    );
    const { block } = answers;
    now = block.timestamp;
    parts.setNow(now);
    const isAudited = ({ commitId }: { commitId: Hex }) =>
      endpointsAgree && !parts.isDraining() && isCovered(commitId);
    const receipts = (await audits?.read(pinned, isAudited, now)) ?? [];
    const found = [...answers.views, ...receipts];
    const disputed = found.filter(({ disputes }) => disputes.some(({ dispute }) => isOwn(dispute)));
    if (endpointsAgree) traces.keep(new Set(disputed.map(({ commitId }) => commitId)));
    playing = disputed.filter(({ disputes }) => disputes.some(isOpen)).length;
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
      distrusted: new Set(trust.distrusted),
      checkSeconds: evidence.seconds,
      inputs: inputState,
      health: { endpointsAgree, headFresh: isFresh(block.timestamp) },
      elsewhere: parts.elsewhere(),
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

  return { see, narrow, isOurs, head: () => head, playing: () => playing };
}
