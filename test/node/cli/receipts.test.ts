// Channels and receipts on the command line: a node that answers over HTTP, a payer that buys from it and holds it to that.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseReceipt, stringifyJson } from "@assay/sdk";
import {
  byteRoot,
  generateSessionKey,
  type Hex,
  receiptId as receiptIdOf,
  sessionSigner,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import { parseEther } from "viem";
import { devnetAccounts } from "../../../node/devnet/accounts.ts";
import { localTiers } from "../../../node/devnet/localTiers.ts";
import type { ProgramFiles } from "../../../node/programFiles.ts";
import { openPaymentStorage } from "../../../node/store/paymentStorage.ts";
import { type Ran, type Running, spawnAssay, temporaryHome } from "../../helpers/commandLine.ts";
import { rightOutput, startTestDevnet, type TestDevnet, writeSmallProgram } from "../../helpers/devnet.ts";

const { minLock, receiptSeconds } = localTiers.devnet.tier;
const { unbondingSeconds } = localTiers.devnet;
const epochSeconds = receiptSeconds / 4;
const input = Uint8Array.from({ length: 16 }, (_, index) => index * 15);

describe("the command line and receipts", () => {
  let devnet: TestDevnet;
  let program: ProgramFiles;
  let folder: string;
  let worker: Running;
  let url: string;
  let channelId: Hex;
  let file: string;
  const { owner, requester } = devnetAccounts();

  const run = (...argv: string[]): Promise<Ran> => devnet.run([...argv, "--json"]);
  const done = async (...argv: string[]) => {
    const ran = await run(...argv);
    expect(ran.code, ran.stderr + ran.stdout).to.equal(0);
    return ran.json;
  };
  const refused = async (code: number, name: string, ...argv: string[]) => {
    const ran = await run(...argv);
    expect(ran.json.error, ran.stdout).to.include({ name });
    expect(ran.code).to.equal(code);
    expect(String(ran.json.error?.hint)).to.have.length.above(10);
  };
  const ask = () => [
    "request",
    "--receipt",
    url,
    "--program",
    folder,
    "--input",
    join(devnet.folder, "in.json"),
  ];

  before(async () => {
    devnet = await startTestDevnet("devnet");
    folder = join(devnet.folder, "small");
    program = writeSmallProgram(folder);
    const data = ["--data-dir", join(devnet.folder, "worker")];
    expect((await devnet.run(["publish", folder, ...data])).code).to.equal(0);
    writeFileSync(join(devnet.folder, "in.json"), JSON.stringify({ bytes: Array.from(input) }));
    const argv = ["worker", "--programs", program.programId, "--receipts", "true", "--json", ...data];
    worker = spawnAssay(argv, devnet.folder);
    url = String((await worker.line(({ event }) => event === "running")).url);
    for (let isReady = false; !isReady; ) {
      const offer = (await (await fetch(`${url}/v1/offer`)).json()) as {
        sessionKey?: object;
        programs: Hex[];
      };
      isReady = offer.sessionKey !== undefined && offer.programs.length === 1;
      if (!isReady) await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
  after(async () => {
    worker?.child.kill("SIGTERM");
    await worker?.ended;
    await devnet.stop();
  });

  it("S-12: opens, fills, backs, lists and shows a channel", async () => {
    const dry = await run("channel", "open", url, "4", "--dry-run");
    expect((dry.json.calls as { function: string }[]).map((call) => call.function)).to.deep.equal([
      "approve",
      "deposit",
    ]);
    const opened = await done("channel", "open", url, "4");
    channelId = opened.channelId as Hex;
    expect(opened).to.include({ worker: owner.account.address, escrow: String(parseEther("4")) });
    expect(await done("channel", "top-up", channelId, "1")).to.include({ escrow: String(parseEther("5")) });
    await refused(1, "NotPayerError", "channel", "top-up", channelId, "1", "--key", "challenger");
    await refused(1, "ReceiptUncoveredError", ...ask());
    const amount = 4n * minLock;
    const allotted = await done("channel", "allot", channelId, String(amount / 10n ** 18n));
    expect(allotted).to.include({ backing: String(amount) });
    const { channels } = await done("channel", "list");
    expect((channels as { channelId: Hex }[]).map((one) => one.channelId)).to.deep.equal([channelId]);
    expect((await devnet.run(["channel", "list", "--payer", owner.account.address])).stdout).to.include(
      "no such channels",
    );
    const shown = await devnet.run(["channel", "status", channelId]);
    expect(shown.stdout)
      .to.match(/escrow +5 tokens/)
      .and.match(/open receipts +0/)
      .and.not.match(/unanswered/);
    await refused(1, "ChannelNotFoundError", "channel", "status", `0x${"11".repeat(32)}`);
  });

  it("S-12: buys an answer, keeps the receipt, and verifies it", async () => {
    await refused(2, "UsageError", ...ask(), "--detach");
    await refused(1, "FeeAboveMaximumError", ...ask(), "--max-fee", "0");
    await refused(
      75,
      "WorkerUnreachableError",
      ...ask().map((word) => (word === url ? "http://127.0.0.1:1" : word)),
    );
    const bought = await done(...ask());
    expect((bought.answer as { output: Hex }).output).to.equal(
      `0x${Buffer.from(rightOutput(program, input)).toString("hex")}`,
    );
    expect(bought).to.include({
      channelId,
      worker: owner.account.address,
      isPrivate: false,
      owed: bought.fee,
    });
    const verified = await done("receipt", "verify", String(bought.receiptId), "--program", folder);
    expect(verified.valid).to.equal(true);
    const copy = join(devnet.folder, "second.json");
    const second = await devnet.run([...ask(), "--private", "--save", copy]);
    expect(second.code, second.stderr).to.equal(0);
    expect(second.stdout).to.include("by you alone").and.include(copy);
    file = String(bought.file);
    const { books } = await done("channel", "status", channelId);
    expect(books).to.include({ owed: String(2n * BigInt(String(bought.fee))) });
    expect((books as { receipts: object[] }).receipts.length).to.equal(2);
  });

  it("S-12: tells a receipt that is not right, or none at all", async () => {
    const json = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    const wrong = join(devnet.folder, "wrong.json");
    writeFileSync(wrong, JSON.stringify({ ...json, output: `0x${"00".repeat(16)}` }));
    const ran = await devnet.run(["receipt", "verify", wrong, "--program", folder]);
    expect(ran.code).to.equal(1);
    expect(ran.stdout).to.include("NOT right").and.include("✖");
    writeFileSync(wrong, JSON.stringify({ ...json, signature: {} }));
    await refused(1, "InputFormatError", "receipt", "verify", wrong);
    await refused(2, "UsageError", "receipt", "verify", `0x${"11".repeat(32)}`);
    await refused(1, "ReceiptRightError", "receipt", "dispute", file, "--program", folder);
  });

  it("S-12: finds it in its epoch, or has the worker show it there", async () => {
    const pending = await run("receipt", "check", file);
    expect([pending.code, pending.json.status]).to.deep.equal([75, "pending"]);
    await devnet.advance(epochSeconds);
    expect(await done("receipt", "check", file, "--wait")).to.include({ status: "included", problem: null });
    const elsewhere = await run("receipt", "check", file, "--url", "http://127.0.0.1:1");
    expect([elsewhere.code, elsewhere.json.status]).to.deep.equal([1, "unshown"]);
    await devnet.advance(epochSeconds);
    const demanded = await done("receipt", "demand", file);
    expect(demanded).to.include({ status: "demanded" });
    for (let answered = false; !answered; ) {
      const { json } = await run("receipt", "demand", file);
      answered = json.error?.name === "ReceiptShownError";
      if (!answered) expect(json.error).to.include({ name: "AnswerPendingError" });
    }
  });

  it("S-12: disputes one that is wrong from the receipt alone", async () => {
    const given = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    const client = devnet.clientOf("owner");
    const signer = await sessionSigner(await generateSessionKey());
    await client.setSessionKey({ worker: owner.account.address, x: signer.x, y: signer.y });
    const { timestamp: issuedAt } = await client.getBlock();
    const output = rightOutput(program, input).map((byte, at) => (at === 0 ? byte ^ 1 : byte));
    const receipt = {
      ...parseReceipt(given).receipt,
      ...{ outputRoot: byteRoot(output), issuedAt, challengeUntil: issuedAt + BigInt(receiptSeconds) },
    };
    const { chainId, channels } = devnet.deployment;
    const receiptId = receiptIdOf({ chainId: BigInt(chainId), channels, receipt });
    const lie = join(devnet.folder, "lie.json");
    const signature = await signer.sign(receiptId);
    writeFileSync(lie, stringifyJson({ ...given, receipt, receiptId, signature, output }));
    const disputed = await done("receipt", "dispute", lie, "--program", folder);
    const { status } = await client.getDispute({ disputeId: disputed.disputeId as Hex, source: "channels" });
    expect(status).to.equal("open");
  });

  it("S-12: closes a channel, and releases stake, through the unbonding delay", async () => {
    const left = await done("channel", "close", channelId);
    expect(left).to.include({ taken: "0" });
    await refused(75, "StillLeavingError", "channel", "close", channelId);
    expect(await done("channel", "release", channelId, "--amount", "1")).to.include({
      leaving: String(parseEther("1")),
    });
    await devnet.advance(unbondingSeconds + 5);
    const before = await devnet.clientOf("requester").getChannel({ channelId });
    const taken = await done("channel", "close", channelId);
    expect(BigInt(String(taken.taken)) <= BigInt(String(left.leaving))).to.equal(true);
    expect(taken.taken).to.equal(String(before.escrow));
    const after = await devnet.clientOf("requester").getChannel({ channelId });
    expect({ escrow: after.escrow, payer: after.payer }).to.deep.equal({
      escrow: 0n,
      payer: requester.account.address,
    });
    await refused(75, "NothingToTakeError", "channel", "close", channelId);
    expect((await done("channel", "release", channelId)).taken).to.equal(String(parseEther("1")));
  });
});

describe("the payer's books in a file", () => {
  it("I-54: survive, are told apart by chain, and are changed by one at a time", async () => {
    const home = temporaryHome();
    const open = (network: string) => openPaymentStorage({ folder: home.path, network });
    try {
      const [first, second] = [open("one"), open("one")];
      expect(await first.swap("key", undefined, "a")).to.equal(true);
      expect(await second.swap("key", undefined, "b")).to.equal(false);
      expect(await second.swap("key", "a", "b")).to.equal(true);
      expect(await first.swap("key", "a", "c")).to.equal(false);
      first.close();
      second.close();
      const again = open("one");
      expect(await again.read("key")).to.equal("b");
      again.close();
      const other = open("two");
      expect(await other.read("key")).to.equal(undefined);
      other.close();
    } finally {
      home.remove();
    }
  });
});
