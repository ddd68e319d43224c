// The watchtower of bench/soak.ts in a process of its own, assembled as `assay watchtower --mode resolve` is. Reports on
// request what it holds in memory and on disk.
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "@assay/sdk";
import { emitOnnx, encodeManifest } from "@assay/sdk/program";
import type { Hex } from "viem";
import { assembleWatchtower } from "../../node/assemble.ts";
import { second, systemClock } from "../../node/clock.ts";
import { loadConfig } from "../../node/config.ts";
import { createSigner } from "../../node/keys/keystore.ts";
import { createLifecycle } from "../../node/lifecycle.ts";
import { createBlobStore } from "../../node/store/blobs.ts";
import { decodeJson } from "../../node/store/json.ts";
import { createProgramStore } from "../../node/store/programStore.ts";
import { silentLogger } from "../../node/telemetry/logger.ts";
import { createMetrics } from "../../node/telemetry/metrics.ts";
import { privateKeyOf } from "../../test/helpers/people.ts";
import { scorer, scorerId, scorerManifest } from "../../test/helpers/scorer.ts";

/** What the watchtower tells the benchmark. */
export type SoakMessage =
  | { kind: "running" }
  /** Answers found right so far. */
  | { kind: "valid"; count: number }
  | { kind: "challenged"; commitId: Hex }
  | { kind: "failed"; error: string }
  | ({ kind: "sample" } & SoakSample);

/** Megabytes: after a collection of garbage, and of the journal with its log. */
export interface SoakSample {
  resident: number;
  heap: number;
  disk: number;
}

export interface SoakTask {
  url: string;
  deployment: Deployment;
  folder: string;
}

const { url, deployment, folder } = decodeJson<SoakTask>(process.argv[2] ?? "");
const tell = (message: SoakMessage) => void process.send?.(message);
const megabytes = (bytes: number) => bytes / 2 ** 20;

createProgramStore(folder, createBlobStore(join(folder, "blobs"))).put(scorerId, {
  programBytes: emitOnnx(scorer),
  manifestBytes: encodeManifest(scorerManifest),
});
const { config } = loadConfig({
  environment: {},
  folder,
  flags: {
    ...{ dataDir: folder, rpcUrls: url, httpPort: 0, mode: "resolve", keeperPatienceSeconds: 86_400 },
    ...{ pollSeconds: 0.25, resubmitSeconds: 5, finalBlocks: 4, reorgBlocks: 8, maxHeadAgeSeconds: 0 },
    ...{ parallelChecks: 64, sessions: 1 },
  },
});

// The chain's days pass in seconds: the clock keeps up with its newest block.
let ahead = 0;
const clock = { ...systemClock, now: () => Date.now() + ahead };
let valid = 0;
const lifecycle = createLifecycle({ logger: silentLogger });
const { node, components } = assembleWatchtower({
  config,
  deployment,
  signer: createSigner("challenger", privateKeyOf("watchtower")),
  dryRun: false,
  onEvent: (event) => {
    if (event.kind === "challenged") tell({ kind: "challenged", commitId: event.commitId });
    if (event.kind === "checked" && event.judgement === "valid") tell({ kind: "valid", count: ++valid });
  },
  fail: lifecycle.fail,
  logger: silentLogger,
  metrics: createMetrics(),
  clock,
});
node.poller.onAdvance(() => {
  const newest = Number(node.poller.head()?.timestamp ?? 0n) * second;
  ahead = Math.max(ahead, newest - Date.now());
});
lifecycle.add(...components);

function sizeOf(file: string): number {
  return statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0;
}

process.on("message", () => {
  for (let times = 0; times < 3; times++) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const disk = sizeOf("journal.sqlite") + sizeOf("journal.sqlite-wal");
  tell({
    kind: "sample",
    resident: megabytes(rss),
    heap: megabytes(heapUsed + external),
    disk: megabytes(disk),
  });
});
process.on("disconnect", () => process.exit());
try {
  await lifecycle.start();
  tell({ kind: "running" });
  await lifecycle.done;
} catch (error) {
  tell({ kind: "failed", error: String(error) });
}
