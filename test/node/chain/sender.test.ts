// The transaction sender: one nonce queue, replacement, repair, and never two transactions for one purpose.
import { assayTokenAbi } from "@assay/sdk/abi";
import { expect } from "chai";
import { type Address, custom, encodeFunctionData, type Hex, http, parseGwei, type Transport } from "viem";
import { createEndpoints } from "../../../node/chain/endpoints.ts";
import {
  createSender,
  type Sender,
  type SenderOptions,
  type SendRequest,
} from "../../../node/chain/sender.ts";
import { systemClock } from "../../../node/clock.ts";
import { createSigner, type Signer } from "../../../node/keys/keystore.ts";
import type { Database } from "../../../node/store/database.ts";
import { type Anvil, anvilKey, deployToken, startAnvil } from "../../helpers/anvil.ts";
import { errorOf, quiet, temporaryDatabase } from "../../helpers/nodeParts.ts";

let keys = 1;

describe("createSender", () => {
  let anvil: Anvil;
  let token: Address;
  let database: Database;
  let signer: Signer;
  let receiver: Address;
  before(async () => {
    anvil = await startAnvil("--accounts", "30");
    token = await deployToken(anvil);
  });
  after(() => anvil?.stop());
  // A key of its own for each test: nonces start at zero and nobody interferes.
  beforeEach(() => {
    database = temporaryDatabase();
    signer = createSigner("operator", anvilKey(keys));
    receiver = `0x${(0xaa00 + keys++).toString(16).padStart(40, "0")}`;
  });
  afterEach(async () => {
    database.close();
    await automine(true);
  });

  const automine = (on: boolean) => anvil.client.setAutomine(on);
  const mine = (blocks = 1) => anvil.client.mine({ blocks });
  const balance = () =>
    anvil.client.readContract({
      address: token,
      abi: assayTokenAbi,
      functionName: "balanceOf",
      args: [receiver],
    });
  const mintOne = (key: string, more: Partial<SendRequest> = {}): SendRequest => ({
    key,
    call: { address: token, abi: assayTokenAbi, functionName: "mint", args: [receiver, 1n] },
    ...more,
  });
  const pool = async () => {
    const content = await anvil.client.getTxpoolContent();
    const own = Object.entries(content.pending).find(
      ([address]) => address.toLowerCase() === signer.address.toLowerCase(),
    );
    return Object.values(own?.[1] ?? {});
  };

  function make(options: Partial<SenderOptions> & { transport?: Transport } = {}): Sender {
    const { transport = http(anvil.url), ...rest } = options;
    const parts = quiet();
    const endpoints = createEndpoints({
      sources: [{ name: "anvil", transport }],
      maxHeadLagBlocks: 5,
      pollSeconds: 0.02,
      ...parts,
    });
    return createSender({
      signer,
      endpoints,
      database,
      policy: { maxFeePerGas: parseGwei("100"), maxPriorityFeePerGas: parseGwei("2"), urgentFeeFactor: 5 },
      pollSeconds: 0.02,
      resubmitSeconds: 0.05,
      finalBlocks: 2,
      ...parts,
      ...rest,
    });
  }
  /** Runs the sender's loop for as long as `work` takes. */
  async function running<T>(sender: Sender, work: () => Promise<T>): Promise<T> {
    const stop = new AbortController();
    await sender.start?.(stop.signal);
    try {
      return await work();
    } finally {
      stop.abort();
      await sender.stop?.();
    }
  }
  async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
    for (let i = 0; i < 300; i++) {
      if (await holds()) return;
      await systemClock.sleep(20);
    }
    throw new Error("it never came true");
  }
  const states = async (sender: Sender) => (await sender.recent()).map(({ state }) => state);

  it("takes no nonce for what no pool or block can hold, so that it blocks nothing behind it", async () => {
    const sender = make();
    const to = receiver;
    await running(sender, async () => {
      const large = { to, data: `0x${"01".repeat(131_072)}` as const };
      const error = await errorOf(() => sender.send({ key: "large", call: large }));
      expect(error.name).to.equal("TransactionTooLargeError");
      const dear = await errorOf(() => sender.send(mintOne("dear", { gas: 2n ** 24n + 1n })));
      expect(dear.name).to.equal("TransactionTooLargeError");
      await sender.send(mintOne("small"));
    });
    expect(await anvil.client.getTransactionCount({ address: signer.address })).to.equal(1);
  });

  it("mines 50 sends at once in one nonce queue without a gap", async () => {
    const sender = make({ resubmitSeconds: 60 });
    const results = await running(sender, () =>
      Promise.all(Array.from({ length: 50 }, (_, i) => sender.send(mintOne(`mint:${i}`)))),
    );
    expect(new Set(results.map(({ hash }) => hash))).to.have.length(50);
    expect(await balance()).to.equal(50n);
    const rows = await sender.recent();
    expect(rows.map(({ nonce }) => nonce).sort((a, b) => a! - b!)).to.deep.equal(
      Array.from({ length: 50 }, (_, i) => i),
    );
    expect(await anvil.client.getTransactionCount({ address: signer.address })).to.equal(50);
  });

  it("sends one transaction per key, however often and by whomever it is asked", async () => {
    const sender = make();
    const [first, second] = await running(sender, () =>
      Promise.all([sender.send(mintOne("once")), sender.send(mintOne("once"))]),
    );
    const later = await make().send(mintOne("once"));
    expect(second?.hash).to.equal(first?.hash);
    expect(later.hash).to.equal(first?.hash);
    expect(await balance()).to.equal(1n);
  });

  it("replaces a stuck transaction with higher fees until it is mined", async () => {
    await automine(false);
    const sender = make();
    const result = await running(sender, async () => {
      const sending = sender.send(mintOne("stuck"));
      await until(async () => (await pool()).length === 1);
      const [first] = await pool();
      await until(async () => (await pool())[0]?.hash !== first?.hash);
      const [second] = await pool();
      expect(second?.nonce).to.equal(first?.nonce);
      expect(BigInt(second!.maxFeePerGas!) * 100n >= BigInt(first!.maxFeePerGas!) * 110n).to.equal(true);
      await mine();
      return sending;
    });
    expect(result.status).to.equal("mined");
    expect(await balance()).to.equal(1n);
  });

  it("never pays more than the cap, and waits for the network to come down to it", async () => {
    await automine(false);
    const sender = make({
      policy: { maxFeePerGas: parseGwei("3"), maxPriorityFeePerGas: parseGwei("1"), urgentFeeFactor: 2 },
    });
    await anvil.client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("4") });
    await mine();
    await running(sender, async () => {
      const sending = sender.send(mintOne("dear"));
      await systemClock.sleep(200);
      expect(await states(sender)).to.deep.equal(["queued"]);
      await anvil.client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("1") });
      await mine();
      await until(async () => (await pool()).length === 1);
      await systemClock.sleep(400); // room for many replacements
      for (const { maxFeePerGas } of await pool())
        expect(BigInt(maxFeePerGas!) <= parseGwei("3")).to.equal(true);
      await mine();
      await sending;
    });
    const soon = BigInt(Math.floor(Date.now() / 1_000) + 4);
    const urgent = make({ policy: { maxFeePerGas: 1n, maxPriorityFeePerGas: 1n, urgentFeeFactor: 1_000 } });
    await anvil.client.setNextBlockBaseFeePerGas({ baseFeePerGas: 500n });
    await mine();
    await automine(true);
    const outcome = await running(urgent, () =>
      urgent.send(mintOne("move", { urgent: true, deadline: soon })),
    );
    expect(outcome.status, "a dispute move near its deadline may exceed the cap").to.equal("mined");
    await anvil.client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("1") });
  });

  it("resumes after a crash: the same key waits for the transaction that is under way", async () => {
    await automine(false);
    const crashed = make({ resubmitSeconds: 60 });
    void crashed.send(mintOne("resumed")).catch(() => {});
    await until(async () => (await pool()).length === 1);
    const sender = make({ resubmitSeconds: 60 });
    const result = await running(sender, async () => {
      const sending = sender.send(mintOne("resumed"));
      await systemClock.sleep(100);
      expect(await pool()).to.have.length(1);
      await mine();
      return sending;
    });
    expect(result.status).to.equal("mined");
    expect(await balance()).to.equal(1n);
  });

  it("sends again what was signed and stored but never reached an endpoint", async () => {
    const inner = http(anvil.url)({});
    const deaf = custom(
      {
        request: async (request: { method: string; params?: unknown }) => {
          if (request.method === "eth_sendRawTransaction") throw new Error("connection reset");
          return inner.request(request as never);
        },
      },
      { retryCount: 0 },
    );
    const crashed = make({ transport: deaf });
    void crashed.send(mintOne("lost")).catch(() => {});
    await until(async () => (await states(crashed))[0] === "pending");
    expect(await balance()).to.equal(0n);
    const sender = make();
    expect((await running(sender, () => sender.send(mintOne("lost")))).status).to.equal("mined");
    expect(await balance()).to.equal(1n);
    expect((await sender.recent()).map(({ nonce }) => nonce)).to.deep.equal([0]);
  });

  it("sends again what the pool dropped", async () => {
    await automine(false);
    const sender = make();
    await running(sender, async () => {
      const sending = sender.send(mintOne("dropped"));
      await until(async () => (await pool()).length === 1);
      await anvil.client.dropTransaction({ hash: (await pool())[0]!.hash });
      await until(async () => (await pool()).length === 1);
      await mine();
      await sending;
    });
    expect(await balance()).to.equal(1n);
  });

  it("follows a mined transaction whose block left the chain until it is mined again and final", async () => {
    const sender = make();
    await running(sender, async () => {
      await sender.send(mintOne("reorged"));
      await until(async () => (await states(sender))[0] === "mined");
      await automine(false);
      await anvil.client.request({ method: "anvil_reorg" as never, params: [1, []] as never });
      await until(async () => (await states(sender))[0] === "pending" || (await balance()) === 1n);
      await until(async () => (await pool()).length > 0 || (await balance()) === 1n);
      await mine();
      await until(async () => (await balance()) === 1n);
      await mine(2);
      await until(async () => (await states(sender))[0] === "final");
    });
    expect(await balance()).to.equal(1n);
  });

  it("uses the nonce up for nothing when the purpose was reached by somebody else meanwhile", async () => {
    await automine(false);
    const sender = make();
    let isReached = false;
    const result = await running(sender, async () => {
      const sending = sender.send(mintOne("obsolete", { isDone: async () => isReached }));
      await until(async () => (await pool()).length === 1);
      isReached = true;
      await until(async () => (await pool())[0]?.to?.toLowerCase() === signer.address.toLowerCase());
      await mine();
      return sending;
    });
    expect(result).to.deep.equal({ status: "done" });
    expect(await balance()).to.equal(0n);
    expect(await anvil.client.getTransactionCount({ address: signer.address })).to.equal(1);
  });

  it("takes a new nonce when another machine with the same key used ours", async () => {
    await automine(false);
    const sender = make({ resubmitSeconds: 60 });
    await running(sender, async () => {
      const sending = sender.send(mintOne("rivalled"));
      await until(async () => (await pool()).length === 1);
      const fees = { maxFeePerGas: parseGwei("90"), maxPriorityFeePerGas: parseGwei("80") };
      const raw = await signer.account.signTransaction({
        type: "eip1559",
        chainId: 31337,
        nonce: 0,
        to: signer.address,
        gas: 21_000n,
        ...fees,
      });
      await anvil.client.sendRawTransaction({ serializedTransaction: raw });
      await mine(3);
      await until(async () => (await pool()).length === 1);
      expect((await sender.recent())[0]?.nonce).to.equal(1);
      await mine();
      await sending;
    });
    expect(await balance()).to.equal(1n);
  });

  it("fills a nonce gap so that later transactions can be mined", async () => {
    await automine(false);
    const sender = make({ resubmitSeconds: 60 });
    await running(sender, async () => {
      void sender.send(mintOne("first")).catch(() => {});
      await until(async () => (await pool()).length === 1);
      const sending = sender.send(mintOne("second"));
      await until(async () => (await pool()).length === 2);
      // A restored backup of the data folder forgets the first one.
      database.sql.exec("DELETE FROM attempts WHERE nonce = 0; DELETE FROM transactions WHERE nonce = 0");
      for (const { hash } of await pool()) await anvil.client.dropTransaction({ hash });
      await until(async () =>
        (await sender.recent()).some(({ label, nonce }) => label === "fill a nonce gap" && nonce === 0),
      );
      const raw = database.sql.prepare("SELECT raw FROM attempts WHERE nonce = 1").pluck().get() as Hex;
      await anvil.client.sendRawTransaction({ serializedTransaction: raw });
      await mine();
      await sending;
    });
    expect(await balance()).to.equal(1n);
  });

  it("fills a gap that was too dear at first, and pays for it what the urgent move behind it may cost", async () => {
    await automine(false);
    const soon = BigInt(Math.floor(Date.now() / 1_000) + 6);
    const sender = make({
      resubmitSeconds: 60,
      policy: { maxFeePerGas: parseGwei("3"), maxPriorityFeePerGas: parseGwei("1"), urgentFeeFactor: 100 },
    });
    await anvil.client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("1") });
    await mine();
    await running(sender, async () => {
      void sender.send(mintOne("first")).catch(() => {});
      await until(async () => (await pool()).length === 1);
      const sending = sender.send(mintOne("move", { urgent: true, deadline: soon }));
      await until(async () => (await pool()).length === 2);
      database.sql.exec("DELETE FROM attempts WHERE nonce = 0; DELETE FROM transactions WHERE nonce = 0");
      for (const { hash } of await pool()) await anvil.client.dropTransaction({ hash });
      await anvil.client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("50") });
      await mine();
      await until(async () =>
        (await sender.recent()).some(({ label, nonce }) => label === "fill a nonce gap" && nonce === 0),
      );
      const raw = database.sql.prepare("SELECT raw FROM attempts WHERE nonce = 1").pluck().get() as Hex;
      await anvil.client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("1") });
      await mine();
      await anvil.client.sendRawTransaction({ serializedTransaction: raw });
      await mine();
      await sending;
    });
    expect(await balance()).to.equal(1n);
    await anvil.client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("1") });
  });

  it("refuses what would revert before it costs gas, and takes named errors for success", async () => {
    const sender = make();
    const call = {
      to: token,
      data: encodeFunctionData({ abi: assayTokenAbi, functionName: "transfer", args: [receiver, 5n] }),
    };
    const error = await errorOf(() => sender.send({ key: "poor", call }));
    expect(error.name).to.equal("ERC20InsufficientBalanceError");
    const done = ["ERC20InsufficientBalance"];
    expect(await sender.send({ key: "poor", call, done })).to.deep.equal({ status: "done" });
    expect(
      (await errorOf(() => sender.send({ key: "alien", call: { to: token, data: "0xdeadbeef" } }))).name,
    ).to.equal("TransactionFailedError");
    await errorOf(() => sender.simulate(call));
    expect(await anvil.client.getTransactionCount({ address: signer.address })).to.equal(0);
    expect(await sender.send({ key: "reached", call, isDone: async () => true })).to.deep.equal({
      status: "done",
    });
    const mint = {
      to: token,
      data: encodeFunctionData({ abi: assayTokenAbi, functionName: "mint", args: [signer.address, 5n] }),
    };
    await running(sender, async () => {
      await sender.send({ key: "funds", call: mint });
      expect((await sender.send({ key: "poor", call })).status).to.equal("mined"); // the same key may try again
    });
    expect(await balance()).to.equal(5n);
  });

  it("tries again under the same key what was mined in vain, and never what succeeded", async () => {
    const sender = make({ finalBlocks: 100 });
    await running(sender, async () => {
      expect((await errorOf(() => sender.send(mintOne("vain", { gas: 24_000n })))).message).to.match(
        /mined in vain/,
      );
      expect((await sender.send(mintOne("vain"))).status).to.equal("mined");
    });
    expect(await balance()).to.equal(1n);
    database.sql.exec(`UPDATE transactions SET state = 'final', hash = '0x${"12".repeat(32)}'`); // its receipt is gone
    expect(await make().send(mintOne("vain"))).to.deep.equal({ status: "done" });
    expect(await balance()).to.equal(1n);
  });

  it("gives up what is late, what the key cannot pay for, and waiting when told to", async () => {
    const sender = make();
    expect((await errorOf(() => sender.send(mintOne("late", { deadline: 1n })))).message).to.match(
      /deadline passed/,
    );
    const poor = make({ signer: createSigner("operator", `0x${"17".repeat(32)}`) });
    expect((await errorOf(() => poor.send(mintOne("unpaid")))).message).to.match(/cannot pay for gas/);
    await automine(false);
    const waiting = new AbortController();
    const sending = sender.send(mintOne("aborted"), waiting.signal);
    await until(async () => (await pool()).length === 1);
    waiting.abort(new Error("enough"));
    expect((await errorOf(() => sending)).message).to.equal("enough");
    await mine();
    await sender.track();
    expect(await states(sender)).to.include("mined");
  });
});
