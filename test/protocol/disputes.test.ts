// The rules of the game as stories on the toy machine: who may bind, who is paid, what a lost dispute changes.
import { expect } from "chai";
import {
  type Answer,
  answer,
  bind,
  challenge,
  choose,
  descend,
  empty,
  mined,
  prepareStage,
  prove,
  register,
  respond,
  type Stage,
  slash,
} from "../helpers/actors.ts";
import { as, deployWorld, type Person, type World } from "../helpers/deploy.ts";
import { accountOf, checkLedger, checkNothingLeft, creditOf } from "../helpers/ledger.ts";
import { stepProof, ToyTrace, toyProgram } from "../helpers/toy.ts";

const unit = 10n ** 18n;
const lock = 100n * unit;
const bond = 10n * unit;
const fee = unit;
const lie = 3;
const [won, lost, isVoid] = [2n, 3n, 4n];
const [open, finalized, slashed] = [1n, 2n, 3n];

describe("disputes", () => {
  let stage: Stage;
  let world: World;

  beforeEach(async () => {
    world = await deployWorld();
    stage = await prepareStage(world);
  });

  const statusOf = async (story: Answer) => (await world.market.getCommitment(story.commitId)).status;
  const disputeStatus = async (disputeId: string) => (await world.game.getDispute(disputeId)).status;
  const pass = (seconds: number) => world.networkHelpers.time.increase(seconds);

  async function settleAll(story: Answer, ...disputes: string[]): Promise<void> {
    await pass(31);
    await mined(as(world.keeper, world.market).settle(story.commitId));
    for (const disputeId of disputes) await mined(as(world.keeper, world.game).settleDispute(disputeId));
    await checkNothingLeft(world);
    await checkLedger(world);
  }

  describe("S-08: binding", () => {
    it("is refused to strangers, while what lies below may be shown by anyone", async () => {
      const story = await answer(stage, { slot: lie });
      const disputeId = await challenge(story);
      const children = story.trace.tree.children(0, 0);
      await expect(as(world.stranger, world.game).bindTrace(story.commitId, children))
        .to.be.revertedWithCustomError(world.game, "NotWorkerKey")
        .withArgs(world.stranger, world.worker);
      await bind(story);
      await choose(story, disputeId, lie);
      await respond(story, disputeId, "stranger");
      const { node } = await world.game.getDispute(disputeId);
      expect((await world.game.getReveal(story.commitId, node)).kind).to.equal(1n);
    });

    it("holds for every dispute on the commitment, those to come included", async () => {
      const story = await answer(stage, { slot: lie });
      await challenge(story, "friend");
      await bind(story);
      const second = await challenge(story);
      const { workersTurn } = await world.game.turn(second);
      expect(workersTurn, "the challenger chooses at once").to.equal(false);
      await descend(story, second, lie);
      await prove(story, second, lie);
      expect(await statusOf(story)).to.equal(slashed);
    });
  });

  describe("parallel disputes", () => {
    it("I-26: a lost one changes neither the commitment nor another dispute", async () => {
      const story = await answer(stage, { slot: lie });
      const first = await challenge(story, "friend");
      const second = await challenge(story);
      await descend(story, first, 0, "friend");
      const before = (await world.game.getDispute(second)).toObject(true);
      const deadline = (await world.market.requestState(story.requestId)).deadline;
      await prove(story, first, 0, "friend");
      expect(await disputeStatus(first)).to.equal(lost);
      const after = (await world.game.getDispute(second)).toObject(true);
      expect({ ...after, previous: before.previous }).to.deep.equal(before);
      expect(after.previous, "it is the first now").to.equal(0n);
      expect((await world.market.requestState(story.requestId)).deadline).to.equal(deadline);
      expect(await statusOf(story)).to.equal(open);

      await descend(story, second, lie);
      await prove(story, second, lie);
      expect(await statusOf(story)).to.equal(slashed);
      await settleAll(story, second);
    });

    it("S-10: what was shown once answers every dispute", async () => {
      const story = await answer(stage);
      const challengers: Person[] = ["challenger", "friend", "stranger", "keeper"];
      const disputes = [];
      for (const person of challengers) disputes.push({ person, disputeId: await challenge(story, person) });
      await bind(story);
      let reveals = 0;
      for (const { person, disputeId } of disputes) {
        for (let level = 0; level < story.trace.depth; level++) {
          await choose(story, disputeId, 7, person);
          if (await respond(story, disputeId)) reveals++;
        }
        await prove(story, disputeId, 7, person);
        expect(await disputeStatus(disputeId)).to.equal(lost);
      }
      expect(reveals, "one path, shown once").to.equal(story.trace.depth);
      expect(await creditOf(world, "worker")).to.equal((4n * bond * 6n) / 10n);
      await pass(61);
      await mined(world.market.finalize(story.asked));
      expect(await statusOf(story)).to.equal(finalized);
      await checkNothingLeft(world);
      await checkLedger(world);
    });

    it("keeps the list in opening order however disputes leave it", async () => {
      const story = await answer(stage);
      const people: Person[] = ["challenger", "friend", "stranger", "keeper", "publisher"];
      const disputes: string[] = [];
      for (const person of people) disputes.push(await challenge(story, person));
      await bind(story);
      const lose = async (index: number) => {
        await descend(story, disputes[index]! as `0x${string}`, 5, people[index]);
        await prove(story, disputes[index]! as `0x${string}`, 5, people[index]);
      };
      const order = async () => {
        const serials = [];
        for (let place = Number((await world.game.getBinding(story.commitId)).first); place > 0; ) {
          serials.push(place - 1);
          place = Number((await world.game.getDispute(disputes[place - 1])).next);
        }
        return serials;
      };
      await lose(2);
      expect(await order()).to.deep.equal([0, 1, 3, 4]);
      await lose(0);
      expect(await order()).to.deep.equal([1, 3, 4]);
      await lose(4);
      expect(await order()).to.deep.equal([1, 3]);
      expect((await world.game.getBinding(story.commitId)).last).to.equal(4n);
      await lose(3);
      await lose(1);
      expect(await order()).to.deep.equal([]);
      expect((await world.game.getBinding(story.commitId)).last).to.equal(0n);
    });
  });

  describe("S-13: the friend who reports first", () => {
    it("gets the reward if it was not lost, and every other challenge its bond and gas back", async () => {
      const story = await answer(stage, { slot: lie });
      const friends = await challenge(story, "friend");
      const honest = await challenge(story);
      await descend(story, honest, lie);
      const proof = await prove(story, honest, lie);
      expect(await disputeStatus(honest)).to.equal(won);
      expect(await disputeStatus(friends)).to.equal(isVoid);
      const gasOf = async (disputeId: string) => (await world.game.getDispute(disputeId)).gasOwed as bigint;
      const price = 10n ** 12n;
      const [friendsGas, honestGas] = [await gasOf(friends), await gasOf(honest)];
      const provenGas = honestGas - friendsGas - 2n * 50_000n;
      expect(friendsGas, "a challenge").to.equal(180_000n);
      expect(provenGas > 150_000n && provenGas < proof.gasUsed, "a proof, as measured").to.equal(true);
      const before = (await world.vault.pendingBurn()) as bigint;
      await settleAll(story, friends, honest);

      const reward = (lock * 15n) / 100n;
      const gas = (friendsGas + honestGas) * price;
      expect(await creditOf(world, "friend")).to.equal(reward + bond + friendsGas * price);
      expect(await creditOf(world, "challenger")).to.equal(bond + honestGas * price);
      expect(await creditOf(world, "requester"), "fee and three times the fee").to.equal(4n * fee);
      const burned = ((await world.vault.pendingBurn()) as bigint) - before;
      expect(reward + gas + 3n * fee + burned, "I-04").to.equal(lock);
      expect(burned >= lock / 2n, "I-05").to.equal(true);
      expect((await accountOf(world, "worker")).locked).to.equal(0n);
    });

    it("gets nothing if it was lost: the next one in line is the reporter", async () => {
      const story = await answer(stage, { slot: lie });
      const friends = await challenge(story, "friend");
      await bind(story);
      await pass(30);
      const honest = await challenge(story);
      await pass(31); // the friend's clock ran out, the honest challenger's did not
      await mined(as(world.keeper, world.game).timeout(friends));
      await descend(story, honest, lie);
      await prove(story, honest, lie);
      await settleAll(story, honest);
      expect(await creditOf(world, "friend"), "a timed-out challenger loses all").to.equal(0n);
      const owed = (await world.game.getDispute(honest)).gasOwed as bigint;
      const reward = (lock * 15n) / 100n;
      expect(await creditOf(world, "challenger")).to.equal(reward + bond + owed * 10n ** 12n);
    });

    it("I-04: pays the winner in full out of a pot that is too small, and shares the rest to the last unit", async () => {
      const story = await answer(stage, { slot: lie });
      const disputes: string[] = [];
      // 15 % of the lock pays for 83 challenges; there are 90.
      for (let count = 0; count < 90; count++) disputes.push(await challenge(story, "friend"));
      const honestId = await slash(story, lie);
      const before = (await world.vault.pendingBurn()) as bigint;
      await settleAll(story, ...disputes, honestId);
      const reward = (lock * 15n) / 100n;
      const friends = (await creditOf(world, "friend")) - 90n * bond - reward;
      const honest = (await creditOf(world, "challenger")) - bond;
      const owed = (await world.game.getDispute(honestId)).gasOwed as bigint;
      const burned = ((await world.vault.pendingBurn()) as bigint) - before;
      expect(honest, "all that it spent").to.equal(owed * 10n ** 12n);
      expect(friends < 90n * 180_000n * 10n ** 12n, "less than they spent").to.equal(true);
      expect(friends + honest <= reward, "the pot is as large as the reward").to.equal(true);
      expect(reward + friends + honest + 3n * fee + burned).to.equal(lock);
    });

    it("adds no delay by losing: the window and the airgap stay what they were", async () => {
      const story = await answer(stage);
      const friends = await challenge(story, "friend");
      await bind(story);
      await pass(61);
      await mined(world.game.timeout(friends));
      await mined(world.market.finalize(story.asked));
      expect(await statusOf(story)).to.equal(finalized);
      await checkLedger(world);
    });
  });

  describe("the worker's silence", () => {
    it("is slashed like a proven fault, at every depth", async () => {
      for (const depth of [0, 1, 2]) {
        const story = await answer(stage, { slot: lie });
        const disputeId = await challenge(story);
        if (depth > 0) await bind(story);
        for (let level = 0; level < depth; level++) {
          if (level > 0) await respond(story, disputeId);
          await choose(story, disputeId, lie);
        }
        await pass(61);
        await mined(as(world.stranger, world.game).timeout(disputeId));
        expect(await statusOf(story)).to.equal(slashed);
        expect((await world.market.getCommitment(story.commitId)).lock).to.equal(lock);
      }
      await checkLedger(world);
    });
  });

  describe("I-13: stake behind a commitment", () => {
    it("stays slashable when the worker unbonds everything", async () => {
      const story = await answer(stage, { slot: lie });
      const { free } = await accountOf(world, "worker");
      const vault = as(world.worker, world.vault);
      await mined(vault.requestUnbond(free));
      await expect(vault.requestUnbond(1n))
        .to.be.revertedWithCustomError(world.vault, "InsufficientStake")
        .withArgs(world.worker, 0n, 1n);
      const disputeId = await challenge(story);
      await pass(61);
      await mined(world.game.timeout(disputeId));
      expect((await world.market.getCommitment(story.commitId)).lock, "the whole lock").to.equal(lock);
      await settleAll(story, disputeId);
      await pass(Number(await world.parameters.unbondingSeconds()));
      await mined(vault.withdraw());
      await checkLedger(world);
    });
  });

  describe("I-32: padding and the output", () => {
    it("I-20: an honest worker has nothing to show where nothing is, and wins", async () => {
      const story = await answer(stage);
      const disputeId = await challenge(story);
      await bind(story);
      await choose(story, disputeId, 0x1f); // leaf 31 of 20: its parent is shown, the leaf is EMPTY
      await respond(story, disputeId);
      await choose(story, disputeId, 0x1f);
      expect((await world.game.getDispute(disputeId)).node).to.equal(empty);
      expect((await world.game.turn(disputeId)).workersTurn, "EMPTY needs no answer").to.equal(false);
      await expect(as(world.challenger, world.game).proveStep(disputeId, empty, stepProof("0x"))).to.emit(
        world.game,
        "StepProved",
      );
      expect(await disputeStatus(disputeId)).to.equal(lost);
      expect(await statusOf(story)).to.equal(open);
    });

    it("I-20: an EMPTY subtree is won by waiting, too", async () => {
      const story = await answer(stage);
      const disputeId = await challenge(story);
      await bind(story);
      await choose(story, disputeId, 0xff);
      expect((await world.game.getDispute(disputeId)).node).to.equal(empty);
      await pass(61);
      await mined(world.game.timeout(disputeId));
      expect(await disputeStatus(disputeId)).to.equal(lost);
    });

    it("data where padding belongs is a fault", async () => {
      const story = await answer(stage, { padding: 20 });
      const disputeId = await challenge(story);
      await descend(story, disputeId, 20);
      await prove(story, disputeId, 20);
      expect(await statusOf(story)).to.equal(slashed);
    });

    it("a wrong output byte is found below the output root", async () => {
      stage = { ...stage, ...(await otherProgram(5000)) };
      const story = await answer(stage, { output: 4500 });
      const disputeId = await challenge(story);
      await bind(story);
      const game = as(world.challenger, world.game);
      await mined(game.chooseOutput(disputeId));
      await respond(story, disputeId);
      const { outputTree, output } = story.trace;
      await mined(game.choose(disputeId, outputTree.root, outputTree.children(0, 0), 4));
      await respond(story, disputeId);
      const tile = output.slice(4096);
      const proof = stepProof(`0x${Buffer.from(tile).toString("hex")}`, 4500 - 4096);
      await mined(game.proveStep(disputeId, outputTree.node(1, 4), proof));
      expect(await statusOf(story)).to.equal(slashed);
    });

    async function otherProgram(outputBytes: number) {
      const program = toyProgram({ outputBytes });
      return { program, programId: await register(world, program) };
    }
  });

  describe("a challenger that sees a re-organised chain", () => {
    it("is refused when the dispute stands elsewhere, and loses nothing by it", async () => {
      const story = await answer(stage, { slot: lie });
      const disputeId = await challenge(story);
      await bind(story);
      const other = new ToyTrace(stage.program);
      await expect(
        as(world.challenger, world.game).choose(disputeId, other.root, other.tree.children(0, 0), 0),
      )
        .to.be.revertedWithCustomError(world.game, "UnexpectedNode")
        .withArgs(other.root, story.trace.root);
      await descend(story, disputeId, lie);
      await prove(story, disputeId, lie);
      expect(await statusOf(story)).to.equal(slashed);
    });
  });
});
