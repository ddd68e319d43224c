// Every open commitment of a worker is challenged in one block, and it survives (S-10).
import { approveCall, sendCall } from "@assay/sdk";
import type { Hex } from "@assay/sdk/protocol";
import { expect } from "chai";
import { joinLiar, joinWorker, play } from "../helpers/players.ts";
import { fee, gain, setStage } from "../helpers/stage.ts";

const count = 12;

describe("a mass challenge", () => {
  it("costs the griefer every bond and the worker nothing", async () => {
    const stage = await setStage();
    const { network, library } = stage;
    const worker = joinWorker(network, library);
    const requestIds: Hex[] = [];
    for (let n = 0; n < count; n++) requestIds.push(await stage.request());
    await play(network, [worker]);
    const before = await stage.check(requestIds[0]!, "committed");
    const commitIds = await Promise.all(requestIds.map(stage.commitIdOf));

    const { friend } = network.clients;
    const { deployment, tier } = network;
    const bonds = tier.challengeBond * BigInt(count);
    await sendCall(friend, { call: approveCall({ deployment, amount: bonds }) });
    const block = await challengeInOneBlock(commitIds);
    expect(block.transactions).to.have.length(count);

    const liar = joinLiar(network, library, { slot: 8, element: 6, bit: 12 });
    await play(network, [worker, liar]);
    for (const requestId of requestIds) await stage.check(requestId, "committed");
    const after = await stage.check(requestIds[0]!, "committed");
    expect(gain(before, after, "friend")).to.equal(-bonds);
    expect(gain(before, after, "worker")).to.equal((bonds * 60n) / 100n);

    for (const requestId of requestIds) await stage.passDeadline(requestId);
    await play(network, [worker]);
    for (const requestId of requestIds) await stage.check(requestId, "finalized");
    const paid = await stage.check(requestIds[0]!, "finalized");
    expect(gain(after, paid, "worker")).to.equal(fee * BigInt(count));
    worker.leave();
    liar.leave();

    async function challengeInOneBlock(targets: typeof commitIds) {
      await network.request("evm_setAutomine", [false]);
      const nonce = await friend.getTransactionCount({ address: friend.account.address });
      const challenges = targets.map((commitId, index) =>
        friend.challenge({ commitId, nonce: nonce + index, gas: 600_000n, approve: false }),
      );
      for (let looks = 0; looks < 200; looks++) {
        const pending = await friend.getTransactionCount({
          address: friend.account.address,
          blockTag: "pending",
        });
        if (pending === nonce + targets.length) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await network.request("evm_mine");
      await network.request("evm_setAutomine", [true]);
      const mined = await Promise.all(challenges);
      return friend.getBlock({ blockNumber: mined[0]!.receipt.blockNumber });
    }
  });
});
