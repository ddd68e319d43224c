// The transaction behind each planned move: its call, its idempotency key, and the reverts that say it is done already.
import {
  bindTraceCall,
  challengeCall,
  chooseCall,
  chooseOutputCall,
  claimCreditCall,
  claimRequestCall,
  collectCall,
  commitResultsCall,
  type Deployment,
  deliverFailureCall,
  deliverResultCall,
  expireRequestCall,
  finalizeRequestCall,
  inputUnavailableCall,
  postInputCall,
  proveStepCall,
  refundRetiredCall,
  requestInputCall,
  revealCall,
  revealTileCall,
  settleDisputeCall,
  settleSlashCall,
  timeoutDeliveryCall,
  timeoutDisputeCall,
  timeoutInputCall,
  timeoutRequestInputCall,
} from "@assay/sdk";
import type { Execution, Trace } from "@assay/sdk/program";
import { type Hex, inputChunks, type Request } from "@assay/sdk/protocol";
import { type Address, concat, keccak256 } from "viem";
import type { SendRequest } from "../chain/sender.ts";
import { RetryableError } from "../errors.ts";
import type { Journal } from "../store/journal.ts";
import type { InputPoke, InputReply } from "../strategy/inputPlan.ts";
import type { KeeperAction } from "../strategy/keeperPlan.ts";
import type { Reply } from "../strategy/replies.ts";
import type { WatchtowerAction } from "../strategy/watchtowerPlan.ts";
import type { WorkerAction } from "../strategy/workerPlan.ts";
import { askedOf, leafOf } from "./openings.ts";

type Of<action extends { kind: string }, kind extends action["kind"]> = Extract<action, { kind: kind }>;

/** What moves on a request or a commitment and needs no key of anybody. */
export type Poke = KeeperAction | InputPoke | { kind: "settleDispute"; disputeId: Hex };

/** Where the contracts are, and what has to be brought along to them. */
type Ground = { deployment: Deployment; journal: Journal };

/** @throws RetryableError when the journal lacks what has to be brought along. */
export function pokeRequest({ deployment, journal }: Ground, poke: Poke): SendRequest {
  if ("requestId" in poke) return requestPoke({ deployment, journal }, poke);
  switch (poke.kind) {
    case "settle":
      return {
        key: `settle:${poke.commitId}`,
        call: settleSlashCall({ deployment, ...poke }),
        done: ["AlreadySettled", "WrongCommitmentStatus"],
      };
    case "timeout":
      return {
        key: `timeout:${poke.disputeId}`,
        call: timeoutDisputeCall({ deployment, ...poke }),
        done: ["DisputeNotOpen", "ClockRunning"],
      };
    case "timeoutInput":
      return {
        key: `timeoutInput:${poke.commitId}`,
        call: timeoutInputCall({ deployment, ...poke }),
        done: ["NotAsked"],
      };
    case "settleDispute":
      return {
        key: `settleDispute:${poke.disputeId}`,
        call: settleDisputeCall({ deployment, ...poke }),
        done: ["NothingToSettle"],
      };
  }
}

function requestPoke(
  { deployment, journal }: Ground,
  { kind, requestId }: Extract<Poke, { requestId: Hex }>,
): SendRequest {
  const request = askedOf(journal, requestId);
  const key = `${kind}:${requestId}`;
  switch (kind) {
    case "expire":
      return ended(key, expireRequestCall({ deployment, request }));
    case "timeoutDelivery":
      return ended(key, timeoutDeliveryCall({ deployment, request }));
    case "finalize":
      return ended(key, finalizeRequestCall({ deployment, request }));
    case "refundRetired":
      return ended(key, refundRetiredCall({ deployment, request }));
    case "timeoutRequestInput":
      return { key, call: timeoutRequestInputCall({ deployment, request }), done: ["NotAsked"] };
    case "deliverFailure":
      return delivered(key, deliverFailureCall({ deployment, request }));
    case "deliver": {
      const { commitId } = journal.requests.get(requestId)?.data ?? {};
      const output = journal.outputOf(requestId);
      if (commitId === undefined || output === undefined)
        throw new RetryableError("The output is not at hand.", { facts: { requestId } });
      const leaf = leafOf(journal, commitId);
      return delivered(key, deliverResultCall({ deployment, request, leaf, output }));
    }
  }
}

/** The request has left the status that the call ends: somebody else was first. */
const ended = (key: string, call: SendRequest["call"]): SendRequest => ({ key, call, done: ["WrongStatus"] });

const delivered = (key: string, call: SendRequest["call"]): SendRequest => ({
  key,
  call,
  done: ["AlreadyDelivered", "NothingToDeliver"],
});

export function claimSend(
  deployment: Deployment,
  { requestId, claimBy }: Of<WorkerAction, "claim">,
  { request, worker }: { request: Request; worker: Address },
): SendRequest {
  return {
    key: `claim:${requestId}`,
    call: claimRequestCall({ deployment, request, worker }),
    deadline: claimBy,
    done: ["WrongStatus"],
  };
}

