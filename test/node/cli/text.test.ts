// Asking, reading and verifying in words, on a real chain in this process.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "@assay/sdk/program";
import { decodeTokens, openText } from "@assay/sdk/text";
import { expect } from "chai";
import type { Hex } from "viem";
import { printable } from "../../../node/cli/answer.ts";
import type { ProgramFiles } from "../../../node/programFiles.ts";
import { assay } from "../../helpers/commandLine.ts";
import { startTestDevnet, type TestDevnet } from "../../helpers/devnet.ts";
import { writeTextProgram } from "../../helpers/textProgram.ts";

describe("the command line and text", () => {
  let devnet: TestDevnet;
  let files: ProgramFiles;
  let folder: string;
  let requestId: Hex;
  let answer: string;

  const asked = ["--prompt", "In the beginning", "--seed", "7", "--temperature", "0.8"];

  before(async () => {
    devnet = await startTestDevnet();
    folder = join(devnet.folder, "babbler");
    files = writeTextProgram(folder);
    const published = await devnet.run(["publish", folder, "--json"]);
    expect(published.code, published.stderr).to.equal(0);
    const sent = await devnet.run(["request", "--program", folder, ...asked, "--detach", "--json"]);
    expect(sent.code, sent.stderr).to.equal(0);
    requestId = sent.json.requestId as Hex;
    const worker = devnet.clientOf("owner");
    await worker.claimRequest({ requestId, worker: worker.account.address });
    const { output, passes } = runProgram(files.program, await worker.getInput({ requestId }));
    expect(passes).to.be.greaterThan(1);
    await worker.commitResult({ requestId, output, passes });
    answer = decodeTokens(openText(files.manifest, files.tokenizerBytes!), output).text;
    expect(answer).to.have.length.greaterThan(1);
  });
  after(() => devnet.stop());

  it("prints the answer as text", async () => {
    const resume = ["request", "--resume", requestId, "--level", "provisional"];
    const { code, json, stderr } = await devnet.run([...resume, "--json"]);
    expect(code, stderr).to.equal(0);
    expect(json.answer).to.include({ text: answer });
    const people = await devnet.run(resume);
    expect(people.stdout.startsWith(printable(answer))).to.equal(true);
    expect(people.stdout).to.match(/ended +(by the model|for lack of room)/);
  });

  it("tries a program without a chain, with the same words from both executors", async () => {
    for (const more of [[], ["--reference"]]) {
      const { code, json, stderr } = await assay(["run", folder, ...asked, ...more, "--json"], {
        folder: devnet.folder,
      });
      expect(code, stderr).to.equal(0);
      expect(json).to.include({ text: answer, programId: files.programId });
    }
    const people = await assay(["run", folder, ...asked], { folder: devnet.folder });
    expect(people.stdout).to.match(/passes +\d+\n/);
  });

  it("verifies what was asked and read, and notices every other word", async () => {
    const verify = (...more: string[]) =>
      devnet.run(["verify", requestId, "--program", folder, ...more, "--json"]);
    const plain = await verify();
    expect(plain.code, plain.stderr).to.equal(0);
    expect(plain.json).to.include({ valid: true, prompt: "In the beginning:", text: answer });
    const whole = await verify(...asked, "--text", answer);
    expect(whole.json.valid).to.equal(true);
    expect((whole.json.checks as { name: string }[]).map(({ name }) => name)).to.include.members([
      ...["execution", "tokenizer", "prompt", "text"],
    ]);
    for (const other of [
      ["--prompt", "In the end", "--seed", "7", "--temperature", "0.8"],
      ["--prompt", "In the beginning", "--seed", "8", "--temperature", "0.8"],
      [...asked, "--text", `${answer} `],
    ]) {
      const { code, json } = await verify(...other);
      expect(code, other.join(" ")).to.equal(1);
      expect(json.valid).to.equal(false);
    }
  });

  it("refuses what makes no sense", async () => {
    const talk = join(devnet.folder, "talk.json");
    writeFileSync(talk, JSON.stringify([{ role: "system", content: "be kind" }]));
    for (const [argv, code, message] of [
      [["--prompt", "a ".repeat(40)], 1, /too long/],
      [["--prompt", "x", "--messages", talk], 2, /both given/],
      [["--messages", talk], 1, /no such role/],
      [["--seed", "3"], 2, /go with --prompt/],
      [["--prompt", "x", "--seed", "-1"], 2, /0 to 2\^64/],
      [["--prompt", "x", "--temperature", "3"], 2, /temperature/],
    ] as const) {
      const ran = await devnet.run(["request", "--program", folder, ...argv]);
      expect(ran.stderr).to.match(message);
      expect(ran.code, argv.join(" ")).to.equal(code);
    }
    const alone = await devnet.run(["verify", requestId, "--program", folder, "--text", answer]);
    expect(alone.stderr).to.match(/together with --prompt/);
  });

  it("shows no control characters of strangers", () => {
    expect(printable("a\u001b[31mb\n\tc\u202ed\u0007")).to.equal("a\ufffd[31mb\n\tc\ufffdd\ufffd");
  });
});
