// The journal: roll-backs restore derived state exactly, answers and decisions survive everything, kill -9 included.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import fc from "fast-check";
import type { Address, Hex } from "viem";
import { zeroAddress } from "viem";
import { systemClock } from "../../../node/clock.ts";
import { openDatabase } from "../../../node/store/database.ts";
import { createJournal, type Journal } from "../../../node/store/journal.ts";
import type { RequestItem } from "../../../node/store/journalItems.ts";
import { errorOf, temporaryDatabase, temporaryFolder } from "../../helpers/nodeParts.ts";

const id = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const request = (n: number, deadline = 5n): RequestItem => ({
  requestId: id(n),
  request: {
    requester: zeroAddress,
    salt: BigInt(n),
    programId: id(1),
    inputRoot: id(9),
    inputPosted: true,
    fee: 2n ** 90n,
    version: 1,
    method: "optimistic",
    level: "final",
    worker: zeroAddress,
    consumer: zeroAddress,
    callbackGas: 0,
  },
  deadline,
});
const answer = (n: number, output = 3) => ({
  requestId: id(n),
  programId: id(1),
  inputRoot: id(2),
  outputRoot: id(output),
  passes: 1,
});
const payload = { input: new Uint8Array([1, 2]), output: new Uint8Array([3]) };

