// What the node knows, answered and decided, written before anything is signed or sent; survives kill -9.
import type {
  DisputeStatus,
  Hex,
  InputStatus,
  NodeKind,
  ProgramStatus,
  RequestStatus,
} from "@assay/sdk/protocol";
import type { Address } from "viem";
import { type Clock, day } from "../clock.ts";
import { ConflictingAnswerError, StoreError } from "../errors.ts";
import type { Database } from "./database.ts";
import { createItems, type Items, rollbackItems, settleItems } from "./items.ts";
import type {
  BatchItem,
  CommitmentItem,
  DeliveryItem,
  DisputeItem,
  InputPieceItem,
  InputRequestItem,
  ProgramItem,
  RequestItem,
  RevealItem,
} from "./journalItems.ts";
import { decodeJson, encodeJson } from "./json.ts";
import { forgetReceipt, pruneItems } from "./pruning.ts";

export { terminalStatuses } from "./pruning.ts";

export type Question = { requestId: Hex; programId: Hex; inputRoot: Hex };

/** What we answered. A program gives one output for one input, for ever: a second, different one would be equivocation. */
export type Answer = Question & { outputRoot: Hex; passes: number };

/** Something that the node decided to do, and why. */
export type Decision = { key: string; action: string; subject: string; data: unknown; decided: number };

export type PayloadRole = "input" | "output";

export type Journal = {
  /** Runs `work` in one transaction. */
  transact<T>(work: () => T): T;
  requests: Items<RequestItem, RequestStatus>;
  commitments: Items<CommitmentItem, RequestStatus>;
  /** By number. */
  batches: Items<BatchItem, "published">;
  /** Of requests that name a consumer. */
  deliveries: Items<DeliveryItem, "open" | "done">;
  inputRequests: Items<InputRequestItem, InputStatus>;
  inputPieces: Items<InputPieceItem, "posted">;
  disputes: Items<DisputeItem, DisputeStatus>;
  reveals: Items<RevealItem, NodeKind>;
  programs: Items<ProgramItem, ProgramStatus>;
  /** Items that only this node knows, of any kind a role names; never rolled back. */
  notes<T, state extends string>(kind: string): Items<T, state>;
  disputesOf(commitId: Hex): DisputeItem[];
  /** What was posted of an input, in order. */
  inputPiecesOf(id: Hex): Hex[];
  revealOf(commitId: Hex, node: Hex): RevealItem | undefined;

  /** Keeps input or output bytes until {@link Journal.prune} finds their request terminal. */
  keepPayload(requestId: Hex, role: PayloadRole, bytes: Uint8Array): void;
  inputOf(requestId: Hex): Uint8Array | undefined;
  hasInput(requestId: Hex): boolean;
  /** The bytes with that root, whichever request they are for. */
  inputOfRoot(inputRoot: Hex): Uint8Array | undefined;
  outputOf(requestId: Hex): Uint8Array | undefined;

  /**
   * Checks and records an answer with its bytes in one transaction. Call it before the commitment is signed.
   * @throws ConflictingAnswerError when the same program and input were answered differently before, for any request, be it
   * only after another number of passes.
   * @param session Of the receipt that gives the answer; undefined for an answer to a request.
   */
  recordAnswer(answer: Answer, payload: { input: Uint8Array; output: Uint8Array }, session?: bigint): void;
  answerOf(question: Question): Answer | undefined;

  /** Records a decision once; false when its key was decided before. */
  decide(decision: Omit<Decision, "decided">): boolean;
  decision(key: string): Decision | undefined;
  /** The decisions about a request, commitment or dispute, oldest first. */
  decisionsAbout(subject: string): Decision[];

  /** Undoes everything that follows from blocks after `toBlock`; answers, decisions and notes stay. */
  rollback(toBlock: bigint): void;
  /** Forgets how to undo blocks up to `finalBlock`. */
  settle(finalBlock: bigint): void;
  /**
   * Forgets requests that were terminal and paid out at `block`, with all there is about them. Of the answers that
   * were published one to each question stays.
   */
  prune(block: bigint): void;
  /** Forgets what was answered under a session's key, once that proves nothing any more. */
  forgetAnswers(session: bigint): void;
  /** Forgets what was computed, decided and kept about a receipt. */
  forgetCase(commitId: Hex, receiptId: Hex): void;
  /** Ties the data folder to one deployment; refuses another one ever after. */
  bindTo(deployment: { chainId: number; market: Address }): void;
};

/** How long it is remembered what was computed for a question, in milliseconds: a machine that computes otherwise is found out. */
const questionsKept = 30 * day;

type AnswerRow = { request_id: Hex; program_id: Hex; input_root: Hex; output_root: Hex; passes: number };
type DecisionRow = Omit<Decision, "data"> & { data: string };

const toAnswer = (row: AnswerRow): Answer => ({
  requestId: row.request_id,
  programId: row.program_id,
  inputRoot: row.input_root,
  outputRoot: row.output_root,
  passes: row.passes,
});

