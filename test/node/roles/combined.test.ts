// Roles that share a node: as one they start, act, drain and end; and one that pays credit out.
import { expect } from "chai";
import { createClaiming } from "../../../node/roles/claiming.ts";
import { combineRoles } from "../../../node/roles/combined.ts";
import type { Role } from "../../../node/roles/role.ts";
import { openParts, type Player, play, tick } from "../../helpers/players.ts";
import { fee, type Stage, setStage } from "../../helpers/stage.ts";

describe("combineRoles", () => {
  function recorder(name: string, heard: string[]): Role {
    const hear = (what: string) => async () => void heard.push(`${name} ${what}`);
    return {
      name,
      start: hear("start"),
      stop: hear("stop"),
      tick: async () => [name],
      settled: hear("settled"),
      drain: hear("drain"),
      wake: () => void heard.push(`${name} wake`),
    };
  }

  it("does everything with every one of them", async () => {
    const heard: string[] = [];
    const both = combineRoles(
      "first",
      ["first", "second"].map((name) => recorder(name, heard)),
    );
    expect(both.name).to.equal("first");
    expect(await both.tick()).to.deep.equal(["first", "second"]);
    await both.start?.(new AbortController().signal);
    both.wake();
    await both.drain();
    await both.settled();
    await both.stop?.();
    const verbs = ["start", "wake", "drain", "settled", "stop"];
    expect(heard).to.deep.equal(verbs.flatMap((verb) => [`first ${verb}`, `second ${verb}`]));
  });

  it("is drained when all of them are", async () => {
    let finish = () => {};
    const slow: Role = {
      ...recorder("slow", []),
      drain: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    };
    let isDrained = false;
    const drained = combineRoles("both", [recorder("quick", []), slow])
      .drain()
      .then(() => {
        isDrained = true;
      });
    await Promise.resolve();
    expect(isDrained).to.equal(false);
    finish();
    await drained;
  });

  it("leaves a single one as it is", () => {
    const alone = recorder("alone", []);
    expect(combineRoles("alone", [alone])).to.equal(alone);
  });
});

describe("claiming", () => {
  let stage: Stage;
  let player: Player;
  before(async () => {
    stage = await setStage();
  });
  afterEach(() => player.leave());

  function join(claimAbove: bigint): Player {
    const parts = openParts(stage.network, "requester");
    player = { ...parts, person: "requester", role: createClaiming({ ...parts.context, claimAbove }) };
    return player;
  }
  const credit = async () => {
    const { clients, addresses } = stage.network;
    return (await clients.deployer.getAccount({ owner: addresses.requester })).credit;
  };

  it("pays credit out from its threshold on, once", async () => {
    const { network } = stage;
    expect(await tick(join(1n))).to.deep.equal([]);
    player.leave();
    const requestId = await stage.request();
    await network.clients.requester.cancelRequest({ requestId });
    expect(await credit()).to.equal(fee);
    expect(await tick(join(fee + 1n))).to.deep.equal([]);
    player.leave();
    await play(network, [join(fee)]);
    expect(await credit()).to.equal(0n);
    expect(player.events.map((event) => "move" in event && event.move)).to.deep.equal(["claimCredit"]);
  });
});
