// The doors of README.md, walked through: a network started as the page says, then every command and program of the page on it.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { expect } from "chai";
import { assayWords, blocksOf, commandsOf, inScratch, root } from "./helpers/pages.ts";

const run = promisify(execFile);
const fromSource = ["--conditions=assay-source", "--import", import.meta.resolve("tsx")];
const cli = [...fromSource, join(root, "node/cli.ts")];
const lines = commandsOf("README.md").flatMap((words) => {
  const given = assayWords(words);
  return given === undefined ? [] : [given];
});
const runOn = ["devnet", "watchtower"];

describe("the doors of README.md", function () {
  this.timeout(240_000);
  let folder: string;
  let devnet: ChildProcess;
  let rpcUrl: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "assay-readme-"));
    // The page's paths begin at the root of the project; what the commands write does not belong there.
    for (const name of ["examples", "node"]) symlinkSync(join(root, name), join(folder, name));
    const line = lines.find(([command]) => command === "devnet") ?? [];
    const ports = ["rpc", "faucet", "worker"].flatMap((name) => [`--${name}-port`, "0"]);
    devnet = spawn(process.execPath, [...cli, ...line, "--json", "--log-level", "warn", ...ports], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    rpcUrl = (await said(devnet, "ready")).rpcUrl;
  });
  after(async () => {
    const ended = once(devnet, "exit");
    devnet.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true });
  });

  it("lead through every command", async () => {
    expect(lines.map(([command]) => command)).to.include.members([...runOn, "request", "verify"]);
    let requestId = "";
    for (const words of lines.filter(([command = ""]) => !runOn.includes(command))) {
      const argv = words.map((word) => (word === "REQUEST_ID" ? requestId : word));
      const { stdout } = await run(process.execPath, [...cli, ...argv, "--json"], { cwd: folder });
      const result = JSON.parse(stdout) as { requestId?: string };
      requestId = result.requestId ?? requestId;
    }
    expect(requestId).to.match(/^0x\w{64}$/);
  });

  it("have a watchtower that comes up beside the network", async () => {
    const words = lines.find(([command]) => command === "watchtower") ?? [];
    const tower = spawn(process.execPath, [...cli, ...words, "--json", "--log-level", "warn"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(tower, "exit");
    try {
      await said(tower, "running");
    } finally {
      tower.kill("SIGKILL");
      await ended;
    }
  });

  it("let a program buy an inference", async () => {
    const [code = ""] = blocksOf("README.md", "ts");
    expect(code).to.include("http://127.0.0.1:8545");
    const printed = await inScratch(async (scratch) => {
      const file = join(scratch, "buy.ts");
      writeFileSync(file, code.replace("http://127.0.0.1:8545", rpcUrl));
      return (await run(process.execPath, [...fromSource, file], { cwd: folder })).stdout;
    });
    expect(printed).to.include("level: 'provisional'");
  });
});

/** Waits for the line in which a command says what it has come to. */
async function said({ stdout }: ChildProcess, what: string): Promise<{ rpcUrl: string }> {
  for await (const line of createInterface({ input: stdout! })) {
    const event = JSON.parse(line) as { event?: string; rpcUrl: string; error?: unknown };
    if (event.error !== undefined) throw new Error(line);
    if (event.event !== what) continue;
    stdout!.resume();
    return event;
  }
  throw new Error(`It ended before it was ${what}`);
}
