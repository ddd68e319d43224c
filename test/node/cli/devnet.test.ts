// assay devnet: one command, a whole network.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { collectOutput, execute } from "@assay/sdk/program";
import { expect } from "chai";
import type { Address, Hex } from "viem";
import { digitsModel, digitsSamples } from "../../../examples/digits/digits.ts";
import { readProgramFolder } from "../../../node/cli/programFolder.ts";
import { isRecent } from "../../../node/cli/runtime.ts";
import { createFaucet } from "../../../node/devnet/faucet.ts";
import { assay, spawnAssay, temporaryHome } from "../../helpers/commandLine.ts";
import { digitsFolder, startTestDevnet } from "../../helpers/devnet.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

describe("the digits program of the package", () => {
  const { program, manifest } = readProgramFolder(digitsFolder());

  it("was compiled from the example's model", () => {
    expect(manifest.source.sha256).to.equal(createHash("sha256").update(digitsModel()).digest("hex"));
    expect(manifest).to.include({ name: "digits", licence: "MIT" });
    expect(manifest.labels).to.deep.equal([..."0123456789"]);
  });

  it("reads the digits that neither it nor the model has seen", () => {
    const unseen = digitsSamples().filter(({ heldOut }) => heldOut);
    const right = unseen.filter(({ pixels, label }) => {
      const output = collectOutput(
        program,
        execute(
          program,
          pixels.map((pixel) => pixel * 15),
        ),
      );
      return output[40] === label;
    });
    expect(right.length / unseen.length).to.be.greaterThan(0.98);
  });
});

describe("the faucet", () => {
  it("gives play money on a local chain only, in turn", async () => {
    const devnet = await startTestDevnet();
    try {
      const { deployment, network } = devnet;
      const client = devnet.clientOf("deployer");
      const addresses = ["0x01", "0x02", "0x03"].map((end) => end.padEnd(42, "7") as Address);
      await Promise.all(addresses.map((address) => network.faucet.give(address)));
      for (const address of addresses) expect(await client.getBalance({ address })).to.equal(10n ** 19n);
      const elsewhere = { ...deployment, chainId: 1 };
      const create = () =>
        createFaucet({ rpcUrl: network.rpcUrl, deployment: elsewhere, account: client.account });
      expect(create).to.throw("local chains only");
    } finally {
      await devnet.stop();
    }
  });
});

describe("assay devnet", () => {
  const home = temporaryHome();
  after(() => home.remove());

  it("runs a network that answers, tells where everything is, and ends at a signal", async () => {
    const ports = ["--rpc-port", "0", "--faucet-port", "0", "--worker-port", "0"];
    const argv = ["devnet", "--folder", "net", "--tier", "demo", "--block-time", "0.2s", ...ports, "--json"];
    const running = spawnAssay(argv, home.path);
    const ready = (await running.line(({ event }) => event === "ready")) as {
      folder: string;
      faucetUrl: string;
      workerUrl: string;
      snippet: string;
      deployment: { chainId: number };
      keys: { role: string; address: Address; file: string }[];
      programs: { programId: Hex; name: string }[];
    };
    const { folder, programs, keys, faucetUrl } = ready;
    expect(programs.map(({ name }) => name)).to.deep.equal(["digits"]);
    expect(keys.map(({ role }) => role)).to.include.members(["owner", "operator", "challenger", "requester"]);
    for (const { file } of keys) expect(existsSync(file)).to.equal(true);

    const given = await assay(["faucet", keys[1]!.address, "--url", faucetUrl, "--json"]);
    expect(given.json, given.stderr).to.include({ coins: "10000000000000000000" });
    for (const body of ["{}", "no json", '{"address":"0x12"}']) {
      const headers = { "content-type": "application/json" };
      expect((await fetch(faucetUrl, { method: "POST", headers, body })).status).to.equal(400);
    }

    const flags = [
      "--conditions=assay-source",
      "--import",
      "tsx",
      "--input-type=module",
      "-e",
      ready.snippet,
    ];
    const ran = spawnSync(process.execPath, flags, { cwd: root, encoding: "utf8", timeout: 40_000 });
    expect(ran.stdout, ran.stderr).to.match(/^provisional Uint8Array\(48\)/);

    const status = await assay(["status", "--json"], { folder });
    expect(status.json, status.stderr).to.include({ chainId: 31_337 });
    const image = join(home.path, "d.json");
    writeFileSync(image, JSON.stringify(Array.from(digitsSamples()[0]!.pixels, (pixel) => pixel / 16)));
    const asked = [
      "request",
      "--program",
      programs[0]!.programId,
      "--input",
      image,
      "--level",
      "provisional",
      "--json",
    ];
    const { json, stderr } = await assay(asked, { folder });
    expect((json.answer as Record<string, unknown>)?.label, stderr).to.equal(
      String(digitsSamples()[0]!.label),
    );

    const second = await assay(["devnet", "--folder", folder], { folder: home.path });
    expect(second.code).to.equal(1);
    expect(second.stderr).to.include("A local network runs in this folder");

    running.child.kill("SIGINT");
    const { code, stderr: log } = await running.ended;
    expect(code, log).to.equal(0);
  });

  it("refuses a folder of something else, a chain of somebody else, and a program that is none", async () => {
    writeFileSync(join(home.path, "mine.txt"), "keep me");
    const foreign = await assay(["devnet", "--folder", home.path]);
    expect(foreign.code).to.equal(1);
    expect(foreign.stderr).to.include("not one of a local network");
    expect(readFileSync(join(home.path, "mine.txt"), "utf8")).to.equal("keep me");
    const gone = await assay([
      "devnet",
      "--folder",
      join(home.path, "new"),
      "--external-chain",
      "http://127.0.0.1:1",
    ]);
    expect(gone.code).to.equal(75);
    const none = await assay(["devnet", "--folder", join(home.path, "other"), "--program", home.path]);
    expect(none.code).to.equal(1);
    expect(none.stderr).to.include("The file cannot be read");
  });

  it("needs a Node.js that can run it", () => {
    const versions = ["20.20.2", "22.13.1", "22.14.0", "24.1.0", "26.0.0"];
    expect(versions.map(isRecent)).to.deep.equal([false, false, true, true, true]);
  });
});
