// How much work a worker may have open: everything it is committed to must survive being challenged at once.
import { type Hex, type ProgramHeader, type Tier, traceDepth } from "@assay/sdk/protocol";

/** A program as this machine can run it. */
export interface ServedProgram {
  header: ProgramHeader;
  /** Bytes of all tensors of one execution: what a trace keeps in memory. */
  traceBytes: number;
  /** False for programs that are only defended: new requests for them are left to others. */
  offered: boolean;
  /** False when a known-answer case failed: nothing new is done with it. */
  ready: boolean;
  /** Measured on this machine, at most, for one request. */
  executeSeconds: number;
  traceSeconds: number;
  /** How many traces take as long as what disputes may have computed again; 0 when left out. */
  replayShare?: number;
  /** Several requests may be executed together: their bits stay the same. */
  batches?: boolean;
}

/** Work that the worker has claimed or committed and that is not terminal. */
export interface OpenWork {
  programId: Hex;
  tier: Tier;
  /** Unix seconds; undefined once executed. */
  commitBy: bigint | undefined;
  /** How many like it there are; 1 when left out. */
  count?: number;
}

export type ServedPrograms = ReadonlyMap<Hex, ServedProgram>;

export interface GasReserve {
  /** Wei on the operator key. */
  balance: bigint;
  /** Wei per unit of gas that the worker is ready to pay in a dispute. */
  maxFeePerGas: bigint;
}

/** Gas of each reply, at most. */
export interface ReplyGas {
  bindTrace: bigint;
  reveal: bigint;
  revealTile: bigint;
}

/** What contracts/libraries/MoveGasLib.sol holds the worker's moves to, and a quarter more. */
export const measuredReplyGas: ReplyGas = { bindTrace: 106_250n, reveal: 81_250n, revealTile: 100_000n };

/** Gas to answer one dispute to its end: bind, the inner nodes of both trees, one tile. */
export function replyGas(header: ProgramHeader, gas: ReplyGas): bigint {
  const traceReveals = traceDepth(header.slots, header.maxPasses) - 1; // the bind shows the first level
  return gas.bindTrace + gas.reveal * BigInt(traceReveals + header.tensorDepth) + gas.revealTile;
}

/** True when tracing all of `work`, and disputing it, takes no more than `share` of the shortest dispute clock among it. */
export function tracesInTime(work: readonly OpenWork[], programs: ServedPrograms, share: number): boolean {
  const seconds = sum(work, ({ programId }) => {
    const { traceSeconds = 0, replayShare = 0 } = programs.get(programId) ?? {};
    return traceSeconds * (1 + replayShare);
  });
  return seconds <= share * Math.min(...work.map(({ tier }) => tier.workerSeconds));
}

/** True when `reserve` pays for one whole dispute on each of `work`. */
export function affordsReplies(
  work: readonly OpenWork[],
  programs: ServedPrograms,
  reserve: GasReserve,
  gas: ReplyGas,
): boolean {
  const units = work.reduce((total, { programId, count = 1 }) => {
    const program = programs.get(programId);
    return program ? total + replyGas(program.header, gas) * BigInt(count) : total;
  }, 0n);
  return units * reserve.maxFeePerGas <= reserve.balance;
}

/** True when the traces of all of `work` fit into `bytes` of memory at once. */
export function tracesFit(work: readonly OpenWork[], programs: ServedPrograms, bytes: number): boolean {
  return sum(work, ({ programId }) => programs.get(programId)?.traceBytes ?? 0) <= bytes;
}

/** True when everything still to be executed is done `marginSeconds` before its deadline, the most urgent first. */
export function deliversInTime(
  work: readonly OpenWork[],
  programs: ServedPrograms,
  now: bigint,
  marginSeconds: number,
): boolean {
  let busyUntil = Number(now) + marginSeconds;
  return byDeadline(work).every(({ programId, commitBy }) => {
    busyUntil += programs.get(programId)?.executeSeconds ?? 0;
    return busyUntil <= Number(commitBy);
  });
}

/** What is still to be executed, the most urgent first. */
export function byDeadline<work extends Pick<OpenWork, "commitBy">>(all: readonly work[]): work[] {
  const pending = all.filter(({ commitBy }) => commitBy !== undefined);
  return pending.sort((a, b) => Number(a.commitBy) - Number(b.commitBy));
}

/** Stake that a request of `fee` puts at risk under `tier`. */
export function lockFor({ minLock, lockPerFee }: Tier, fee: bigint): bigint {
  const byFee = fee * BigInt(lockPerFee);
  return byFee > minLock ? byFee : minLock;
}

const sum = (work: readonly OpenWork[], value: (one: OpenWork) => number): number =>
  work.reduce((total, one) => total + value(one) * (one.count ?? 1), 0);
