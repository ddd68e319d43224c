// Publishing, asking and verifying, on a real chain in this process.
import { EventEmitter } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import { digitsSamples } from "../../../examples/digits/digits.ts";
import { readProgramFolder } from "../../../node/cli/programFolder.ts";
import { devnetAccounts } from "../../../node/devnet/accounts.ts";
import { digitsFolder, rightOutput, startTestDevnet, type TestDevnet } from "../../helpers/devnet.ts";

const digit = digitsSamples().find(({ heldOut }) => heldOut)!;
const numbers = Array.from(digit.pixels, (pixel) => pixel / 16);

describe("the command line and programs", () => {
  let devnet: TestDevnet;
  let programId: Hex;
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(devnet.folder, name);
    writeFileSync(path, content);
    return path;
  };
  before(async () => {
    devnet = await startTestDevnet();
  });
  after(() => devnet.stop());

  it("publishes a compiled program once", async () => {
    const empty = await devnet.run(["programs", "list"]);
    expect(empty.stdout).to.include("No programs are registered");
    const dry = await devnet.run(["publish", digitsFolder(), "--dry-run", "--json"]);
    expect((dry.json.calls as { function: string }[]).map((call) => call.function)).to.deep.equal([
      "approve",
      "register",
    ]);
    const published = await devnet.run([
      "publish",
      digitsFolder(),
      "--uri",
      "http://127.0.0.1:1/digits",
      "--json",
    ]);
    expect(published.code, published.stderr).to.equal(0);
    expect(published.json).to.include({ name: "digits", bond: "50000000000000000000" });
    programId = published.json.programId as Hex;
    const again = await devnet.run(["publish", digitsFolder(), "--json"]);
    expect(again.json).to.include({ programId, hash: null, bond: "0" });
  });

  it("lists, shows and fetches programs", async () => {
    const { json } = await devnet.run(["programs", "list", "--json"]);
    expect(json.programs).to.have.length(1);
    expect((json.programs as { uri: string }[])[0]).to.include({
      programId,
      uri: "http://127.0.0.1:1/digits",
    });
    const shown = await devnet.run(["programs", "show", programId, "--json"]);
    expect(shown.json).to.include({ status: "active", publisher: devnetAccounts().owner.account.address });
    const target = join(devnet.folder, "fetched");
    const fetched = await devnet.run(["programs", "fetch", programId, target, "--json"]);
    expect(fetched.json).to.include({ programId, name: "digits", folder: target });
    expect(readFileSync(join(target, "program.onnx"))).to.deep.equal(
      readFileSync(join(digitsFolder(), "program.onnx")),
    );
    const unknown = await devnet.run(["programs", "show", `0x${"77".repeat(32)}`]);
    expect(unknown.code).to.equal(1);
    expect(unknown.stderr).to.include("ProgramNotFoundError").and.include("assay programs list");
    const elsewhere = await devnet.run([
      "programs",
      "fetch",
      programId,
      "--data-dir",
      join(devnet.folder, "bare"),
    ]);
    expect(elsewhere.code).to.equal(75);
    expect(elsewhere.stderr).to.include("ProgramUnavailableError").and.include("--blob-sources");
  });

  it("gives up waiting after the time it was given, and can wait again", async () => {
    const input = ["--input", file("d.json", JSON.stringify([numbers]))];
    const { code, json } = await devnet.run([
      "request",
      "--program",
      programId,
      ...input,
      "--timeout",
      "1s",
      "--json",
    ]);
    expect(code).to.equal(75);
    expect(json.error).to.include({ name: "WaitTimeoutError" });
    expect(String(json.error?.hint)).to.include("--resume");
  });

  it("stops waiting at a signal", async () => {
    const signals = new EventEmitter();
    const waiting = devnet.run(
      ["request", "--program", programId, "--input", file("d.json", JSON.stringify(numbers))],
      {
        signals,
      },
    );
    setTimeout(() => signals.emit("SIGINT", "SIGINT"), 1_500);
    const { code, stderr } = await waiting;
    expect(code).to.equal(130);
    expect(stderr).to.include("is posted for 0.001 tokens");
  });

  describe("with an answer", () => {
    let requestId: Hex;

    it("prints it with its finality, and saves what a check takes", async () => {
      const pgm = new Uint8Array([
        ...new TextEncoder().encode("P5\n8 8\n255\n"),
        ...digit.pixels.map((pixel) => Math.min(255, pixel * 16)),
      ]);
      const image = ["--program", programId, "--input", file("digit.pgm", pgm)];
      const asked = await devnet.run(["request", ...image, "--detach", "--json"]);
      expect(asked.code, asked.stderr).to.equal(0);
      requestId = asked.json.requestId as Hex;
      const worker = devnet.clientOf("owner");
      await worker.claimRequest({ requestId, worker: worker.account.address });
      const input = await worker.getInput({ requestId });
      await worker.commitResult({ requestId, output: rightOutput(readProgramFolder(digitsFolder()), input) });
      const saved = join(devnet.folder, "answer.json");
      const early = await devnet.run([
        "request",
        "--resume",
        requestId,
        "--level",
        "provisional",
        "--save",
        saved,
      ]);
      expect(early.code, early.stderr).to.equal(0);
      expect(early.stdout).to.match(new RegExp(`answer +${digit.label}`));
      expect(early.stdout).to.match(/finality +provisional: it may still be disproven/);

      const offline = await devnet.run([
        "verify",
        "--receipt",
        saved,
        "--program",
        digitsFolder(),
        "--rpc-urls",
        "http://127.0.0.1:1",
      ]);
      expect(offline.code, offline.stderr).to.equal(0);
      expect(offline.stdout).to.include("The answer is right.");

      const receipt = JSON.parse(readFileSync(saved, "utf8")) as { output: Hex };
      const output = hexToBytes(receipt.output);
      output[0]! ^= 1;
      const forged = file("forged.json", JSON.stringify({ ...receipt, output: bytesToHex(output) }));
      const caught = await devnet.run(["verify", "--receipt", forged, "--program", digitsFolder(), "--json"]);
      expect(caught.code).to.equal(1);
      expect(caught.json.valid).to.equal(false);
      const failed = (caught.json.checks as { name: string; passed: boolean }[]).filter(
        ({ passed }) => !passed,
      );
      expect(failed.map(({ name }) => name)).to.include.members(["execution", "outputRoot", "commitment"]);

      const broken = await devnet.run([
        "verify",
        "--receipt",
        file("broken.json", "{}"),
        "--program",
        digitsFolder(),
      ]);
      expect(broken.code).to.equal(1);
      expect(broken.stderr).to.match(/not a saved result[\s\S]*field +programId/);
    });

    it("waits until it is final, and pays the worker", async () => {
      await devnet.advance(9);
      await devnet.clientOf("owner").finalizeRequest({ requestId });
      const { json } = await devnet.run(["request", "--resume", requestId, "--json"]);
      expect(json.answer).to.deep.include({
        level: "final",
        status: "finalized",
        label: String(digit.label),
      });
      const verified = await devnet.run(["verify", requestId, "--json"]);
      expect(verified.json.valid).to.equal(true);
      const shown = await devnet.run(["rewards", "show"]);
      expect(shown.stdout).to.match(/credit +0\.001 tokens/);
      const to = "0x000000000000000000000000000000000000dEaD";
      const claimed = await devnet.run(["rewards", "claim", "--to", to, "--json"]);
      expect(claimed.json).to.include({ claimed: "1000000000000000", to });
    });
  });
});