export function inputUnavailableSend(
  deployment: Deployment,
  { requestId, commitBy }: Of<WorkerAction, "inputUnavailable">,
  request: Request,
): SendRequest {
  return {
    key: `inputUnavailable:${requestId}`,
    call: inputUnavailableCall({ deployment, request }),
    deadline: commitBy,
    urgent: true,
    done: ["WrongStatus", "AlreadyAsked"],
  };
}

/** Chunks that one transaction carries: what public pools take, with the hashes that prove them. */
const chunksAtOnce = 6;

export function postInputSend(
  deployment: Deployment,
  { commitId, firstChunk, deadline }: Of<InputReply, "postInput">,
  input: Uint8Array,
): SendRequest {
  const chunks = inputChunks(input, firstChunk, chunksAtOnce);
  return {
    key: `postInput:${commitId}:${firstChunk}`,
    call: postInputCall({ deployment, commitId, chunks }),
    deadline,
    urgent: true,
    done: ["NotAsked", "UnexpectedChunk"],
  };
}

/** @param opening What the source recognises the commitment by. */
export function requestInputSend(
  deployment: Deployment,
  { commitId, until }: Of<WatchtowerAction, "requestInput">,
  opening: Hex,
): SendRequest {
  return {
    key: `requestInput:${commitId}`,
    call: requestInputCall({ deployment, commitId, opening }),
    deadline: until,
    urgent: true,
    done: ["AlreadyAsked", "InputOnChain"],
  };
}

/** What a worker publishes to one request. */
export type Published = Execution & { request: Request };

export function commitSend(
  deployment: Deployment,
  { requestIds, commitBy }: Of<WorkerAction, "commit">,
  answers: readonly Published[],
): SendRequest {
  return {
    key: `commit:${keyOfSet(requestIds)}`,
    call: commitResultsCall({ deployment, answers }),
    deadline: commitBy,
    urgent: true,
    done: ["WrongStatus"],
  };
}

/** Pays `to` at once; its operator's key may do this for nobody else. */
export function collectSend(
  deployment: Deployment,
  { requestIds }: Of<WorkerAction, "collect">,
  { requests, to }: { requests: readonly Request[]; to: Address },
): SendRequest {
  return {
    key: `collect:${keyOfSet(requestIds)}`,
    call: collectCall({ deployment, requests, to }),
    done: ["WrongStatus"],
  };
}

/** One id for a set of them; of a set of one its only member. */
const keyOfSet = (ids: readonly Hex[]): Hex => (ids.length === 1 ? ids[0]! : keccak256(concat(ids)));

/** Undefined when the trace has nothing to show there. Needs the tensors of its pass. */
export function replySend(
  deployment: Deployment,
  reply: Of<Reply, "bindTrace" | "reveal" | "revealTile">,
  trace: Trace,
): SendRequest | undefined {
  const { commitId, deadline } = reply;
  if (reply.kind === "bindTrace") {
    const call = bindTraceCall({ deployment, commitId, children: trace.boundChildren });
    return {
      key: `bindTrace:${commitId}`,
      call,
      deadline,
      urgent: true,
      done: ["AlreadyBound", "NotDisputed"],
    };
  }
  const { node, position } = reply;
  const content = trace.reveal(position);
  if (content === undefined) return undefined;
  const call =
    content.kind === "inner"
      ? revealCall({ deployment, commitId, children: content.children })
      : revealTileCall({ deployment, commitId, tile: content.tile });
  const key = `reveal:${commitId}:${node}`;
  return { key, call, deadline, urgent: true, done: ["AlreadyRevealed", "NotDisputed"] };
}

/** @param opening What the source recognises the commitment by. */
export function challengeSend(
  deployment: Deployment,
  { commitId, attempt, until }: Of<WatchtowerAction, "challenge">,
  opening: Hex,
): SendRequest {
  const call = challengeCall({ deployment, commitId, opening });
  return { key: `challenge:${commitId}:${attempt}`, call, deadline: until, urgent: true };
}

type ChallengerSend = Of<WatchtowerAction, "choose" | "chooseOutput" | "proveStep">;

export function challengerSend(deployment: Deployment, move: ChallengerSend): SendRequest {
  switch (move.kind) {
    case "choose":
      return playing(
        `choose:${move.disputeId}:${move.node}`,
        chooseCall({ deployment, ...move }),
        move.deadline,
      );
    case "chooseOutput":
      return playing(
        `chooseOutput:${move.disputeId}`,
        chooseOutputCall({ deployment, ...move }),
        move.deadline,
      );
    case "proveStep":
      return playing(
        `proveStep:${move.disputeId}:${move.node}`,
        proveStepCall({ deployment, ...move }),
        move.deadline,
      );
  }
}

/** The dispute stands elsewhere by now, or has ended: an earlier send of ours, or a re-org, and the next plan knows. */
const playing = (key: string, call: SendRequest["call"], deadline: bigint): SendRequest => ({
  key,
  call,
  deadline,
  urgent: true,
  done: ["UnexpectedNode", "DisputeNotOpen"],
});

export function claimCreditSend(deployment: Deployment, to: Address, block: bigint): SendRequest {
  return { key: `claimCredit:${block}`, call: claimCreditCall({ deployment, to }), done: ["NothingToClaim"] };
}
