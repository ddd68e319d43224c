// Attacks on the toy network. Each resolves to true when it gains what it is after, and to false or an error when a
// defence holds.
import { bytesToHex, byteTree } from "@assay/sdk/protocol";
import { type ParameterSet, parameterSet, tiers } from "../../deploy/parameters.ts";
import {
  answer,
  bind,
  challenge,
  choose,
  claim,
  commit,
  descend,
  empty,
  mined,
  prepareStage,
  prove,
  request,
  slash,
  workerStake,
} from "../helpers/actors.ts";
import { as, type DeployOptions, deployParameters, deployWorld, type World } from "../helpers/deploy.ts";
import { descriptor, descriptorTree, toyProgram } from "../helpers/toy.ts";

export interface Attack {
  /** What the attacker does, as a sentence. */
  title: string;
  /** Plays on a fresh network that is deployed with the given options. */
  succeeds(options: DeployOptions): Promise<boolean>;
}

const onWorld =
  (play: (world: World) => Promise<boolean>, deployment: DeployOptions = {}): Attack["succeeds"] =>
  async (options) =>
    play(await deployWorld({ ...deployment, ...options }));

const tier = tiers.devnet;
const pass = (world: World, seconds: number) => world.networkHelpers.time.increase(seconds);
const creditOf = async (
  world: World,
  person: "friend" | "publisher" | "stranger" | "worker",
): Promise<bigint> => (await world.vault.account(world[person])).credit as bigint;
const slashedStatus = 3n;
const isSlashed = async (world: World, commitId: string): Promise<boolean> =>
  (await world.market.getCommitment(commitId)).status === slashedStatus;
const finalizedStatus = 5n;
const isFinalized = async (world: World, requestId: string): Promise<boolean> =>
  (await world.market.requestState(requestId)).status === finalizedStatus;

const devnetWith = (
  changes: Partial<typeof tier>,
  unbondingSeconds = parameterSet(["devnet"]).unbondingSeconds,
): ParameterSet => ({
  tiers: [{ ...tier, ...changes }],
  unbondingSeconds,
});

export const retireHonestProgram: Attack = {
  title: "retires a well-formed program and takes half of its publisher's bond",
  succeeds: onWorld(async (world) => {
    const { programId, program } = await prepareStage(world);
    const proof = {
      index: 0,
      descriptor: program.descriptors[0],
      path: descriptorTree(program).path(0),
      operand: 0,
      producer: "0x",
      producerPath: [],
    };
    await mined(as(world.stranger, world.registry).proveMalformed(programId, proof));
    return (await creditOf(world, "stranger")) > 0n;
  }),
};

export const slashOverRetiredProgram: Attack = {
  title: "slashes a worker over a program that was proven malformed",
  succeeds: onWorld(async (world) => {
    const stage = await prepareStage(world, toyProgram({ descriptors: { 4: descriptor(7) } }));
    const story = await answer(stage, { slot: 3 });
    const disputeId = await challenge(story);
    await descend(story, disputeId, 3);
    const proof = {
      index: 4,
      descriptor: descriptor(7),
      path: descriptorTree(stage.program).path(4),
      operand: 0,
      producer: "0x",
      producerPath: [],
    };
    await mined(as(world.keeper, world.registry).proveMalformed(stage.programId, proof));
    await prove(story, disputeId, 3);
    return isSlashed(world, story.commitId);
  }),
};

export const finalizeUnseen: Attack = {
  title: "publishes a wrong answer at the last moment and is paid before anybody can check it",
  succeeds: onWorld(async (world) => {
    const stage = await prepareStage(world);
    const asked = await request(stage);
    await claim(stage, asked);
    await pass(world, tier.deliverySeconds - 2);
    await commit(stage, asked, { output: 0 });
    await pass(world, tier.windowSeconds / 2);
    await mined(as(world.worker, world.market).finalize(asked.asked));
    return isFinalized(world, asked.requestId);
  }),
};

