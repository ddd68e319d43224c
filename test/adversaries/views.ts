// What the production's plans are made from, read off an arena's chain.
import type { Revealed } from "@assay/sdk/program";
import {
  bytesToHex,
  commitmentStatuses,
  type Dispute,
  disputeStatuses,
  enumName,
  type Hex,
  hexToBytes,
  inputStatuses,
  nodeKinds,
  requestStatuses,
  sections,
} from "@assay/sdk/protocol";
import type { DescendedCommitment } from "../../node/strategy/challengerMoves.ts";
import type { AskedInput } from "../../node/strategy/inputPlan.ts";
import { isSettleable } from "../../node/strategy/keeperPlan.ts";
import { standing } from "../../node/strategy/turns.ts";
import type { CommitmentView, DisputeView, RequestView } from "../../node/strategy/views.ts";
import type { Arena, Job } from "./Arena.ts";

/** A job as plans see it; `commitId` and all that follows once there is an answer. */
export type JobView = RequestView & { commitment?: CommitmentView; asked?: AskedInput };

const over = ["finalized", "refunded", "expired", "cancelled"];

export class ChainViews {
  readonly #arena: Arena;
  /** Nothing changes without an event. */
  readonly #known = new Map<Job, JobView>();

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  forget(job: Job): void {
    this.#known.delete(job);
  }

  async of(job: Job): Promise<JobView> {
    const known = this.#known.get(job) ?? (await this.#read(job));
    this.#known.set(job, known);
    return known;
  }

  /** The views of all jobs that have not ended. */
  async live(): Promise<{ job: Job; view: JobView }[]> {
    const live = [];
    for (const job of this.#arena.jobs) {
      const view = await this.of(job);
      if (!isOver(view)) live.push({ job, view });
    }
    return live;
  }

  /** When something becomes possible for somebody. */
  async deadlines(): Promise<bigint[]> {
    const now = await this.#arena.now();
    return (await this.live()).flatMap(({ view }) => deadlinesOf(view, now));
  }

  async #read(job: Job): Promise<JobView> {
    const { world, tier } = this.#arena;
    const raw = await world.market.requestState(job.requestId);
    const request: RequestView = {
      requestId: job.requestId,
      request: job.request,
      state: {
        status: enumName(requestStatuses, Number(raw.status)),
        deadline: BigInt(raw.deadline),
        worker: raw.worker,
      },
      tier,
      retired: false,
    };
    const asked = await this.#asked(job);
    const view: JobView = asked ? { ...request, asked } : request;
    if (job.commitId === undefined) return view;
    return { ...view, commitment: await this.#commitment(job, request) };
  }

  async #commitment(job: Job, request: RequestView): Promise<CommitmentView> {
    const { game, market } = this.#arena.world;
    const commitId = job.commitId!;
    const ids = job.events
      .filter(({ name }) => name === "Challenged")
      .map(({ args }) => args.disputeId as Hex);
    const isHeld = job.events.some(({ name }) => name === "CommitmentRecorded");
    const held = isHeld ? await market.getCommitment(commitId) : undefined;
    const bound = ids.length > 0 ? await game.getBinding(commitId) : undefined;
    const disputes: DisputeView[] = [];
    for (const disputeId of ids) disputes.push(await this.#dispute(job, disputeId));
    const status = held && enumName(commitmentStatuses, Number(held.status));
    return {
      ...request,
      commitId,
      commitment: {
        outputRoot: job.leaf!.outputRoot,
        passes: job.leaf!.passes,
        holds: Number(held?.holds ?? 0),
        slashedAt: status === "slashed" ? BigInt(held!.slashedAt) : 0n,
        settled: held?.settled ?? false,
      },
      binding: {
        traceRoot: bound?.traceRoot ?? `0x${"00".repeat(32)}`,
        boundAt: BigInt(bound?.boundAt ?? 0),
      },
      disputes,
    };
  }

  async #dispute(job: Job, disputeId: Hex): Promise<DisputeView> {
    const { game } = this.#arena.world;
    const raw = await game.getDispute(disputeId);
    const shown = await game.getReveal(job.commitId, raw.node);
    const dispute: Dispute = {
      commitId: raw.commitId,
      challenger: raw.challenger,
      status: enumName(disputeStatuses, Number(raw.status)),
      serial: Number(raw.serial),
      lastMoveAt: raw.lastMoveAt,
      workerSeconds: Number(raw.workerSeconds),
      challengerSeconds: Number(raw.challengerSeconds),
      position: {
        section: enumName(sections, Number(raw.position.section)),
        depth: Number(raw.position.depth),
        path: BigInt(raw.position.path),
      },
      rooted: raw.rooted,
      node: raw.node,
      bond: raw.bond,
      gasOwed: Number(raw.gasOwed),
      previous: Number(raw.previous),
      next: Number(raw.next),
    };
    return {
      disputeId,
      dispute,
      reveal: { kind: enumName(nodeKinds, Number(shown.kind)), revealedAt: shown.revealedAt },
      settled: job.events.some(({ name, args }) => name === "DisputeSettled" && args.disputeId === disputeId),
    };
  }

  async #asked(job: Job): Promise<AskedInput | undefined> {
    const asked = job.events.findLast(({ name }) => name === "InputRequested");
    if (asked === undefined) return undefined;
    const id = asked.args.id as Hex;
    const raw = await this.#arena.world.inputRequests.getInputRequest(id);
    const isOpen = enumName(inputStatuses, Number(raw.status)) === "open";
    if (!isOpen) return undefined;
    return {
      id,
      of: id === job.requestId ? "request" : "commitment",
      asker: raw.asker,
      bond: raw.bond,
      postBy: BigInt(raw.deadline),
      nextChunk: Number(raw.posted),
      awaited: true,
    };
  }
}

/** A commitment for a challenger with a trace of its own. */
export function descended(view: CommitmentView, job: Job, trace = job.right): DescendedCommitment {
  const shown = new Map<Hex, Revealed>();
  for (const { name, args } of job.events) {
    if (name === "TraceBound") shown.set(args.traceRoot as Hex, inner(args.children));
    if (name === "NodeRevealed") shown.set(args.node as Hex, inner(args.children));
    if (name === "TileRevealed")
      shown.set(args.node as Hex, { kind: "tile", tile: hexToBytes(args.tile as Hex) });
  }
  return { ...view, trace, revealed: (node) => shown.get(node) };
}

const inner = (children: unknown): Revealed => ({ kind: "inner", children: [...(children as Hex[])] });

function isOver({ state, commitment }: JobView): boolean {
  const isPaid =
    commitment?.disputes.every(({ dispute, settled }) => dispute.status === "lost" || settled) ?? true;
  if (state.status === "slashed") return commitment!.commitment.settled && isPaid;
  return over.includes(state.status) && isPaid;
}

function deadlinesOf({ state, commitment, asked }: JobView, now: bigint): bigint[] {
  const times: bigint[] = [];
  if (asked) times.push(asked.postBy + 1n);
  if (["open", "claimed", "inputMissing", "committed"].includes(state.status))
    times.push(state.deadline + 1n);
  if (commitment === undefined) return times;
  for (const view of commitment.disputes) {
    const { waitingFor, turn } = standing(view, commitment, now);
    if (waitingFor !== "nobody") times.push(turn.deadline + 1n);
  }
  if (state.status === "slashed" && !commitment.commitment.settled && !isSettleable(commitment, now))
    times.push(commitment.commitment.slashedAt + BigInt(commitment.tier.airgapSeconds) + 1n);
  return times;
}

export const hexOf = (bytes: Uint8Array): Hex => bytesToHex(bytes);
