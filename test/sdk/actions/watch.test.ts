// Watching a request and waiting for its result, while blocks come, endpoints fail and chains re-organise.
import {
  createAssayClient,
  RequestFailedError,
  RequestNotFoundError,
  type RequestUpdate,
  WaitTimeoutError,
  WrongBytesError,
  waitForResult,
  watchRequest,
} from "@assay/sdk";
import { expect } from "chai";
import { custom, type EIP1193RequestFn, numberToHex } from "viem";
import { sample, scorerId } from "../../helpers/scorer.ts";
import { createScorerMarket, failure, isolated, type ScorerMarket } from "../../helpers/scorerMarket.ts";

type Rpc = { method: string; params?: unknown };
type Interceptor = (request: Rpc, next: () => Promise<unknown>) => Promise<unknown>;

describe("watching", () => {
  let market: ScorerMarket;
  before(async () => {
    market = await createScorerMarket();
  });
  isolated(() => market);

  /** A client whose requests pass through `intercept`. */
  function intercepted(intercept: Interceptor) {
    const { provider } = market.connection;
    const request = (rpc: Rpc) =>
      intercept(rpc, () => provider.request(rpc as Parameters<typeof provider.request>[0]));
    const transport = custom({ request: request as EIP1193RequestFn }, { retryCount: 0 });
    return createAssayClient({ transport, deployment: market.deployment, pollingInterval: 10 });
  }

  async function collect(updates: AsyncIterable<RequestUpdate>): Promise<RequestUpdate[]> {
    const all: RequestUpdate[] = [];
    for await (const update of updates) all.push(update);
    return all;
  }

  describe("watchRequest", () => {
    it("yields what has happened and what comes, and ends with the last change", async () => {
      const requestId = await market.request();
      const seen = collect(market.clients.stranger.watchRequest({ requestId }));
      await market.claim(requestId);
      const commitId = await market.commit(requestId);
      await market.advance(61);
      await market.clients.stranger.finalizeRequest({ requestId });
      const updates = await seen;
      expect(updates.map(({ event, status, level }) => [event, status, level])).to.deep.equal([
        ["Requested", "open", undefined],
        ["Claimed", "claimed", undefined],
        ["Committed", "committed", "provisional"],
        ["Finalized", "finalized", "final"],
      ]);
      const committed = updates.find(({ event }) => event === "Committed") as Extract<
        RequestUpdate,
        { event: "Committed" }
      >;
      expect(committed.args.commitId).to.equal(commitId);
      expect(committed.blockNumber > (updates[0]?.blockNumber ?? 0n)).to.equal(true);
    });

    it("follows one request among many", async () => {
      const first = await market.request();
      const second = await market.request();
      await market.clients.requester.cancelRequest({ requestId: second });
      await market.clients.requester.cancelRequest({ requestId: first });
      const updates = await collect(market.clients.stranger.watchRequest({ requestId: second }));
      expect(updates.map(({ requestId }) => requestId)).to.deep.equal([second, second]);
      expect(updates.at(-1)).to.include({ event: "RequestClosed", status: "cancelled", level: undefined });
    });

    it("tells unknown requests at once", async () => {
      const watched = collect(market.clients.stranger.watchRequest({ requestId: `0x${"09".repeat(32)}` }));
      expect(await failure(watched)).to.be.instanceOf(RequestNotFoundError);
    });

    it("stops when its signal says so, with the signal's reason", async () => {
      const requestId = await market.request();
      const controller = new AbortController();
      const watched = collect(market.clients.stranger.watchRequest({ requestId, signal: controller.signal }));
      const reason = new Error("enough");
      setTimeout(() => controller.abort(reason), 50);
      expect(await failure(watched)).to.equal(reason);
      const again = collect(market.clients.stranger.watchRequest({ requestId, signal: controller.signal }));
      expect(await failure(again)).to.equal(reason);
    });

    it("holds changes back until they are confirmed", async () => {
      const requestId = await market.request();
      const watched = market.clients.stranger.watchRequest({
        requestId,
        confirmations: 2,
        pollingInterval: 5,
      });
      let told = false;
      const first = watched.next().then((next) => {
        told = true;
        return next;
      });
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(told).to.equal(false);
      await market.connection.networkHelpers.mine(2);
      expect((await first).value).to.include({ event: "Requested" });
      await watched.return();
    });

    it("tells changes again after a re-organisation put them elsewhere", async () => {
      const requestId = await market.request();
      const { restore } = await market.connection.networkHelpers.takeSnapshot();
      const events: string[] = [];
      const watched = (async () => {
        for await (const { event, args } of market.clients.stranger.watchRequest({ requestId })) {
          events.push(event === "Claimed" ? `${event} ${args.commitBy}` : event);
        }
      })();
      const until = async (count: number) => {
        while (events.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
      };
      await market.claim(requestId);
      await until(2);
      await restore();
      await market.advance(100);
      await market.claim(requestId);
      await until(3);
      expect(new Set(events).size).to.equal(3);
      await market.advance(61);
      await market.clients.stranger.timeoutDelivery({ requestId });
      await watched;
      expect(events.at(-1)).to.equal("RequestClosed");
    });

    it("asks for less when the endpoint refuses, and finds the same", async () => {
      const { requestId } = await market.answer();
      await market.advance(61);
      await market.clients.stranger.finalizeRequest({ requestId });
      const widths: number[] = [];
      const narrow = intercepted(async ({ method, params }, next) => {
        if (method !== "eth_getLogs") return next();
        const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }];
        widths.push(Number(toBlock) - Number(fromBlock) + 1);
        if (Number(toBlock) - Number(fromBlock) >= 10) throw new Error("query exceeds max block range");
        return next();
      });
      const updates = await collect(watchRequest(narrow, { deployment: market.deployment, requestId }));
      expect(updates.map(({ event }) => event)).to.deep.equal([
        "Requested",
        "Claimed",
        "Committed",
        "Finalized",
      ]);
      expect(Math.max(...widths.slice(3))).to.equal(10);
    });

    it("survives an endpoint that fails for a while, and gives up on one that keeps failing", async () => {
      const { requestId } = await market.answer();
      let down = 4;
      const flaky = intercepted(async ({ method }, next) => {
        if (method === "eth_blockNumber" && down-- > 0) throw new Error("service unavailable");
        return next();
      });
      const watched = flaky.watchRequest({ requestId });
      expect((await watched.next()).value).to.include({ event: "Requested" });
      await watched.return();
      down = Number.POSITIVE_INFINITY;
      expect((await failure(collect(flaky.watchRequest({ requestId })))).message).to.match(
        /service unavailable/,
      );
    });
  });

  describe("waitForResult", () => {
    it("resolves at the asked level", async () => {
      const requestId = await market.request();
      const provisional = market.clients.requester.waitForResult({ requestId, level: "provisional" });
      const final = market.clients.requester.waitForResult({ requestId });
      await market.claim(requestId);
      const commitId = await market.commit(requestId);
      const early = await provisional;
      expect(early).to.include({
        requestId,
        commitId,
        programId: scorerId,
        status: "committed",
        level: "provisional",
      });
      expect(early.output).to.deep.equal(sample.output);
      await market.advance(61);
      await market.clients.stranger.finalizeRequest({ requestId });
      expect(await final).to.deep.equal({ ...early, status: "finalized", level: "final" });
      expect(await final).to.deep.equal(await market.clients.stranger.getResult({ requestId }));
      expect(await market.clients.stranger.waitForResult({ requestId, level: "accepted" })).to.include({
        level: "final",
      });
    });

    it("rejects when the request ends without a valid result", async () => {
      const cancelled = await market.request();
      await market.clients.requester.cancelRequest({ requestId: cancelled });
      const error = await failure(market.clients.requester.waitForResult({ requestId: cancelled }));
      expect(error).to.be.instanceOf(RequestFailedError);
      expect(error).to.have.deep.property("facts", { requestId: cancelled, status: "cancelled" });

      const { requestId, commitId } = await market.answer();
      const { challenger, stranger } = market.clients;
      const { disputeId } = await challenger.challenge({ commitId });
      await market.advance(61);
      await stranger.timeoutDispute({ disputeId });
      const slashed = await failure(market.clients.requester.waitForResult({ requestId }));
      expect(slashed).to.have.deep.property("facts", { requestId, status: "slashed" });
    });

    it("gives up after its time, saying how far the request came", async () => {
      const requestId = await market.request();
      await market.claim(requestId);
      const error = await failure(market.clients.requester.waitForResult({ requestId, timeout: 100 }));
      expect(error).to.be.instanceOf(WaitTimeoutError);
      expect(error).to.have.deep.property("facts", {
        requestId,
        level: "final",
        timeout: 100,
        status: "claimed",
      });
    });

    it("stops with its signal's reason", async () => {
      const requestId = await market.request();
      const reason = new Error("never mind");
      const signal = AbortSignal.abort(reason);
      expect(await failure(market.clients.requester.waitForResult({ requestId, signal }))).to.equal(reason);
    });

    it("does not believe an endpoint that serves another output", async () => {
      const { requestId } = await market.answer();
      const lying = intercepted(async ({ method }, next) => {
        const answer = await next();
        if (method !== "eth_getLogs") return answer;
        const truth = numberToHex(80, { size: 1 }).slice(2);
        return JSON.parse(JSON.stringify(answer).replaceAll(`${truth}000000be000000`, "51000000be000000"));
      });
      const { deployment } = market;
      const wait = waitForResult(lying, { deployment, requestId, level: "provisional" });
      expect(await failure(wait)).to.be.instanceOf(WrongBytesError);
      expect(await failure(lying.getResult({ requestId }))).to.be.instanceOf(WrongBytesError);
    });
  });
});
