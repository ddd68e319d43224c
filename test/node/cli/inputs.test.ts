// Inputs that are kept off the chain, by hand: asked that way, kept in a folder, asked for, posted, timed out.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { byteRoot } from "@assay/sdk/protocol";
import { expect } from "chai";
import type { Hex } from "viem";
import { localTiers } from "../../../node/devnet/localTiers.ts";
import type { ProgramFiles } from "../../../node/programFiles.ts";
import { rightOutput, startTestDevnet, type TestDevnet, writeSmallProgram } from "../../helpers/devnet.ts";

const input = Uint8Array.from({ length: 16 }, (_, index) => index * 13);

describe("assay inputs", () => {
  let devnet: TestDevnet;
  let program: ProgramFiles;
  let raw: string;
  let folder: string;

  before(async () => {
    devnet = await startTestDevnet("devnet");
    const programFolder = join(devnet.folder, "small");
    program = writeSmallProgram(programFolder);
    expect((await devnet.run(["publish", programFolder])).code).to.equal(0);
    raw = join(devnet.folder, "input.bin");
    folder = join(devnet.folder, "offered");
    writeFileSync(raw, input);
  });
  after(() => devnet.stop());

  async function ask(): Promise<Hex> {
    const given = ["--program", program.programId, "--raw", raw, "--input-folder", folder];
    const { code, json, stderr } = await devnet.run(["request", ...given, "--detach", "--json"]);
    expect(code, stderr).to.equal(0);
    return json.requestId as Hex;
  }

  async function claim(requestId: Hex) {
    const worker = devnet.clientOf("owner");
    await worker.claimRequest({ requestId, worker: worker.account.address });
    return worker;
  }

  async function answer(requestId: Hex): Promise<Hex> {
    const worker = await claim(requestId);
    return (await worker.commitResult({ requestId, output: rightOutput(program, input) })).commitId;
  }

  const statusOf = async (requestId: Hex) =>
    (await devnet.clientOf("deployer").getRequestState({ requestId })).status;

  it("S-09: asks with nothing but the root, keeps the input, and checks an answer with it", async () => {
    const requestId = await ask();
    const { request } = await devnet.clientOf("deployer").getRequest({ requestId });
    expect(request).to.include({ inputPosted: false, inputRoot: byteRoot(input) });
    expect(new Uint8Array(readFileSync(join(folder, byteRoot(input))))).to.deep.equal(input);
    await answer(requestId);
    const without = await devnet.run(["verify", requestId, "--program", join(devnet.folder, "small")]);
    expect(without.code).to.not.equal(0);
    expect(without.stderr).to.include("InputNotPublishedError");
    const given = ["--program", join(devnet.folder, "small"), "--input-folder", folder, "--json"];
    const { json, stderr } = await devnet.run(["verify", requestId, ...given]);
    expect(json.valid, stderr).to.equal(true);
  });

  it("S-09: makes a worker show its input, and posts it", async () => {
    const commitId = await answer(await ask());
    const shown = await devnet.run(["inputs", "ask", commitId, "--dry-run", "--json"]);
    expect((shown.json.calls as { function: string }[]).at(-1)?.function).to.equal("requestInput");
    const asked = await devnet.run(["inputs", "ask", commitId, "--json"]);
    expect(asked.code, asked.stderr).to.equal(0);
    expect(BigInt(asked.json.bond as string) > 0n).to.equal(true);

    const wrong = join(devnet.folder, "wrong.bin");
    writeFileSync(wrong, input.with(0, 1));
    const refused = await devnet.run(["inputs", "post", commitId, "--raw", wrong, "--json"]);
    expect(refused.code).to.equal(1);
    expect(refused.json.error).to.include({ name: "InputFormatError" });
    const early = await devnet.run(["inputs", "timeout", commitId, "--json"]);
    expect(early.json.error).to.include({ name: "PostingOpenError" });

    const posted = await devnet.run(["inputs", "post", commitId, "--raw", raw]);
    expect(posted.code, posted.stderr).to.equal(0);
    expect(posted.stdout).to.match(/posted +16 bytes/);
    const again = await devnet.run(["inputs", "post", commitId, "--raw", raw, "--json"]);
    expect(again.json.error).to.include({ name: "InputNotAwaitedError" });
    const twice = await devnet.run(["inputs", "ask", commitId, "--json"]);
    expect(twice.code).to.equal(1);
  });

  it("S-09: ends what nobody posts: the worker is slashed", async () => {
    const requestId = await ask();
    const commitId = await answer(requestId);
    expect((await devnet.run(["inputs", "ask", commitId])).code).to.equal(0);
    await devnet.advance(localTiers.devnet.tier.inputSeconds + 1);
    const { json, stderr } = await devnet.run(["inputs", "timeout", commitId, "--json"]);
    expect(json, stderr).to.include({ status: "missed" });
    expect(await statusOf(requestId)).to.equal("slashed");
  });

  it("S-09: posts an input that the worker could not get, and the work goes on", async () => {
    const requestId = await ask();
    const worker = await claim(requestId);
    await devnet.network.faucet.give(worker.account.address); // the bond
    const given = ["--input-folder", folder, "--timeout", "3"];
    const waiting = devnet.run(["request", "--resume", requestId, "--level", "provisional", ...given]);
    await worker.inputUnavailable({ requestId });
    expect(await statusOf(requestId)).to.equal("inputMissing");
    const { stderr } = await waiting;
    const file = join(folder, byteRoot(input));
    expect(stderr).to.include(`assay inputs post ${requestId} --raw ${file}`);
    const posted = await devnet.run(["inputs", "post", requestId, "--raw", raw]);
    expect(posted.code, posted.stderr).to.equal(0);
    expect(await statusOf(requestId)).to.equal("claimed");
  });
});