export function createJournal({ sql, transact }: Database, clock: Clock): Journal {
  const items = <T, state extends string>(kind: string) => createItems<T, state>(sql, clock, kind);
  const disputes = items<DisputeItem, DisputeStatus>("dispute");
  const reveals = items<RevealItem, NodeKind>("reveal");

  const insertPayload = sql.prepare("INSERT OR REPLACE INTO payloads VALUES (?, ?, ?)");
  const selectPayload = sql.prepare<[string, string], { data: Uint8Array }>(
    "SELECT data FROM payloads WHERE request_id = ? AND role = ?",
  );
  const selectPieces = sql.prepare<[string, string], { data: string }>(
    "SELECT data FROM items WHERE kind = 'inputPiece' AND id > ? AND id < ? ORDER BY id",
  );
  const selectPresence = sql.prepare<[string], { present: number }>(
    "SELECT 1 AS present FROM payloads WHERE request_id = ? AND role = 'input'",
  );
  const selectByRoot = sql.prepare<[string], { data: Uint8Array }>(
    "SELECT p.data FROM items i JOIN payloads p ON p.request_id = i.id AND p.role = 'input' " +
      "WHERE i.kind = 'request' AND json_extract(i.data, '$.request.inputRoot') = ? LIMIT 1",
  );
  const insertAnswer = sql.prepare("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)");
  const selectAnswers = sql.prepare<[string, string], AnswerRow>(
    "SELECT * FROM answers WHERE program_id = ? AND input_root = ?",
  );
  const insertDecision = sql.prepare("INSERT INTO decisions VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  const selectDecision = sql.prepare<[string], DecisionRow>("SELECT * FROM decisions WHERE key = ?");
  const selectAbout = sql.prepare<[string], DecisionRow>(
    "SELECT * FROM decisions WHERE subject = ? ORDER BY decided, key",
  );

  const selectDisputes = sql.prepare<[string], { data: string }>(
    "SELECT data FROM items WHERE kind = 'dispute' AND json_extract(data, '$.commitId') = ?",
  );
  const payloadOf = (requestId: Hex, role: PayloadRole) => {
    const row = selectPayload.get(requestId, role);
    return row === undefined ? undefined : new Uint8Array(row.data);
  };
  const toDecision = (row: DecisionRow): Decision => ({ ...row, data: decodeJson(row.data) });
  const answersTo = ({ programId, inputRoot }: Question) =>
    selectAnswers.all(programId, inputRoot).map(toAnswer);
  const answerOf = (question: Question) =>
    answersTo(question).find(({ requestId }) => requestId === question.requestId);

  function recordAnswer(
    answer: Answer,
    payload: { input: Uint8Array; output: Uint8Array },
    session: bigint | undefined,
  ): void {
    const { requestId, programId, inputRoot, outputRoot, passes } = answer;
    const before = answersTo(answer);
    // INVARIANT (S-11): the program says when it stops, so another number of passes is another answer.
    const other = before.find((one) => one.outputRoot !== outputRoot || one.passes !== passes);
    if (other)
      throw new ConflictingAnswerError("The journal holds another answer to this question.", {
        facts: { requestId, programId, inputRoot, recorded: other.outputRoot, given: outputRoot },
        hint: "This machine computed two different results: run assay doctor before it serves again",
      });
    if (!before.some((one) => one.requestId === requestId))
      insertAnswer.run(
        ...[requestId, programId, inputRoot, outputRoot, passes, clock.now()],
        session === undefined ? null : Number(session),
      );
    insertPayload.run(requestId, "input", payload.input);
    insertPayload.run(requestId, "output", payload.output);
  }

  return {
    transact,
    requests: items("request"),
    commitments: items("commitment"),
    batches: items("batch"),
    deliveries: items("delivery"),
    inputRequests: items("inputRequest"),
    inputPieces: items("inputPiece"),
    disputes,
    reveals,
    programs: items("program"),
    notes: (kind) => items(`note:${kind}`),
    disputesOf: (commitId) =>
      selectDisputes
        .all(commitId)
        .map(({ data }) => decodeJson<DisputeItem>(data))
        .sort((a, b) => a.serial - b.serial),
    inputPiecesOf: (id) =>
      selectPieces.all(`${id}:`, `${id};`).map(({ data }) => decodeJson<InputPieceItem>(data).data),
    revealOf: (commitId, node) => reveals.get(`${commitId}:${node}`)?.data,

    keepPayload: (requestId, role, bytes) => {
      insertPayload.run(requestId, role, bytes);
    },
    inputOf: (requestId) => payloadOf(requestId, "input"),
    hasInput: (requestId) => selectPresence.get(requestId) !== undefined,
    inputOfRoot: (inputRoot) => {
      const row = selectByRoot.get(inputRoot);
      return row === undefined ? undefined : new Uint8Array(row.data);
    },
    outputOf: (requestId) => payloadOf(requestId, "output"),

    recordAnswer: (answer, payload, session) => transact(() => recordAnswer(answer, payload, session)),
    answerOf,

    decide: ({ key, action, subject, data }) =>
      insertDecision.run(key, action, subject, encodeJson(data), clock.now()).changes === 1,
    decision: (key) => {
      const row = selectDecision.get(key);
      return row === undefined ? undefined : toDecision(row);
    },
    decisionsAbout: (subject) => selectAbout.all(subject).map(toDecision),

    rollback: (toBlock) => {
      transact(() => rollbackItems(sql, clock, toBlock));
    },
    settle: (finalBlock) => settleItems(sql, finalBlock),
    prune: (block) => {
      transact(() => pruneItems(sql, block, clock.now() - questionsKept));
    },
    forgetAnswers: (session) => {
      sql.prepare<[number]>("DELETE FROM answers WHERE session = ?").run(Number(session));
    },
    forgetCase: (commitId, receiptId) => {
      transact(() => forgetReceipt(sql, { commitId, receiptId }));
    },
    bindTo: ({ chainId, market }) => {
      const deployment = `${chainId}:${market.toLowerCase()}`;
      sql.prepare("INSERT INTO facts VALUES ('deployment', ?) ON CONFLICT DO NOTHING").run(deployment);
      const row = sql
        .prepare<[], { value: string }>("SELECT value FROM facts WHERE name = 'deployment'")
        .get();
      if (row?.value !== deployment)
        throw new StoreError("The data folder belongs to another deployment.", {
          facts: { recorded: row?.value, given: deployment },
          hint: "Name another --data-dir",
        });
    },
  };
}
