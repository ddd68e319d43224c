// Carries out what a worker or its defender owes to those who asked for an input.
import { RetryableError } from "../errors.ts";
import type { InputReply } from "../strategy/inputPlan.ts";
import { postInputSend } from "./calls.ts";
import type { Conduct } from "./conduct.ts";
import type { RoleContext } from "./context.ts";
import type { Inputs } from "./inputs.ts";

export type ActOnInput = (reply: InputReply, signal: AbortSignal) => Promise<void>;

export function createShowing(
  { journal, deployment, metrics }: Pick<RoleContext, "journal" | "deployment" | "metrics">,
  conduct: Conduct,
  inputs: Inputs,
): ActOnInput {
  return async (reply, signal) => {
    const { requestId } = reply;
    if (reply.kind === "fetchInput") return inputs.fetch(requestId);
    if (reply.kind === "alarm") return conduct.alarm(reply.reason, { commitId: reply.commitId });
    const input = journal.inputOf(requestId);
    if (input === undefined) throw new RetryableError("The input is not at hand.", { facts: { requestId } });
    const { commitId } = reply;
    await conduct.send(reply.kind, commitId, postInputSend(deployment, reply, input), signal);
    metrics.worker.moves.add({ move: reply.kind });
  };
}

const kinds: readonly string[] = ["fetchInput", "postInput"];

export function isInputReply<other extends { kind: string }>(
  action: other | InputReply,
): action is InputReply {
  return (
    kinds.includes(action.kind) ||
    (action.kind === "alarm" && "reason" in action && action.reason === "inputLost")
  );
}

/** The same for two replies that must not be made at once. */
export const keyOfInputReply = (reply: InputReply): string =>
  [
    reply.kind,
    "commitId" in reply ? reply.commitId : reply.requestId,
    "firstChunk" in reply ? reply.firstChunk : "",
  ].join(":");
