// Inputs that are kept off the chain: shown in chunks when somebody asks, and paid for by whoever stays silent.
import {
  InputNotAskedError,
  InputNotPublishedError,
  InputOnChainError,
  PostingOpenError,
  postInputCall,
  UnexpectedChunkError,
} from "@assay/sdk";
import { commitProgram, type Program, runProgram, tensorType } from "@assay/sdk/program";
import { type Hex, inputChunks } from "@assay/sdk/protocol";
import { expect } from "chai";
import { scorerManifestHash } from "../../helpers/scorer.ts";
import { createScorerMarket, failure, isolated, type ScorerMarket } from "../../helpers/scorerMarket.ts";
import { pattern } from "../../helpers/vectors.ts";

/** The greatest byte of each row: its input is as large as one likes. */
function rowMaxima(rows: number, columns: number): Program {
  const input = tensorType("u8", [rows, columns]);
  return {
    operatorSet: 1,
    maxPasses: 1,
    inputs: [input],
    constants: [],
    steps: [
      {
        op: "ReduceMax",
        operands: [{ source: { kind: "input", offset: 0 }, type: input }],
        attributes: [1n, 1n],
        out: tensorType("u8", [rows, 1]),
      },
    ],
    outputs: [0],
  };
}

// Two chunks, the second of a single tile; three chunks, the last of eight tiles.
const programs = { "17,000 bytes": rowMaxima(1, 17_000), "40,000 bytes": rowMaxima(2, 20_000) };

