// One request, one dispute, one role that is killed at one point of its journal and started again: the end is the same.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inferenceMarketAbi } from "@assay/sdk/abi";
import type { Hex } from "@assay/sdk/protocol";
import { build } from "esbuild";
import { toFunctionSelector } from "viem";
import { second, systemClock } from "../../node/clock.ts";
import { encodeJson } from "../../node/store/json.ts";
import { type AnvilNetwork, createAnvilNetwork } from "./anvilNetwork.ts";
import { type Asked, audit, type ChaosAudit, historyOf } from "./chaosAudit.ts";
import { type ChaosRpc, type HandedIn, startChaosRpc } from "./chaosRpc.ts";
import { cheatingPasses, type Flip } from "./cheat.ts";
import { temporaryFolder } from "./nodeParts.ts";
import { type Network, readBooks } from "./people.ts";
import { executorOf, joinLiar, joinWorker, type Player, tick } from "./players.ts";
import type { RoleTask } from "./roleProcess.ts";
import { type Stage, setStage } from "./stage.ts";

export interface KillStage {
  network: AnvilNetwork;
  stage: Stage;
  rpc: ChaosRpc;
  program: string;
  close(): Promise<void>;
}

export interface KillOptions {
  role: RoleTask["role"];
  /** Which write of the journal, from 1; 0 for none. */
  point: number;
  moment: "before" | "after";
}

