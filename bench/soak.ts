// A watchtower over a hundred thousand commitments: nothing wrong gets past it, and it grows with what is open only.
// Argument: --commitments N.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { disputeGameAbi, inferenceMarketAbi } from "@assay/sdk/abi";
import { parseEventLogs } from "viem";
import { second } from "../node/clock.ts";
import { encodeJson } from "../node/store/json.ts";
import { temporaryFolder } from "../test/helpers/nodeParts.ts";
import { atMost, median, progress, type Row, report } from "./lib/report.ts";
import { batchSize, type Given, openSoakChain } from "./lib/soakChain.ts";
import type { SoakMessage, SoakSample, SoakTask } from "./lib/soakMain.ts";

const at = process.argv.indexOf("--commitments");
const commitments = at < 0 ? 100_000 : Number(process.argv[at + 1]);
const batches = Math.ceil(commitments / batchSize);
const oneLieIn = 1_000;
const samples = 40;
/** How long the watchtower may take for a batch before the chain goes on without it. */
const patience = 120 * second;
/** The watchtower remembers a week of blocks, and questions for thirty days: a quarter of the whole run. */
const jumpBlocks = 130;
const jumpSeconds = 52;
const rememberedBatches = 50_400 / jumpBlocks;
/** Shorter runs end before anything is forgotten: what they say about growth means nothing. */
const isLong = batches >= 3 * rememberedBatches;

const chain = await openSoakChain();
const { network } = chain;
const folder = temporaryFolder();
const task: SoakTask = { url: chain.anvil.url, deployment: network.deployment, folder: folder.path };
const child = fork(fileURLToPath(new URL("lib/soakMain.ts", import.meta.url)), [encodeJson(task)], {
  execArgv: [...process.execArgv, "--expose-gc"],
});
let valid = 0;
let isRunning = false;
let failure: string | undefined;
let answered: ((sample: SoakSample) => void) | undefined;
const challenged = new Set<string>();
child.on("message", (message: SoakMessage) => {
  if (message.kind === "valid") valid = message.count;
  if (message.kind === "challenged") challenged.add(message.commitId);
  if (message.kind === "failed") failure = message.error;
  if (message.kind === "running") isRunning = true;
  if (message.kind === "sample") answered?.(message);
});
child.on("exit", (code) => {
  failure ??= `It ended with ${code}`;
});

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Mines what the watchtower sends until it holds, or until the watchtower was given time enough. */
async function until(holds: () => boolean | Promise<boolean>, milliseconds = patience): Promise<boolean> {
  const limit = Date.now() + milliseconds;
  while (!(await holds())) {
    if (failure !== undefined) throw new Error(`The watchtower stopped: ${failure}`);
    if (Date.now() > limit) return false;
    await chain.mine();
    await sleep(20);
  }
  return true;
}

const takeSample = () =>
  new Promise<SoakSample>((resolve) => {
    answered = resolve;
    child.send("sample");
  });

const { deployer } = network.clients;
const happened = new Map<string, number>();
let counted = 0n;

/** Counts what has happened since it was last called: the client forgets old transactions. */
async function tally(): Promise<void> {
  const toBlock = await deployer.getBlockNumber({ cacheTime: 0 });
  if (toBlock === counted) return;
  const logs = await deployer.getLogs({
    address: [network.deployment.inferenceMarket, network.deployment.disputeGame],
    fromBlock: counted + 1n,
    toBlock,
  });
  for (const { eventName } of parseEventLogs({ abi: [...inferenceMarketAbi, ...disputeGameAbi], logs }))
    happened.set(eventName, (happened.get(eventName) ?? 0) + 1);
  counted = toBlock;
}

if (!(await until(() => isRunning))) throw new Error("The watchtower does not start");
const taken: (SoakSample & { commitments: number })[] = [];
const from = Date.now();
let done = 0;
let lies = 0;
let unchecked = 0;
let collectable: Given[] = [];
for (let batch = 0; batch < batches; batch++) {
  const count = Math.min(batchSize, commitments - done);
  const given = chain.give(done, count, (index) => index % oneLieIn === oneLieIn / 2);
  await chain.publish(given, collectable);
  done += count;
  lies += given.filter(({ isLie }) => isLie).length;
  const right = done - lies - unchecked;
  await until(() => valid >= right && challenged.size >= lies);
  unchecked += Math.max(0, right - valid);
  collectable = given.filter(({ isLie }) => !isLie);
  await chain.jump(jumpBlocks, jumpSeconds);
  if (batch % Math.ceil(batches / samples) !== 0 && batch !== batches - 1) continue;
  await tally();
  const sample = await takeSample();
  taken.push({ ...sample, commitments: done });
  const { resident, heap, disk } = sample;
  const rate = (done / (Date.now() - from)) * second;
  progress(
    `${done} commitments, ${lies} lies, ${challenged.size} challenged; ${rate.toFixed(0)} per second; ` +
      `resident ${resident.toFixed(1)} MB, heap ${heap.toFixed(1)} MB, disk ${disk.toFixed(1)} MB`,
  );
}
const seconds = (Date.now() - from) / second;

for (const clock of [network.tier.workerSeconds, network.tier.airgapSeconds]) {
  await chain.jump(10, Math.ceil(clock / 10) + 60);
  const name = clock === network.tier.workerSeconds ? "CommitmentSlashed" : "DisputeSettled";
  await until(async () => {
    await sleep(500);
    await tally();
    return (happened.get(name) ?? 0) >= lies;
  });
}
const slashed = happened.get("CommitmentSlashed") ?? 0;
const paid = happened.get("DisputeSettled") ?? 0;
const closed = once(child, "exit");
child.disconnect();
await closed;
await network.close();
folder.remove();

const half = taken.slice(taken.length >> 1);

/** What the last half would add to itself at its mean rate, in parts of its median. */
function growth(of: keyof SoakSample): number {
  const values = half.map((sample) => sample[of]);
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const slope =
    values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0) /
    values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  return (slope * (values.length - 1)) / median(values);
}

const rows: Row[] = taken
  .filter((_, index) => index % 4 === 0 || index === taken.length - 1)
  .map(({ commitments: count, resident, heap, disk }) => ({
    commitments: count,
    resident_mb: Math.round(resident),
    heap_mb: Math.round(heap),
    disk_mb: Math.round(disk),
  }));
report(
  "soak",
  [
    atMost("missed", lies - challenged.size + unchecked, 0, "commitments"),
    atMost("not_slashed", lies - slashed, 0, "lies"),
    atMost("not_paid", lies - paid, 0, "disputes"),
    ...(isLong
      ? [
          atMost("resident_growth", growth("resident"), 0.1, "of the last half"),
          atMost("heap_growth", growth("heap"), 0.05, "of the last half"),
          atMost("disk_growth", growth("disk"), 0.05, "of the last half"),
        ]
      : []),
    { name: "throughput", value: Math.round(done / seconds), unit: "commitments/s", limit: 0, ok: true },
  ],
  rows,
);
process.exit();