export const bindForHonestWorker: Attack = {
  title: "binds an honest worker to garbage and slashes it",
  succeeds: onWorld(async (world) => {
    const story = await answer(await prepareStage(world));
    const disputeId = await challenge(story);
    const garbage = Array.from({ length: 16 }, () => `0x${"ab".repeat(32)}`);
    await mined(as(world.challenger, world.game).bindTrace(story.commitId, garbage));
    const root = (await world.game.getBinding(story.commitId)).traceRoot;
    await mined(as(world.challenger, world.game).choose(disputeId, root, garbage, 0));
    await pass(world, tier.workerSeconds + 1);
    await mined(world.game.timeout(disputeId));
    return isSlashed(world, story.commitId);
  }),
};

export const deployCheapBonds: Attack = {
  title: "deploys a tier whose lost bonds do not pay for the worker's replies",
  succeeds: onWorld(async (world) => (await world.parameters.tier(1)).challengeBond === 1n, {
    parameters: devnetWith({ challengeBond: 1n }),
  }),
};

export const rewardLostFriend: Attack = {
  title: "has a friend open first, lets it lose, and still collects the reporter's reward",
  succeeds: onWorld(async (world) => {
    const story = await answer(await prepareStage(world), { slot: 3 });
    const first = await challenge(story, "friend");
    await descend(story, first, 2, "friend");
    await prove(story, first, 2, "friend"); // slot 2 is right: lost
    await slash(story, 3);
    await pass(world, tier.airgapSeconds + 1);
    await mined(world.market.settle(story.commitId));
    return (await creditOf(world, "friend")) > 0n;
  }),
};

export const escapePublisherBond: Attack = {
  title: "takes a publisher's bond out while commitments on its program can still be disputed",
  succeeds: onWorld(
    async (world) => {
      const story = await answer(await prepareStage(world));
      await pass(world, tier.deliverySeconds - 10);
      await challenge(story);
      await pass(world, 30);
      await mined(world.registry.reclaimBond(story.programId));
      const open = (await world.market.getCommitment(story.commitId)).holds as bigint;
      return open === 1n && (await creditOf(world, "publisher")) > 0n;
    },
    { parameters: devnetWith({}, tier.deliverySeconds) },
  ),
};

export const tooDeepProgram: Attack = {
  title: "sells a program whose disputes outlast every delay of the tier",
  succeeds: onWorld(
    async (world) => {
      const { requestId } = await request(await prepareStage(world));
      return requestId !== empty;
    },
    { parameters: devnetWith({ maxTraceDepth: 1 }) },
  ),
};

export const demoTierOnLiveChain: Attack = {
  title: "deploys a tier with seconds-long clocks on a live chain",
  async succeeds(options) {
    const parameters = await deployParameters({ ...options, parameters: parameterSet(["demo"]), chainId: 1 });
    return (await parameters.tier(1)).windowSeconds === 8n;
  },
};

export const slashAsStranger: Attack = {
  title: "slashes an honest worker without a dispute and is named as the reporter",
  succeeds: onWorld(async (world) => {
    const { commitId, opening } = await answer(await prepareStage(world));
    const market = as(world.stranger, world.market);
    await mined(market.hold(commitId, opening, world.stranger));
    await mined(market.slash(commitId, world.stranger));
    return isSlashed(world, commitId);
  }),
};

export const wipeStake: Attack = {
  title: "stakes one unit for a worker and so wipes out what it had",
  succeeds: onWorld(async (world) => {
    await prepareStage(world);
    await mined(as(world.stranger, world.vault).stake(world.worker, 1n));
    return (await world.vault.account(world.worker)).free < workerStake;
  }),
};

export const forfeitWithoutBond: Attack = {
  title: "asks for an input without a bond, where nobody can post it, and takes half of the fee",
  succeeds: onWorld(async (world) => {
    const stage = await prepareStage(world);
    const asked = await request(stage, { hidden: true });
    await claim(stage, asked);
    const market = as(world.worker, world.market);
    await mined(market.suspend(asked.asked, world.worker));
    await pass(world, tier.inputSeconds + 1);
    await mined(market.forfeit(asked.asked));
    return (await creditOf(world, "worker")) > 0n;
  }),
};