export interface KillOutcome extends ChaosAudit {
  /** False when the story was over before that point. */
  killed: boolean;
  /** Writes of the journal in both lives. */
  points: number;
  /** Two transactions of one nonce that do different things; two different answers to one request. */
  equivocations: string[];
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const storyMilliseconds = 150 * second;
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A chain that every story begins on anew, and the role's process in one file: it starts in a fraction of the time. */
export async function openKillStage(): Promise<KillStage> {
  const network = await createAnvilNetwork();
  const stage = await setStage({ network });
  const rpc = await startChaosRpc({ target: network.url });
  const folder = join(root, "node_modules", ".cache", `assay-chaos-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const program = join(folder, "main.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("chaosMain.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["assay-source"],
    external: ["better-sqlite3", "onnxruntime-node", "hardhat", "ethers", "esbuild"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  return {
    network,
    stage,
    rpc,
    program,
    close: async () => {
      rmSync(folder, { recursive: true, force: true });
      await rpc.stop();
      await network.close();
    },
  };
}

/** Plays one story from the same beginning as every other one. */
export async function playKill(opened: KillStage, options: KillOptions): Promise<KillOutcome> {
  const { network, rpc } = opened;
  const snapshot = await network.request("evm_snapshot");
  rpc.handedIn.length = 0;
  const folder = temporaryFolder();
  const life = begin(opened, options, folder.path);
  // The chain's time jumps and comes back; a clock that stays behind it is never late.
  const others = { ...network, clock: systemClock };
  try {
    const found = await (options.role === "worker" ? answering : watching)(opened, others, life);
    return {
      ...found,
      killed: life.killed(),
      points: life.points(),
      equivocations: equivocations(rpc.handedIn),
    };
  } finally {
    await life.end();
    folder.remove();
    await network.request("evm_revert", [snapshot]);
  }
}

interface Life {
  /** Starts the process, and again when it was killed. */
  keep(): void;
  killed(): boolean;
  points(): number;
  /** What the process said before it ended. */
  errors(): string;
  end(): Promise<void>;
}

function begin({ network, stage, rpc, program }: KillStage, options: KillOptions, folder: string): Life {
  const { deployment } = network;
  const task: RoleTask = {
    role: options.role,
    url: rpc.url,
    deployment,
    seed: 1,
    programId: stage.programId,
    folder,
  };
  const errors: string[] = [];
  const counted: number[] = [];
  let child: ChildProcess | undefined;
  let lives = 0;
  let killed = false;

  const isGone = () => child !== undefined && (child.exitCode !== null || child.signalCode !== null);
  const count = () =>
    existsSync(join(folder, "points")) ? Number(readFileSync(join(folder, "points"), "utf8")) : 0;

  function start(): void {
    lives += 1;
    const isFirst = lives === 1;
    const env = {
      ...process.env,
      ASSAY_TEST_KILL_POINT: String(isFirst ? options.point : 0),
      ASSAY_TEST_KILL_MOMENT: options.moment,
      ASSAY_TEST_KILL_FOLDER: folder,
    };
    child = spawn(process.execPath, [program, encodeJson(task)], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr?.on("data", (text: Buffer) => errors.push(text.toString()));
  }

  return {
    keep: () => {
      if (child === undefined) return start();
      if (!isGone()) return;
      if (child.signalCode !== "SIGKILL" || lives > 1)
        throw new Error(`The process ended by itself: ${errors.join("")}`);
      killed = true;
      counted.push(count());
      start();
    },
    killed: () => killed,
    errors: () => errors.join(""),
    points: () => [...counted, count()].reduce((sum, one) => sum + one, 0),
    end: async () => {
      if (child === undefined || isGone()) return;
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    },
  };
}

/** Plays until it holds, and keeps the process alive meanwhile. */
async function until(life: Life, players: readonly Player[], holds: () => Promise<boolean>): Promise<void> {
  const limit = Date.now() + storyMilliseconds;
  while (!(await holds())) {
    life.keep();
    if (Date.now() > limit)
      throw new Error(`The story does not go on after ${life.points()} points: ${life.errors()}`);
    for (const player of players) await tick(player);
    await sleep(20);
  }
}

/** The worker is killed: it answers, defends its answer against a liar, and is paid. */
async function answering({ network, stage }: KillStage, others: Network, life: Life): Promise<ChaosAudit> {
  const liar = joinLiar(others, stage.library, { slot: 5, element: 17, bit: 4 });
  try {
    const before = await readBooks(network);
    const requestId = await stage.request({ worker: "worker", seed: 7 });
    const asked: Asked = new Map([[requestId, "worker"]]);
    await until(life, [liar], async () => (await historyOf(network)).lost.size > 0);
    await stage.passDeadline(requestId);
    await until(life, [], async () => (await stage.statusOf(requestId)) === "finalized");
    return await audit(network, stage, asked, before);
  } finally {
    liar.leave();
  }
}

/** The watchtower is killed: it finds a lie, proves it, and is paid. */
async function watching({ network, stage }: KillStage, others: Network, life: Life): Promise<ChaosAudit> {
  await network.clients.stranger.stake({ amount: stage.stake });
  const flip = { slot: 0, element: 3, bit: 30 };
  const cheater = joinWorker(others, stage.library, { person: "stranger", fast: lyingAt(flip) });
  try {
    const before = await readBooks(network);
    const requestId = await stage.request({ worker: "stranger", seed: 7 });
    const asked: Asked = new Map([[requestId, "stranger"]]);
    await until(life, [cheater], async () => (await stage.statusOf(requestId)) === "slashed");
    await network.advance(network.tier.airgapSeconds + 1);
    await until(life, [], async () => (await historyOf(network)).named("DisputeSettled").length > 0);
    return await audit(network, stage, asked, before);
  } finally {
    cheater.leave();
  }
}

const lyingAt = (flip: Flip) => executorOf(({ program }, input) => cheatingPasses(program, input, flip));

const commitSelector = toFunctionSelector(
  inferenceMarketAbi.find((item) => item.type === "function" && item.name === "commit") as never,
);

/** What one key has signed and must not have. */
function equivocations(handedIn: readonly HandedIn[]): string[] {
  const calls = handedIn.filter(({ from, to, data }) => to !== from || data !== "0x");
  const nonces = new Map<string, Set<Hex>>();
  for (const { from, nonce, data } of calls) {
    const key = `${from} nonce ${nonce}`;
    nonces.set(key, (nonces.get(key) ?? new Set()).add(data));
  }
  const answers = new Set(
    calls.filter(({ data }) => data.startsWith(commitSelector)).map(({ data }) => data),
  );
  return [
    ...[...nonces].filter(([, signed]) => signed.size > 1).map(([key]) => key),
    ...(answers.size > 1 ? [`${answers.size} answers`] : []),
  ];
}
