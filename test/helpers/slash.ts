// A cheater from its answer to its last token: who is told, slashed and paid.
import { expect } from "chai";
import type { RoleEvent } from "../../node/roles/roleEvents.ts";
import type { WatchtowerOptions } from "../../node/roles/watchtower.ts";
import { joinWatchtower, type Player, play } from "./players.ts";
import { fee, gain, type Stage } from "./stage.ts";

const kinds = (events: readonly RoleEvent[]) => events.map(({ kind }) => kind);
const told = <kind extends RoleEvent["kind"]>(events: readonly RoleEvent[], kind: kind) =>
  events.find((event) => event.kind === kind) as Extract<RoleEvent, { kind: kind }>;

/** From the request to the last payment; asserts on the way who is told, slashed and paid. */
export async function slash(
  stage: Stage,
  cheater: Player,
  input?: Uint8Array,
  tower: Partial<WatchtowerOptions> = {},
) {
  const { network, library } = stage;
  const watchtower = joinWatchtower(network, library, tower);
  const requestId = await stage.request(input && { input });
  await play(network, [cheater]);
  const before = await stage.check(requestId, "committed");
  const commitId = await stage.commitIdOf(requestId);
  const { lock } = await network.clients.deployer.getCommitment({ commitId });

  await play(network, [watchtower, cheater]);
  await stage.check(requestId, "slashed");
  const { events } = watchtower;
  expect(told(events, "mismatch")).to.include({ commitId });
  expect(kinds(events).slice(0, 4)).to.deep.equal(["checked", "mismatch", "checked", "mismatch"]);
  const moves = ["challenged", "bound", "chosen", "revealed", "tile"];
  const steps = kinds(events).filter((kind) => moves.includes(kind));
  expect(steps.slice(0, 3)).to.deep.equal(["challenged", "bound", "chosen"]);
  expect(steps.at(-1)).to.equal("tile");
  const proved = told(events, "stepProved");
  expect(proved).to.include({ verdict: "faulty" });
  expect(told(events, "slashed")).to.include({ reporter: network.addresses.watchtower, amount: lock });
  for (const event of events)
    if ("gas" in event && event.kind !== "sent") expect(event.gas > 0n).to.equal(true);

  await network.advance(network.tier.airgapSeconds + 1);
  await play(network, [watchtower, cheater]);
  const after = await stage.check(requestId, "slashed");
  const paid = told(events, "paid");
  const settled = told(events, "settled");
  expect(paid.reward).to.equal((lock * 15n) / 100n);
  expect(gain(before, after, "watchtower")).to.equal(paid.reward + paid.refundedGas);
  expect(gain(before, after, "requester")).to.equal(fee + settled.compensation);
  expect(gain(before, after, "worker")).to.equal(0n);
  expect(after.pendingBurn * 2n >= lock, "at least half is burned").to.equal(true);
  expect(paid.reward + paid.refundedGas + settled.compensation + after.pendingBurn).to.equal(lock);
  const { free, locked } = await network.clients.worker.getAccount({ owner: network.addresses.worker });
  expect({ free, locked }).to.deep.equal({ free: stage.stake - lock, locked: 0n });
  cheater.leave();
  watchtower.leave();
  return { proved, events };
}
