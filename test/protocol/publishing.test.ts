// S-05: a malformed program costs its publisher the bond and hurts nobody who worked on it.
import { expect } from "chai";
import {
  type Asked,
  answer,
  bind,
  challenge,
  claim,
  descend,
  mined,
  prepareStage,
  prove,
  request,
  type Stage,
} from "../helpers/actors.ts";
import { as, deployWorld, type World } from "../helpers/deploy.ts";
import { accountOf, checkLedger, checkNothingLeft, creditOf } from "../helpers/ledger.ts";
import { descriptor, descriptorTree, toyProgram } from "../helpers/toy.ts";

const broken = 4;
const bond = 10n * 10n ** 18n;
const publisherBond = 50n * 10n ** 18n;

const trapped = async (): Promise<Stage> =>
  prepareStage(await deployWorld(), toyProgram({ descriptors: { [broken]: descriptor(7) } }));

async function retire({ world, program, programId }: Stage): Promise<void> {
  const proof = {
    index: broken,
    descriptor: program.descriptors[broken],
    path: descriptorTree(program).path(broken),
    operand: 0,
    producer: "0x",
    producerPath: [],
  };
  await mined(as(world.keeper, world.registry).proveMalformed(programId, proof));
}

const refunded = 7n;
const statusOf = async ({ market }: World, { requestId }: Asked) =>
  (await market.requestState(requestId)).status;

describe("S-05: a program proven malformed", () => {
  it("costs the publisher its bond: half for the prover, half burned", async () => {
    const stage = await trapped();
    await retire(stage);
    expect(await creditOf(stage.world, "keeper")).to.equal(publisherBond / 2n);
    expect(await stage.world.vault.pendingBurn()).to.equal(publisherBond / 2n);
    await checkLedger(stage.world);
  });

  it("turns open work into refunds and open disputes into void ones", async () => {
    const stage = await trapped();
    const { world } = stage;
    const claimed = await request(stage);
    await claim(stage, claimed);
    const story = await answer(stage);
    const disputeId = await challenge(story);
    await bind(story);
    await retire(stage);

    await mined(as(world.stranger, world.market).refundRetired(claimed.asked));
    await mined(as(world.stranger, world.market).refundRetired(story.asked));
    expect(await statusOf(world, claimed)).to.equal(refunded);
    expect(await statusOf(world, story)).to.equal(refunded);
    expect((await accountOf(world, "worker")).locked).to.equal(0n);
    expect((await world.game.getDispute(disputeId)).status).to.equal(4n);

    await mined(world.game.settleDispute(disputeId));
    expect(await creditOf(world, "challenger"), "the whole bond").to.equal(bond);
    await checkNothingLeft(world);
    await checkLedger(world);
  });

  it("slashes nobody, even if the proof of a fault comes before the refund", async () => {
    const stage = await trapped();
    const { world } = stage;
    const story = await answer(stage, { slot: broken });
    const disputeId = await challenge(story);
    await descend(story, disputeId, broken);
    await retire(stage);
    await prove(story, disputeId, broken);
    expect(await statusOf(world, story), "refunded").to.equal(refunded);
    expect((await accountOf(world, "worker")).locked).to.equal(0n);
    expect((await world.game.getDispute(disputeId)).status, "void").to.equal(4n);
    await mined(world.game.settleDispute(disputeId));
    expect(await creditOf(world, "challenger")).to.equal(bond);
    await checkNothingLeft(world);
    await checkLedger(world);
  });
});
