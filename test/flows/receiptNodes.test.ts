// Whole nodes, as `assay worker` and `assay watchtower` assemble them: an answer in one trip, and a lie that costs its channel.
import { signVoucher } from "@assay/sdk";
import { emitOnnx, encodeManifest } from "@assay/sdk/program";
import type { Hex } from "@assay/sdk/protocol";
import { expect } from "chai";
import { parseEther } from "viem";
import { type Assembled, assembleWatchtower, assembleWorker } from "../../node/assemble.ts";
import { systemClock } from "../../node/clock.ts";
import { loadConfig } from "../../node/config.ts";
import { createSigner } from "../../node/keys/keystore.ts";
import { createLifecycle } from "../../node/lifecycle.ts";
import { openNode } from "../../node/node.ts";
import { silentLogger } from "../../node/telemetry/logger.ts";
import { createMetrics } from "../../node/telemetry/metrics.ts";
import { cheatingPasses } from "../helpers/cheat.ts";
import { createNetwork } from "../helpers/network.ts";
import { temporaryFolder } from "../helpers/nodeParts.ts";
import { type Network, type Person, privateKeyOf } from "../helpers/people.ts";
import { executorOf } from "../helpers/players.ts";
import { randomInput } from "../helpers/programs.ts";
import { Random } from "../helpers/random.ts";
import { scorer, scorerId, scorerManifest, scorerManifestHash, scorerTrees } from "../helpers/scorer.ts";

const fee = parseEther("1");
const flip = { slot: 0, element: 0, bit: 0 };

describe("S-12: assembled nodes with receipts", () => {
  let network: Network;
  let channelId: Hex;
  let liability = 0n;
  const cleanups: (() => Promise<void> | void)[] = [];
  const random = new Random(5);

  beforeEach(async () => {
    network = await createNetwork();
    liability = network.tier.minLock;
    const { publisher, worker, requester } = network.clients;
    await publisher.registerProgram({ ...scorerTrees, manifestHash: scorerManifestHash });
    await worker.stake({ amount: parseEther("5000") });
    const to = { worker: network.addresses.worker, amount: parseEther("50") };
    ({ channelId } = await requester.depositToChannel(to));
    await worker.allotStake({ channelId, amount: 4n * liability });
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  function partsOf(person: Person, flags: Record<string, unknown>) {
    const folder = temporaryFolder();
    const { config } = loadConfig({
      environment: {},
      folder: folder.path,
      flags: { dataDir: folder.path, httpPort: 0, pollSeconds: 0.05, maxHeadAgeSeconds: 0, ...flags },
    });
    const lifecycle = createLifecycle({ logger: silentLogger });
    cleanups.push(folder.remove, lifecycle.stop);
    const options = {
      config,
      deployment: network.deployment,
      sources: [{ name: "in process", transport: network.transport }],
      signer: createSigner(person === "worker" ? "operator" : "challenger", privateKeyOf(person)),
      fail: lifecycle.fail,
      logger: silentLogger,
      metrics: createMetrics(),
      clock: network.clock,
    };
    return { lifecycle, options };
  }

  async function start({ lifecycle }: ReturnType<typeof partsOf>, assembled: Assembled): Promise<Assembled> {
    await assembled.node.programs.put(emitOnnx(scorer), encodeManifest(scorerManifest));
    lifecycle.add(...assembled.components);
    await lifecycle.start();
    return assembled;
  }

  async function startWorker({ lies }: { lies: boolean }): Promise<Assembled> {
    const parts = partsOf("worker", { programs: [scorerId], receipts: true, redeemAbove: "1" });
    const options = { ...parts.options, account: network.addresses.worker };
    const node = openNode(options);
    const lying = executorOf(({ program }, input) => cheatingPasses(program, input, flip));
    if (!lies) return start(parts, assembleWorker(options, node));
    const trusting = async () => ({ executeSeconds: 0.01, traceSeconds: 0.01, batches: false });
    return start(parts, assembleWorker(options, { ...node, fast: lying, selfTest: trusting }));
  }

  async function startWatchtower(url: string): Promise<Assembled> {
    const parts = partsOf("watchtower", { receiptWorkers: [url] });
    return start(parts, assembleWatchtower({ ...parts.options, dryRun: false }));
  }

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let i = 0; i < 400; i++) {
      if (await holds()) return;
      await systemClock.sleep(50);
    }
    throw new Error(`It did not come to pass: ${what}`);
  }

  async function ask(url: string, total: bigint) {
    const { deployment, clients } = network;
    const { account } = clients.requester;
    const { signature } = await signVoucher(clients.requester, { deployment, channelId, total, account });
    const response = await fetch(`${url}/v1/inferences`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        ...{ programId: scorerId, channelId, fee: String(fee) },
        input: Buffer.from(randomInput(scorer, random)).toString("base64"),
        voucher: { voucher: { channelId, total: String(total) }, signature },
      }),
    });
    const body = (await response.json()) as Record<string, never> & { receipt: { issuedAt: string } };
    return { status: response.status, body };
  }

  const readyAt = (url: string) => async () => {
    const response = await fetch(`${url}/v1/offer`);
    const { sessionKey, programs } = (await response.json()) as { sessionKey?: unknown; programs: Hex[] };
    return sessionKey !== undefined && programs.includes(scorerId);
  };
  const channel = () => network.clients.deployer.getChannel({ channelId });

  async function passEpoch(issuedAt: bigint): Promise<bigint> {
    const seconds = await network.clients.deployer.getEpochSeconds({ version: 1 });
    const epoch = issuedAt / seconds;
    const left = (epoch + 1n) * seconds - (await network.now());
    if (left > 0n) await network.advance(Number(left));
    return epoch;
  }

  it("answer in one trip, are paid, post the epoch, and pass the watchtower", async () => {
    const worker = await startWorker({ lies: false });
    const url = worker.node.http.url();
    await until("the worker is ready", readyAt(url));
    const watchtower = await startWatchtower(url);
    const { status, body } = await ask(url, fee);
    expect(status, JSON.stringify(body)).to.equal(200);
    await until("the voucher is redeemed", async () => (await channel()).paid === fee);
    const epoch = await passEpoch(BigInt(body.receipt.issuedAt));
    const { worker: account } = network.addresses;
    const posted = () => network.clients.deployer.getEpoch({ worker: account, version: 1, epoch });
    await until("the root is posted", async () => (await posted()).count === 1);
    const audits = watchtower.node.journal.notes("audits");
    await until("the watchtower finds it right", async () => audits.count(["valid"]) === 1);
    expect((await channel()).allotment).to.equal(4n * liability);
  });

  it("slash a cheating worker from a receipt that the watchtower finds, and that channel only", async () => {
    const worker = await startWorker({ lies: true });
    const url = worker.node.http.url();
    await until("the worker is ready", readyAt(url));
    await startWatchtower(url);
    const { status, body } = await ask(url, fee);
    expect(status, JSON.stringify(body)).to.equal(200);
    await passEpoch(BigInt(body.receipt.issuedAt));
    await until("the receipt is slashed", async () => (await channel()).allotment === 3n * liability);
  });
});
