// What an actor of the library is, and what a game with it came to.
import { most } from "../../node/bigints.ts";
import { type Arena, type Player, unit } from "./Arena.ts";
import { honestParties, hostileParties, isHonest } from "./cast.ts";
import { HonestBackup } from "./HonestBackup.ts";
import { HonestKeeper } from "./HonestKeeper.ts";
import { HonestWatchtower } from "./HonestWatchtower.ts";
import { HonestWorker } from "./HonestWorker.ts";
import { perform } from "./moves.ts";

/** The honest players of an arena. */
export interface Crew extends Iterable<Player> {
  worker: HonestWorker;
  backup: HonestBackup;
  watchtower: HonestWatchtower;
  keeper: HonestKeeper;
}

export interface Actor {
  name: string;
  /** It attacks nobody: its games show that nothing is lost without an attack. */
  isHonest?: boolean;
  /** Needs a network whose token refuses transfers to somebody. */
  blocks?: boolean;
  /** Plays one game to its end; throws where the attack did what it should not be able to do. */
  play(arena: Arena, crew: Crew & Player[]): Promise<void>;
}

/** What one game came to. Token units, seconds. */
export interface Result {
  /** What honest parties lost of stake, bonds and credit. */
  honestLost: bigint;
  /** Commitments that were finalized with a wrong output. */
  wrongFinalized: number;
  /** From the end of the window to the end of the commitment, the longest, of right answers and of wrong ones. */
  delay: bigint;
  /** The time formula for it. */
  formula: bigint;
  /** What the adversaries have less than before. */
  cost: bigint;
  /** Transactions of adversaries. */
  moves: number;
  honestGas: bigint;
}

export function crewOf(arena: Arena): Crew & Player[] {
  const parts = {
    worker: new HonestWorker(arena),
    backup: new HonestBackup(arena),
    watchtower: new HonestWatchtower(arena),
    keeper: new HonestKeeper(arena),
  };
  return Object.assign([parts.worker, parts.watchtower, parts.keeper] as Player[], parts);
}

/** Plays one game and reads the books. */
export async function playGame(arena: Arena, play: Actor["play"]): Promise<Result> {
  arena.jobs = [];
  arena.intercept = undefined;
  arena.spent.clear();
  arena.moves = 0;
  arena.gas.honest = 0n;
  const before = await arena.books();
  await play(arena, crewOf(arena));
  await sweep(arena);
  const after = await arena.books();
  const ends = await Promise.all(arena.jobs.map((job) => endOf(arena, job)));
  const paid = ends.reduce((sum, { fee }) => sum + fee, 0n);
  arena.allow("requester", paid);
  let honestLost = 0n;
  for (const party of honestParties) {
    const lost = before[party] - after[party] - (arena.spent.get(party) ?? 0n);
    if (lost > 0n) honestLost += lost;
  }
  // What one game cost an honest party counts even where another game brought in more.
  honestLost = most(
    honestLost,
    ends.reduce((sum, { forfeited }) => sum + forfeited, 0n),
  );
  const cost = hostileParties.reduce((sum, party) => sum + before[party] - after[party], 0n);
  const disputeSeconds = (await arena.world.parameters.disputeSeconds(1)) as bigint;
  return {
    honestLost,
    wrongFinalized: ends.filter(({ isWrong }) => isWrong).length,
    delay: most(0n, ...ends.map(({ delay }) => delay)),
    formula: disputeSeconds + BigInt(arena.tier.inputSeconds + arena.tier.recheckSeconds),
    cost,
    moves: arena.moves,
    honestGas: arena.gas.honest,
  };
}

/** Pays out what everybody can have by asking. */
async function sweep(arena: Arena): Promise<void> {
  for (const job of arena.jobs) {
    const { commitment, state } = await arena.views.of(job);
    if (!["slashed", "refunded", "finalized"].includes(state.status)) continue;
    for (const { disputeId, dispute, settled } of commitment?.disputes ?? []) {
      if (settled || dispute.status === "lost") continue;
      await perform(arena, "keeper", job, { kind: "settleDispute", disputeId });
    }
  }
}

async function endOf(arena: Arena, job: Arena["jobs"][number]) {
  const { state, commitment } = await arena.views.of(job);
  if (["open", "claimed", "committed", "inputMissing"].includes(state.status))
    throw new Error(`A request is left ${state.status}`);
  const isFinal = state.status === "finalized";
  const isWrong = isFinal && job.leaf!.outputRoot !== job.right.outputRoot;
  const published = job.events.find(({ name }) => name === "Committed")?.time;
  const ended = job.events.find(({ name }) =>
    ["Finalized", "CommitmentSlashed", "RequestClosed"].includes(name),
  )?.time;
  const window = BigInt(arena.tier.windowSeconds);
  const delay = published === undefined || ended === undefined ? 0n : ended - published - window;
  const slash = job.events.findLast(({ name }) => name === "CommitmentSlashed");
  const honest = honestParties.map((party) => arena.addresses[party]);
  const bonds = (commitment?.disputes ?? [])
    .filter(({ dispute }) => dispute.status === "lost" && honest.includes(dispute.challenger))
    .reduce((sum, { dispute }) => sum + dispute.bond, 0n);
  const isOwnSlash = state.status === "slashed" && job.worker !== undefined && isHonest(job.worker);
  const forfeited = bonds + (isOwnSlash ? (slash!.args.amount as bigint) : 0n);
  return { isWrong, forfeited, fee: isFinal && !isWrong ? job.request.fee : 0n, delay };
}

/** Whole tokens, for tables. */
export const tokens = (amount: bigint): number => Number((amount * 1_000n) / unit) / 1_000;
