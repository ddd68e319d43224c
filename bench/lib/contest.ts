// Plays one dispute through the contracts, both sides, and counts what it takes.
import type { AssayActions } from "@assay/sdk";
import { nextMove, type Revealed, type Trace } from "@assay/sdk/program";
import {
  child,
  type Hex,
  nodeHash,
  OUTPUT_ROOT,
  type Position,
  TRACE_ROOT,
  tileHash,
} from "@assay/sdk/protocol";
import type { Address, TransactionReceipt } from "viem";

export interface Parties {
  readonly requester: AssayActions;
  readonly worker: AssayActions;
  readonly challenger: AssayActions;
  readonly workerAddress: Address;
}

/** An answer, and how either side computes its trace. */
export interface Contest {
  programId: Hex;
  input: Uint8Array;
  output: Uint8Array;
  passes: number;
  own(): Trace;
  theirs(): Trace;
}

/** A transaction from the challenge on. */
export interface SentMove {
  readonly move: string;
  readonly receipt: TransactionReceipt;
}

export interface Played {
  readonly verdict: string;
  readonly moves: readonly SentMove[];
  readonly gas: number;
  /** Of both sides, for traces and moves. */
  readonly computeSeconds: number;
}

/** Requests, answers, challenges, and plays to the verdict. */
export async function playContest(parties: Parties, contest: Contest): Promise<Played> {
  const { requester, worker, challenger, workerAddress } = parties;
  const { programId, input, output, passes } = contest;
  let seconds = 0;
  const timed = <T>(compute: () => T): T => {
    const from = performance.now();
    const value = compute();
    seconds += (performance.now() - from) / 1000;
    return value;
  };
  const own = timed(contest.own);
  const { requestId } = await requester.requestInference({
    programId,
    input,
    worker: workerAddress,
  });
  await worker.claimRequest({ requestId, worker: workerAddress });
  const { commitId } = await worker.commitResult({ requestId, output, passes });

  const theirs = timed(contest.theirs);
  const moves: SentMove[] = [];
  const sent = <T extends { receipt: TransactionReceipt }>(move: string, result: T): T => {
    moves.push({ move, receipt: result.receipt });
    return result;
  };
  const { disputeId } = sent("challenge", await challenger.challenge({ commitId }));
  const children = timed(() => theirs.boundChildren);
  sent("bindTrace", await worker.bindTrace({ commitId, children }));
  const verdict = await descend(parties, { own, theirs, commitId, disputeId, sent, timed });
  const gas = moves.reduce((sum, { receipt }) => sum + Number(receipt.gasUsed), 0);
  return { verdict, moves, gas, computeSeconds: seconds };
}

interface Game {
  own: Trace;
  theirs: Trace;
  commitId: Hex;
  disputeId: Hex;
  sent<T extends { receipt: TransactionReceipt }>(move: string, result: T): T;
  timed<T>(compute: () => T): T;
}

async function descend(
  { worker, challenger }: Parties,
  { own, theirs, commitId, disputeId, sent, timed }: Game,
): Promise<string> {
  const { traceRoot, outputRoot, passes } = theirs;
  const reveals = new Map<Hex, Revealed>([[traceRoot, { kind: "inner", children: theirs.boundChildren }]]);
  let position: Position = TRACE_ROOT;
  for (;;) {
    const node = theirs.node(position);
    const descent = { position, traceRoot, outputRoot, passes, revealed: (hash: Hex) => reveals.get(hash) };
    const move = timed(() => nextMove(own, descent));
    if (move.move === "choose") {
      const shown = reveals.get(node);
      if (shown?.kind !== "inner") throw new Error("chose below what was not revealed");
      sent(
        "choose",
        await challenger.choose({ disputeId, node, children: shown.children, index: move.index }),
      );
      position = child(position, move.index);
    } else if (move.move === "chooseOutput") {
      sent("chooseOutput", await challenger.chooseOutput({ disputeId }));
      position = OUTPUT_ROOT;
    } else if (move.move === "wait") {
      const shown = timed(() => theirs.reveal(position));
      if (!shown) throw new Error("nothing to reveal");
      if (shown.kind === "inner") {
        if (nodeHash(shown.children) !== node) throw new Error("wrong children");
        sent("reveal", await worker.reveal({ commitId, children: shown.children }));
      } else {
        if (tileHash(shown.tile) !== node) throw new Error("wrong tile");
        sent("revealTile", await worker.revealTile({ commitId, tile: shown.tile }));
      }
      reveals.set(node, shown);
    } else if (move.move === "prove") {
      return sent("proveStep", await challenger.proveStep({ disputeId, node, proof: move.proof })).verdict;
    } else throw new Error("the challenger sees nothing wrong");
  }
}
