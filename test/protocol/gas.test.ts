// What the calls of the protocol cost as whole transactions, in the worst case of each, and what they may cost.
import { readFileSync } from "node:fs";
import { bytesToHex, chunkCount, inputChunks } from "@assay/sdk/protocol";
import { expect } from "chai";
import { type ContractTransactionResponse, MaxUint256 } from "ethers";
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
  register,
  request,
  requestStruct,
  respond,
  type Stage,
} from "../helpers/actors.ts";
import { as, deployWorld } from "../helpers/deploy.ts";
import { ToyTrace, toyProgram } from "../helpers/toy.ts";

const slots = 4096; // a full tree of depth 3: no child is EMPTY, no calldata is cheap
const lie = 0xabc;

/** A constant of a library, as its source has it. */
function constant(library: string, name: string): number {
  const source = readFileSync(new URL(`../../contracts/libraries/${library}.sol`, import.meta.url), "utf8");
  const [, digits] = new RegExp(` ${name} = ([\\d_]+);`).exec(source) ?? [];
  if (digits === undefined) throw new Error(`${library} has no ${name}`);
  return Number(digits.replaceAll("_", ""));
}

const moveGas = (name: string) => constant("MoveGasLib", name);

describe("gas of whole transactions", () => {
  let stage: Stage;
  let story: Answer;
  const spent: Record<string, number> = {};

  const gasOf = async (sent: Promise<ContractTransactionResponse>): Promise<number> =>
    Number((await mined(sent)).gasUsed);
  const record = async (name: string, sent: Promise<ContractTransactionResponse>): Promise<void> => {
    spent[name] = await gasOf(sent);
  };
  const within = (name: string, ceiling: number): void => {
    expect(spent[name], name).to.be.at.most(ceiling);
    expect(spent[name], `${name}: the ceiling is stale`).to.be.at.least(ceiling * 0.8);
  };

  before(async () => {
    const world = await deployWorld();
    stage = await prepareStage(world, toyProgram({ slots, outputBytes: 2048 }));
    story = await answer(stage, { slot: lie });
    story.trace = new ToyTrace(stage.program, { slot: lie }, 1024);
    await as(world.worker, world.vault).setKey(world.keeper, 2);
    for (const person of ["challenger", "friend"] as const) {
      // Without a limit to write, a challenge is at its cheapest.
      await as(world[person], world.token).approve(world.vault, MaxUint256);
    }
  });

  it("keeps challenge, bind, choose and reveal under their ceilings", async () => {
    const { world, commitId, opening, trace } = story;
    const game = as(world.challenger, world.game);
    const friend = as(world.friend, world.game);
    await record("challengeFirst", game.challenge(commitId, opening));
    await record("challenge", friend.challenge(commitId, "0x"));
    const disputeId = await world.game.disputeIdOf(commitId, 0);
    const friendsId = await world.game.disputeIdOf(commitId, 1);
    await record("bindTrace", as(world.keeper, world.game).bindTrace(commitId, trace.tree.children(0, 0)));
    const chosen: number[] = [];
    for (let level = 0; level < trace.depth; level++) {
      chosen.push(Number((await choose(story, disputeId, lie)).gasUsed));
      const shown = await respond(story, disputeId, "stranger");
      spent[level < trace.depth - 1 ? "reveal" : "revealTile"] = Number(shown?.gasUsed);
    }
    spent.choose = Math.max(...chosen);
    await record("chooseOutput", friend.chooseOutput(friendsId));
    spent.proveStep = Number((await prove(story, disputeId, lie)).gasUsed);
    within("challengeFirst", 410_000);
    within("challenge", 195_000);
    within("bindTrace", moveGas("BIND"));
    within("choose", 60_000);
    within("chooseOutput", 60_000);
    within("reveal", moveGas("REVEAL"));
    within("revealTile", moveGas("REVEAL_TILE"));
    expect(moveGas("REVEAL_TILE"), "the bar of every reveal").to.be.at.most(80_000);
    expect(spent.challenge, "S-13: not repaid above its cost").to.be.at.least(moveGas("CHALLENGE"));
    expect(Math.min(...chosen), "S-13").to.be.at.least(moveGas("CHOOSE"));
    expect(spent.proveStep, "S-13").to.be.at.least(moveGas("PROVE_STEP"));
  });

  it("keeps the happy path and settlement under their ceilings", async () => {
    const { world, commitId } = story;
    const market = as(world.worker, world.market);
    await world.networkHelpers.time.increase(31);
    await record("settle", world.market.settle(commitId));
    await record("settleDispute", world.game.settleDispute(await world.game.disputeIdOf(commitId, 0)));
    const program = toyProgram();
    const small = { ...stage, program, programId: await register(world, program) };
    const asked = requestStruct(small);
    const requester = as(world.requester, world.market);
    await record("request", requester.request(asked, program.input));
    await record("claim", market.claim(asked, world.worker));
    const { output } = new ToyTrace(program);
    await record("commit", market.commit([{ request: asked, passes: 1, output }]));
    const other = await request(small);
    await claim(small, other);
    await commit(small, other);
    await world.networkHelpers.time.increase(61);
    await record("collect", market.collect([asked], world.worker));
    await record("finalize", world.market.finalize(other.asked));
    within("request", 115_000);
    within("claim", 60_000);
    within("commit", 85_000);
    within("collect", 85_000);
    within("finalize", 90_000);
    within("settle", 175_000);
    within("settleDispute", 100_000);
    const { request: posted = 0, claim: claimed = 0, commit: published = 0, collect: paid = 0 } = spent;
    expect(posted + claimed + published + paid, "from the request to the worker's money").to.be.at.most(
      350_000,
    );
  });

  it("I-40: costs the same after many disputes on one commitment", async () => {
    const { world } = stage;
    const crowded = await answer(stage);
    await challenge(crowded);
    const costs: number[] = [];
    for (let count = 0; count < 60; count++) {
      costs.push(await gasOf(as(world.challenger, world.game).challenge(crowded.commitId, "0x")));
    }
    const later = costs.slice(2);
    expect(Math.max(...later) - Math.min(...later)).to.be.below(100);
    expect(Math.min(...later), "S-13: not repaid above its cost").to.be.at.least(moveGas("CHALLENGE"));
  });

  it("S-13: repays a choice below its cost even where most children are EMPTY", async () => {
    const { world } = stage;
    const program = toyProgram({ slots: 17 });
    const sparse = await answer({ world, program, programId: await register(world, program) });
    const disputeId = await challenge(sparse);
    await as(world.worker, world.game).bindTrace(sparse.commitId, sparse.trace.tree.children(0, 0));
    const { gasUsed } = await choose(sparse, disputeId, 0);
    expect(Number(gasUsed)).to.be.at.least(moveGas("CHOOSE"));
  });

  it("charges a worker with 1 KiB of the dearest bytes within the reveal's ceiling", async () => {
    const { world } = stage;
    const crowded = await answer(stage);
    await challenge(crowded);
    const tile = new Uint8Array(1024).fill(0xff);
    const stranger = as(world.stranger, world.game);
    const cost = await gasOf(stranger.revealTile(crowded.commitId, bytesToHex(tile)));
    expect(cost).to.be.at.most(moveGas("REVEAL_TILE"));
  });

  it("S-09, S-13: posts every chunk of the dearest input for what the bond pays", async () => {
    const { world } = stage;
    const posting = (name: string) => constant("PostingLib", name);
    const [byte, chunk, end] = [posting("BYTE_GAS"), posting("CHUNK_GAS"), posting("END_GAS")];
    // A lone tile of its own after 256: three levels, and the last chunk has the longest path.
    for (const size of [8, 256 * 1024 + 8]) {
      const input = new Uint8Array(size).fill(0xff);
      const toy = toyProgram({ slots: 21 });
      const program = { ...toy, input, header: { ...toy.header, inputBytes: size } };
      const hidden = { world, program, programId: await register(world, program) };
      const { commitId, opening } = await answer(hidden, {}, { hidden: true });
      const asking = as(world.challenger, world.inputRequests);
      await mined(asking.requestInput(world.market, commitId, opening));
      const poster = as(world.worker, world.inputRequests);
      const chunks = chunkCount(size);
      const costs: number[] = [];
      for (let number = 0; number < chunks; number++) {
        const { data, path } = inputChunks(input, number, 1);
        const cost = await gasOf(poster.postInput(commitId, number, data, path));
        const most = chunk + data.length * byte + (number === chunks - 1 ? end : 0);
        expect(cost, `chunk ${number} of ${chunks}`).to.be.at.most(most);
        costs.push(cost);
      }
      expect((await world.inputRequests.getInputRequest(commitId)).status, "all shown").to.equal(2n);
      const sum = costs.reduce((total, cost) => total + cost, 0);
      expect(sum, "the bond is stale").to.be.at.least(0.6 * (end + chunks * chunk + size * byte));
    }
  });

  it("S-09, S-13: posts the input of a suspended claim for what the bond pays", async () => {
    const { world, program } = stage;
    const asked = await request(stage, { hidden: true });
    await claim(stage, asked);
    await mined(as(world.worker, world.inputRequests).inputUnavailable(asked.asked));
    const poster = as(world.requester, world.inputRequests);
    const cost = await gasOf(poster.postRequestInput(asked.asked, 0, program.input, []));
    const [byte, chunk, end] = ["BYTE_GAS", "CHUNK_GAS", "END_GAS"].map((name) =>
      constant("PostingLib", name),
    );
    expect(cost).to.be.at.most(chunk! + end! + program.input.length * byte!);
  });
});
