// Derives requests, commitments, disputes and programs in the journal from the protocol's events.
import {
  type DisputeStatus,
  disputeStatuses,
  enumName,
  type Hex,
  hexToBytes,
  methods,
  type RequestStatus,
  requestStatuses,
  sections,
  verdicts,
} from "@assay/sdk/protocol";
import type { CommitmentItem, DisputeItem, Journal, RequestItem } from "../store/journal.ts";
import type { ProtocolEvent } from "./events.ts";

/** Applies events in order. Events about what is not in the journal (older than the first block read) change nothing. */
export function applyEvents(journal: Journal, events: readonly ProtocolEvent[]): void {
  for (const event of events) applyEvent(journal, event);
}

function applyEvent(journal: Journal, event: ProtocolEvent): void {
  const block = event.blockNumber;
  const setRequest = (id: Hex, state: RequestStatus, change: Partial<RequestItem> = {}) =>
    journal.requests.update(id, ({ data }) => ({ state, data: { ...data, ...change } }), block);
  const setCommitment = (id: Hex, state: RequestStatus | undefined, change: Partial<CommitmentItem> = {}) =>
    journal.commitments.update(
      id,
      ({ data }) => ({ ...(state && { state }), data: { ...data, ...change } }),
      block,
    );
  const setDispute = (id: Hex, state: DisputeStatus | undefined, change: Partial<DisputeItem> = {}) =>
    journal.disputes.update(
      id,
      ({ data }) => ({ ...(state && { state }), data: { ...data, ...change } }),
      block,
    );

  switch (event.eventName) {
    case "Requested": {
      const { worker, method, claimBy, input, ...rest } = event.args;
      const request = { ...rest, reservedFor: worker, method: enumName(methods, method), deadline: claimBy };
      journal.requests.put(request.requestId, "open", request, block);
      journal.keepPayload(request.requestId, "input", hexToBytes(input));
      return;
    }
    case "Claimed": {
      const { requestId, worker, lock, commitBy } = event.args;
      setRequest(requestId, "claimed", { worker, lock, deadline: commitBy });
      return;
    }
    case "Committed": {
      const { output, ...commitment } = event.args;
      const { requestId, commitId, challengeUntil } = commitment;
      setRequest(requestId, "committed", { commitId, deadline: challengeUntil });
      const request = journal.requests.get(requestId)?.data;
      if (request === undefined) return;
      const { programId, inputRoot } = request;
      journal.commitments.put(commitId, "committed", { ...commitment, programId, inputRoot }, block);
      journal.keepPayload(requestId, "output", hexToBytes(output));
      return;
    }
    case "Finalized": {
      const { requestId, commitId } = event.args;
      setRequest(requestId, "finalized");
      setCommitment(commitId, "finalized");
      return;
    }
    case "CommitmentSlashed": {
      const { requestId, commitId } = event.args;
      setRequest(requestId, "slashed");
      setCommitment(commitId, "slashed");
      return;
    }
    case "RequestClosed": {
      const { requestId } = event.args;
      const status = enumName(requestStatuses, event.args.status);
      const commitId = journal.requests.get(requestId)?.data.commitId;
      setRequest(requestId, status);
      if (commitId !== undefined) setCommitment(commitId, status);
      return;
    }
    case "Delivered":
      setRequest(event.args.requestId, "finalized", { delivered: true });
      return;
    case "SlashSettled":
      setCommitment(event.args.commitId, undefined, { settled: true });
      return;
    case "Challenged": {
      const { disputeId } = event.args;
      journal.disputes.put(disputeId, "open", event.args, block);
      return;
    }
    case "TraceBound": {
      const { commitId, traceRoot, children } = event.args;
      setCommitment(commitId, undefined, { traceRoot });
      journal.reveals.put(
        `${commitId}:${traceRoot}`,
        "inner",
        { commitId, node: traceRoot, children },
        block,
      );
      return;
    }
    case "NodeRevealed": {
      const { commitId, node, children } = event.args;
      journal.reveals.put(`${commitId}:${node}`, "inner", { commitId, node, children }, block);
      return;
    }
    case "TileRevealed": {
      const { commitId, node, tile } = event.args;
      journal.reveals.put(`${commitId}:${node}`, "tile", { commitId, node, tile }, block);
      return;
    }
    case "Chosen": {
      const { disputeId, node, position, workerDeadline } = event.args;
      const section = enumName(sections, position.section);
      setDispute(disputeId, undefined, { node, position: { ...position, section }, workerDeadline });
      return;
    }
    case "StepProved":
      setDispute(event.args.disputeId, undefined, { verdict: enumName(verdicts, event.args.verdict) });
      return;
    case "DisputeEnded":
      setDispute(event.args.disputeId, enumName(disputeStatuses, event.args.status));
      return;
    case "DisputeSettled":
      setDispute(event.args.disputeId, undefined, { settled: true });
      return;
    case "ProgramRegistered":
      journal.programs.put(event.args.programId, "active", event.args, block);
      return;
    case "ProgramRetired":
      journal.programs.update(event.args.programId, () => ({ state: "retired" }), block);
      return;
  }
}