export const postOtherBytes: Attack = {
  title: "hides an input, posts other bytes instead, and is paid for posting",
  succeeds: onWorld(async (world) => {
    const story = await answer(await prepareStage(world), {}, { hidden: true });
    const { market, inputRequests } = world;
    await mined(as(world.challenger, inputRequests).requestInput(market, story.commitId, story.opening));
    await mined(as(world.worker, inputRequests).postInput(story.commitId, 0, `0x${"ab".repeat(8)}`, []));
    return (await creditOf(world, "worker")) > 0n;
  }),
};

const TILE = 1024;
const CHUNK = 16 * TILE;

export const postPartOfTree: Attack = {
  title: "answers for a root that no input has, and is paid for showing a part of what is below it",
  succeeds: onWorld(async (world) => {
    const toy = toyProgram();
    const bytes = CHUNK + TILE;
    const program = { ...toy, header: { ...toy.header, inputBytes: bytes } };
    const longer = new Uint8Array(bytes + TILE).fill(7);
    const story = await answer(await prepareStage(world, program), {}, { hidden: true, input: longer });
    const { market, inputRequests } = world;
    await mined(as(world.challenger, inputRequests).requestInput(market, story.commitId, story.opening));
    const tree = byteTree(longer);
    const worker = as(world.worker, inputRequests);
    const piece = (from: number, to: number) => bytesToHex(longer.slice(from, to));
    await mined(worker.postInput(story.commitId, 0, piece(0, CHUNK), tree.path(0).slice(15)));
    await mined(worker.postInput(story.commitId, 1, piece(CHUNK, bytes), tree.path(CHUNK / TILE)));
    return (await creditOf(world, "worker")) > 0n;
  }),
};

export const finalizeDisputed: Attack = {
  title: "is paid for a wrong answer while it is being disputed",
  succeeds: onWorld(async (world) => {
    const story = await answer(await prepareStage(world), { slot: 3 });
    await challenge(story);
    await pass(world, tier.windowSeconds + 1);
    await mined(as(world.worker, world.market).finalize(story.asked));
    return (await creditOf(world, "worker")) > 0n;
  }),
};

export const challengeAfterWindow: Attack = {
  title: "holds up a result by a challenge after the window",
  succeeds: onWorld(async (world) => {
    const story = await answer(await prepareStage(world));
    await pass(world, tier.windowSeconds + 1);
    await challenge(story, "stranger");
    return true;
  }),
};

export const settleTwice: Attack = {
  title: "is paid a reporter's reward twice, out of other people's fees",
  succeeds: onWorld(async (world) => {
    const stage = await prepareStage(world);
    const story = await answer(stage, { slot: 3 });
    await slash(story, 3, "friend");
    await pass(world, tier.airgapSeconds + 1);
    await mined(world.market.settle(story.commitId));
    const once = await creditOf(world, "friend");
    await request(stage, { fee: 1000n * 10n ** 18n });
    await mined(world.market.settle(story.commitId));
    return (await creditOf(world, "friend")) === 2n * once;
  }),
};

export const timeOutAtOnce: Attack = {
  title: "times an honest worker out in the block of the challenge",
  succeeds: onWorld(async (world) => {
    const story = await answer(await prepareStage(world));
    const disputeId = await challenge(story);
    await mined(as(world.challenger, world.game).timeout(disputeId));
    return isSlashed(world, story.commitId);
  }),
};

export const moveAfterDeadline: Attack = {
  title: "moves after its clock has run out and holds a result up for longer than the formula",
  succeeds: onWorld(async (world) => {
    const story = await answer(await prepareStage(world));
    const disputeId = await challenge(story);
    await bind(story);
    await pass(world, 10 * tier.challengerSeconds);
    await choose(story, disputeId, 0);
    return true;
  }),
};

export const chooseForeignChild: Attack = {
  title: "chooses a node that no worker is bound to, so that an honest one has nothing to show",
  succeeds: onWorld(async (world) => {
    const story = await answer(await prepareStage(world));
    const disputeId = await challenge(story);
    await bind(story);
    const foreign = Array(16).fill(`0x${"ab".repeat(32)}`);
    await mined(as(world.challenger, world.game).choose(disputeId, story.trace.tree.node(0, 0), foreign, 0));
    await pass(world, tier.workerSeconds + 1);
    await mined(as(world.challenger, world.game).timeout(disputeId));
    return isSlashed(world, story.commitId);
  }),
};
