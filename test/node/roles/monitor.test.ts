// The monitor: without a key it sees what is wrong, in time and afterwards, and says so.
import { assayTokenAbi } from "@assay/sdk/abi";
import { expect } from "chai";
import { writeContract } from "viem/actions";
import { createMonitor, type Monitor, type MonitorOptions } from "../../../node/roles/monitor.ts";
import { cheatingPasses } from "../../helpers/cheat.ts";
import {
  executorOf,
  fast,
  joinCheater,
  joinWatchtower,
  joinWorker,
  openParts,
  type Player,
  play,
  reference,
  shelf,
  tick,
} from "../../helpers/players.ts";
import { type Stage, setStage } from "../../helpers/stage.ts";

const flip = { slot: 8, element: 6, bit: 12 };

describe("monitor", () => {
  let stage: Stage;
  let players: Player[];

  beforeEach(async () => {
    stage = await setStage();
    players = [];
  });

  afterEach(() => {
    for (const player of players) player.leave();
  });

  function joinMonitor(changed: Partial<MonitorOptions> = {}): Player<Monitor> {
    const parts = openParts(stage.network, "stranger");
    const { sender: _, ...context } = parts.context;
    const role = createMonitor({
      ...context,
      fast: fast(),
      reference,
      programs: shelf(stage.library),
      selfTest: async () => {},
      inputSources: [],
      coverage: { programs: [], workers: [], leastLock: 0n, share: 1 },
      parallelChecks: 4,
      auditSeconds: 1,
      maxHeadAgeSeconds: 0,
      readTo: () => parts.poller.cursor(),
      ...changed,
    });
    parts.onChainEvents((events) => role.take(events));
    const player = { ...parts, person: "stranger", role } as const;
    players.push(player);
    return player;
  }

  async function rounds(monitor: Player<Monitor>, count = 4) {
    for (let round = 0; round < count; round++) await tick(monitor);
    return monitor.role.report()!;
  }

  async function answered({ rightly }: { rightly: boolean }): Promise<`0x${string}`> {
    const { network, library } = stage;
    const known = players.find(({ person }) => person === "worker");
    const worker = known ?? (rightly ? joinWorker(network, library) : joinCheater(network, library, flip));
    if (known === undefined) players.push(worker);
    const requestId = await stage.request();
    await play(network, [worker]);
    return requestId;
  }

  const kinds = ({ findings }: { findings: readonly { kind: string }[] }) => findings.map(({ kind }) => kind);
  async function metric(monitor: Player<Monitor>, name: string): Promise<number | undefined> {
    const { text } = await monitor.context.metrics.render();
    const line = text.split("\n").find((one) => one.startsWith(`${name} `) || one.startsWith(`${name}{`));
    return line === undefined ? undefined : Number(line.split(" ").at(-1));
  }

  it("finds nothing on a network that works, from the first request to the last payout", async () => {
    const monitor = joinMonitor();
    const requestId = await answered({ rightly: true });
    const during = await rounds(monitor);
    expect(during).to.deep.include({ healthy: true, coverage: 1, commitments: { valid: 1 }, findings: [] });
    await stage.passDeadline(requestId);
    await play(stage.network, players);
    await stage.check(requestId, "finalized");
    const { solvency, ...after } = await rounds(monitor);
    expect(after).to.deep.include({ healthy: true, coverage: 1, commitments: {}, findings: [] });
    expect(solvency.byEvents).to.equal(solvency.balance);
    expect(solvency.byViews).to.equal(solvency.balance);
    expect(monitor.events.filter(({ kind }) => kind === "alarm")).to.deep.equal([]);
  });

  it("foresees that a wrong answer becomes final while something can be done about it, and counts it when it has", async () => {
    const monitor = joinMonitor();
    const requestId = await answered({ rightly: false });
    const commitId = await stage.commitIdOf(requestId);
    expect(kinds(await rounds(monitor))).to.deep.equal([]);
    await stage.network.advance(Math.ceil(stage.network.tier.windowSeconds / 2) + 1);
    const warned = await rounds(monitor);
    expect(warned.healthy).to.equal(false);
    expect(warned.findings).to.deep.equal([
      { severity: "page", kind: "forecastAgainst", facts: { commitId, because: "unchallenged" } },
    ]);
    expect(await metric(monitor, "assay_monitor_finalized_wrong_total")).to.equal(0);
    await stage.passDeadline(requestId);
    await stage.network.clients.worker.finalizeRequest({ requestId });
    expect(kinds(await rounds(monitor))).to.deep.equal(["finalizedWrong"]);
    expect(kinds(await rounds(monitor))).to.deep.equal(["finalizedWrong"]);
    expect(await metric(monitor, "assay_monitor_finalized_wrong_total")).to.equal(1);
    const alarms = monitor.events.flatMap((event) => (event.kind === "alarm" ? [event.reason] : []));
    expect(alarms).to.deep.equal(["forecastAgainst", "finalizedWrong"]);
  });

  it("finds a wrong result that was final before it came", async () => {
    const requestId = await answered({ rightly: false });
    await stage.passDeadline(requestId);
    await stage.network.clients.worker.finalizeRequest({ requestId });
    expect(kinds(await rounds(joinMonitor()))).to.deep.equal(["finalizedWrong"]);
  });

  it("is calm while a wrong answer is disputed, and watches the airgap of its slash", async () => {
    const monitor = joinMonitor();
    const requestId = await answered({ rightly: false });
    const watchtower = joinWatchtower(stage.network, stage.library);
    players.push(watchtower);
    const others = players.filter((player) => player !== monitor);
    await play(stage.network, others, async () => (await stage.statusOf(requestId)) === "slashed");
    const report = await rounds(monitor);
    expect(report.healthy).to.equal(true);
    expect(kinds(report)).to.deep.equal(["slashPending"]);
    expect(await metric(monitor, "assay_monitor_airgap_slashes")).to.equal(1);
    await stage.network.advance(stage.network.tier.airgapSeconds + 1);
    await play(stage.network, others);
    expect((await rounds(monitor)).findings).to.deep.equal([]);
  });

  it("calls for help when the side that should win is about to run out of time", async () => {
    const monitor = joinMonitor();
    const requestId = await answered({ rightly: true });
    await stage.network.clients.friend.challenge({ commitId: await stage.commitIdOf(requestId) });
    expect(kinds(await rounds(monitor))).to.deep.equal([]);
    const { workerSeconds, floorSeconds } = stage.network.tier;
    await stage.network.advance(workerSeconds - floorSeconds);
    expect(kinds(await rounds(monitor))).to.deep.equal(["forecastAgainst", "clockLow"]);
    expect(await metric(monitor, 'assay_monitor_open_disputes{turn="worker",forecast="against"}')).to.equal(
      1,
    );
  });

  it("counts a right answer that was slashed, and how", async () => {
    const monitor = joinMonitor();
    const requestId = await answered({ rightly: true });
    const { friend } = stage.network.clients;
    const { disputeId } = await friend.challenge({ commitId: await stage.commitIdOf(requestId) });
    await stage.network.advance(stage.network.tier.workerSeconds + 1);
    await friend.timeoutDispute({ disputeId });
    expect(kinds(await rounds(monitor))).to.include("slashedRight");
    expect(await metric(monitor, 'assay_monitor_slashed_right_total{cause="clock"}')).to.equal(1);
  });

  it("I-01: sees a token that is missing in the vault, and one too many", async () => {
    const monitor = joinMonitor();
    await answered({ rightly: true });
    const { deployment, clients, request } = stage.network;
    const { token, stakeVault } = deployment;
    const transfer = { address: token, abi: assayTokenAbi, functionName: "transfer", chain: null } as const;
    await writeContract(clients.friend, { ...transfer, args: [stakeVault, 3n] });
    const given = await rounds(monitor);
    expect(kinds(given)).to.deep.equal(["donated", "donated"]);
    expect(given.healthy).to.equal(true);
    expect(given.solvency.balance - given.solvency.byEvents).to.equal(3n);
    await request("hardhat_impersonateAccount", [stakeVault]);
    await request("hardhat_setBalance", [stakeVault, "0xde0b6b3a7640000"]);
    const account = { address: stakeVault, type: "json-rpc" } as const;
    await writeContract(clients.friend, { ...transfer, account, args: [token, 4n] });
    const robbed = await rounds(monitor);
    expect(kinds(robbed)).to.deep.equal(["insolvent", "insolvent"]);
    expect(robbed.healthy).to.equal(false);
  });

  it("does not believe itself when its executions differ", async () => {
    await answered({ rightly: true });
    const lying = executorOf(({ program }, input) => cheatingPasses(program, input, flip));
    const report = await rounds(joinMonitor({ fast: lying }));
    expect(kinds(report)).to.deep.equal(["contradiction"]);
  });

  it("notices that nobody has checked what closed, itself included", async () => {
    const monitor = joinMonitor({
      programs: { get: () => Promise.reject(new Error("nobody has it")) },
    });
    const requestId = await answered({ rightly: true });
    await rounds(monitor, 2);
    await stage.passDeadline(requestId);
    const report = await rounds(monitor);
    expect(kinds(report)).to.deep.equal(["coverageLow"]);
    expect(report.coverage).to.equal(0);
  });
});
