// Whether the three packages work where they are installed: built, packed, installed from their tarballs without install
// scripts into an empty folder, on the oldest Node that the SDK promises, the oldest that the node does, and a new one.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { digitsInput, digitsSamples } from "../examples/digits/digits.ts";
import { atLeast, type Bar, progress, type Row, report } from "./lib/report.ts";

const run = promisify(execFile);
const nodeVersions = ["22.13.0", "22.14.0", "24.21.0"];
/** better-sqlite3 is built for the Node-API of 22.14: before it, the SDK and the contracts work, and nodes do not. */
const withoutNode = ["22.13.0"];
const packages = ["contracts", "sdk", "node"];
const root = fileURLToPath(new URL("..", import.meta.url));
const scripts = fileURLToPath(new URL("packages", import.meta.url));
const windows = process.platform === "win32";
const nodePackage = `node-${windows ? "win" : process.platform}-${process.arch}`;
const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
const npm = process.env.npm_execpath;
if (npm === undefined) throw new Error("start this through npm: npm run bench -- packages");

type Json = Record<string, unknown>;

interface Installation {
  /** Where the packages were installed. */
  folder: string;
  /** Runs a program on the installation's Node, and returns what it prints. */
  node(argv: readonly string[]): Promise<string>;
  /** Starts one, on a Node that the node software runs on. */
  start(argv: readonly string[]): ChildProcess;
}

const versionOf = (name: string): string => manifest("package.json").devDependencies?.[name] ?? "latest";
const released = manifest("node/package.json").version;
const folder = mkdtempSync(join(tmpdir(), "assay-packages-"));
const bars: Bar[] = [];
const rows: Row[] = [];
try {
  progress("building");
  await run(process.execPath, ["scripts/tasks.js", "build"], { cwd: root });
  const tarballs = await pack();
  for (const version of nodeVersions) await measure(version, tarballs);
} finally {
  rmSync(folder, { recursive: true });
}
report("packages", bars, rows);

async function pack(): Promise<string[]> {
  const tarballs: string[] = [];
  for (const name of packages) {
    const argv = [npm!, "pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const { stdout } = await run(process.execPath, argv, {
      cwd: join(root, name),
      env: environment(join(root, name)),
    });
    const [packed] = Object.values(JSON.parse(stdout) as Record<string, Packed>);
    if (packed === undefined) throw new Error(`npm packed nothing in ${name}`);
    tarballs.push(join(folder, packed.filename));
    rows.push({ what: packed.name, files: packed.entryCount, packed_kib: Math.ceil(packed.size / 1024) });
  }
  return tarballs;
}

interface Packed {
  name: string;
  filename: string;
  entryCount: number;
  size: number;
}

async function measure(version: string, tarballs: readonly string[]): Promise<void> {
  const installation = await prepare(version);
  const label = version.split(".").slice(0, 2).join("_");
  let usable = true;
  const check = async (name: string, work: () => Promise<void>): Promise<void> => {
    const from = performance.now();
    let failure = usable ? "" : "not installed";
    if (usable) await work().catch((error: Error) => (failure = error.message));
    const seconds = Number(((performance.now() - from) / 1000).toFixed(1));
    progress(`Node ${version}: ${name} ${failure ? `FAILED: ${failure}` : `(${seconds} s)`}`);
    rows.push({ what: `Node ${version}: ${name}`, seconds });
    bars.push(atLeast(`${name}_node_${label}`, failure ? 0 : 1, 1, "passed"));
    if (name === "install" && failure) usable = false;
  };
  await check("install", () => install(installation, tarballs));
  await check("built_javascript_only", async () => onlyJavaScript(installation));
  await check("entry_points", () => entryPoints(installation));
  await check("types", () => types(installation));
  await check("solidity_import", () => solidityImport(installation));
  await check("sdk_request", () => sdkRequest(installation));
  await check("version", () => printsVersion(installation));
  if (withoutNode.includes(version)) return;
  await check("help", () => printsHelp(installation));
  await check("doctor", () => doctor(installation));
  await check("native_parts", () => nativeParts(installation));
}

/** A folder of its own with the Node of that version, and an empty one to install into. */
async function prepare(version: string): Promise<Installation> {
  const home = join(folder, `node-${version}`);
  const app = join(folder, `app-${version}`);
  for (const [path, content] of [
    [home, { private: true }],
    [app, { private: true, type: "module" }],
  ] as const) {
    mkdirSync(path);
    writeFileSync(join(path, "package.json"), JSON.stringify(content));
  }
  const argv = [npm!, "install", "--ignore-scripts", ...quiet, `${nodePackage}@${version}`];
  await run(process.execPath, argv, { cwd: home, env: environment(home) });
  const node = join(home, "node_modules", nodePackage, "bin", windows ? "node.exe" : "node");
  const env = { ...environment(app), PATH: dirname(node) + delimiter + process.env.PATH };
  return {
    folder: app,
    node: async (given) =>
      (await run(node, given, { cwd: app, env, timeout: 600_000, maxBuffer: 2 ** 26 })).stdout,
    start: (given) =>
      spawn(withoutNode.includes(version) ? process.execPath : node, given, {
        cwd: app,
        env,
        stdio: ["ignore", "pipe", "inherit"],
      }),
  };
}

