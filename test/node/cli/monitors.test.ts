// Whoever looks after others from the command line: a monitor, and a watchtower in each of its modes.
import { join } from "node:path";
import { expect } from "chai";
import type { Hex } from "viem";
import { localTiers } from "../../../node/devnet/localTiers.ts";
import type { ProgramFiles } from "../../../node/programFiles.ts";
import {
  answerByHand,
  rightOutput,
  startTestDevnet,
  type TestDevnet,
  writeSmallProgram,
} from "../../helpers/devnet.ts";
import { Runner } from "../../helpers/runner.ts";

const input = Uint8Array.from({ length: 16 }, (_, index) => index * 15);
const { windowSeconds } = localTiers.devnet.tier;

describe("monitor and watchtower modes on the command line", () => {
  let devnet: TestDevnet;
  let program: ProgramFiles;
  let programFolder: string;
  before(async () => {
    devnet = await startTestDevnet("devnet");
    programFolder = join(devnet.folder, "small");
    program = writeSmallProgram(programFolder);
    await devnet.run(["publish", programFolder]);
  });
  after(() => devnet.stop());

  /** A data folder that holds the program's files, and no keys. */
  async function dataDir(name: string): Promise<string[]> {
    const flags = ["--data-dir", join(devnet.folder, name)];
    expect((await devnet.run(["publish", programFolder, ...flags])).code).to.equal(0);
    return flags;
  }
  const answer = (output: Uint8Array) => answerByHand(devnet, program, input, output);
  const right = () => rightOutput(program, input);
  function wrong(): Uint8Array {
    const output = right();
    output[0]! ^= 1;
    return output;
  }
  const settle = async (requestId: Hex) => {
    await devnet.advance(windowSeconds + 1);
    await devnet.clientOf("deployer").finalizeRequest({ requestId });
  };

  it("looks once, without a key, and ends with 1 when a wrong result is final", async () => {
    const { requestId } = await answer(right());
    await settle(requestId);
    const folder = await dataDir("monitor");
    const once = () => devnet.run(["monitor", "--once", ...folder, "--json"]);
    const well = await once();
    expect(well.code, well.stderr).to.equal(0);
    expect(well.json).to.deep.include({ healthy: true, coverage: 1, findings: [] });
    const { balance, byEvents, byViews } = well.json.solvency as Record<string, string>;
    expect([byEvents, byViews]).to.deep.equal([balance, balance]);

    const bad = await answer(wrong());
    await settle(bad.requestId);
    const ill = await once();
    expect(ill.code, ill.stderr).to.equal(1);
    expect(ill.json.findings).to.deep.equal([
      { severity: "page", kind: "finalizedWrong", facts: { commitId: bad.commitId } },
    ]);
    const text = await devnet.run(["monitor", "--once", ...folder]);
    expect(text.stdout).to.match(/page +finalizedWrong +commitId 0x/);
  });

  it("serves metrics while it runs on", async () => {
    const monitor = new Runner(["monitor", ...(await dataDir("running"))], devnet.folder);
    const { url } = await monitor.until("running");
    const { commitId } = await answer(wrong());
    await monitor.until("checked", { commitId, judgement: "invalid" });
    await devnet.advance(Math.ceil(windowSeconds / 2) + 1);
    await monitor.until("alarm", { reason: "forecastAgainst" });
    const metrics = await (await fetch(`${String(url)}/metrics`)).text();
    expect(metrics).to.match(/^assay_monitor_wrong_forecasts\{because="unchallenged"\} 1$/m);
    expect(metrics).to.match(/^assay_monitor_solvency_gap_tokens\{books="views"\} 0$/m);
    expect((await monitor.stop()).code).to.equal(0);
  });

  it("only watches in mode watch, and needs no key for it", async () => {
    const folder = await dataDir("watching");
    const tower = new Runner(["watchtower", "--mode", "watch", ...folder], devnet.folder);
    expect(await tower.until("running")).to.include({ mode: "watch", tokens: "0 tokens" });
    const { commitId } = await answer(wrong());
    await tower.until("mismatch", { commitId });
    await tower.until("alarm", { reason: "unchallenged" });
    expect((await tower.stop()).code).to.equal(0);
    expect(tower.events.filter(({ event }) => event === "sent" || event === "wouldSend")).to.deep.equal([]);
    expect((await devnet.clientOf("deployer").getCommitment({ commitId })).holds).to.equal(0);
  });

  it("ends what has run out of time in mode resolve", async () => {
    const { requestId } = await answer(right());
    const argv = [
      "watchtower",
      "--mode",
      "resolve",
      "--keeper-patience-seconds",
      "0",
      ...(await dataDir("resolving")),
    ];
    const tower = new Runner(argv, devnet.folder);
    await tower.until("running");
    await devnet.advance(windowSeconds + 1);
    await tower.until("sent", { move: "finalize", id: requestId });
    expect((await tower.stop()).code).to.equal(0);
  });

  it("answers for the workers that it backs in mode full, with their leave only", async () => {
    const folder = await dataDir("backing");
    const argv = ["watchtower", "--mode", "full", ...folder];
    const nobody = await devnet.run(argv);
    expect([nobody.code, nobody.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 2 && /--backs is needed/.test(text),
    );
    const account = devnet.clientOf("owner").account.address;
    const refused = await devnet.run([...argv, "--backs", account]);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.include("may not act for the account");

    const challenger = devnet.clientOf("challenger").account.address;
    await devnet.clientOf("owner").setKey({ key: challenger, roles: ["defender"] });
    const { commitId } = await answer(right());
    await devnet.clientOf("requester").challenge({ commitId });
    const tower = new Runner([...argv, "--backs", account], devnet.folder);
    await tower.until("sent", { move: "bindTrace", id: commitId });
    void tower.stop(); // would wait until the dispute is over
    await tower.until("draining");
    expect((await tower.stop()).code).to.equal(0);
  });

  it("shows earnings by role, and gas as one figure with them where a price is given", async () => {
    const account = devnet.clientOf("owner").account.address;
    const run = (...more: string[]) =>
      devnet.run([
        "rewards",
        "earnings",
        "--account",
        account,
        "--data-dir",
        join(devnet.folder, "resolving"),
        ...more,
      ]);
    const { code, json, stderr } = await run("--coin-price", "2500", "--json");
    expect(code, stderr).to.equal(0);
    const { worker, gas, net, netOfGas } = json as Record<string, never> as unknown as {
      worker: { fees: string };
      gas: { paid: string; transactions: number }[];
      net: string;
      netOfGas: string;
    };
    expect(BigInt(worker.fees) > 0n).to.equal(true);
    const paid = gas.reduce((sum, one) => sum + BigInt(one.paid), 0n);
    expect(paid > 0n && gas.some(({ transactions }) => transactions > 0)).to.equal(true);
    expect(BigInt(netOfGas)).to.equal(BigInt(net) - paid * 2_500n);
    expect((await run()).stdout).to.match(/worker +\S+ tokens/);
  });
});
