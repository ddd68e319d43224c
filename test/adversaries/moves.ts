// The moves that plans name, as transactions.
import { bytesToHex, inputChunks, requestStruct } from "@assay/sdk/protocol";
import type { ChallengerMove } from "../../node/strategy/challengerMoves.ts";
import type { InputPoke, InputReply } from "../../node/strategy/inputPlan.ts";
import type { KeeperAction } from "../../node/strategy/keeperPlan.ts";
import type { Reply } from "../../node/strategy/replies.ts";
import type { WatchtowerAction } from "../../node/strategy/watchtowerPlan.ts";
import type { Arena, Job } from "./Arena.ts";
import type { Party } from "./cast.ts";

type Action = ChallengerMove | Reply | InputReply | InputPoke | KeeperAction | WatchtowerAction;

/** One when the transaction was accepted, zero when it was refused, or when there is nothing to send. */
export async function perform(
  arena: Arena,
  from: Party,
  job: Job,
  action: Action,
  at?: bigint,
): Promise<number> {
  const send = async (contract: Parameters<Arena["send"]>[1], name: string, ...args: unknown[]) =>
    Number((await arena.send(from, contract, name, args, at)).ok);
  switch (action.kind) {
    case "challenge":
      return send("game", "challenge", action.commitId, job.opening);
    case "choose": {
      const { disputeId, node, children, index } = action;
      return send("game", "choose", disputeId, node, children, index);
    }
    case "chooseOutput":
      return send("game", "chooseOutput", action.disputeId);
    case "proveStep":
      return send("game", "proveStep", action.disputeId, action.node, action.proof);
    case "timeout":
      return send("game", "timeout", action.disputeId);
    case "settleDispute":
      return send("game", "settleDispute", action.disputeId);
    case "bindTrace":
      return send("game", "bindTrace", action.commitId, childrenOf(job));
    case "reveal":
    case "revealTile": {
      const shown = job.told!.reveal(action.position);
      if (shown === undefined) return 0;
      return shown.kind === "inner"
        ? send("game", "reveal", action.commitId, shown.children)
        : send("game", "revealTile", action.commitId, bytesToHex(shown.tile));
    }
    case "postInput": {
      const { firstChunk, data, path } = inputChunks(job.input, action.firstChunk, 64);
      return send("inputRequests", "postInput", action.commitId, firstChunk, bytesToHex(data), path);
    }
    case "requestInput":
      return send("inputRequests", "requestInput", arena.world.market.target, action.commitId, job.opening);
    case "timeoutInput":
      return send("inputRequests", "timeoutInput", action.commitId);
    case "timeoutRequestInput":
      return send("inputRequests", "timeoutRequestInput", requestStruct(job.request));
    case "settle":
      return send("market", "settle", action.commitId);
    case "expire":
    case "timeoutDelivery":
    case "finalize":
    case "refundRetired":
    case "deliverFailure":
      return send("market", action.kind, requestStruct(job.request));
    case "deliver":
      return send("market", "deliver", requestStruct(job.request), job.leaf, bytesToHex(job.output!));
    case "claimCredit":
      return send("vault", "claimCredit", arena.addresses[from]);
    default:
      return 0;
  }
}

/** The children of the root to which a job's worker binds itself. */
export function childrenOf({ told }: Job): readonly string[] {
  const shown = told!.reveal({ section: "trace", depth: 0, path: 0n });
  if (shown?.kind !== "inner") throw new Error("A trace has a root");
  return shown.children;
}
