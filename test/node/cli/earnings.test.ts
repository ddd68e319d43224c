// Earnings as events tell them are what the books say: for each role, over a fee, a slash, and a challenge that was lost.
import { expect } from "chai";
import { type Earnings, readEarnings } from "../../../node/cli/earnings.ts";
import type { Person } from "../../helpers/people.ts";
import {
  joinCheater,
  joinLiar,
  joinWatchtower,
  joinWorker,
  type Player,
  play,
} from "../../helpers/players.ts";
import { checkBooks, fee, type Stage, setStage } from "../../helpers/stage.ts";

const flip = { slot: 8, element: 6, bit: 12 };

describe("earnings", () => {
  let stage: Stage;
  let players: Player[];

  beforeEach(async () => {
    stage = await setStage();
    players = [];
  });
  afterEach(() => {
    for (const player of players) player.leave();
  });

  const earningsOf = (person: Person): Promise<Earnings> => {
    const { clients, addresses, deployment } = stage.network;
    const range = {
      fromBlock: deployment.startBlock,
      chunkBlocks: 10_000,
      signal: new AbortController().signal,
    };
    return readEarnings(clients.deployer, deployment, addresses[person], range);
  };
  const join = <player extends Player>(player: player): player => {
    players.push(player);
    return player;
  };
  /** What the books have a person gain: its wallet, its credit, its stake. */
  async function worth(person: Person): Promise<bigint> {
    const { clients, addresses } = stage.network;
    const { wallets } = await checkBooks(stage.network);
    const account = await clients.deployer.getAccount({ owner: addresses[person] });
    return wallets[person] + account.free + account.locked + account.unbonding + account.credit;
  }

  it("are a worker's fees, and what its requester has paid", async () => {
    const [before, paidBefore] = [await worth("worker"), await worth("requester")];
    const worker = join(joinWorker(stage.network, stage.library));
    const requestId = await stage.request();
    await play(stage.network, [worker]);
    await stage.passDeadline(requestId);
    await play(stage.network, [worker]);
    await stage.check(requestId, "finalized");
    const earned = await earningsOf("worker");
    expect(earned.worker).to.deep.equal({ fees: fee, vouchers: 0n, bonds: 0n, slashed: 0n, net: fee });
    expect(earned.net).to.equal((await worth("worker")) - before);
    const { requester, net } = await earningsOf("requester");
    expect(requester).to.deep.equal({ paid: fee, returned: 0n, net: -fee });
    expect(net).to.equal((await worth("requester")) - paidBefore);
  });

  it("are a challenger's reward, its worker's loss, and what the requester gets back", async () => {
    const people = ["worker", "watchtower", "requester"] as const;
    const before = await Promise.all(people.map(worth));
    const cheater = join(joinCheater(stage.network, stage.library, flip));
    const requestId = await stage.request();
    await play(stage.network, [cheater]);
    const watchtower = join(joinWatchtower(stage.network, stage.library));
    await play(stage.network, players, async () => (await stage.statusOf(requestId)) === "slashed");
    await stage.network.advance(stage.network.tier.airgapSeconds + 1);
    await play(stage.network, [watchtower]);
    const { challenger, ...rest } = await earningsOf("watchtower");
    const { challengeBond } = stage.network.tier;
    expect(challenger).to.deep.include({ bondsPaid: challengeBond, bondsReturned: challengeBond });
    expect(challenger.rewards > 0n && challenger.gasRepaid > 0n).to.equal(true);
    expect(rest.worker.bonds).to.equal(0n);
    const worker = (await earningsOf("worker")).worker;
    expect(worker.slashed > 0n && worker.net === -worker.slashed).to.equal(true);
    for (const [index, person] of people.entries())
      expect((await earningsOf(person)).net, person).to.equal((await worth(person)) - before[index]!);
  });

  it("are a worker's part of the bond of a challenge that was lost", async () => {
    const people = ["worker", "friend"] as const;
    const before = await Promise.all(people.map(worth));
    const worker = join(joinWorker(stage.network, stage.library));
    const requestId = await stage.request();
    await play(stage.network, [worker]);
    const liar = join(joinLiar(stage.network, stage.library, flip));
    await play(stage.network, players);
    await stage.passDeadline(requestId);
    await play(stage.network, players);
    await stage.check(requestId, "finalized");
    const { bonds } = (await earningsOf("worker")).worker;
    expect(bonds > 0n && bonds < stage.network.tier.challengeBond).to.equal(true);
    expect(liar.context.journal.disputes.count(["lost"])).to.equal(1);
    for (const [index, person] of people.entries())
      expect((await earningsOf(person)).net, person).to.equal((await worth(person)) - before[index]!);
  });
});
