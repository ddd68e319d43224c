// Honest players against opponents that decide by chance: what to show, what to claim, when to move, and whether at all.

import type { Trace } from "@assay/sdk/program";
import { bytesToHex, EMPTY, type Hex } from "@assay/sdk/protocol";
import { challengerMove } from "../../node/strategy/challengerMoves.ts";
import { isSame } from "../../node/strategy/claims.ts";
import { standing } from "../../node/strategy/turns.ts";
import type { CommitmentView, DisputeView } from "../../node/strategy/views.ts";
import { type Forgery, forge, type WorkerTrees } from "../helpers/game.ts";
import type { Random } from "../helpers/random.ts";
import type { Arena, Job, Player } from "./Arena.ts";
import { playGame, type Result } from "./actor.ts";
import type { Party } from "./cast.ts";
import { childrenOf, perform } from "./moves.ts";
import { descended } from "./views.ts";

type Manner = "best" | "random" | "garbage" | "silent";

interface Decision {
  manner: Manner;
  /** Unix seconds. */
  at: bigint;
}

/** Somebody who decides once for every turn of every dispute that it is asked about. */
abstract class RandomPlayer implements Player {
  protected readonly arena: Arena;
  protected readonly job: Job;
  protected readonly party: Party;
  readonly #decisions = new Map<string, Decision>();
  #wakeAt: bigint | undefined;

  constructor(arena: Arena, party: Party, job: Job) {
    this.arena = arena;
    this.party = party;
    this.job = job;
  }

  wakeAt = (): bigint | undefined => this.#wakeAt;

  async act(): Promise<number> {
    this.#wakeAt = undefined;
    const { commitment } = await this.arena.views.of(this.job);
    if (commitment?.state.status !== "committed") return 0;
    const now = await this.arena.now();
    let accepted = await this.begin(commitment, now);
    for (const view of commitment.disputes) {
      if (accepted > 0) break; // the others stand elsewhere now
      const { waitingFor, turn } = standing(view, commitment, now);
      if (!this.isMine(view, waitingFor)) continue;
      const key = `${view.disputeId} ${view.dispute.lastMoveAt} ${waitingFor}`;
      accepted += await this.inTime(key, turn.deadline, now, (manner, at) =>
        this.move(view, commitment, now, manner, at),
      );
    }
    return accepted;
  }

  /** Does once what was decided under `key`, when its time has come. */
  protected async inTime(
    key: string,
    deadline: bigint,
    now: bigint,
    move: (manner: Manner, at: bigint) => Promise<number>,
  ): Promise<number> {
    const decided = this.#decisions.get(key) ?? decide(this.arena.random, now, deadline);
    this.#decisions.set(key, decided);
    if (decided.manner === "silent") return 0;
    if (now < decided.at - 1n) {
      if (this.#wakeAt === undefined || decided.at - 1n < this.#wakeAt) this.#wakeAt = decided.at - 1n;
      return 0;
    }
    const accepted = await move(decided.manner, decided.at);
    // What was refused or could not be done is not tried again for ever: garbage gives way to the best move, that to silence.
    if (accepted === 0)
      this.#decisions.set(key, { ...decided, manner: decided.manner === "best" ? "silent" : "best" });
    return accepted;
  }

  protected async begin(_commitment: CommitmentView, _now: bigint): Promise<number> {
    return 0;
  }
  protected abstract isMine(view: DisputeView, waitingFor: string): boolean;
  protected abstract move(
    view: DisputeView,
    commitment: CommitmentView,
    now: bigint,
    manner: Manner,
    at: bigint,
  ): Promise<number>;
}

function decide(random: Random, now: bigint, deadline: bigint): Decision {
  const manner = random.pick<Manner>(["best", "best", "best", "best", "best", "random", "garbage", "silent"]);
  const left = deadline > now ? deadline - now : 0n;
  const at = random.pick([now, now, now, deadline, now + (left * BigInt(random.integer(0, 100))) / 100n]);
  return { manner, at };
}

const garbageOf = (random: Random): Hex => bytesToHex(random.bytes(32));
const garbageChildren = (random: Random): Hex[] => Array.from({ length: 16 }, () => garbageOf(random));
const garbageProof = (random: Random) => ({
  descriptor: bytesToHex(random.bytes(3)),
  descriptorPath: [],
  tile: bytesToHex(random.bytes(8)),
  element: random.integer(0, 7),
  operands: [],
});

/** Challenges at a random time of the window and descends to where its own lie lies, or anywhere. */
class RandomChallenger extends RandomPlayer {
  readonly #lie: Trace;
  #isOpen = false;

  constructor(arena: Arena, party: Party, job: Job) {
    super(arena, party, job);
    this.#lie = arena.lieAbout(job);
  }

