// Nodes run from the command line: an operator's whole story, a watchtower that only looks, and how they end.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type Address, erc20Abi, type Hex, parseEther } from "viem";
import { localTiers } from "../../../node/devnet/localTiers.ts";
import type { ProgramFiles } from "../../../node/programFiles.ts";
import { assay, spawnAssay, temporaryHome } from "../../helpers/commandLine.ts";
import {
  type Answered,
  answerByHand,
  rightOutput,
  startTestDevnet,
  type TestDevnet,
  writeSmallProgram,
} from "../../helpers/devnet.ts";
import { quick, Runner } from "../../helpers/runner.ts";

const input = Uint8Array.from({ length: 16 }, (_, index) => index * 15);
const { windowSeconds, workerSeconds: clockSeconds } = localTiers.devnet.tier;
const { unbondingSeconds } = localTiers.devnet;

describe("nodes on the command line", () => {
  let devnet: TestDevnet;
  let program: ProgramFiles;
  let programFolder: string;
  const json = (name: string, value: unknown): string => {
    const path = join(devnet.folder, name);
    writeFileSync(path, JSON.stringify(value));
    return path;
  };
  const ask = async (): Promise<Hex> =>
    (await devnet.clientOf("requester").requestInference({ programId: program.programId, input })).requestId;
  const right = () => rightOutput(program, input);
  const statusOf = async (requestId: Hex) =>
    (await devnet.clientOf("deployer").getRequestState({ requestId })).status;

  const tokensOf = (account: Address) =>
    devnet.clientOf("deployer").readContract({
      address: devnet.deployment.token,
      abi: erc20Abi,
      functionName: "balanceOf",
      args: [account],
    });

  const answer = (output: Uint8Array): Promise<Answered> => answerByHand(devnet, program, input, output);
  const wrong = () => {
    const output = right();
    output[0]! ^= 1;
    return output;
  };

  before(async () => {
    devnet = await startTestDevnet("devnet");
    programFolder = join(devnet.folder, "small");
    program = writeSmallProgram(programFolder);
    await devnet.run(["publish", programFolder]);
  });
  after(() => devnet.stop());

  /** A data folder that holds the program's files. */
  async function dataDir(name: string): Promise<string[]> {
    const flags = ["--data-dir", join(devnet.folder, name)];
    expect((await devnet.run(["publish", programFolder, ...flags])).code).to.equal(0);
    return flags;
  }

  it("takes an operator from init to its first earnings, and out again", async () => {
    const home = temporaryHome();
    const folder = join(home.path, "node");
    const chain = ["--rpc-urls", devnet.network.rpcUrl, "--deployment", devnet.home.deploymentFile];
    const made = await assay(["init", folder, ...chain, "--key-cost", "10", "--json"], { folder: home.path });
    expect(made.code, made.stderr).to.equal(0);
    const keys = made.json.keys as { role: string; address: Address }[];
    const owner = keys[0]!.address;
    const run = (...argv: string[]) => assay([...argv, "--json"], { folder });

    const poor = await run("worker", "--programs", program.programId);
    expect(poor.code).to.equal(1);
    expect(poor.json.error).to.include({ name: "KeyNotAuthorizedError" });
    expect(String(poor.json.error?.hint)).to.include("assay keys authorize operator");

    for (const { address } of keys) await devnet.network.faucet.give(address);
    expect((await run("stake", "500")).json).to.include({ free: String(parseEther("500")) });
    expect((await run("keys", "authorize", "operator")).code).to.equal(0);
    expect((await run("keys", "authorize", "defender")).code).to.equal(0);
    expect((await run("publish", programFolder)).code).to.equal(0);

    const diagnosis = await run("doctor", "--programs", program.programId);
    const checks = diagnosis.json.checks as { name: string; state: string; found: string }[];
    expect(diagnosis.code, JSON.stringify(checks)).to.equal(0);
    expect(checks.filter(({ state }) => state === "ok").map(({ name }) => name)).to.include.members([
      "disk",
      "keys",
      "password",
      "arithmetic",
      "deployment",
      "clock",
      "operator key",
      "defender key",
      "stake",
    ]);

    const argv = [
      "worker",
      "--programs",
      program.programId,
      ...quick,
      "--max-head-age-seconds",
      "0",
      "--json",
    ];
    const worker = spawnAssay(argv, folder);
    const running = await worker.line(({ event }) => event === "running");
    expect(running).to.include({ role: "worker", account: owner, chainId: 31_337 });
    const ready = await fetch(`${String(running.url)}/healthz`);
    expect(ready.status).to.equal(200);

    const second = await run("worker", "--programs", program.programId);
    expect(second.code).to.equal(1);
    expect(second.json.error).to.include({ name: "StoreError" });

    const image = json("input.json", { bytes: Array.from(input) });
    const source = ["--blob-sources", String(running.url)];
    const asking = devnet.run([
      "request",
      "--program",
      program.programId,
      "--input",
      image,
      ...source,
      "--json",
    ]);
    await worker.line(({ move }) => move === "commit");
    const before = await tokensOf(owner);
    await devnet.advance(windowSeconds + 1);
    const asked = await asking;
    expect(asked.code, asked.stderr).to.equal(0);
    const got = asked.json.answer as Record<string, unknown>;
    expect(got).to.include({ level: "final", worker: owner });

    const scores = new Int32Array(right().slice().buffer);
    expect(got.outputs).to.deep.equal({ scores: Array.from(scores) });
    expect(["north", "east", "south", "west"]).to.include(got.label);

    await worker.line(({ move }) => move === "collect");
    expect((await tokensOf(owner)) - before, "the fee, without a call of its own").to.equal(10n ** 15n);
    expect((await run("rewards", "show")).json).to.include({ credit: "0" });
    expect((await run("unstake", "500")).json).to.include({ unbonding: String(parseEther("500")) });

    const drained = run("drain");
    const { code, stdout, stderr } = await worker.ended;
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include('"draining"');
    expect((await drained).json).to.deep.include({ drained: true });

    await devnet.advance(unbondingSeconds + 1);
    expect((await run("withdraw")).json).to.include({ withdrawn: String(parseEther("500")) });
    home.remove();
  });

  it("keeps a draining worker until its commitments are final, and lets a second signal end it", async () => {
    const argv = ["worker", "--programs", program.programId, ...(await dataDir("drained"))];
    const worker = new Runner(argv, devnet.folder);
    const requestId = await ask();
    await worker.until("sent", { move: "commit", id: requestId });
    worker.signals.emit("SIGINT", "SIGINT");
    await worker.until("draining");
    const left = await ask();
    expect(await statusOf(requestId)).to.equal("committed");
    await devnet.advance(windowSeconds + 1);
    const { code } = await worker.ended;
    expect(code).to.equal(0);
    expect(await statusOf(requestId)).to.equal("finalized");
    expect(await statusOf(left)).to.equal("open");

    const impatient = new Runner(argv, devnet.folder);
    await impatient.until("sent", { move: "commit", id: left });
    impatient.signals.emit("SIGINT", "SIGINT");
    await impatient.until("draining");
    impatient.signals.emit("SIGINT", "SIGINT");
    expect((await impatient.ended).code).to.equal(0);
    expect(await statusOf(left)).to.equal("committed");

    const drain = new Runner(["drain", ...argv.slice(3)], devnet.folder);
    await drain.until("draining");
    await devnet.advance(windowSeconds + 1);
    const { code: ended, json: drained } = await drain.ended;
    expect(ended).to.equal(0);
    expect(drained).to.include({ drained: true });
    expect(await statusOf(left)).to.equal("finalized");
  });

  it("shows what a watchtower would do, without a key and without doing it", async () => {
    const { commitId } = await answer(wrong());
    const looker = await dataDir("looker");
    const tower = new Runner(["watchtower", "--dry-run", ...looker], devnet.folder);
    await tower.until("mismatch", { commitId });
    const would = await tower.until("wouldSend", { move: "challenge", id: commitId });
    expect(would.to).to.equal(devnet.deployment.disputeGame);
    expect((await tower.stop()).code).to.equal(0);
    const keyless = new Runner(
      ["watchtower", "--dry-run", ...looker, "--keystore-dir", looker[1]!],
      devnet.folder,
    );
    expect((await keyless.until("running")).tokens).to.equal("0 tokens");
    expect((await keyless.stop()).code).to.equal(0);
    const { holds } = await devnet.clientOf("deployer").getCommitment({ commitId });
    expect(holds).to.equal(0);
  });

  it("wins a dispute against a silent worker, and lets a defender answer for an honest one", async () => {
    const bad = await answer(wrong());
    const tower = new Runner(["watchtower", ...(await dataDir("tower"))], devnet.folder);
    await tower.until("sent", { move: "challenge", id: bad.commitId });
    await devnet.advance(clockSeconds + 1);
    await tower.until("slashed", { commitId: bad.commitId });
    expect(await statusOf(bad.requestId)).to.equal("slashed");

    const good = await answer(right());
    const challenger = devnet.clientOf("challenger");
    const { disputeId } = await challenger.challenge({ commitId: good.commitId });
    const defender = new Runner(["defender", ...(await dataDir("defender"))], devnet.folder);
    await defender.until("sent", { move: "bindTrace", id: good.commitId });
    await devnet.advance(clockSeconds + 1);
    const patience = ["--keeper-patience-seconds", "0"];
    const keeper = new Runner(
      ["keeper", ...patience, "--data-dir", join(devnet.folder, "keeper")],
      devnet.folder,
    );
    await keeper.until("sent", { move: "timeout", id: disputeId });
    await keeper.until("sent", { move: "finalize", id: good.requestId });
    for (const node of [tower, defender, keeper]) expect((await node.stop()).code).to.equal(0);
    expect(await statusOf(good.requestId)).to.equal("finalized");
  });

  it("says before the start what is missing", async () => {
    const refused: [string[], number, RegExp][] = [
      [["worker"], 2, /--programs is needed/],
      [["worker", "--programs", "0x12"], 2, /expected 32 bytes in hex/],
      [
        ["worker", "--programs", program.programId, "--account", devnet.home.keys[1]!.address],
        1,
        /TooLittleStakeError[\s\S]*free +0[\s\S]*required +100 tokens[\s\S]*assay stake/,
      ],
      [["worker", "--programs", `0x${"77".repeat(32)}`], 1, /ProgramNotFoundError/],
      [
        ["defender", "--account", devnet.home.keys[4]!.address],
        1,
        /The defender key may not act for the account/,
      ],
      [["watchtower", "--challenger-key", "nobody"], 1, /There is no such key/],
      [
        ["worker", "--programs", program.programId, "--rpc-urls", "http://127.0.0.1:1"],
        75,
        /Check that the endpoint runs/,
      ],
    ];
    for (const [argv, exit, message] of refused) {
      const { code, stderr } = await devnet.run([...argv, "--data-dir", join(devnet.folder, "refused")]);
      expect(stderr).to.match(message);
      expect(code).to.equal(exit);
    }
  });
});
