// The assembled node: the journal mirrors the chain, the sender acts on it, programs travel between nodes.
import { join } from "node:path";
import { claimRequestCall } from "@assay/sdk";
import { emitOnnx, encodeManifest } from "@assay/sdk/program";
import { expect } from "chai";
import { custom, type Hex } from "viem";
import { systemClock } from "../../node/clock.ts";
import { loadConfig } from "../../node/config.ts";
import { createSigner } from "../../node/keys/keystore.ts";
import { createLifecycle } from "../../node/lifecycle.ts";
import { type Node, openNode } from "../../node/node.ts";
import { createBlobStore } from "../../node/store/blobs.ts";
import { createProgramStore } from "../../node/store/programStore.ts";
import { silentLogger } from "../../node/telemetry/logger.ts";
import { createMetrics } from "../../node/telemetry/metrics.ts";
import { anvilKey } from "../helpers/anvil.ts";
import { errorOf, temporaryFolder } from "../helpers/nodeParts.ts";
import { sample, scorer, scorerId, scorerManifest } from "../helpers/scorer.ts";
import { createScorerMarket, type ScorerMarket } from "../helpers/scorerMarket.ts";

describe("openNode", () => {
  let market: ScorerMarket;
  const cleanups: (() => Promise<void> | void)[] = [];
  before(async () => {
    market = await createScorerMarket();
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function start(flags: Record<string, unknown> = {}, dataDir?: string): Promise<Node> {
    const folder = temporaryFolder();
    cleanups.push(folder.remove);
    const { config } = loadConfig({
      environment: {},
      folder: folder.path,
      flags: {
        dataDir: dataDir ?? folder.path,
        httpPort: 0,
        pollSeconds: 0.02,
        maxHeadAgeSeconds: 0,
        finalBlocks: 2,
        ...flags,
      },
    });
    const lifecycle = createLifecycle({ logger: silentLogger });
    const node = openNode({
      config,
      deployment: market.deployment,
      sources: [{ name: "in process", transport: custom(market.connection.provider) }],
      fail: lifecycle.fail,
      logger: silentLogger,
      metrics: createMetrics(),
      clock: systemClock,
    });
    lifecycle.add(...node.components);
    cleanups.push(lifecycle.stop);
    await lifecycle.start();
    return node;
  }
  async function until(holds: () => boolean): Promise<void> {
    for (let i = 0; i < 300 && !holds(); i++) await systemClock.sleep(10);
    expect(holds()).to.equal(true);
  }

  it("knows the whole history when it has started, inputs and outputs included, and is ready", async () => {
    const { requestId, commitId } = await market.answer();
    const { journal, http, health } = await start();
    expect(journal.programs.get(scorerId)).to.deep.include({ state: "active" });
    expect(journal.requests.get(requestId)).to.deep.include({ state: "committed" });
    expect(journal.inputOf(requestId)).to.deep.equal(sample.input);
    expect(journal.outputOf(requestId)).to.deep.equal(sample.output);
    const { state, data } = journal.commitments.get(commitId)!;
    expect(state).to.equal("committed");
    expect(data).to.deep.include({
      requestId,
      programId: scorerId,
      passes: 1,
      worker: market.addresses.worker,
    });
    expect(health()).to.deep.equal({ ready: true, reasons: [] });
    expect((await fetch(`${http.url()}/readyz`)).status).to.equal(200);
  });

  it("follows a dispute event by event, and tells listeners after it stored them", async () => {
    const { requestId, commitId } = await market.answer();
    const { journal, onEvents } = await start();
    const heard: string[] = [];
    onEvents((events) => heard.push(...events.map(({ eventName }) => eventName)));
    const { disputeId } = await market.clients.challenger.challenge({ commitId });
    await until(() => journal.disputes.get(disputeId) !== undefined);
    expect(journal.disputesOf(commitId)).to.deep.include.members([journal.disputes.get(disputeId)!.data]);
    expect(heard).to.include("Challenged");
    await market.advance(3_600);
    await market.clients.stranger.timeoutDispute({ disputeId });
    await until(() => journal.disputes.get(disputeId)?.state === "won");
    expect(journal.requests.get(requestId)?.state).to.equal("slashed");
    expect(journal.commitments.get(commitId)?.state).to.equal("slashed");
  });

  it("undoes what a re-organisation undid", async () => {
    const snapshot = await market.connection.networkHelpers.takeSnapshot();
    const { journal, poller } = await start();
    const first = await market.request();
    await until(() => journal.requests.get(first)?.state === "open");
    await snapshot.restore();
    await market.advance(60); // another block in the place of the request's
    for (let i = 0; i < 4; i++) await market.advance(1);
    await until(() => poller.isCaughtUp() && journal.requests.get(first) === undefined);
    expect(journal.inputOf(first)).to.deep.equal(sample.input); // harmless, and dear to fetch again
  });

  it("sends what a role decides, once, with the deployment's own errors", async () => {
    const node = await start();
    const requestId = await market.request();
    const worker = createSigner("operator", anvilKey(3));
    expect(worker.address).to.equal(market.addresses.worker);
    const sender = node.senderOf(worker);
    await sender.start?.(new AbortController().signal);
    cleanups.push(() => sender.stop?.());
    const { request } = await market.clients.stranger.getRequest({ requestId });
    const call = claimRequestCall({ deployment: market.deployment, request, worker: worker.address });
    const [first, second] = await Promise.all(
      [1, 2].map(() => sender.send({ key: `claim:${requestId}`, call })),
    );
    expect(first?.hash).to.equal(second?.hash);
    await until(() => node.journal.requests.get(requestId)?.state === "claimed");
    const again = await errorOf(() => sender.send({ key: `claim again:${requestId}`, call }));
    expect(again.name).to.equal("WrongStatusError");
    expect(await sender.send({ key: `claim again:${requestId}`, call, done: ["WrongStatus"] })).to.deep.equal(
      { status: "done" },
    );
  });

  it("refuses a data folder of another deployment, and gives it back", async () => {
    const folder = temporaryFolder();
    cleanups.push(folder.remove);
    await start({}, folder.path);
    await cleanups.pop()?.();
    const elsewhere = { ...market.deployment, inferenceMarket: market.deployment.token };
    const [right] = [market.deployment];
    market.deployment = elsewhere;
    expect((await errorOf(() => start({}, folder.path))).message).to.match(/another deployment/);
    market.deployment = right;
    await start({}, folder.path);
  });

  describe("programs", () => {
    const files = { program: emitOnnx(scorer), manifest: encodeManifest(scorerManifest) };

    it("travel from node to node and are what the chain names", async () => {
      const publisher = await start();
      expect((await errorOf(() => publisher.programs.get(scorerId))).name).to.equal(
        "ProgramUnavailableError",
      );
      const { programId } = await publisher.programs.put(files.program, files.manifest);
      expect(programId).to.equal(scorerId);
      const node = await start({ blobSources: `${publisher.http.url()}/nothing,${publisher.http.url()}` });
      const committed = await node.programs.get(scorerId);
      expect(node.programs.list()).to.deep.equal([scorerId]);
      expect((await node.fast.run(committed, sample.input)).output).to.deep.equal(sample.output);
    });

    it("[S-02] are refused when a mirror serves another program under the id, and fetched from the next place", async () => {
      const publisher = await start();
      await publisher.programs.put(files.program, files.manifest);
      const folder = temporaryFolder();
      cleanups.push(folder.remove);
      const lie = {
        programBytes: files.program,
        manifestBytes: encodeManifest({ ...scorerManifest, name: "scorers" }),
      };
      createProgramStore(folder.path, createBlobStore(join(folder.path, "blobs"))).put(scorerId, lie);
      const liar = await start({}, folder.path);
      const node = await start({ blobSources: `${liar.http.url()},${publisher.http.url()}` });
      expect((await node.programs.files(scorerId)).manifest.name).to.equal("scorer");
      const misled = await errorOf(async () =>
        (await start({ blobSources: liar.http.url() })).programs.get(scorerId),
      );
      expect(misled.message)
        .to.match(/not found/)
        .and.match(/of another program/);
    });

    it("[S-02] are refused when nobody has registered them", async () => {
      const node = await start();
      const other: Hex = (
        await node.programs.put(files.program, encodeManifest({ ...scorerManifest, name: "other" }))
      ).programId;
      expect((await errorOf(() => node.programs.get(other))).name).to.equal("ProgramNotFoundError");
    });
  });
});
