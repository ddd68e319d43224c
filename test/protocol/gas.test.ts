// What the calls of the protocol cost as whole transactions, in the worst case of each, and what they may cost.
import { bytesToHex, tileHash } from "@assay/sdk/protocol";
import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import {
  type Answer,
  answer,
  challenge,
  choose,
  claim,
  commit,
  mined,
  prepareStage,
  prove,
  request,
  requestParams,
  respond,
  type Stage,
} from "../helpers/actors.ts";
import { as, deployWorld } from "../helpers/deploy.ts";
import { ToyTrace, toyProgram } from "../helpers/toy.ts";

const slots = 4096; // a full tree of depth 3: no child is EMPTY, no calldata is cheap
const lie = 0xabc;

describe("gas of whole transactions", () => {
  let stage: Stage;
  let story: Answer;
  const spent: Record<string, number> = {};

  const record = async (name: string, sent: Promise<ContractTransactionResponse>): Promise<void> => {
    spent[name] = Number((await mined(sent)).gasUsed);
  };
  const within = (name: string, ceiling: number): void => {
    expect(spent[name], name).to.be.at.most(ceiling);
    expect(spent[name], `${name}: the ceiling is stale`).to.be.at.least(ceiling * 0.6);
  };

  before(async () => {
    const world = await deployWorld();
    stage = await prepareStage(world, toyProgram({ slots, outputBytes: 2048 }));
    const market = as(world.worker, world.market);
    const first = await request(stage); // the first request of an account pays for its counter
    await record(
      "request",
      as(world.requester, world.market).request(requestParams(stage.programId, stage.program)),
    );
    await record("claim", market.claim(first, world.worker));
    const { output } = new ToyTrace(stage.program);
    await record("commit", market.commit(first, 1, output));
    story = await answer(stage, { slot: lie });
    story.trace = new ToyTrace(stage.program, { slot: lie }, 1024);
    await as(world.worker, world.vault).setKey(world.keeper, 2);
  });

  it("keeps challenge, bind, choose and reveal under their ceilings", async () => {
    const { world, commitId, trace } = story;
    const game = as(world.challenger, world.game);
    await record("challenge", game.challenge(commitId));
    const disputeId = await world.game.disputeIdOf(commitId, 0);
    await record("bindTrace", as(world.keeper, world.game).bindTrace(commitId, trace.tree.children(0, 0)));
    const friendsId = await challenge(story, "friend");
    const chosen: number[] = [];
    for (let level = 0; level < trace.depth; level++) {
      chosen.push(Number((await choose(story, disputeId, lie)).gasUsed));
      const shown = await respond(story, disputeId, "stranger");
      spent[level < trace.depth - 1 ? "reveal" : "revealTile"] = Number(shown?.gasUsed);
    }
    spent.choose = Math.max(...chosen);
    await record("chooseOutput", as(world.friend, world.game).chooseOutput(friendsId));
    spent.proveStep = Number((await prove(story, disputeId, lie)).gasUsed); // without the judge's own work
    within("challenge", 230_000);
    expect(spent.challenge, "S-13: not repaid above its cost").to.be.at.least(190_000);
    expect(Math.min(...chosen), "S-13: not repaid above its cost").to.be.at.least(50_000);
    expect(spent.proveStep, "S-13: not repaid above its cost").to.be.at.least(150_000);
    within("bindTrace", 85_000);
    within("choose", 60_000);
    within("chooseOutput", 65_000);
    within("reveal", 65_000);
    within("revealTile", 80_000);
  });

  it("keeps the happy path and settlement under their ceilings", async () => {
    const { world, commitId } = story;
    await world.networkHelpers.time.increase(31);
    await record("settle", world.market.settle(commitId));
    await record("settleDispute", world.game.settleDispute(await world.game.disputeIdOf(commitId, 0)));
    const requestId = await request(stage);
    await claim(stage, requestId);
    await commit(stage, requestId);
    await world.networkHelpers.time.increase(61);
    await record("finalize", world.market.finalize(requestId));
    within("request", 215_000);
    within("claim", 90_000);
    within("commit", 200_000);
    within("finalize", 90_000);
    within("settle", 180_000);
    within("settleDispute", 120_000);
  });

  it("I-40: costs the same after many disputes on one commitment", async () => {
    const { world } = stage;
    const crowded = await answer(stage);
    const costs: number[] = [];
    for (let count = 0; count < 60; count++) {
      const receipt = await mined(as(world.challenger, world.game).challenge(crowded.commitId));
      costs.push(Number(receipt.gasUsed));
    }
    const later = costs.slice(2);
    expect(Math.max(...later) - Math.min(...later)).to.be.below(100);
    expect(Math.min(...later), "S-13: not repaid above its cost").to.be.at.least(190_000);
  });

  it("charges a worker with 1 KiB of the dearest bytes within the reveal's ceiling", async () => {
    const { world } = stage;
    const crowded = await answer(stage);
    await challenge(crowded);
    const tile = new Uint8Array(1024).fill(0xff);
    const sent = as(world.stranger, world.game).revealTile(
      crowded.commitId,
      tileHash(tile),
      bytesToHex(tile),
    );
    expect(Number((await mined(sent)).gasUsed)).to.be.at.most(80_000);
  });
});
