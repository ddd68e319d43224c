// Worker and watchtower run as processes and are killed at bad moments; they go on where the chain stands.
import { expect } from "chai";
import type { RoleEvent } from "../../node/roles/roleEvents.ts";
import { type AnvilNetwork, createAnvilNetwork } from "../helpers/anvilNetwork.ts";
import { temporaryFolder } from "../helpers/nodeParts.ts";
import { joinCheater, joinLiar, joinWatchtower, play, tick } from "../helpers/players.ts";
import { type RoleProcess, type RoleTask, startRole } from "../helpers/roleProcess.ts";
import { fee, gain, type Stage, setStage } from "../helpers/stage.ts";

const sent = (move: string) => (event: RoleEvent) => event.kind === "sent" && event.move === move;

describe("a killed process", function () {
  this.timeout(180_000); // six starts of Node with everything loaded
  let network: AnvilNetwork;
  let stage: Stage;
  let folder: ReturnType<typeof temporaryFolder>;
  const running: RoleProcess[] = [];

  beforeEach(async () => {
    network = await createAnvilNetwork();
    stage = await setStage({ network });
    folder = temporaryFolder();
  });

  afterEach(async () => {
    for (const one of running.splice(0)) await one.kill();
    await network.close();
    folder.remove();
  });

  function start(role: RoleTask["role"]): RoleProcess {
    const { url, deployment } = network;
    const child = startRole({
      role,
      url,
      deployment,
      seed: 1,
      programId: stage.programId,
      folder: folder.path,
    });
    running.push(child);
    return child;
  }

  it("of a worker: after its claim, after its bind; it delivers, wins and is paid", async () => {
    const first = start("worker");
    const requestId = await stage.request();
    const before = await stage.check(requestId, "open");
    await first.until(sent("claim"));
    await first.kill();

    const second = start("worker");
    await second.until(sent("commit"));
    const liar = joinLiar(network, stage.library, { slot: 5, element: 17, bit: 4 });
    await play(network, [liar]);
    await second.until(sent("bindTrace"));
    await second.kill();
    await play(network, [liar]); // chooses while the worker is gone

    const third = start("worker");
    await third.until(sent("revealTile"));
    await play(network, [liar]);
    const won = await stage.check(requestId, "committed");
    expect(gain(before, won, "friend")).to.equal(-network.tier.challengeBond);
    await stage.passDeadline(requestId);
    await third.until(sent("collect"));
    const paid = await stage.check(requestId, "finalized");
    expect(gain(before, paid, "worker")).to.equal(fee + (network.tier.challengeBond * 60n) / 100n);
    // A restarted worker may report the same transaction again; there is only one.
    const commits = [...first.events, ...second.events, ...third.events].filter(sent("commit"));
    expect(new Set(commits.map((event) => "hash" in event && event.hash)).size).to.equal(1);
    liar.leave();
  });

  it("of a watchtower: with its challenge in the pool, after a choice; it challenges once and wins", async () => {
    const cheater = joinCheater(network, stage.library, { slot: 0, element: 3, bit: 30 });
    const requestId = await stage.request();
    await play(network, [cheater]);
    const before = await stage.check(requestId, "committed");
    const commitId = await stage.commitIdOf(requestId);

    const first = start("watchtower");
    await first.until((event) => event.kind === "mismatch");
    await network.request("evm_setAutomine", [false]);
    await pooled(2);
    await first.kill();
    await network.request("evm_setAutomine", [true]);
    await network.request("evm_mine");

    const second = start("watchtower");
    await second.until(({ kind }) => kind === "challenged"); // as the chain tells it
    await play(network, [cheater]);
    await second.until(sent("choose"));
    await second.kill();
    await play(network, [cheater]);

    const third = start("watchtower");
    for (let round = 0; round < 200 && (await stage.statusOf(requestId)) === "committed"; round++) {
      await tick(cheater);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await stage.check(requestId, "slashed");
    expect((await network.clients.deployer.getBinding({ commitId })).disputes).to.equal(1);
    await network.advance(network.tier.airgapSeconds + 1);
    await third.until((event) => event.kind === "paid");
    const after = await stage.check(requestId, "slashed");
    expect(gain(before, after, "watchtower") > 0n).to.equal(true);
    cheater.leave();
  });

  /** Waits until the watchtower has sent so many transactions, and mines all but the last. */
  async function pooled(count: number): Promise<void> {
    const address = network.addresses.watchtower;
    for (let looks = 0; looks < 500; looks++) {
      const made = await network.clients.deployer.getTransactionCount({ address, blockTag: "pending" });
      if (made >= count) return;
      await network.request("evm_mine");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("The watchtower sent nothing");
  }

  it("in this process: a journal that is opened again plays on", async () => {
    const cheater = joinCheater(network, stage.library, { slot: 8, element: 6, bit: 12 });
    const requestId = await stage.request();
    await play(network, [cheater]);
    const commitId = await stage.commitIdOf(requestId);
    for (let starts = 0; starts < 40 && (await stage.statusOf(requestId)) === "committed"; starts++) {
      const watchtower = joinWatchtower(network, stage.library, { folder: folder.path });
      await tick(watchtower);
      await tick(watchtower); // the first round of a dispute computes the trace, which is not kept
      watchtower.leave();
      await tick(cheater);
    }
    await stage.check(requestId, "slashed");
    expect((await network.clients.deployer.getBinding({ commitId })).disputes).to.equal(1);
    cheater.leave();
  });
});
