// The transaction behind each planned move: its call, its idempotency key, and the reverts that say it is done already.
import {
  bindTraceCall,
  challengeCall,
  chooseCall,
  chooseOutputCall,
  claimCreditCall,
  claimRequestCall,
  commitResultCall,
  type Deployment,
  expireRequestCall,
  finalizeRequestCall,
  proveStepCall,
  refundRetiredCall,
  revealCall,
  revealTileCall,
  settleDisputeCall,
  settleSlashCall,
  timeoutDeliveryCall,
  timeoutDisputeCall,
} from "@assay/sdk";
import type { Execution, Trace } from "@assay/sdk/program";
import type { Hex } from "@assay/sdk/protocol";
import type { Address } from "viem";
import type { SendRequest } from "../chain/sender.ts";
import type { KeeperAction } from "../strategy/keeperPlan.ts";
import type { Reply } from "../strategy/replies.ts";
import type { WatchtowerAction } from "../strategy/watchtowerPlan.ts";
import type { WorkerAction } from "../strategy/workerPlan.ts";

type Of<action extends { kind: string }, kind extends action["kind"]> = Extract<action, { kind: kind }>;

/** What moves on a request or a commitment and needs no key of anybody. */
export type Poke = KeeperAction | { kind: "settleDispute"; disputeId: Hex };

export function pokeRequest(deployment: Deployment, poke: Poke): SendRequest {
  switch (poke.kind) {
    case "expire":
      return ended(`expire:${poke.requestId}`, expireRequestCall({ deployment, ...poke }));
    case "timeoutDelivery":
      return ended(`timeoutDelivery:${poke.requestId}`, timeoutDeliveryCall({ deployment, ...poke }));
    case "finalize":
      return ended(`finalize:${poke.requestId}`, finalizeRequestCall({ deployment, ...poke }));
    case "refundRetired":
      return ended(`refundRetired:${poke.requestId}`, refundRetiredCall({ deployment, ...poke }));
    case "settle":
      return {
        key: `settle:${poke.commitId}`,
        call: settleSlashCall({ deployment, ...poke }),
        done: ["AlreadySettled", "WrongStatus"],
      };
    case "timeout":
      return {
        key: `timeout:${poke.disputeId}`,
        call: timeoutDisputeCall({ deployment, ...poke }),
        done: ["DisputeNotOpen", "ClockRunning"],
      };
    case "settleDispute":
      return {
        key: `settleDispute:${poke.disputeId}`,
        call: settleDisputeCall({ deployment, ...poke }),
        done: ["NothingToSettle"],
      };
  }
}

/** The request has left the status that the call ends: somebody else was first. */
const ended = (key: string, call: SendRequest["call"]): SendRequest => ({ key, call, done: ["WrongStatus"] });

export function claimSend(
  deployment: Deployment,
  { requestId, claimBy }: Of<WorkerAction, "claim">,
  worker: Address,
): SendRequest {
  return {
    key: `claim:${requestId}`,
    call: claimRequestCall({ deployment, requestId, worker }),
    deadline: claimBy,
    done: ["WrongStatus"],
  };
}

export function commitSend(
  deployment: Deployment,
  { requestId, commitBy }: Of<WorkerAction, "commit">,
  { output, passes }: Execution,
): SendRequest {
  return {
    key: `commit:${requestId}`,
    call: commitResultCall({ deployment, requestId, output, passes }),
    deadline: commitBy,
    urgent: true,
    done: ["WrongStatus"],
  };
}

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
      ? revealCall({ deployment, commitId, node, children: content.children })
      : revealTileCall({ deployment, commitId, node, tile: content.tile });
  const key = `reveal:${commitId}:${node}`;
  return { key, call, deadline, urgent: true, done: ["AlreadyRevealed", "NotDisputed"] };
}

type ChallengerSend = Of<WatchtowerAction, "challenge" | "choose" | "chooseOutput" | "proveStep">;

export function challengerSend(deployment: Deployment, move: ChallengerSend): SendRequest {
  switch (move.kind) {
    case "challenge": {
      const { commitId, attempt, until } = move;
      const call = challengeCall({ deployment, commitId });
      return { key: `challenge:${commitId}:${attempt}`, call, deadline: until, urgent: true };
    }
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
