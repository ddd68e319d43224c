// Has its consumer ask for the same delivery again in the middle of it.
import { bytesToHex, requestStruct } from "@assay/sdk/protocol";
import type { Actor } from "./actor.ts";
import { calling } from "./bytecode.ts";
import { answerRightly, askFor, deliverTwice, deploy, nextContract } from "./consumer.ts";

export const actor: Actor = {
  name: "ReentrantConsumer",
  async play(arena, crew) {
    const { market, ethers } = arena.world;
    // Its contract comes after the request that it calls back with; one transaction lies between.
    const consumer = await nextContract(arena, 1);
    const job = await askFor(arena, consumer);
    await answerRightly(arena, job);
    const again = [requestStruct(job.request), job.leaf, bytesToHex(job.output!)];
    if ((await nextContract(arena)) !== consumer) throw new Error("The consumer would lie elsewhere");
    await deploy(
      arena,
      calling(String(market.target), market.interface.encodeFunctionData("deliver", again)),
    );
    const taken = await deliverTwice(arena, job, crew);
    if (taken.length !== 1 || !taken[0]) throw new Error("The consumer was not called exactly once");
    const reentered = BigInt(await ethers.provider.getStorage(consumer, 0));
    if (reentered !== 1n) throw new Error("The delivery was made again from within");
  },
};