  protected override async begin({ state, commitId }: CommitmentView, now: bigint): Promise<number> {
    if (this.#isOpen) return 0;
    return this.inTime("open", state.deadline, now, async (_manner, at) => {
      this.#isOpen = true;
      const { ok } = await this.arena.send(this.party, "game", "challenge", [commitId, this.job.opening], at);
      return Number(ok);
    });
  }

  protected override isMine({ dispute }: DisputeView, waitingFor: string): boolean {
    return waitingFor === "challenger" && isSame(dispute.challenger, this.arena.addresses[this.party]);
  }

  protected override async move(
    view: DisputeView,
    commitment: CommitmentView,
    now: bigint,
    manner: Manner,
    at: bigint,
  ): Promise<number> {
    const { random } = this.arena;
    const { disputeId, dispute } = view;
    const seen = descended(commitment, this.job, this.#lie);
    const node = dispute.rooted ? dispute.node : commitment.binding.traceRoot;
    const shown = seen.revealed(node);
    const send = async (name: string, ...args: unknown[]) =>
      Number((await this.arena.send(this.party, "game", name, args, at)).ok);
    if (manner === "random" && shown?.kind === "inner") {
      if (!dispute.rooted && random.next() < 0.3) return send("chooseOutput", disputeId);
      return send("choose", disputeId, node, shown.children, random.integer(0, 15));
    }
    if (manner === "garbage") {
      return shown?.kind === "inner"
        ? send("choose", disputeId, node, garbageChildren(random), random.integer(0, 255))
        : send("proveStep", disputeId, node, garbageProof(random));
    }
    const best = challengerMove(view, seen, now);
    return best === undefined ? 0 : perform(this.arena, this.party, this.job, best, at);
  }
}

/** Shows what it can of whatever trees it has bound itself to. */
class RandomWorker extends RandomPlayer {
  protected override isMine(_view: DisputeView, waitingFor: string): boolean {
    return waitingFor === "worker";
  }

  protected override async move(
    { dispute }: DisputeView,
    { binding, commitId }: CommitmentView,
    _now: bigint,
    manner: Manner,
    at: bigint,
  ): Promise<number> {
    const { random } = this.arena;
    const { node, position } = dispute;
    const send = async (name: string, ...args: unknown[]) =>
      Number((await this.arena.send(this.party, "game", name, [commitId, ...args], at)).ok);
    if (binding.boundAt === 0n)
      return send("bindTrace", manner === "garbage" ? garbageChildren(random) : childrenOf(this.job));
    if (manner === "garbage") {
      // It is kept under its own hash and answers nothing: time goes on as if nobody had moved.
      if (random.next() < 0.5) await send("reveal", garbageChildren(random));
      else await send("revealTile", garbageOf(random));
      return 0;
    }
    const reply = { kind: "reveal", commitId, node, position, deadline: 0n } as const;
    return node === EMPTY ? 0 : perform(this.arena, this.party, this.job, reply, at);
  }
}

/** A wrong output, over trees of any kind. */
function liesOf(arena: Arena, job: Job): WorkerTrees & { output: Uint8Array } {
  const { random } = arena;
  const lie = arena.lieAbout(job);
  const { output, outputRoot } = lie;
  const { shape, depth } = job.right;
  const forged = (at: number, path: number, forgery: Forgery) => {
    const position = { section: "trace", depth: at, path: BigInt(path) } as const;
    return { ...forge(job.right, position, forgery), output, outputRoot };
  };
  const leaf = random.integer(0, shape.slots - 1);
  switch (random.integer(0, 7)) {
    case 0:
      return forged(depth, leaf, { kind: "unknown" });
    case 1:
      return forged(depth, leaf, { kind: "empty" });
    case 2: {
      const padding = random.integer(shape.slots, 16 ** depth - 1);
      return forged(depth, padding, { kind: "tile", tile: random.bytes(random.integer(1, 1024)) });
    }
    case 3:
      return forged(depth, leaf, { kind: "inner", children: garbageChildren(random) });
    case 4: // nothing wrong but the output
      return forged(depth, shape.slots === 16 ** depth ? 0 : shape.slots, { kind: "empty" });
    default:
      return lie;
  }
}

export interface RandomResult extends Result {
  games: number;
  /** How they ended. */
  finalized: number;
  slashed: number;
}

/** So many games at a time: half of the answers are honest ones that are attacked, half are wrong ones that are caught. */
export async function playRandomly(arena: Arena, games: number): Promise<RandomResult> {
  const lock = arena.tier.minLock;
  await arena.send("mallory", "vault", "stake", [arena.addresses.mallory, BigInt(games) * lock]);
  const result = await playGame(arena, async (_, crew) => {
    const opponents: Player[] = [];
    for (let game = 0; game < games; game++) {
      const isHonest = game % 2 === 0;
      const job = isHonest
        ? await arena.honestJob()
        : await arena.wrongJob("mallory", (asked) => liesOf(arena, asked));
      if (!isHonest) opponents.push(new RandomWorker(arena, "mallory", job));
      const challengers = isHonest ? arena.random.integer(1, 2) : arena.random.integer(0, 1);
      for (let one = 0; one < challengers; one++)
        opponents.push(new RandomChallenger(arena, "accomplice", job));
    }
    await arena.play([...opponents, ...crew]);
  });
  const ends = await Promise.all(arena.jobs.map(async (job) => (await arena.views.of(job)).state.status));
  const count = (status: string) => ends.filter((end) => end === status).length;
  return { ...result, games, finalized: count("finalized"), slashed: count("slashed") };
}
