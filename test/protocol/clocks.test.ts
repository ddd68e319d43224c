// S-14: the chain's clocks are the SDK's, and the slowest legal dispute ends within the tier's formula.
import * as sdk from "@assay/sdk/protocol";
import { expect } from "chai";
import fc from "fast-check";
import { tiers } from "../../deploy/parameters.ts";
import {
  type Answer,
  answer,
  bind,
  challenge,
  choose,
  mined,
  prepareStage,
  respond,
  type Stage,
} from "../helpers/actors.ts";
import { as, deployWorld, type World } from "../helpers/deploy.ts";
import { ToyTrace, toyProgram } from "../helpers/toy.ts";

const tier = tiers.devnet;

describe("clocks", () => {
  let world: World;
  let stage: Stage;

  before(async () => {
    world = await deployWorld();
    stage = await prepareStage(world, toyProgram({ slots: 300 }));
    await world.networkHelpers.mine();
  });

  const now = () => world.networkHelpers.time.latest();
  const moveAt = (time: number) => world.networkHelpers.time.setNextBlockTimestamp(time);

  /** The chain's clocks of a dispute, and what the SDK makes of the chain's books. */
  async function compare(story: Answer, disputeId: sdk.Hex): Promise<sdk.Turn> {
    const dispute = await world.game.getDispute(disputeId);
    const binding = await world.game.getBinding(story.commitId);
    const reveal = await world.game.getReveal(story.commitId, dispute.node);
    const clocks = {
      lastMoveAt: dispute.lastMoveAt as bigint,
      workerSeconds: Number(dispute.workerSeconds),
      challengerSeconds: Number(dispute.challengerSeconds),
    };
    const turn = sdk.turn(clocks, sdk.respondedAt(dispute, binding, reveal));
    const { workersTurn, deadline } = await world.game.turn(disputeId);
    expect({ workersTurn, deadline }).to.deep.equal({
      workersTurn: turn.workersTurn,
      deadline: turn.deadline,
    });
    return turn;
  }

  it("are derived alike on the chain and in the SDK, whatever time the moves take", async () => {
    const delay = fc.integer({ min: 0, max: 15 });
    await fc.assert(
      fc.asyncProperty(fc.array(delay, { minLength: 8, maxLength: 8 }), async (delays) => {
        const story = await answer(stage);
        const disputeId = await challenge(story);
        const wait = async (step: number) => moveAt((await now()) + Math.max(1, delays[step]!));
        await compare(story, disputeId);
        await wait(0);
        await bind(story);
        for (let level = 0; level < story.trace.depth; level++) {
          const turn = await compare(story, disputeId);
          const before = await world.game.getDispute(disputeId);
          await wait(2 * level + 1);
          await choose(story, disputeId, 0);
          const after = await world.game.getDispute(disputeId);
          const expected = sdk.clocksAfterChallengerMove(
            {
              lastMoveAt: before.lastMoveAt,
              workerSeconds: Number(before.workerSeconds),
              challengerSeconds: Number(before.challengerSeconds),
            },
            turn.startedAt,
            after.lastMoveAt,
            tier.floorSeconds,
          );
          expect(Number(after.workerSeconds)).to.equal(expected.workerSeconds);
          expect(Number(after.challengerSeconds)).to.equal(expected.challengerSeconds);
          await wait(2 * level + 2);
          await respond(story, disputeId);
        }
        await compare(story, disputeId);
        await world.networkHelpers.time.increase(61);
        await mined(world.game.timeout(disputeId));
      }),
      { numRuns: 6, seed: 14 },
    );
  });

  it("S-14, I-23: let the slowest dispute last no longer than the formula", async () => {
    const story = await answer(stage, { slot: 299 });
    const opened = (await now()) + tier.windowSeconds;
    await moveAt(opened - 1);
    const disputeId = await challenge(story);
    const depth = new ToyTrace(stage.program).depth;
    for (let level = 0; level <= depth; level++) {
      await moveAt(Number((await compare(story, disputeId)).deadline)); // the last legal second
      if (level === 0) await bind(story);
      else await respond(story, disputeId);
      await moveAt(Number((await compare(story, disputeId)).deadline));
      if (level < depth) await choose(story, disputeId, 299);
    }
    await mined(
      as(world.challenger, world.game).proveStep(
        disputeId,
        story.trace.tree.node(depth, 299),
        proofOf(story),
      ),
    );
    expect((await world.market.getCommitment(story.commitId)).status, "slashed").to.equal(3n);
    const lasted = BigInt((await now()) - opened);
    const moves = BigInt(2 * depth + 3);
    const exact = BigInt(tier.workerSeconds + tier.challengerSeconds) + moves * BigInt(tier.floorSeconds);
    expect(lasted <= exact, `${lasted} of ${exact}`).to.equal(true);
    expect(exact <= ((await world.parameters.disputeSeconds(1)) as bigint)).to.equal(true);
  });

  const proofOf = ({ trace }: Answer) => ({
    descriptor: "0x",
    descriptorPath: [],
    tile: trace.tile(299),
    element: 0,
    operands: [],
  });
});