async function install({ node, folder }: Installation, tarballs: readonly string[]): Promise<void> {
  const others = ["ethers", "hardhat", "solc", "typescript"].map((name) => `${name}@${versionOf(name)}`);
  await node([npm!, "install", "--ignore-scripts", ...quiet, ...tarballs, ...others]);
  cpSync(scripts, folder, { recursive: true });
}

/** What lies under node_modules is never stripped of types: Node refuses to. */
function onlyJavaScript({ folder }: Installation): void {
  const sources = globSync("node_modules/@assay/**/*.{ts,mts,cts,tsx}", { cwd: folder }).filter(
    (file) => !/\.d\.[mc]?ts$/.test(file),
  );
  expect(sources.length === 0, `TypeScript in the packages: ${sources.slice(0, 3).join(", ")}`);
}

async function entryPoints({ node }: Installation): Promise<void> {
  expect(last(await node(["entryPoints.js"])).ok === true, "an entry point lacks what it promises");
}

async function types({ node, folder }: Installation): Promise<void> {
  const compilerOptions = {
    module: "nodenext",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    lib: ["es2023", "dom"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
  await node(["node_modules/typescript/bin/tsc", "-p", "."]);
}

async function printsVersion({ node }: Installation): Promise<void> {
  const printed = await node([npm!, "exec", "--no", "--", "assay", "--version"]);
  expect(printed.trim() === released, `assay --version printed ${printed.trim()}`);
}

async function printsHelp({ node, folder }: Installation): Promise<void> {
  const help = await node([cli(folder), "--help"]);
  for (const command of ["devnet", "worker", "watchtower", "compile", "request"])
    expect(help.includes(`\n  ${command}`), `assay --help does not name ${command}`);
}

/** `assay doctor` computes known answers through onnxruntime. It exits with 1, for this folder holds no keys. */
async function doctor({ node, folder }: Installation): Promise<void> {
  const argv = [cli(folder), "doctor", "--offline", "--json"];
  const printed = await node(argv).catch(({ stdout }) => String(stdout));
  const { checks } = last(printed) as { checks?: { name: string; state: string }[] };
  const arithmetic = checks?.find(({ name }) => name === "arithmetic");
  expect(arithmetic?.state === "ok", `assay doctor: ${printed.trim().slice(0, 500)}`);
}

async function nativeParts({ node }: Installation): Promise<void> {
  const { sqlite, onnxruntime } = last(await node(["nativeParts.js"]));
  expect(sqlite === true && onnxruntime === true, `sqlite: ${sqlite}, onnxruntime: ${onnxruntime}`);
}

async function solidityImport({ node }: Installation): Promise<void> {
  const { errors, bytes } = last(await node(["compileConsumer.js"]));
  expect((errors as string[]).length === 0, String(errors));
  expect(Number(bytes) > 0, "no code came out");
}

/** A whole request through the installed SDK, answered by the worker of the installed `assay devnet`. */
async function sdkRequest({ folder, node, start }: Installation): Promise<void> {
  const ports = ["rpc", "faucet", "worker"].flatMap((name) => [`--${name}-port`, "0"]);
  const devnet = start([cli(folder), "devnet", "--tier", "demo", "--json", "--log-level", "warn", ...ports]);
  const ended = once(devnet, "exit");
  try {
    const network = await announced(devnet);
    const sample = digitsSamples().find(({ heldOut }) => heldOut)!;
    writeFileSync(
      join(folder, "question.json"),
      JSON.stringify({ network, image: [...digitsInput(sample)] }),
    );
    const { level, valid, label } = last(await node(["request.js", "question.json"]));
    expect(level === "final" && valid === true, `the answer is ${level}, valid: ${valid}`);
    expect(label === sample.label, `read ${label}, drawn was ${sample.label}`);
  } finally {
    devnet.kill("SIGINT");
    await ended;
  }
}

async function announced({ stdout }: ChildProcess): Promise<Json> {
  for await (const line of createInterface({ input: stdout! })) {
    const event = JSON.parse(line) as Json;
    if (event.error !== undefined) throw new Error(`assay devnet: ${line}`);
    if (event.event !== "ready") continue;
    stdout!.resume();
    return event;
  }
  throw new Error("assay devnet ended before it was ready");
}

function cli(app: string): string {
  const home = join(app, "node_modules/@assay/node");
  return join(home, manifest(join(home, "package.json")).bin?.assay ?? "");
}

function manifest(path: string) {
  return JSON.parse(readFileSync(resolve(root, path), "utf8")) as {
    version: string;
    bin?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
}

/** The npm that runs this passes its own folder on; each install here has another. */
function environment(prefix: string): NodeJS.ProcessEnv {
  return { ...process.env, npm_config_local_prefix: prefix };
}

/** The JSON object in the last line of an output. */
function last(output: string): Json {
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Json;
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
