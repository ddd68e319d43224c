// Publishing, asking, answering, verifying and disputing by hand, on a real chain in this process.
import { EventEmitter } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectOutput, createTrace, execute } from "@assay/sdk/program";
import { expect } from "chai";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import { digitsSamples } from "../../../examples/digits/digits.ts";
import { devnetAccounts } from "../../../node/devnet/accounts.ts";
import type { ProgramFiles } from "../../../node/programFiles.ts";
import { cheatingSlots } from "../../helpers/cheat.ts";
import { digitsFolder, startTestDevnet, type TestDevnet } from "../../helpers/devnet.ts";

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
      "https://example.org/digits",
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
      uri: "https://example.org/digits",
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
    const nowhere = await devnet.run(["programs", "fetch", `0x${"77".repeat(32)}`]);
    expect(nowhere.code).to.equal(75);
    expect(nowhere.stderr).to.include("no place is known").and.include("--blob-sources");
  });

  describe("refuses a request", () => {
    const refused: [string, () => string[], number, RegExp][] = [
      ["without a program", () => [], 2, /--program is needed/],
      [
        "for an unknown program",
        () => ["--program", `0x${"77".repeat(32)}`, "--raw", "x"],
        1,
        /ProgramNotFoundError/,
      ],
      [
        "for a folder that is not there",
        () => ["--program", "nowhere"],
        1,
        /There is no such program folder/,
      ],
      ["without input", () => ["--program", programId], 2, /--input is needed/],
      [
        "with too few numbers",
        () => ["--program", programId, "--input", file("few.json", "[1, 2, 3]")],
        1,
        /given +3[\s\S]*required +64/,
      ],
      [
        "with another shape",
        () => [
          "--program",
          programId,
          "--input",
          file("shape.json", JSON.stringify(Array(16).fill([0, 0, 0, 0]))),
        ],
        1,
        /given +16×4[\s\S]*required +1×1×8×8/,
      ],
      [
        "with ragged lists",
        () => ["--program", programId, "--input", file("ragged.json", "[[1, 2], [3]]")],
        1,
        /nested lists have different lengths/,
      ],
      [
        "with what is no number",
        () => ["--program", programId, "--input", file("text.json", '["one"]')],
        1,
        /not a finite number/,
      ],
      [
        "with an unknown input name",
        () => ["--program", programId, "--input", file("name.json", JSON.stringify({ picture: numbers }))],
        1,
        /given +picture[\s\S]*inputs +image/,
      ],
      [
        "with raw input of the wrong length",
        () => ["--program", programId, "--raw", file("short.bin", new Uint8Array(63))],
        1,
        /given +63[\s\S]*required +64/,
      ],
      [
        "with a file of no known kind",
        () => ["--program", programId, "--input", file("odd.txt", "hello")],
        1,
        /\.png, \.pgm, \.ppm, \.npy, \.json/,
      ],
      [
        "with a file that is not there",
        () => ["--program", programId, "--input", "absent.png"],
        1,
        /The file cannot be read/,
      ],
      [
        "above the maximal fee",
        () => [
          "--program",
          programId,
          "--input",
          file("d.json", JSON.stringify(numbers)),
          "--max-fee",
          "0.0001",
        ],
        1,
        /FeeAboveMaximumError[\s\S]*maxFee +0\.0001 tokens/,
      ],
      [
        "below the minimal fee",
        () => [
          "--program",
          programId,
          "--input",
          file("d.json", JSON.stringify(numbers)),
          "--fee",
          "0.00001",
        ],
        1,
        /FeeTooLowError[\s\S]*minimum +0\.001 tokens/,
      ],
      [
        "of a tier that is not there",
        () => ["--program", programId, "--input", file("d.json", JSON.stringify(numbers)), "--tier", "9"],
        1,
        /There is no parameter version 9: choose 1 to 1/,
      ],
      [
        "by a method that is not offered",
        () => ["--program", programId, "--input", file("d.json", JSON.stringify(numbers)), "--method", "zk"],
        1,
        /MethodNotOfferedError[\s\S]*--method optimistic/,
      ],
      [
        "from a key without tokens",
        () => [
          "--program",
          programId,
          "--input",
          file("d.json", JSON.stringify(numbers)),
          "--key",
          "defender",
        ],
        1,
        /InsufficientBalanceError/,
      ],
    ];
    for (const [what, argv, exit, message] of refused) {
      it(what, async () => {
        const { code, stderr } = await devnet.run(["request", ...argv()]);
        expect(stderr).to.match(message);
        expect(code).to.equal(exit);
        expect(stderr).to.not.include("    at ");
      });
    }
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
    let files: ProgramFiles;
    let requestId: Hex;
    let commitId: Hex;
    let input: Uint8Array;

    /** Asks with `input` and answers by hand. */
    async function answered(output: (files: ProgramFiles, input: Uint8Array) => Uint8Array): Promise<void> {
      const worker = devnet.clientOf("owner");
      const pgm = new Uint8Array([
        ...new TextEncoder().encode("P5\n8 8\n255\n"),
        ...digit.pixels.map((pixel) => Math.min(255, pixel * 16)),
      ]);
      const asked = await devnet.run([
        "request",
        "--program",
        programId,
        "--input",
        file("digit.pgm", pgm),
        "--detach",
        "--json",
      ]);
      expect(asked.code, asked.stderr).to.equal(0);
      requestId = asked.json.requestId as Hex;
      await worker.claimRequest({ requestId, worker: worker.account.address });
      input = await worker.getInput({ requestId });
      const committed = await worker.commitResult({ requestId, output: output(files, input) });
      commitId = committed.commitId;
    }
    const honest = ({ program }: ProgramFiles, bytes: Uint8Array) =>
      collectOutput(program, execute(program, bytes));

    before(async () => {
      const { readPrograms } = await import("../../../node/devnet/programs.ts");
      [files] = readPrograms([]) as [ProgramFiles];
    });

    it("prints it with its finality, and saves what a check takes", async () => {
      await answered(honest);
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

    it("does not spend a bond on a right answer", async () => {
      const { code, stderr } = await devnet.run(["disputes", "challenge", commitId]);
      expect(code).to.equal(1);
      expect(stderr).to.include("this machine computes the same");
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

    it("plays a dispute from the challenge to the proof", async () => {
      const flip = { slot: 12, element: 2, bit: 20 };
      const lie = (given: ProgramFiles, bytes: Uint8Array) =>
        createTrace(given.committed, bytes, cheatingSlots(given.program, bytes, flip));
      await answered((given, bytes) => lie(given, bytes).output);
      const told = lie(files, input);
      const challenged = await devnet.run(["disputes", "challenge", commitId, "--json"]);
      expect(challenged.code, challenged.stderr).to.equal(0);
      const disputeId = challenged.json.disputeId as Hex;
      const worker = devnet.clientOf("owner");

      const early = await devnet.run(["disputes", "move", disputeId, "--as", "challenger"]);
      expect(early.code).to.equal(75);
      expect(early.stderr).to.include("It is the worker's turn");
      await worker.bindTrace({ commitId, children: told.boundChildren });

      const moves: string[] = [];
      for (let turn = 0; turn < 12 && moves.at(-1) !== "proveStep"; turn++) {
        const { code, json, stderr } = await devnet.run(["disputes", "move", disputeId, "--json"]);
        expect(code, stderr).to.equal(0);
        moves.push(json.move as string);
        const { position, node, status } = await worker.getDispute({ disputeId });
        if (status !== "open" || moves.at(-1) !== "choose") continue;
        const shown = told.reveal(position);
        if (shown?.kind === "inner") await worker.reveal({ commitId, node, children: shown.children });
        if (shown?.kind === "tile") await worker.revealTile({ commitId, node, tile: shown.tile });
      }
      expect(moves.slice(0, 2)).to.deep.equal(["choose", "choose"]);
      expect(moves.at(-1)).to.equal("proveStep");

      const { stdout } = await devnet.run(["disputes", "show", disputeId]);
      expect(stdout).to.match(
        /challenges with a bond of 10 tokens[\s\S]*binds itself[\s\S]*the tensor of step 12/,
      );
      expect(stdout).to.include("the worker was wrong");
      const listed = await devnet.run(["disputes", "list", "--status", "won", "--json"]);
      expect(listed.json.disputes).to.have.length(1);

      const tooEarly = await devnet.run(["disputes", "settle", disputeId]);
      expect(tooEarly.code, tooEarly.stderr).to.equal(75);
      await devnet.advance(3);
      await devnet.clientOf("deployer").settleSlash({ commitId });
      const settled = await devnet.run(["disputes", "settle", disputeId, "--json"]);
      expect(settled.json).to.include({ bond: "10000000000000000000", reward: "15000000000000000000" });
    });

    it("lets a silent worker lose by its clock", async () => {
      await answered((given, bytes) => {
        const output = honest(given, bytes);
        output[40]! ^= 1;
        return output;
      });
      const challenged = await devnet.run(["disputes", "challenge", commitId, "--json"]);
      const disputeId = challenged.json.disputeId as Hex;
      const running = await devnet.run(["disputes", "timeout", disputeId]);
      expect(running.code).to.equal(75);
      expect(running.stderr).to.include("ClockRunningError");
      const alarmed = await devnet.run(["disputes", "move", disputeId, "--as", "worker"]);
      expect(alarmed.code).to.equal(1);
      expect(alarmed.stderr).to.include("There is no move to make");
      await devnet.advance(21);
      const { json } = await devnet.run(["disputes", "timeout", disputeId, "--json"]);
      expect(json).to.include({ disputeId, workerLost: true });
      const slashed = await devnet.run(["request", "--resume", requestId, "--timeout", "5s"]);
      expect(slashed.code).to.equal(1);
      expect(slashed.stderr).to.match(/RequestFailedError[\s\S]*assay rewards claim/);
    });

    it("loses a challenge of a right answer", async () => {
      await answered(honest);
      const challenged = await devnet.run(["disputes", "challenge", commitId, "--unchecked", "--json"]);
      const disputeId = challenged.json.disputeId as Hex;
      const bound = await devnet.run(["disputes", "move", disputeId, "--key", "operator", "--json"]);
      expect(bound.json).to.include({ move: "bindTrace" });
      const stuck = await devnet.run(["disputes", "move", disputeId]);
      expect(stuck.code).to.equal(1);
      expect(stuck.stderr).to.include("what the worker has shown is what this machine computes");
      await devnet.advance(21);
      const { json } = await devnet.run(["disputes", "timeout", disputeId, "--json"]);
      expect(json).to.include({ workerLost: false });
    });
  });
});
