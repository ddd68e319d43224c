// What is done about inputs that are kept off the chain: found in time, posted when asked for, timed out when nobody posts.
import type { Hex } from "@assay/sdk/protocol";
import type { CommitmentView } from "./views.ts";

/** How often an input was looked for in vain, and from when on to look again; unix seconds. */
export interface MissingInput {
  tries: number;
  retryAt: bigint;
}

/** An input that somebody asked to see on the chain, and that was not shown yet. */
export interface AskedInput {
  /** Of the claimed request, or of the commitment. */
  id: Hex;
  of: "request" | "commitment";
  asker: Hex;
  bond: bigint;
  /** Unix seconds. */
  postBy: bigint;
  /** The next of its chunks to be posted. */
  nextChunk: number;
  /** False when what it was asked for has ended otherwise. */
  awaited: boolean;
}

export interface InputState {
  /** By request; those that are not in it are at hand. */
  missing: ReadonlyMap<Hex, MissingInput>;
  /** By the id that they were asked for under. */
  asked: ReadonlyMap<Hex, AskedInput>;
}

export type FetchInput = { kind: "fetchInput"; requestId: Hex };

export type InputReply =
  | FetchInput
  /** Show the next part of an input that was asked for. */
  | { kind: "postInput"; commitId: Hex; requestId: Hex; firstChunk: number; deadline: bigint }
  /** What was asked for is not at hand: the lock is lost unless somebody finds it. */
  | { kind: "alarm"; reason: "inputLost"; commitId: Hex; requestId: Hex };

/** Anyone's. */
export type InputPoke =
  | { kind: "timeoutRequestInput"; requestId: Hex }
  | { kind: "timeoutInput"; commitId: Hex };

/** Those of the requests whose input is to be looked for now. */
export const fetches = (requestIds: readonly Hex[], { missing }: InputState, now: bigint): FetchInput[] =>
  requestIds
    .filter((requestId) => now >= (missing.get(requestId)?.retryAt ?? now + 1n))
    .map((requestId) => ({ kind: "fetchInput", requestId }));

/** What a worker's side owes to those who asked for its inputs, the most urgent first. */
export function inputReplies(
  commitments: readonly CommitmentView[],
  state: InputState,
  now: bigint,
  patienceSeconds: number,
): InputReply[] {
  const due = commitments.flatMap(({ commitId, requestId, tier }) => {
    const { postBy, nextChunk, awaited } = state.asked.get(commitId) ?? { awaited: false };
    if (!awaited || now > postBy || !isOurs(postBy, tier.inputSeconds, now, patienceSeconds)) return [];
    return [{ commitId, requestId, firstChunk: nextChunk, deadline: postBy }];
  });
  return due
    .sort((a, b) => Number(a.deadline - b.deadline))
    .flatMap(({ commitId, requestId, ...rest }): InputReply[] =>
      state.missing.has(requestId)
        ? [{ kind: "alarm", reason: "inputLost", commitId, requestId }, ...fetches([requestId], state, now)]
        : [{ kind: "postInput", commitId, requestId, ...rest }],
    );
}

/** Patience ends at half of the time that there is, however much was asked for. */
function isOurs(postBy: bigint, inputSeconds: number, now: bigint, patienceSeconds: number): boolean {
  const patience = Math.min(patienceSeconds, Math.floor(inputSeconds / 2));
  return now >= postBy - BigInt(inputSeconds - patience);
}

/** Ends what nobody posted, and gives bonds back for what is not awaited any more. */
export function inputPokes(asked: Iterable<AskedInput>, now: bigint): InputPoke[] {
  return [...asked]
    .filter(({ awaited, postBy }) => !awaited || now > postBy)
    .map(({ id, of }) =>
      of === "request"
        ? { kind: "timeoutRequestInput", requestId: id }
        : { kind: "timeoutInput", commitId: id },
    );
}
