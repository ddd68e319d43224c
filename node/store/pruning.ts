// Forgets what has ended long ago, so that a journal grows with what is open and not with what has ever been.
import type { RequestStatus } from "@assay/sdk/protocol";
import type { Sql } from "./database.ts";

/** Statuses that a request never leaves. */
export const terminalStatuses: readonly RequestStatus[] = [
  "finalized",
  "slashed",
  "refunded",
  "expired",
  "cancelled",
];

/** What is terminal for so long that nobody asks for it any more; what was seen of a question lately stays. */
export type Forgotten = { requests: number };

type Ended = { requestId: string; commitId: string | null; batch: number | null };

const places = terminalStatuses.map(() => "?").join(", ");

/** Terminal by then, paid out, and nothing of it open: then no call can be made about it. */
const endedRequests = `
  SELECT r.id AS requestId, c.id AS commitId, json_extract(c.data, '$.batch') AS batch
  FROM items r LEFT JOIN items c ON c.kind = 'commitment' AND c.id = json_extract(r.data, '$.commitId')
  WHERE r.kind = 'request' AND r.block <= ?1 AND r.state IN (${places})
    AND (r.state <> 'slashed' OR (json_extract(c.data, '$.settled') = 1 AND c.block <= ?1))
    AND NOT EXISTS (SELECT 1 FROM items i WHERE i.kind = 'inputRequest' AND i.state = 'open' AND i.id IN (r.id, c.id))
    AND NOT EXISTS (
      SELECT 1 FROM items d WHERE d.kind = 'dispute' AND json_extract(d.data, '$.commitId') = c.id
        AND (d.state = 'open' OR (d.state IN ('won', 'void') AND json_extract(d.data, '$.settled') IS NOT 1)))`;

/**
 * Forgets requests that were terminal at `block`, with everything about them, and what was noted about questions that were
 * last asked before `askedSince`, in milliseconds since 1970. Nothing in it may be undone any more.
 */
export function pruneItems(sql: Sql, block: bigint, askedSince: number): Forgotten {
  const ended = sql
    .prepare<unknown[], Ended>(endedRequests.replaceAll("?1", String(Number(block))))
    .all(...terminalStatuses);
  const noteKinds = sql
    .prepare<[], { kind: string }>("SELECT DISTINCT kind FROM items WHERE kind BETWEEN 'note:' AND 'note:~'")
    .all()
    .map(({ kind }) => kind);
  const erase = sql.prepare<[string, string]>("DELETE FROM items WHERE kind = ? AND id = ?");
  const erasePieces = sql.prepare<[string, string, string]>(
    "DELETE FROM items WHERE kind = ? AND id > ? AND id < ?",
  );
  const disputesOn = sql.prepare<[string], { id: string }>(
    "SELECT id FROM items WHERE kind = 'dispute' AND json_extract(data, '$.commitId') = ?",
  );
  // Calls of consumers are noted by which call it was, and the request.
  const eraseCalls = sql.prepare<[string]>(
    "DELETE FROM items WHERE kind = 'note:delivery' AND substr(id, -66) = ?",
  );
  const eraseDecisions = sql.prepare<[string]>("DELETE FROM decisions WHERE subject = ?");
  const erasePayloads = sql.prepare<[string]>("DELETE FROM payloads WHERE request_id = ?");

  function forget(id: string, kinds: readonly string[]): void {
    for (const kind of [...kinds, "inputRequest", ...noteKinds]) erase.run(kind, id);
    erasePieces.run("inputPiece", `${id}:`, `${id};`);
    eraseDecisions.run(id);
  }

  // INVARIANT (S-11): what was published proves its answer for ever, so one answer to each question is never forgotten.
  const eraseUnpublished = sql.prepare<[string]>(
    "DELETE FROM answers WHERE request_id = ? AND session IS NULL",
  );
  const eraseRepeated = sql.prepare<[string]>(
    "DELETE FROM answers WHERE request_id = ? AND session IS NULL AND EXISTS (SELECT 1 FROM answers other " +
      "WHERE other.program_id = answers.program_id AND other.input_root = answers.input_root " +
      "AND other.session IS NULL AND other.request_id <> answers.request_id)",
  );

  for (const { requestId, commitId } of ended) {
    (commitId === null ? eraseUnpublished : eraseRepeated).run(requestId);
    erasePayloads.run(requestId);
    forget(requestId, ["request", "delivery"]);
    eraseCalls.run(requestId);
    if (commitId === null) continue;
    for (const { id } of disputesOn.all(commitId)) forget(id, ["dispute"]);
    erasePieces.run("reveal", `${commitId}:`, `${commitId};`);
    forget(commitId, ["commitment"]);
  }
  forgetBatches(sql, new Set(ended.flatMap(({ batch }) => batch ?? [])));
  sql
    .prepare("DELETE FROM items WHERE kind IN ('note:outputs', 'note:auditQuestions') AND updated < ?")
    .run(askedSince);
  sql
    .prepare(
      "DELETE FROM items WHERE kind BETWEEN 'note:receipt' AND 'note:receipt~' AND state = 'done' AND block <= ?",
    )
    .run(Number(block));
  return { requests: ended.length };
}

/** Forgets what was computed, decided and kept about a receipt that can no longer be disputed; its answer stays. */
export function forgetReceipt(
  sql: Sql,
  { commitId, receiptId }: { commitId: string; receiptId: string },
): void {
  const erase = sql.prepare<[string, string]>("DELETE FROM items WHERE kind = ? AND id = ?");
  for (const id of [commitId, receiptId]) {
    for (const kind of ["inputRequest", "note:evidence", "note:inputFetch"]) erase.run(kind, id);
    sql.prepare<[string]>("DELETE FROM decisions WHERE subject = ?").run(id);
    sql.prepare<[string]>("DELETE FROM payloads WHERE request_id = ?").run(id);
    for (const kind of ["inputPiece", "reveal"])
      sql
        .prepare<[string, string, string]>("DELETE FROM items WHERE kind = ? AND id > ? AND id < ?")
        .run(kind, `${id}:`, `${id};`);
  }
}

/** A batch is needed as long as one of its commitments is: the others prove where it stands. */
function forgetBatches(sql: Sql, batches: ReadonlySet<number>): void {
  const erase = sql.prepare<[string, string]>(
    "DELETE FROM items WHERE kind = 'batch' AND id = ? AND NOT EXISTS " +
      "(SELECT 1 FROM json_each((SELECT data FROM items WHERE kind = 'batch' AND id = ?), '$.commitIds') leaf " +
      "JOIN items c ON c.kind = 'commitment' AND c.id = leaf.value)",
  );
  for (const batch of batches) erase.run(String(batch), String(batch));
}
