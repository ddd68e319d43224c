// What a published commitment costs in a batch of 64, with an output of one tile and the dearest words there are.
import { byteTree } from "@assay/sdk/protocol";
import { expect } from "chai";
import { mined, prepareStage, type RequestStruct, requestStruct, type Stage } from "../helpers/actors.ts";
import { as, deployWorld } from "../helpers/deploy.ts";
import { toyProgram } from "../helpers/toy.ts";

const size = 64;
const outputBytes = 48;
const perLeaf = 15_000;
const perCollected = 15_000;
const saltBase = 0x7a5c_39e1_d2b4_8f01n;

describe("gas of a batch", () => {
  let stage: Stage;
  let salt = saltBase;

  /** Bytes without a zero: every one of them costs its full price. */
  const output = (seed: number): Uint8Array =>
    Uint8Array.from({ length: outputBytes }, (_, at) => 1 + ((seed * 31 + at * 7) % 255));

  /** Asks and claims what a batch answers. */
  async function claimed(count: number): Promise<RequestStruct[]> {
    const { world, program } = stage;
    const asked = Array.from({ length: count }, () => requestStruct(stage, { salt: ++salt }));
    for (const one of asked) {
      await mined(as(world.requester, world.market).request(one, program.input));
      await mined(as(world.worker, world.market).claim(one, world.worker));
    }
    return asked;
  }

  async function published(asked: RequestStruct[]): Promise<number> {
    const { world } = stage;
    const answers = asked.map((request, at) => ({ request, passes: 1, output: output(at) }));
    const receipt = await mined(as(world.worker, world.market).commit(answers));
    return Number(receipt.gasUsed);
  }

  before(async () => {
    stage = await prepareStage(await deployWorld(), toyProgram({ outputBytes }));
  });

  it("publishes each of 64 commitments for at most 15,000 gas, and pays for each for as little", async () => {
    const { world } = stage;
    expect(byteTree(output(0)).depth, "one tile").to.equal(0);
    const asked = await claimed(size);
    const leaf = (await published(asked)) / size;
    await world.networkHelpers.time.increase(61);
    const paid = await mined(as(world.worker, world.market).collect(asked, world.worker));
    const collected = Number(paid.gasUsed) / size;
    console.log({ leaf, collected });
    expect(leaf, "a published commitment").to.be.within(0.9 * perLeaf, perLeaf);
    expect(collected, "a collected fee").to.be.within(0.9 * perCollected, perCollected);
  });

  it("I-40: costs the same however many batches came before", async () => {
    const before = await published(await claimed(1));
    for (let batches = 0; batches < 20; batches++) await published(await claimed(1));
    const after = await published(await claimed(1));
    expect(Math.abs(after - before), "a batch of one").to.be.below(100);
  });
});
