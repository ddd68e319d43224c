// Which commitments a watchtower checks, and which first: nobody has to check everything, but what is left out is chosen.
import { type Hex, hexToBytes, sha256 } from "@assay/sdk/protocol";
import { isSame } from "./claims.ts";

export interface CoveragePolicy {
  /** Programs and workers that are watched; all of them where empty. */
  programs: readonly Hex[];
  workers: readonly Hex[];
  /** Commitments with less stake behind them are left to others, in stake-token units. */
  leastLock: bigint;
  /** Part of the rest that is checked, from 0 to 1. */
  share: number;
}

export interface Coverable {
  commitId: Hex;
  programId: Hex;
  worker: Hex;
  /** Stake behind it. */
  lock: bigint;
}

/** Why a commitment is left out. */
export type Omission = "program" | "worker" | "lock" | "sample";

/**
 * Undefined where the commitment is checked.
 *
 * @param secret What the sample is drawn with, for ever the same: a commitment is in it or not, whenever it is looked at. A
 * worker that knew it could search for a wrong answer that is left out.
 */
export function omissionOf(
  { commitId, programId, worker, lock }: Coverable,
  { programs, workers, leastLock, share }: CoveragePolicy,
  secret: Hex,
): Omission | undefined {
  if (programs.length > 0 && !programs.some((one) => isSame(one, programId))) return "program";
  if (workers.length > 0 && !workers.some((one) => isSame(one, worker))) return "worker";
  if (lock < leastLock) return "lock";
  return share >= 1 || draw(commitId, secret) < share ? undefined : "sample";
}

/** From 0 to below 1, the same for the same commitment: whoever checks a larger share checks all of a smaller one too. */
export function draw(commitId: Hex, secret: Hex): number {
  const digest = sha256(Uint8Array.from([...hexToBytes(secret), ...hexToBytes(commitId)]));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0) / 2 ** 32;
}

export interface DueCheck {
  /** Unix seconds; a verdict is of no use later. */
  until: bigint;
  /** Stake behind the answer. */
  lock: bigint;
  /** How long the check takes, at most. */
  seconds: number;
}

/**
 * Due checks in the order in which to make them: by their deadlines while all of them can be made in time. Where they cannot,
 * those with the least stake for their time come last, so that the deadline alone decides about nothing valuable.
 */
export function checkOrder<check extends DueCheck>(due: readonly check[], now: bigint): check[] {
  const inTime: check[] = [];
  const late: check[] = [];
  let busyUntil = Number(now);
  for (const check of [...due].sort((a, b) => Number(a.until - b.until))) {
    inTime.push(check);
    busyUntil += check.seconds;
    while (busyUntil > Number(check.until) && inTime.length > 0) {
      const [dropped] = inTime.splice(leastWorth(inTime), 1);
      busyUntil -= dropped!.seconds;
      late.push(dropped!);
    }
  }
  return [...inTime, ...late.sort((a, b) => worth(b) - worth(a))];
}

const worth = ({ lock, seconds }: DueCheck): number => Number(lock) / Math.max(seconds, 0.001);

function leastWorth(checks: readonly DueCheck[]): number {
  let least = 0;
  for (let index = 1; index < checks.length; index++)
    if (worth(checks[index]!) < worth(checks[least]!)) least = index;
  return least;
}

/** A commitment that was to be checked. */
export interface Covered {
  /** The end of its window, unix seconds. */
  until: bigint;
  windowSeconds: number;
  checked: boolean;
}

/** Whether a commitment's window has closed less than two windows ago. */
export const isRecent = ({ until, windowSeconds }: Omit<Covered, "checked">, now: bigint): boolean =>
  until < now && now - until <= 2n * BigInt(windowSeconds);

/** Checked commitments in parts of all whose window has closed lately: 1 where there were none. */
export function coverageRatio(covered: Iterable<Covered>, now: bigint): number {
  const recent = [...covered].filter((one) => isRecent(one, now));
  return recent.length === 0 ? 1 : recent.filter(({ checked }) => checked).length / recent.length;
}
