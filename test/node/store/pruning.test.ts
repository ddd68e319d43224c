// The journal forgets what has ended and nothing else, and stays as large as what is open.
import type { Request } from "@assay/sdk/protocol";
import { expect } from "chai";
import type { Hex } from "viem";
import { zeroAddress } from "viem";
import { day } from "../../../node/clock.ts";
import type { Database } from "../../../node/store/database.ts";
import { createJournal, type Journal } from "../../../node/store/journal.ts";
import { temporaryDatabase } from "../../helpers/nodeParts.ts";

const id = (kind: number, n: number): Hex =>
  `0x${kind.toString(16).padStart(2, "0")}${n.toString(16).padStart(62, "0")}`;
const requestId = (n: number) => id(1, n);
const commitId = (n: number) => id(2, n);
const disputeId = (n: number) => id(3, n);
const bytes = new Uint8Array(2_000);

describe("pruning", () => {
  let database: Database;
  let journal: Journal;
  let now = 0;

  beforeEach(() => {
    now = 1_000 * day;
    database = temporaryDatabase();
    journal = createJournal(database, { now: () => now, sleep: async () => {} });
  });
  afterEach(() => database.close());

  const rows = () =>
    database.sql
      .prepare<[], { kind: string; n: number }>(
        "SELECT kind, count(*) AS n FROM items GROUP BY kind ORDER BY kind",
      )
      .all()
      .map(({ kind, n }) => `${kind} ${n}`);
  const count = (table: string) =>
    database.sql.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()!.n;

  type Story = {
    status?: "committed" | "finalized" | "slashed";
    batch?: number;
    settled?: boolean;
    dispute?: { state: "open" | "won" | "lost"; settled?: boolean };
    asked?: "open" | "shown";
  };

  /** A request with everything that may hang on it, its last event in block `block`. */
  function tell(
    n: number,
    block: bigint,
    { status = "finalized", batch = n, settled, dispute, asked }: Story = {},
  ) {
    const programId = id(9, 9);
    const request: Request = {
      ...{
        requester: zeroAddress,
        salt: BigInt(n),
        programId,
        inputRoot: id(8, n),
        inputPosted: true,
        fee: 1n,
      },
      ...{ version: 1, method: "optimistic", level: "final", worker: zeroAddress, consumer: zeroAddress },
      callbackGas: 0,
    };
    const ids = { commitId: commitId(n), requestId: requestId(n) };
    journal.requests.put(ids.requestId, status, { ...ids, request, deadline: 5n }, block);
    journal.deliveries.put(ids.requestId, "open", { requestId: ids.requestId, delivered: false }, block);
    journal.keepPayload(ids.requestId, "input", bytes);
    journal.keepPayload(ids.requestId, "output", bytes);
    const others = journal.batches.get(String(batch))?.data.commitIds ?? [];
    const commitIds = [...others, ids.commitId];
    journal.batches.put(String(batch), "published", { batch, challengeUntil: 5n, commitIds }, block);
    const terms = { programId, inputRoot: id(8, n), outputRoot: id(7, n), passes: 1, worker: zeroAddress };
    const commitment = { ...ids, ...terms, batch, challengeUntil: 5n, ...(settled && { settled }) };
    journal.commitments.put(ids.commitId, status, commitment, block);
    journal.reveals.put(
      `${ids.commitId}:${id(6, n)}`,
      "inner",
      { ...ids, node: id(6, n), children: [] },
      block,
    );
    journal.notes("evidence").put(ids.commitId, "kept", { fast: id(7, n) });
    journal.notes("inputFetch").put(ids.requestId, "kept", { tries: 1 });
    journal.notes("outputs").put(`${programId}:${id(8, n)}`, "kept", { roots: [id(7, n)] });
    journal.decide({ key: `challenge:${n}`, action: "challenge", subject: ids.commitId, data: {} });
    if (dispute !== undefined)
      journal.disputes.put(
        disputeId(n),
        dispute.state,
        {
          ...{
            disputeId: disputeId(n),
            commitId: ids.commitId,
            challenger: zeroAddress,
            serial: 0,
            bond: 1n,
          },
          ...{ workerDeadline: 1n, ...(dispute.settled && { settled: true }) },
        },
        block,
      );
    if (asked !== undefined) {
      const facts = {
        asker: zeroAddress,
        inputRoot: id(8, n),
        inputBytes: 1,
        bond: 1n,
        postBy: 1n,
        posted: 0,
      };
      journal.inputRequests.put(ids.commitId, asked, { id: ids.commitId, ...facts }, block);
      journal.inputPieces.put(`${ids.commitId}:0000`, "posted", { id: ids.commitId, data: "0x01" }, block);
    }
  }

  it("forgets all that hangs on a request that has ended, and only that", () => {
    tell(1, 10n, { dispute: { state: "lost" }, asked: "shown" });
    tell(2, 11n, { dispute: { state: "lost" }, asked: "shown" });
    const both = rows();
    journal.settle(100n);
    journal.prune(9n);
    expect(rows()).to.deep.equal(both);
    journal.prune(10n);
    expect(rows()).to.deep.equal(
      both.map((row) => (row.startsWith("note:outputs") ? row : row.replace("2", "1"))),
    );
    expect(journal.requests.get(requestId(1))).to.equal(undefined);
    expect(journal.hasInput(requestId(1))).to.equal(false);
    expect(journal.decisionsAbout(commitId(1))).to.deep.equal([]);
    expect(journal.decisionsAbout(commitId(2))).to.have.length(1);
    expect(journal.outputOf(requestId(2))).to.deep.equal(bytes);
    expect(journal.inputPiecesOf(commitId(2))).to.deep.equal(["0x01"]);
  });

  it("keeps what a call may still be made about", () => {
    const stories: Story[] = [
      { status: "committed" },
      { status: "slashed" },
      { status: "slashed", settled: true, dispute: { state: "won" } },
      { dispute: { state: "open" } },
      { asked: "open" },
    ];
    for (const [index, story] of stories.entries()) tell(index, 10n, story);
    tell(9, 10n, { status: "slashed", settled: true, dispute: { state: "won", settled: true } });
    journal.prune(1_000n);
    expect(journal.requests.list().map((item) => item.id)).to.deep.equal(
      stories.map((_, index) => requestId(index)),
    );
    expect(journal.requests.get(requestId(9))).to.equal(undefined);
  });

  it("keeps a batch as long as one of its commitments", () => {
    tell(1, 10n, { batch: 7 });
    tell(2, 11n, { batch: 7 });
    journal.prune(10n);
    expect(journal.batches.get("7")?.data.commitIds).to.deep.equal([commitId(1), commitId(2)]);
    journal.prune(11n);
    expect(journal.batches.get("7")).to.equal(undefined);
  });

  it("remembers what was computed for a question for a month", () => {
    tell(1, 10n);
    now += 31 * day;
    tell(2, 11n);
    journal.prune(5n);
    const kept = journal
      .notes("outputs")
      .list()
      .map((item) => item.id);
    expect(kept).to.deep.equal([`${id(9, 9)}:${id(8, 2)}`]);
  });

  it("takes no more disk for seven hundred requests than for the hundred that are kept", () => {
    const pages = () => database.sql.pragma("page_count", { simple: true }) as number;
    const run = (from: number, to: number) => {
      for (let n = from; n < to; n++) {
        now += day / 10;
        database.transact(() => tell(n, BigInt(n), { dispute: { state: "lost" }, asked: "shown" }));
        if (n % 20 === 0) {
          journal.settle(BigInt(n));
          journal.prune(BigInt(n - 100));
        }
      }
    };
    run(0, 200);
    const before = pages();
    run(200, 700);
    expect(pages()).to.be.at.most(Math.ceil(1.05 * before));
    expect(journal.requests.count()).to.be.at.most(121);
    expect(count("payloads")).to.be.at.most(242);
    expect(count("undo")).to.be.at.most(400);
  });
});
