// What every call of a life costs as a whole transaction: from a request to the worker's money, and from a challenge to the
// last payment. One and the same list for the snapshot and for the benchmark.
import { EpochTree, type Hex } from "@assay/sdk/protocol";
import { type ContractTransactionResponse, keccak256, MaxUint256, toBeHex } from "ethers";
import {
  type Asked,
  answer,
  challenge,
  choose,
  claim,
  commit,
  eventsOf,
  mined,
  prepareStage,
  prove,
  register,
  request,
  requestStruct,
  respond,
  type Stage,
} from "./actors.ts";
import { as, type DeployOptions, deployWorld, type World } from "./deploy.ts";
import { ToyTrace, toyProgram } from "./toy.ts";

export type Costs = Record<string, number>;

/** Answers in the batch whose cost is divided. */
export const batchSize = 64;

/** Receipts in the epoch whose cost is divided. */
export const receiptsPerEpoch = 4096;

const deepSlots = 4096; // a full tree of depth 3: no child is EMPTY, no calldata is cheap
const lie = 0xabc;

/** A world whose people have asked and answered before, so that every slot is as a working market finds it. */
export interface GasStage {
  world: World;
  small: Stage;
  deep: Stage;
}

export async function prepareGas(options: DeployOptions = {}): Promise<GasStage> {
  const world = await deployWorld(options);
  const small = await prepareStage(world);
  const program = toyProgram({ slots: deepSlots });
  const deep = { world, program, programId: await register(world, program) };
  await as(world.worker, world.vault).setKey(world.keeper, 2);
  for (const person of ["requester", "challenger", "friend"] as const)
    await as(world[person], world.token).approve(world.vault, MaxUint256);
  const { asked } = await answer(small);
  await world.networkHelpers.time.increase(61);
  await mined(as(world.worker, world.market).collect([asked], world.worker));
  return { world, small, deep };
}

/** Gas of every call in turn. Each round makes requests of its own, so rounds compare with each other. */
export async function measureGas({ world, small, deep }: GasStage): Promise<Costs> {
  const costs: Costs = {};
  const spend = async (name: string, sent: Promise<ContractTransactionResponse>) => {
    const receipt = await mined(sent);
    costs[name] = Math.max(costs[name] ?? 0, Number(receipt.gasUsed));
    return receipt;
  };
  await publishedLife(world, small, spend);
  costs.commit_in_batch = (await batchCost(small)) / batchSize;
  await requestsThatEnd(world, small, spend);
  await disputedLife(world, deep, spend);
  await inputLife(world, small, spend);
  await epochLife(world, spend);
  return costs;
}

type Spend = (name: string, sent: Promise<ContractTransactionResponse>) => Promise<{ gasUsed: bigint }>;

async function publishedLife(world: World, stage: Stage, spend: Spend): Promise<void> {
  const { market, networkHelpers } = world;
  const worker = as(world.worker, market);
  const { output } = new ToyTrace(stage.program);
  const asked = requestStruct(stage);
  await spend("request", as(world.requester, market).request(asked, stage.program.input));
  await spend("claim", worker.claim(asked, world.worker));
  await spend("commit", worker.commit([{ request: asked, passes: 1, output }]));
  const credited = await request(stage);
  await claim(stage, credited);
  await commit(stage, credited);
  await networkHelpers.time.increase(61);
  await spend("collect", worker.collect([asked], world.worker));
  await spend("finalize", market.finalize(credited.asked));
  await spend("claim_credit", as(world.worker, world.vault).claimCredit(world.worker));
}

async function batchCost(stage: Stage): Promise<number> {
  const asked: Asked[] = [];
  for (let count = 0; count < batchSize; count++) {
    asked.push(await request(stage));
    await claim(stage, asked[count]!);
  }
  const { output } = new ToyTrace(stage.program);
  const answers = asked.map((one) => ({ request: one.asked, passes: 1, output }));
  const { world } = stage;
  const receipt = await mined(as(world.worker, world.market).commit(answers));
  if (eventsOf(receipt, world.market, "Committed").length !== batchSize)
    throw new Error("An answer is missing");
  await world.networkHelpers.time.increase(61);
  await mined(
    as(world.worker, world.market).collect(
      asked.map((one) => one.asked),
      world.worker,
    ),
  );
  return Number(receipt.gasUsed);
}

async function requestsThatEnd(world: World, stage: Stage, spend: Spend): Promise<void> {
  const { market, networkHelpers } = world;
  const taken = await request(stage);
  await spend("cancel", as(world.requester, market).cancel(taken.asked));
  const [ignored, late] = [await request(stage), await request(stage)];
  await claim(stage, late);
  await networkHelpers.time.increase(1_000);
  await spend("expire", market.expire(ignored.asked));
  await spend("timeout_delivery", market.timeoutDelivery(late.asked));
}

