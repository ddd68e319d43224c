// Carries out the replies that a worker or its defender owes.
import { PassNotAtHandError, type Trace, withPasses } from "@assay/sdk/program";
import type { Hex } from "@assay/sdk/protocol";
import type { SendRequest } from "../chain/sender.ts";
import { second } from "../clock.ts";
import type { Reply } from "../strategy/replies.ts";
import { replySend } from "./calls.ts";
import type { Conduct } from "./conduct.ts";
import type { RoleContext } from "./context.ts";
import { createQueue } from "./queue.ts";
import { createSweeps } from "./sweeps.ts";
import type { Traces } from "./traces.ts";

type Move = Extract<Reply, { kind: "bindTrace" | "reveal" | "revealTile" }>;

export type ActOnReply = (reply: Reply, signal: AbortSignal) => Promise<void>;

export function createReplying(
  { deployment, metrics, logger, clock }: Pick<RoleContext, "deployment" | "metrics" | "logger" | "clock">,
  conduct: Conduct,
  traces: Traces,
  onTraced: (commitId: Hex, seconds: number) => void = () => {},
): ActOnReply {
  // INVARIANT (S-10): whoever has a trace and little time left never waits for the trace of another commitment, and what has
  // to be computed again for all disputes on one is computed in one go, in whatever order they were opened.
  const tracing = createQueue();
  const sweeps = createSweeps();
  return async (reply, signal) => {
    const { commitId } = reply;
    if (reply.kind === "alarm") {
      const { kind, reason, ...facts } = reply;
      conduct.alarm(reason, facts);
    } else if (reply.kind === "trace") {
      await tracing(() => computeTrace(commitId));
    } else {
      const request = await requestOf(reply);
      if (request === undefined) return;
      await conduct.send(reply.kind, reply.kind === "bindTrace" ? commitId : reply.node, request, signal);
      metrics.worker.moves.add({ move: reply.kind });
    }
  };

  async function requestOf(move: Move): Promise<SendRequest | undefined> {
    const trace = traces.get(move.commitId);
    if (trace === undefined) return undefined;
    try {
      return showOf(move, trace);
    } catch (error) {
      if (!(error instanceof PassNotAtHandError)) throw error;
      return sweeps(move.commitId, error.pass, () => withPasses(trace, () => showOf(move, trace)));
    }
  }

  /** Undefined when there is nothing to say, or nothing that this machine has computed. */
  function showOf(move: Move, trace: Trace): SendRequest | undefined {
    if (move.kind === "bindTrace" || trace.node(move.position) === move.node)
      return replySend(deployment, move, trace);
    conduct.alarm("foreignNode", { commitId: move.commitId, node: move.node });
    return undefined;
  }

  async function computeTrace(commitId: Hex): Promise<void> {
    const from = clock.now();
    await traces.compute(commitId);
    const seconds = (clock.now() - from) / second;
    onTraced(commitId, seconds);
    logger.info("Trace computed for a disputed commitment", { commitId, seconds });
  }
}

/** The same for two replies that must not be made at once. */
export function keyOfReply(reply: Reply): string {
  const place = "node" in reply ? `:${reply.node}` : "";
  return `${reply.kind}:${reply.commitId}${place}`;
}
