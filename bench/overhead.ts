// What a worker adds to the inference itself: request in, inference, output root, journal, commitment ready to be signed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitResultCall, type Deployment, encodeCall } from "@assay/sdk";
import {
  type CommittedProgram,
  checkProgram,
  commitProgram,
  type Program,
  unpackInputs,
} from "@assay/sdk/program";
import { byteRoot, type Hex, type Request, requestId } from "@assay/sdk/protocol";
import { zeroAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { systemClock } from "../node/clock.ts";
import { createFastExecutor } from "../node/execution/fastExecutor.ts";
import { ProgramSession } from "../node/execution/programSession.ts";
import { openDatabase } from "../node/store/database.ts";
import { createJournal } from "../node/store/journal.ts";
import { createMetrics } from "../node/telemetry/metrics.ts";
import { compileDigits } from "./lib/digits.ts";
import { mlp } from "./lib/mlp.ts";
import { atMost, median, progress, type Row, report, round } from "./lib/report.ts";

const RUNS = 20;
const TURNS = 20;
const address = "0x00000000000000000000000000000000000000a5";
const deployment: Deployment = {
  chainId: 31_337,
  startBlock: 0n,
  token: address,
  parameters: address,
  stakeVault: address,
  stepVerifier: address,
  programRegistry: address,
  inferenceMarket: address,
  disputeGame: address,
  channels: address,
  receiptGame: address,
  epochs: address,
  inputRequests: address,
  equivocation: address,
};
const account = privateKeyToAccount(`0x${"5a".repeat(32)}`);

const programs: Record<string, Program> = {
  digits: (await compileDigits()).program,
  "mlp 1024 × 2": mlp(1024, 2),
  "mlp 2048 × 3": mlp(2048, 3),
  "mlp 2048 × 10": mlp(2048, 10),
  "mlp 2048 × 30": mlp(2048, 30),
};

const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
const database = openDatabase({ folder });
const journal = createJournal(database, systemClock);
const executor = createFastExecutor({
  sessions: 1,
  threads: 1,
  metrics: createMetrics(),
  clock: systemClock,
});
let salt = 0n;

/** What the worker role does with one claimed request, up to the bytes that its sender signs. */
async function answer(committed: CommittedProgram, input: Uint8Array, inputRoot: Hex): Promise<Hex> {
  const request: Request = {
    requester: address,
    salt: ++salt,
    programId: committed.programRoot,
    inputRoot,
    inputPosted: true,
    fee: 1n,
    version: 1,
    method: "optimistic",
    level: "final",
    worker: zeroAddress,
    consumer: zeroAddress,
    callbackGas: 0,
  };
  if (byteRoot(input) !== inputRoot) throw new Error("the input is another one");
  const { output, passes } = await executor.run(committed, input);
  const facts = {
    requestId: requestId({ chainId: 31_337n, market: address, request }),
    programId: committed.programRoot,
    inputRoot,
    outputRoot: byteRoot(output),
    passes,
  };
  journal.recordAnswer(facts, { input, output });
  return encodeCall(commitResultCall({ deployment, request, output, passes })).data;
}

/** Inputs differ from run to run, as requests do. */
function caseOf({ program, header }: CommittedProgram, run: number) {
  const input = Uint8Array.from({ length: header.inputBytes }, (_, i) => (i * 7 + run * 13) & 15);
  return { input, inputRoot: byteRoot(input), tensors: unpackInputs(program, input) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

const points: { session: number; path: number }[] = [];
const rows: Row[] = [];
const signing: number[] = [];
for (const [name, program] of Object.entries(programs)) {
  progress(`${name}: ${TURNS} turns of ${RUNS} runs`);
  checkProgram(program);
  const committed = commitProgram(program);
  const session = await ProgramSession.open(program, { threads: 1 });
  const sessions: number[] = [];
  const paths: number[] = [];
  // In turns of a few runs each: the two sessions hold the same weights twice, and would push each other out of the cache.
  for (let turn = 0; turn <= TURNS; turn++) {
    const cases = Array.from({ length: RUNS }, (_, run) => caseOf(committed, turn * RUNS + run));
    for (const { tensors } of cases) sessions.push(await timed(() => session.run(tensors)));
    const ready: Hex[] = [];
    for (const { input, inputRoot } of cases) {
      paths.push(await timed(async () => ready.push(await answer(committed, input, inputRoot))));
    }
    for (const data of ready) signing.push(await timed(() => sign(data)));
    if (turn === 0) sessions.length = paths.length = signing.length = 0;
  }
  await session.close();
  const point = { session: median(sessions), path: median(paths) };
  points.push(point);
  rows.push({
    program: name,
    session_ms_p50: round(point.session),
    path_ms_p50: round(point.path),
    added_ms_p50: round(point.path - point.session),
  });
}
rows.push({ program: "signing (not in c)", path_ms_p50: round(median(signing)) });
await executor.close();
database.close();
rmSync(folder, { recursive: true });

const { a, c } = fitLine(points);
const times = points.map(({ session }) => session);
report(
  "overhead",
  [
    atMost("a", a, 1.05, "ratio"),
    atMost("c_ms_p50", c, 1.5, "ms"),
    {
      name: "session_span",
      value: round(Math.max(...times) / Math.min(...times)),
      unit: "ratio",
      limit: 10,
      ok: Math.max(...times) >= 10 * Math.min(...times),
    },
  ],
  rows,
);

function sign(data: Hex): Promise<Hex> {
  return account.signTransaction({
    chainId: 31_337,
    to: address,
    data,
    nonce: 1,
    gas: 200_000n,
    maxFeePerGas: 1n,
    maxPriorityFeePerGas: 1n,
  });
}

/** path = a · session + c by ordinary least squares over the programs' medians. */
function fitLine(all: readonly { session: number; path: number }[]): { a: number; c: number } {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(all.map(({ session }) => session));
  const y = mean(all.map(({ path }) => path));
  const covariance = mean(all.map(({ session, path }) => (session - x) * (path - y)));
  const a = covariance / mean(all.map(({ session }) => (session - x) ** 2));
  return { a, c: y - a * x };
}
