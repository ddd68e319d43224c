// Derives requests, commitments, disputes and programs in the journal from the protocol's events.
import {
  byteRoot,
  type DisputeStatus,
  disputeStatuses,
  enumName,
  type Hex,
  hexToBytes,
  inputStatuses,
  type RequestStatus,
  requestOf,
  requestStatuses,
  sections,
  verdicts,
} from "@assay/sdk/protocol";
import { concat, zeroAddress } from "viem";
import type { Journal } from "../store/journal.ts";
import type { CommitmentItem, DisputeItem, RequestItem } from "../store/journalItems.ts";
import type { ProtocolEvent } from "./events.ts";

/** Applies events in order. Events about what is not in the journal (older than the first block read) change nothing. */
export function applyEvents(journal: Journal, events: readonly ProtocolEvent[]): void {
  let lastBatch: number | undefined;
  for (const event of events) lastBatch = applyEvent(journal, event, lastBatch) ?? lastBatch;
}

/**
 * @param lastBatch The batch that was announced last: its answers follow in the same transaction.
 * @returns The batch that the event announces.
 */
function applyEvent(
  journal: Journal,
  event: ProtocolEvent,
  lastBatch: number | undefined,
): number | undefined {
  const block = event.blockNumber;
  const setRequest = (id: Hex, state: RequestStatus | undefined, change: Partial<RequestItem> = {}) =>
    journal.requests.update(
      id,
      ({ data }) => ({ ...(state && { state }), data: { ...data, ...change } }),
      block,
    );
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

  const end = (requestId: Hex, state: RequestStatus) => {
    setRequest(requestId, state);
    const commitId = journal.requests.get(requestId)?.data.commitId;
    if (commitId !== undefined) setCommitment(commitId, state);
  };

  switch (event.eventName) {
    case "Requested": {
      const { requestId, claimBy: deadline, input } = event.args;
      const request = requestOf(event.args.request);
      journal.requests.put(requestId, "open", { requestId, request, deadline }, block);
      if (request.inputPosted) journal.keepPayload(requestId, "input", hexToBytes(input));
      if (request.consumer !== zeroAddress)
        journal.deliveries.put(requestId, "open", { requestId, delivered: false }, block);
      return;
    }
    case "Claimed": {
      const { requestId, worker, lock, commitBy } = event.args;
      setRequest(requestId, "claimed", { worker, lock, deadline: commitBy });
      return;
    }
    case "InputAsked":
      setRequest(event.args.requestId, "inputMissing", { deadline: event.args.postBy });
      return;
    case "InputShown":
      setRequest(event.args.requestId, "claimed", { deadline: event.args.commitBy });
      return;
    case "BatchPublished": {
      const { batch, challengeUntil } = event.args;
      journal.batches.put(String(batch), "published", { batch, challengeUntil, commitIds: [] }, block);
      return batch;
    }
    case "Committed": {
      const { requestId, commitId, passes } = event.args;
      const published = journal.batches.get(String(lastBatch))?.data;
      if (published === undefined) return;
      const { batch, challengeUntil, commitIds } = published;
      const grown = { ...published, commitIds: [...commitIds, commitId] };
      journal.batches.put(String(batch), "published", grown, block);
      setRequest(requestId, "committed", { commitId, deadline: challengeUntil });
      const { request, worker } = journal.requests.get(requestId)?.data ?? {};
      if (request === undefined || worker === undefined) return;
      const { programId, inputRoot } = request;
      const output = hexToBytes(event.args.output);
      const terms = {
        commitId,
        requestId,
        programId,
        inputRoot,
        worker,
        passes,
        outputRoot: byteRoot(output),
      };
      journal.commitments.put(commitId, "committed", { ...terms, batch, challengeUntil }, block);
      journal.keepPayload(requestId, "output", output);
      return;
    }
    case "CommitmentRecorded":
      setCommitment(event.args.commitId, undefined, { recorded: true });
      return;
    case "WindowExtended": {
      const { commitId, challengeUntil } = event.args;
      setCommitment(commitId, undefined, { challengeUntil });
      const requestId = journal.commitments.get(commitId)?.data.requestId;
      if (requestId !== undefined) setRequest(requestId, undefined, { deadline: challengeUntil });
      return;
    }
    case "Finalized": {
      const { requestId } = event.args;
      end(requestId, "finalized");
      journal.deliveries.update(requestId, ({ data }) => (data.delivered ? { state: "done" } : {}), block);
      return;
    }
    case "CommitmentSlashed":
      end(event.args.subject, "slashed");
      return;
    case "RequestClosed":
      end(event.args.requestId, enumName(requestStatuses, event.args.status));
      return;
    case "FlippedToRefund": {
      const requestId = journal.commitments.get(event.args.commitId)?.data.requestId;
      if (requestId !== undefined) end(requestId, "refunded");
      return;
    }
    case "Delivered": {
      const { requestId, success } = event.args;
      const mayChange = enumName(requestStatuses, event.args.status) === "committed";
      const state = mayChange ? "open" : "done";
      if (success)
        journal.deliveries.update(requestId, () => ({ state, data: { requestId, delivered: true } }), block);
      return;
    }
    case "SlashSettled":
      setCommitment(event.args.commitId, undefined, { settled: true });
      return;
    case "InputRequested": {
      const { source: _, ...asked } = event.args;
      journal.inputRequests.put(asked.id, "open", { ...asked, posted: 0 }, block);
      return;
    }
    case "InputPosted": {
      const { id, firstChunk, data } = event.args;
      journal.inputPieces.put(pieceId(id, Number(firstChunk)), "posted", { id, data }, block);
      const posted = (data.length - 2) / 2;
      journal.inputRequests.update(
        id,
        ({ data }) => ({ data: { ...data, posted: data.posted + posted } }),
        block,
      );
      keepPostedInput(journal, id);
      return;
    }
    case "InputRequestEnded":
      journal.inputRequests.update(
        event.args.id,
        () => ({ state: enumName(inputStatuses, event.args.status) }),
        block,
      );
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

const pieceId = (id: Hex, firstChunk: number): string => `${id}:${String(firstChunk).padStart(4, "0")}`;

/** Once every byte of an input was posted, it is what the journal has for its request. */
function keepPostedInput(journal: Journal, id: Hex): void {
  const { posted = 0, inputBytes = 0, inputRoot } = journal.inputRequests.get(id)?.data ?? {};
  const requestId = journal.requests.get(id)?.data.requestId ?? journal.commitments.get(id)?.data.requestId;
  if (posted < inputBytes || requestId === undefined) return;
  const input = hexToBytes(concat(journal.inputPiecesOf(id)));
  if (byteRoot(input) === inputRoot) journal.keepPayload(requestId, "input", input);
}