describe("createJournal", () => {
  const database = temporaryDatabase();
  after(database.close);
  const journal = createJournal(database, systemClock);

  it("keeps items with big integers, by state", () => {
    journal.requests.put(id(1), "open", request(1), 10n);
    journal.requests.put(id(2), "claimed", request(2), 10n);
    expect(journal.requests.get(id(1))).to.deep.include({ state: "open", block: 10n, data: request(1) });
    expect(journal.requests.list({ states: ["claimed"] }).map((item) => item.id)).to.deep.equal([id(2)]);
    expect(journal.requests.list({ limit: 1 })).to.have.length(1);
    expect(journal.requests.count()).to.equal(2);
    expect(journal.requests.count(["open", "claimed"])).to.equal(2);
    expect(journal.requests.update(id(7), () => ({}))).to.equal(false);
  });

  it("lists by id over several states, and the few that are open without reading the many that have ended", () => {
    const { sql } = database;
    const prepare = sql.prepare.bind(sql);
    const asked: string[] = [];
    sql.prepare = ((text: string) => {
      asked.push(text);
      return prepare(text);
    }) as typeof sql.prepare;
    const notes = journal.notes<{ at: bigint }, "open" | "waiting" | "done">("many");
    database.transact(() => {
      for (let n = 0; n < 2_000; n++) notes.put(id(n), "done", { at: BigInt(n) });
    });
    notes.put(id(1_500), "open", { at: 1n });
    notes.put(id(3), "waiting", { at: 2n });
    notes.put(id(700), "open", { at: 3n });
    asked.length = 0;
    const listed = notes.list({ states: ["open", "waiting"] });
    expect(listed.map((item) => item.id)).to.deep.equal([id(3), id(700), id(1_500)]);
    sql.prepare = prepare;
    expect(asked).to.have.length(1);
    const plan = prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${asked[0]}`)
      .all("many", "open", "waiting", 10)
      .map(({ detail }) => detail);
    expect(plan[0]).to.equal("SEARCH items USING INDEX items_by_state (kind=? AND state=?)");
    expect(notes.list({ states: ["open", "waiting"], limit: 2 }).map(({ data }) => data.at)).to.deep.equal([
      2n,
      3n,
    ]);
    expect(notes.list({ states: [] })).to.deep.equal([]);
  });

  it("undoes blocks exactly, keeping what only this node knows", () => {
    journal.requests.update(
      id(1),
      ({ data }) => ({ state: "claimed", data: { ...data, worker: zeroAddress } }),
      12n,
    );
    journal.requests.update(id(1), () => ({ state: "committed" }), 12n);
    journal.requests.put(id(3), "open", request(3), 12n);
    journal.requests.remove(id(3));
    journal.requests.put(id(4), "open", request(4), 13n);
    journal.notes<{ why: string }, "kept">("verdict").put(id(1), "kept", { why: "seen" });
    journal.recordAnswer(answer(1), payload);
    journal.rollback(11n);
    expect(journal.requests.get(id(1))).to.deep.include({ state: "open", block: 10n, data: request(1) });
    expect(journal.requests.get(id(3))).to.equal(undefined);
    expect(journal.requests.get(id(4))).to.equal(undefined);
    expect(journal.notes("verdict").get(id(1))?.data).to.deep.equal({ why: "seen" });
    expect(journal.answerOf(answer(1))).to.deep.equal(answer(1));
    journal.rollback(0n);
    expect(journal.requests.count()).to.equal(0);
  });

  it("[property] replaying after a roll-back gives the state of never having seen the lost blocks", () => {
    const change = fc.record({
      key: fc.integer({ min: 20, max: 24 }),
      state: fc.constantFrom("open", "claimed", "slashed"),
    });
    const chain = fc.array(fc.array(change, { maxLength: 4 }), { minLength: 1, maxLength: 8 });
    const snapshot = () =>
      journal.requests.list().map(({ id: key, state, data, block }) => ({ key, state, data, block }));
    fc.assert(
      fc.property(chain, chain, fc.nat({ max: 8 }), (first, second, cut) =>
        journal.transact(() => {
          const play = (blocks: typeof first, from: number) =>
            blocks.forEach((changes, offset) => {
              for (const { key, state } of changes)
                journal.requests.put(
                  id(key),
                  state as "open",
                  request(key, BigInt(from + offset)),
                  BigInt(from + offset),
                );
            });
          const ancestor = Math.min(cut, first.length);
          play(first.slice(0, ancestor), 1);
          play(second, ancestor + 1);
          const expected = snapshot();
          journal.rollback(0n);
          play(first, 1);
          journal.rollback(BigInt(ancestor));
          play(second, ancestor + 1);
          expect(snapshot()).to.deep.equal(expected);
          journal.rollback(0n);
          expect(snapshot()).to.deep.equal([]);
        }),
      ),
      { numRuns: 40 },
    );
  });

  it("[S-11] refuses a second, different answer to one question, whichever request asks it", async () => {
    journal.recordAnswer(answer(30), payload);
    journal.recordAnswer(answer(30), payload);
    const shorter = { ...answer(32, 4), passes: 2 };
    for (const other of [answer(30, 4), { ...answer(30), passes: 2 }, answer(31, 4), shorter])
      expect((await errorOf(() => journal.recordAnswer(other, payload))).name).to.equal(
        "ConflictingAnswerError",
      );
    expect(journal.answerOf(answer(30))).to.deep.equal(answer(30));
  });

  it("[S-11] answers other questions freely, and the same one again", () => {
    journal.recordAnswer(answer(31), payload);
    const afterReorg = { ...answer(30, 7), inputRoot: id(8) };
    journal.recordAnswer(afterReorg, payload);
    expect(journal.answerOf(afterReorg)).to.deep.equal(afterReorg);
    expect(journal.answerOf({ ...answer(30), programId: id(77) })).to.equal(undefined);
  });

  it("[S-10] keeps inputs and outputs until their request is terminal and settled", () => {
    journal.requests.put(id(40), "open", request(40), 100n);
    journal.keepPayload(id(40), "input", payload.input);
    journal.keepPayload(id(40), "output", payload.output);
    journal.prune(200n);
    expect(journal.inputOf(id(40))).to.deep.equal(payload.input);
    expect(journal.outputOf(id(40))).to.deep.equal(payload.output);
    journal.requests.update(id(40), () => ({ state: "finalized" }), 300n);
    journal.prune(299n);
    expect(journal.inputOf(id(40))).to.deep.equal(payload.input);
    journal.settle(300n);
    journal.rollback(0n);
    expect(journal.requests.get(id(40))?.state).to.equal("finalized"); // settled blocks are not undone
    journal.prune(300n);
    expect(journal.inputOf(id(40))).to.equal(undefined);
    expect(journal.requests.get(id(40))).to.equal(undefined);
  });

  it("[S-09] finds an input by its root, whichever request it is for", () => {
    const asked = request(45);
    journal.requests.put(
      id(45),
      "open",
      { ...asked, request: { ...asked.request, inputRoot: id(46) } },
      100n,
    );
    expect(journal.hasInput(id(45))).to.equal(false);
    expect(journal.inputOfRoot(id(46))).to.equal(undefined);
    journal.keepPayload(id(45), "input", payload.input);
    expect(journal.hasInput(id(45))).to.equal(true);
    expect(journal.inputOfRoot(id(46))).to.deep.equal(payload.input);
    expect(journal.inputOfRoot(id(47))).to.equal(undefined);
  });

  it("decides once per key and tells what was decided about a subject", () => {
    const decision = { key: "challenge:1", action: "challenge", subject: id(50), data: { bond: 7n } };
    expect(journal.decide(decision)).to.equal(true);
    expect(journal.decide({ ...decision, data: { bond: 8n } })).to.equal(false);
    expect(journal.decision("challenge:1")?.data).to.deep.equal({ bond: 7n });
    expect(journal.decisionsAbout(id(50)).map(({ action }) => action)).to.deep.equal(["challenge"]);
    expect(journal.decision("challenge:2")).to.equal(undefined);
  });

  it("lists the disputes on a commitment in opening order", () => {
    const dispute = (n: number, serial: number, commitment: number) =>
      journal.disputes.put(
        id(n),
        "open",
        {
          disputeId: id(n),
          commitId: id(commitment),
          challenger: zeroAddress,
          serial,
          bond: 1n,
          workerDeadline: 1n,
        },
        400n,
      );
    dispute(61, 1, 60);
    dispute(62, 0, 60);
    dispute(63, 0, 59);
    expect(journal.disputesOf(id(60)).map(({ disputeId }) => disputeId)).to.deep.equal([id(62), id(61)]);
  });

  it("belongs to one deployment", async () => {
    const market: Address = "0x00000000000000000000000000000000000000AA";
    journal.bindTo({ chainId: 1, market });
    journal.bindTo({ chainId: 1, market: market.toLowerCase() as Address });
    expect((await errorOf(() => journal.bindTo({ chainId: 2, market }))).message).to.match(
      /another deployment/,
    );
  });
});

describe("the journal after kill -9", () => {
  const { path, remove } = temporaryFolder();
  after(remove);

  it("holds everything that was recorded before the next step began, and nothing half", async () => {
    const script = `
      import { openDatabase } from "./node/store/database.ts";
      import { createJournal } from "./node/store/journal.ts";
      import { systemClock } from "./node/clock.ts";
      const journal = createJournal(openDatabase({ folder: process.argv[1] }), systemClock);
      const id = (n) => "0x" + n.toString(16).padStart(64, "0");
      for (let n = 1; ; n++) {
        journal.recordAnswer({ requestId: id(n), programId: id(0), inputRoot: id(n), outputRoot: id(n), passes: 1 },
          { input: new Uint8Array(5000).fill(n), output: new Uint8Array([n]) });
        process.stdout.write(n + "\\n");
      }`;
    const child = spawn(
      process.execPath,
      ["--conditions=assay-source", "--import", "tsx", "--input-type=module", "-e", script, path],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (output.split("\n").length > 30) child.kill("SIGKILL");
    });
    await once(child, "close");
    const acknowledged = Number(output.split("\n").at(-2));
    expect(acknowledged).to.be.at.least(30);

    const database = openDatabase({ folder: path });
    const journal: Journal = createJournal(database, systemClock);
    expect(database.check()).to.deep.equal([]);
    for (let n = 1; n <= acknowledged; n++) {
      expect(journal.answerOf({ requestId: id(n), programId: id(0), inputRoot: id(n) })?.outputRoot).to.equal(
        id(n),
      );
      expect(journal.inputOf(id(n))).to.deep.equal(new Uint8Array(5000).fill(n));
    }
    database.close();
  });
});
