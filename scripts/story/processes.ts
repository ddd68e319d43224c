// The nodes of the story: processes of their own, each with its folder, its keys and nothing else.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Deployment } from "@assay/sdk";
import type { Address, Hex } from "viem";
import { deploymentJson } from "../../deploy/deployAssay.ts";
import { second } from "../../node/clock.ts";
import { createDeferred } from "../../node/deferred.ts";
import { createKeystore, type KeyRole } from "../../node/keys/keystore.ts";
import type { Key } from "./cast.ts";
import { StoryError } from "./errors.ts";

/** A line that a node prints: what it reports, or its log, which has no `event`. */
interface Line {
  event?: string | undefined;
  [fact: string]: unknown;
}

/** What a node reports. */
export type NodeEvent = Line & { event: string };

export interface NodeProcess {
  name: string;
  pid: number;
  /** Resolves when the node works: a worker once its machine has passed the test of its program. */
  ready: Promise<void>;
  /** Asks it to end, and ends it if it does not. */
  stop(): Promise<void>;
}

export interface NodeOptions {
  name: string;
  /** The script to run, and its arguments. */
  script: "cli" | "cheater";
  command: "worker" | "watchtower";
  /** Everything of the node lies there. */
  folder: string;
  rpcUrl: string;
  deployment: Deployment;
  key: Key;
  role: KeyRole;
  /** For workers: whose stake backs the work, and what is served. */
  account?: Address;
  programs?: readonly Hex[];
  /** For the cheater's ears only. */
  environment?: Record<string, string>;
  onEvent(event: NodeEvent): void;
  /** The process ended although nobody asked it to. */
  onDeath(error: StoryError): void;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const scripts = { cli: "node/cli.ts", cheater: "scripts/story/cheater.ts" };
const leash = new URL("leash.ts", import.meta.url).href;
const password = "play-money";
/** Opening a key that everybody knows need not be slow. */
const keyCost = 10;
const readySeconds = 180;
const graceSeconds = 3;
const rememberedLines = 5;

export async function startNode(options: NodeOptions): Promise<NodeProcess> {
  const { name, command, onEvent, onDeath } = options;
  const settings = await furnish(options);
  const child = launch(options, settings);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const running = createDeferred<void>();
  const isReady = command === "worker" ? isPrepared : isRunning;
  const last: string[] = [];
  let stopping = false;

  const hear = (text: string): Line => {
    last.push(text);
    if (last.length > rememberedLines) last.shift();
    const line = parse(text);
    if (isReady(line)) running.resolve();
    return line;
  };
  forEachLine(child.stdout, (text) => {
    const { event, ...facts } = hear(text);
    if (event !== undefined) onEvent({ ...facts, event });
  });
  forEachLine(child.stderr, hear);
  child.once("error", running.reject);
  void ended.then(() => {
    const { exitCode, signalCode } = child;
    const facts = { exitCode, signal: signalCode, said: last.join("\n") };
    const error = new StoryError(`The process of the ${name} has ended.`, { facts });
    running.reject(error);
    if (!stopping) onDeath(error);
  });
  const late = setTimeout(
    () =>
      running.reject(
        new StoryError(`The ${name} is not ready after ${readySeconds} seconds.`, {
          facts: { said: last.join("\n") },
        }),
      ),
    readySeconds * second,
  );
  const ready = running.promise.finally(() => clearTimeout(late));
  ready.catch(() => {});

  return {
    name,
    pid: child.pid ?? 0,
    ready,
    stop: () => {
      stopping = true;
      return end(child, ended);
    },
  };
}

function launch({ script, command, environment }: NodeOptions, settings: string): ChildProcess {
  const imports = [import.meta.resolve("tsx"), leash].flatMap((module) => ["--import", module]);
  return spawn(
    process.execPath,
    ["--conditions=assay-source", ...imports, scripts[script], command, "--json", "--config", settings],
    // The channel is the leash: it closes when this process ends, however that happens.
    {
      cwd: root,
      env: { ...withoutSettings(process.env), ...environment },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
}

function forEachLine(stream: Readable | null, take: (text: string) => void): void {
  if (stream) createInterface({ input: stream }).on("line", take);
}

/** Writes the folder of a node as its operator would: settings, key, contracts. */
async function furnish(options: NodeOptions): Promise<string> {
  const { folder, rpcUrl, deployment, key, role, account, programs } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(folder, name);
  writeFileSync(at("password"), `${password}\n`, { mode: 0o600 });
  writeFileSync(at("deployment.json"), deploymentJson(deployment));
  await createKeystore({ folder: at("keys"), cost: keyCost }).import({
    role,
    name: role,
    privateKey: key.privateKey,
    password,
  });
  const settings = {
    dataDir: at("data"),
    graceSeconds: 1,
    log: { format: "json" },
    chain: {
      rpcUrls: [rpcUrl],
      id: deployment.chainId,
      deployment: at("deployment.json"),
      pollSeconds: 0.3,
      maxHeadAgeSeconds: 0,
    },
    fees: { resubmitSeconds: 10, finalBlocks: 2 },
    keys: { folder: at("keys"), passwordFile: at("password"), cost: keyCost },
    http: { port: 0 },
    ...(account !== undefined && { account }),
    ...(programs !== undefined && { worker: { programs, sampleRate: 0 } }),
    programs: { threads: 1 },
  };
  writeFileSync(at("assay.yaml"), JSON.stringify(settings, null, 2), { mode: 0o600 });
  return at("assay.yaml");
}

/** Settings of whoever watches the story are not those of its nodes. */
const withoutSettings = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("ASSAY_")));

const isRunning = ({ event }: Line): boolean => event === "running";
const isPrepared = ({ event }: Line): boolean => event === "prepared";

function parse(text: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return {};
  }
}

/** Twice politely, as the first signal only drains, then by force. */
async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return ended;
  child.kill("SIGTERM");
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), graceSeconds * second);
  await ended;
  clearTimeout(force);
}
