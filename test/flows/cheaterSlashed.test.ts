// A worker flips one bit of one tensor and computes on. The watchtower notices, descends to the element, and is paid.
import { expect } from "chai";
import type { DisputeEvent, RoleEvent } from "../../node/roles/roleEvents.ts";
import type { Flip } from "../helpers/cheat.ts";
import { joinCheater, joinWatchtower, play } from "../helpers/players.ts";
import { fee, gain, setStage } from "../helpers/stage.ts";

const kinds = (events: readonly RoleEvent[]) => events.map(({ kind }) => kind);
const told = <kind extends RoleEvent["kind"]>(events: readonly RoleEvent[], kind: kind) =>
  events.find((event) => event.kind === kind) as Extract<RoleEvent, { kind: kind }>;
const byJudge = (verdict: string) => (event: RoleEvent) =>
  event.kind === "stepProved" && event.verdict === verdict;

const lies: [string, Flip][] = [
  ["a convolution's sum", { slot: 0, element: 3, bit: 30 }],
  ["a clipped value", { slot: 3, element: 740 }],
  ["a pooled byte", { slot: 5, element: 17, bit: 4 }],
  ["a logit", { slot: 8, element: 6, bit: 12 }],
];

describe("a cheating worker", () => {
  for (const [name, flip] of lies) {
    it(`is slashed for one bit of ${name}`, async () => {
      const stage = await setStage();
      const { network, library } = stage;
      const cheater = joinCheater(network, library, flip);
      const watchtower = joinWatchtower(network, library);

      const requestId = await stage.request();
      await play(network, [cheater]);
      const before = await stage.check(requestId, "committed");
      const commitId = await stage.commitIdOf(requestId);
      const { lock } = await network.clients.deployer.getCommitment({ commitId });

      await play(network, [watchtower, cheater]);
      await stage.check(requestId, "slashed");
      const { events } = watchtower;
      expect(told(events, "mismatch")).to.include({ commitId });
      expect(kinds(events).slice(0, 4)).to.deep.equal(["checked", "mismatch", "checked", "mismatch"]);
      const steps = kinds(events).filter((kind) =>
        ["challenged", "bound", "chosen", "revealed", "tile"].includes(kind),
      );
      expect(steps.slice(0, 3)).to.deep.equal(["challenged", "bound", "chosen"]);
      expect(steps.at(-1)).to.equal("tile");
      const proved = told(events, "stepProved");
      expect(proved).to.include({ verdict: "faulty", step: flip.slot });
      expect((proved.claimed ?? 0n) ^ (proved.recomputed ?? 0n)).to.equal(1n << BigInt(flip.bit ?? 0));
      expect(told(events, "slashed")).to.include({ reporter: network.addresses.watchtower, amount: lock });
      for (const event of events)
        if ("gas" in event && event.kind !== "sent") expect(event.gas > 0n).to.equal(true);

      await network.advance(network.tier.airgapSeconds + 1);
      await play(network, [watchtower, cheater]);
      const after = await stage.check(requestId, "slashed");
      const paid = told(events, "paid") as Extract<DisputeEvent, { kind: "paid" }>;
      const settled = told(events, "settled");
      expect(paid.reward).to.equal((lock * 15n) / 100n);
      expect(gain(before, after, "watchtower")).to.equal(paid.reward + paid.refundedGas);
      expect(gain(before, after, "requester")).to.equal(fee + settled.compensation);
      expect(gain(before, after, "worker")).to.equal(0n);
      expect(after.pendingBurn * 2n >= lock, "at least half is burned").to.equal(true);
      expect(paid.reward + paid.refundedGas + settled.compensation + after.pendingBurn).to.equal(lock);
      const { free, locked } = await network.clients.worker.getAccount({ owner: network.addresses.worker });
      expect({ free, locked }).to.deep.equal({ free: stage.stake - lock, locked: 0n });
      expect(events.some(byJudge("correct"))).to.equal(false);
      cheater.leave();
      watchtower.leave();
    });
  }
});
