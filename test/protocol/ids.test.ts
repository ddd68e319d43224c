// Roots and ids that the contracts compute are those that the SDK computes.
import * as sdk from "@assay/sdk/protocol";
import { expect } from "chai";
import {
  answer,
  challenge,
  claim,
  empty,
  eventsOf,
  mined,
  prepareStage,
  request,
} from "../helpers/actors.ts";
import { as, deployWorld } from "../helpers/deploy.ts";
import { descriptorTree, toyProgram } from "../helpers/toy.ts";

describe("ids", () => {
  it("are the same on the chain and in the SDK", async () => {
    const world = await deployWorld();
    const program = toyProgram({ slots: 300, outputBytes: 5000 });
    const manifestHash = sdk.manifestHash(new TextEncoder().encode('{"name":"toy"}'));
    const descriptorsRoot = descriptorTree(program).root;
    const constantsRoot: sdk.Hex = `0x${"77".repeat(32)}`;
    const registry = as(world.publisher, world.registry);
    const receipt = await mined(
      registry.register(program.header, descriptorsRoot, constantsRoot, manifestHash, "ipfs://toy"),
    );
    const [registered] = eventsOf(receipt, registry, "ProgramRegistered");
    const root = sdk.programRoot(program.header, descriptorsRoot, constantsRoot);
    expect(registered?.args.programRoot).to.equal(root);
    expect(registered?.args.programId).to.equal(sdk.programId(1, root, manifestHash));
    expect((await registry.depths(registered?.args.programId)).toArray()).to.deep.equal([
      BigInt(sdk.traceDepth(300, 1)),
      1n,
    ]);
    expect(empty).to.equal(sdk.EMPTY);
  });

  it("bind a request and its commitment to everything that they stand for", async () => {
    const world = await deployWorld();
    const stage = await prepareStage(world);
    const story = await answer(stage);
    const market = (await world.market.getAddress()) as sdk.Hex;
    const request = sdk.requestOf(story.asked as sdk.RequestStruct);
    const requestId = sdk.requestId({ chainId: 31337n, market, request });
    expect(story.requestId).to.equal(requestId);
    expect(await world.market.requestIdOf(story.asked)).to.equal(requestId);
    const terms = {
      subject: requestId,
      programId: stage.programId,
      inputRoot: sdk.byteRoot(stage.program.input),
      outputRoot: sdk.byteRoot(story.trace.output),
      passes: 1,
      worker: world.worker.address as sdk.Hex,
      version: 1,
    };
    const commitId = sdk.commitId({ chainId: 31337n, source: market, terms });
    expect(story.commitId).to.equal(commitId);
    expect(sdk.encodeMarketOpening(request, story.leaf), "what the market recognises").to.equal(
      story.opening,
    );
    await challenge(story, "friend");
    const disputeId = await challenge(story);
    expect(disputeId).to.equal(sdk.disputeId(commitId, world.challenger.address as sdk.Hex, 1));
    expect(await world.game.disputeIdOf(commitId, 1)).to.equal(disputeId);
  });

  it("keep an answer from standing behind another question after a re-organisation (A18, I-20)", async () => {
    const world = await deployWorld();
    const stage = await prepareStage(world);
    const before = await world.networkHelpers.takeSnapshot();
    const first = await request(stage);
    await claim(stage, first);
    await before.restore();

    const other = stage.program.input.slice();
    other[0] = other[0]! ^ 1;
    const second = await request(stage, { input: other, salt: first.asked.salt });
    expect(second.requestId, "another question is another request").not.to.equal(first.requestId);
    const market = as(world.worker, world.market);
    await expect(market.claim(first.asked, world.worker))
      .to.be.revertedWithCustomError(market, "WrongStatus")
      .withArgs(first.requestId, 0, 1);
  });

  it("let the judge see the claim that the market holds", async () => {
    const world = await deployWorld();
    const stage = await prepareStage(world);
    const story = await answer(stage);
    await challenge(story);
    const { commitId } = story;
    const claim = await world.market.claimOf(commitId);
    expect(claim.toObject()).to.deep.equal({
      descriptorsRoot: descriptorTree(stage.program).root,
      constantsRoot: sdk.EMPTY,
      inputRoot: sdk.byteRoot(stage.program.input),
      traceRoot: sdk.EMPTY,
      slots: 20n,
      constants: 0n,
      maxPasses: 1n,
      passes: 1n,
      inputBytes: 8n,
      outputBytes: 16n,
    });
  });
});
