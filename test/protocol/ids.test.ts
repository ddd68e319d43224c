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

  it("bind a commitment to everything it stands for", async () => {
    const world = await deployWorld();
    const stage = await prepareStage(world);
    await answer(stage);
    const story = await answer(stage);
    const market = (await world.market.getAddress()) as sdk.Hex;
    const { fee } = await world.market.getRequest(story.requestId);
    const requestId = sdk.requestId({
      chainId: 31337n,
      market,
      requester: world.requester.address as sdk.Hex,
      nonce: 1n,
      programId: stage.programId,
      inputRoot: sdk.byteRoot(stage.program.input),
      fee,
      version: 1,
      method: "optimistic",
    });
    expect(story.requestId, "the second request has nonce 1").to.equal(requestId);
    const commitId = sdk.commitId({
      chainId: 31337n,
      market,
      requestId,
      programId: stage.programId,
      inputRoot: sdk.byteRoot(stage.program.input),
      outputRoot: sdk.byteRoot(story.trace.output),
      passes: 1,
      worker: world.worker.address as sdk.Hex,
      version: 1,
    });
    expect(story.commitId).to.equal(commitId);
    await challenge(story, "friend");
    const disputeId = await challenge(story);
    expect(disputeId).to.equal(sdk.disputeId(commitId, world.challenger.address as sdk.Hex, 1));
    expect(await world.game.disputeIdOf(commitId, 1)).to.equal(disputeId);
  });

  it("keep an answer from standing behind another question after a re-organisation (A18, I-20)", async () => {
    const world = await deployWorld();
    const stage = await prepareStage(world);
    const before = await world.networkHelpers.takeSnapshot();
    const asked = await request(stage);
    await claim(stage, asked);
    await before.restore();

    const other = stage.program.input.slice();
    other[0] = other[0]! ^ 1;
    await request(stage, { input: other });
    const market = as(world.worker, world.market);
    await expect(market.claim(asked, world.worker))
      .to.be.revertedWithCustomError(market, "WrongStatus")
      .withArgs(asked, 0, 1);
  });

  it("let the judge see the claim that the market holds", async () => {
    const world = await deployWorld();
    const stage = await prepareStage(world);
    const { commitId } = await answer(stage);
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