async function disputedLife(world: World, stage: Stage, spend: Spend): Promise<void> {
  const story = await answer(stage, { slot: lie });
  story.trace = new ToyTrace(stage.program, { slot: lie }, 1024); // whole tiles: what the judge made of it does not matter
  const { commitId, opening, trace } = story;
  const friend = as(world.friend, world.game);
  await spend("challenge_first", as(world.challenger, world.game).challenge(commitId, opening));
  await spend("challenge", friend.challenge(commitId, "0x"));
  const disputeId = (await world.game.disputeIdOf(commitId, 0)) as Hex;
  const friendsId = (await world.game.disputeIdOf(commitId, 1)) as Hex;
  await spend("bind_trace", as(world.keeper, world.game).bindTrace(commitId, trace.tree.children(0, 0)));
  for (let level = 0; level < trace.depth; level++) {
    await spend("choose", sentAs(choose(story, disputeId, lie)));
    const shown = respond(story, disputeId, "stranger");
    await spend(level < trace.depth - 1 ? "reveal" : "reveal_tile", sentAs(shown));
  }
  await spend("choose_output", friend.chooseOutput(friendsId));
  await spend("prove_step", sentAs(prove(story, disputeId, lie)));
  await world.networkHelpers.time.increase(31);
  await spend("settle", world.market.settle(commitId));
  await spend("settle_dispute", world.game.settleDispute(disputeId));
  await mined(world.game.settleDispute(friendsId));
}

async function inputLife(world: World, stage: Stage, spend: Spend): Promise<void> {
  const hidden = await answer(stage, {}, { hidden: true });
  const asking = as(world.challenger, world.inputRequests);
  await spend("request_input", asking.requestInput(world.market, hidden.commitId, hidden.opening));
  const poster = as(world.worker, world.inputRequests);
  await spend("post_input", poster.postInput(hidden.commitId, 0, stage.program.input, []));
}

/** One root for an epoch of receipts over 64 channels. */
async function epochLife(world: World, spend: Spend): Promise<void> {
  const id = (number: number) => keccak256(toBeHex(number, 32)) as Hex;
  const receipts = Array.from({ length: receiptsPerEpoch }, (_, index) => ({
    channelId: id(index % 64),
    receiptId: id(1_000 + index),
    liability: 1n,
  }));
  const tree = new EpochTree(receipts);
  const seconds = BigInt(await world.epochs.epochSeconds(1));
  const now = BigInt(await world.networkHelpers.time.latest());
  const epoch = now / seconds;
  await world.networkHelpers.time.increaseTo((epoch + 1n) * seconds + 1n);
  const worker = as(world.worker, world.epochs);
  await spend("post_epoch", worker.postEpoch(world.worker, 1, epoch, tree.root, tree.count));
}

/**
 * Fills the chain: as many requests by one requester, claimed and published by one worker, and as many disputes on one
 * commitment. Gas of a dispute's opening and of a choice on that commitment, among the first and after all of them.
 */
export async function crowd(
  { world, small }: GasStage,
  items: number,
  onProgress: (text: string) => void,
): Promise<{ before: Costs; after: Costs }> {
  const worker = as(world.worker, world.market);
  const requester = as(world.requester, world.market);
  const { output } = new ToyTrace(small.program);
  const stake = BigInt(items) * 10n ** 21n; // none of them is paid out, so every lock stays
  await mined(world.token.mint(world.worker, stake));
  await mined(as(world.worker, world.token).approve(world.vault, MaxUint256));
  await mined(as(world.worker, world.vault).stake(world.worker, stake));
  const cheap = { gasLimit: 400_000 }; // without an estimate for each
  for (let done = 0; done < items; done += batchSize) {
    const asked = Array.from({ length: Math.min(batchSize, items - done) }, () => requestStruct(small));
    for (const one of asked) {
      await requester.request(one, small.program.input, cheap);
      await worker.claim(one, world.worker, cheap);
    }
    await mined(worker.commit(asked.map((one) => ({ request: one, passes: 1, output }))));
    if (done % (16 * batchSize) === 0) onProgress(`${done} of ${items} answers`);
  }
  const crowded = await answer(small, { slot: 3 });
  const friend = as(world.friend, world.game);
  await challenge(crowded);
  const open = async () => Number((await mined(friend.challenge(crowded.commitId, "0x", cheap))).gasUsed);
  await open();
  const before = { challenge_in_crowd: await open() };
  const { time } = world.networkHelpers;
  const inWindow = await time.latest(); // however long it takes here, the window stays open
  for (let done = 3; done < items; done++) {
    await time.setNextBlockTimestamp(inWindow);
    await friend.challenge(crowded.commitId, "0x", cheap);
    if (done % 1_000 === 0) onProgress(`${done} of ${items} disputes`);
  }
  await time.setNextBlockTimestamp(inWindow);
  return { before, after: { challenge_in_crowd: await open() } };
}

/** A move whose verb waits for its transaction already. */
const sentAs = (
  done: Promise<{ gasUsed: bigint } | null | undefined>,
): Promise<ContractTransactionResponse> =>
  done.then((receipt) => ({ wait: async () => receipt }) as unknown as ContractTransactionResponse);
