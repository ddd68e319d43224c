// A contract is told what became of a request, at the level that it asked for; one that fails is called again, not for ever.
import { expect } from "chai";
import type { Address } from "viem";
import {
  joinCheater,
  joinKeeper,
  joinWatchtower,
  joinWorker,
  type Player,
  play,
} from "../helpers/players.ts";
import { type Stage, setStage } from "../helpers/stage.ts";

const consumer: Address = "0x00000000000000000000000000000000000c0de5";
const accepts = "0x00";
const reverts = "0x5f5ffd";
const callback = { consumer, callbackGas: 100_000 } as const;

describe("a consumer", () => {
  let stage: Stage;
  let keeper: Player;

  const becomes = (code: string) => stage.network.request("hardhat_setCode", [consumer, code]);
  const calls = (move: string) =>
    keeper.events.filter((event) => event.kind === "sent" && event.move === move).length;
  const toldOf = (requestId: string) => keeper.context.journal.deliveries.get(requestId);

  beforeEach(async () => {
    stage = await setStage();
    keeper = joinKeeper(stage.network);
    await becomes(accepts);
  });

  afterEach(() => keeper.leave());

  it("gets a final result once, after the window", async () => {
    const worker = joinWorker(stage.network, stage.library);
    const requestId = await stage.request(callback);
    await play(stage.network, [worker, keeper]);
    await stage.check(requestId, "committed");
    expect(calls("deliver")).to.equal(0);
    await stage.passDeadline(requestId);
    await play(stage.network, [worker, keeper]);
    await stage.check(requestId, "finalized");
    expect(calls("deliver")).to.equal(1);
    expect(toldOf(requestId)).to.include({ state: "done" });
    worker.leave();
  });

  it("gets a provisional result at once, and hears that it was overturned", async () => {
    const cheater = joinCheater(stage.network, stage.library, { slot: 0, element: 3, bit: 30 });
    const watchtower = joinWatchtower(stage.network, stage.library);
    const requestId = await stage.request({ ...callback, level: "provisional" });
    await play(stage.network, [cheater, keeper]);
    expect(calls("deliver")).to.equal(1);
    expect(toldOf(requestId)).to.include({ state: "open" });
    await play(stage.network, [watchtower, cheater, keeper]);
    await stage.check(requestId, "slashed");
    expect(calls("deliverFailure")).to.equal(1);
    expect(toldOf(requestId)).to.include({ state: "done" });
    for (const player of [cheater, watchtower]) player.leave();
  });

  it("hears that a request ended without a result", async () => {
    const requestId = await stage.request(callback);
    await stage.passDeadline(requestId);
    await play(stage.network, [keeper]);
    await stage.check(requestId, "expired");
    expect(calls("deliverFailure")).to.equal(1);
    expect(toldOf(requestId)).to.include({ state: "done" });
  });

  it("that reverts is called again later, until it takes the result", async () => {
    const worker = joinWorker(stage.network, stage.library);
    await becomes(reverts);
    const requestId = await stage.request(callback);
    await play(stage.network, [worker]);
    await stage.passDeadline(requestId);
    await play(stage.network, [worker, keeper]);
    expect(calls("deliver")).to.equal(1);
    expect(toldOf(requestId)).to.include({ state: "open" });
    await becomes(accepts);
    await play(stage.network, [keeper]);
    expect(calls("deliver"), "not at once").to.equal(1);
    await stage.network.advance(61);
    await play(stage.network, [keeper]);
    expect(calls("deliver")).to.equal(2);
    expect(toldOf(requestId)).to.include({ state: "done" });
    worker.leave();
  });

  it("that always reverts is left alone in the end, and keeps nobody from being paid", async () => {
    const worker = joinWorker(stage.network, stage.library);
    await becomes(reverts);
    const requestId = await stage.request(callback);
    await play(stage.network, [worker]);
    await stage.passDeadline(requestId);
    for (let day = 0; day < 5; day++) {
      await play(stage.network, [worker, keeper]);
      await stage.network.advance(86_400);
    }
    await stage.check(requestId, "finalized");
    expect(calls("deliver")).to.equal(3); // as its settings say
    worker.leave();
  });
});