describe("input actions", () => {
  let market: ScorerMarket;
  before(async () => {
    market = await createScorerMarket();
  });
  isolated(() => market);

  /** A request that keeps its input to itself, claimed. */
  async function hidden(program = programs["40,000 bytes"]) {
    const { publisher, requester, worker } = market.clients;
    const registered = await publisher.registerProgram({
      ...commitProgram(program),
      manifestHash: scorerManifestHash,
    });
    const input = pattern(program.inputs[0]!.shape.reduce((product, size) => product * size, 1));
    const { programId } = registered;
    const { requestId } = await requester.requestInference({ programId, input, inputPosted: false });
    await worker.claimRequest({ requestId, worker: market.addresses.worker });
    return { requestId, input, output: runProgram(program, input).output };
  }

  async function answered() {
    const asked = await hidden();
    const { requestId, output } = asked;
    return { ...asked, ...(await market.clients.worker.commitResult({ requestId, output })) };
  }

  const pass = async (deadline: bigint) => market.advance(Number(deadline - (await market.now())) + 1);

  for (const [size, program] of Object.entries(programs)) {
    it(`S-09: suspends a claim until an input of ${size} is posted`, async () => {
      const { requester, worker, stranger } = market.clients;
      const { requestId, input, output } = await hidden(program);
      expect(await failure(stranger.getInput({ requestId }))).to.be.instanceOf(InputNotPublishedError);
      const { bond, postBy } = await worker.inputUnavailable({ requestId });
      expect((await stranger.getRequest({ requestId })).status).to.equal("inputMissing");
      expect(await stranger.getInputRequest({ id: requestId })).to.include({
        ...{ status: "open", asker: market.addresses.worker, bond, deadline: postBy, posted: 0 },
      });
      const before = (await requester.getAccount({ owner: market.addresses.requester })).credit;
      const { transactions } = await requester.postInput({ requestId, input, chunksPerTransaction: 1 });
      expect(transactions).to.have.length(Math.ceil(input.length / 16_384));
      expect((await stranger.getRequest({ requestId })).status).to.equal("claimed");
      expect((await stranger.getInputRequest({ id: requestId })).status).to.equal("shown");
      const { credit } = await requester.getAccount({ owner: market.addresses.requester });
      expect(credit > before, "the bond pays for the posting").to.equal(true);
      expect(await stranger.getInput({ requestId })).to.deep.equal(input);
      await worker.commitResult({ requestId, output });
      const events: string[] = [];
      for await (const { event } of stranger.watchRequest({ requestId })) {
        events.push(event);
        if (event === "Committed") break;
      }
      expect(events.join(" ")).to.equal("Requested Claimed InputAsked InputShown Committed");
    });
  }

  it("S-09: ends a suspended claim at the cost of a silent requester", async () => {
    const { worker, stranger } = market.clients;
    const { requestId } = await hidden();
    const { bond, postBy } = await worker.inputUnavailable({ requestId });
    expect(await failure(stranger.timeoutInput({ requestId }))).to.be.instanceOf(PostingOpenError);
    await pass(postBy);
    const ended = await stranger.timeoutInput({ requestId });
    expect(ended).to.include({ status: "missed", to: market.addresses.worker, paid: bond });
    expect((await stranger.getRequest({ requestId })).status).to.equal("expired");
    expect((await worker.getAccount({ owner: market.addresses.worker })).locked).to.equal(0n);
  });

  it("S-09: lets whoever checks an answer see its input, and keeps the window open for it", async () => {
    const { worker, challenger, stranger } = market.clients;
    const { requestId, commitId, input, challengeUntil } = await answered();
    const { bond, postBy } = await challenger.requestInput({ commitId });
    expect(await stranger.getInputRequest({ id: commitId })).to.include({ status: "open", bond });
    await market.advance(Number(postBy - (await market.now())) - 5);
    await worker.postInput({ commitId, input });
    const shown = await stranger.getCommitment({ commitId });
    expect(shown).to.include({ holds: 0, status: "open" });
    expect(shown.challengeUntil >= challengeUntil).to.equal(true);
    expect(shown.challengeUntil >= (await market.now()) + 30n, "time to execute again").to.equal(true);
    expect(await stranger.getInput({ requestId })).to.deep.equal(input);
    expect((await worker.getAccount({ owner: market.addresses.worker })).credit > 0n).to.equal(true);
  });

  it("S-09: slashes a worker that does not show its input", async () => {
    const { challenger, stranger } = market.clients;
    const { requestId, commitId } = await answered();
    const { bond, postBy } = await challenger.requestInput({ requestId });
    await pass(postBy);
    const ended = await stranger.timeoutInput({ commitId });
    expect(ended).to.include({ status: "missed", to: market.addresses.challenger, paid: bond });
    expect((await stranger.getRequest({ requestId })).status).to.equal("slashed");
    expect((await stranger.getCommitment({ commitId })).reporter).to.equal(market.addresses.challenger);
  });

  it("S-09: goes on where another poster stopped", async () => {
    const { worker, stranger, requester } = market.clients;
    const { requestId, commitId, input } = await answered();
    await requester.requestInput({ commitId });
    const { deployment } = market;
    const chunks = inputChunks(input, 0, 1);
    await stranger.sendCall({ call: postInputCall({ deployment, commitId, chunks }) });
    const again = stranger.sendCall({ call: postInputCall({ deployment, commitId, chunks }) });
    expect(await failure(again)).to.be.instanceOf(UnexpectedChunkError);
    const { transactions } = await worker.postInput({ commitId, input, nonce: await nonceOf("worker") });
    expect(transactions).to.have.length(1);
    expect((await worker.postInput({ commitId, input })).transactions).to.have.length(0);
    expect(await stranger.getInput({ requestId })).to.deep.equal(input);
  });

  it("S-09: refuses to ask for what stands on the chain, and to post what nobody asked for", async () => {
    const { challenger, worker } = market.clients;
    const { commitId } = await market.answer();
    expect(await failure(challenger.requestInput({ commitId }))).to.be.instanceOf(InputOnChainError);
    const { commitId: unasked, input } = await answered();
    const posted = worker.postInput({ commitId: unasked, input });
    expect(await failure(posted)).to.be.instanceOf(InputNotAskedError);
  });

  async function nonceOf(role: "worker"): Promise<number> {
    const params = [market.addresses[role], "latest"];
    const request = { method: "eth_getTransactionCount", params };
    return Number((await market.connection.provider.request(request)) as Hex);
  }
});
