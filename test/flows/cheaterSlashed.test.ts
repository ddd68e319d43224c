// A worker flips one bit of one tensor and computes on. The watchtower notices, descends to the element, and is paid.
import { createTrace, type Program, tensorType } from "@assay/sdk/program";
import { expect } from "chai";
import type { RoleEvent } from "../../node/roles/roleEvents.ts";
import type { Flip } from "../helpers/cheat.ts";
import { joinCheater, joinWatchtower, joinWorker, type Player, play, reference } from "../helpers/players.ts";
import { network, ProgramBuilder } from "../helpers/programs.ts";
import { Random } from "../helpers/random.ts";
import { fee, gain, type Stage, setStage } from "../helpers/stage.ts";

const kinds = (events: readonly RoleEvent[]) => events.map(({ kind }) => kind);
const told = <kind extends RoleEvent["kind"]>(events: readonly RoleEvent[], kind: kind) =>
  events.find((event) => event.kind === kind) as Extract<RoleEvent, { kind: kind }>;
/** Twenty steps: two levels of the trace tree. */
function deep(): Program {
  const x = tensorType("u8", [1, 64]);
  const wide = tensorType("i32", [1, 10]);
  const builder = new ProgramBuilder([x]);
  const random = new Random(3);
  const weights = tensorType("i8", [64, 10], [1, 0]);
  const data = random.data("i8", 640, { min: -64n, max: 64n });
  let sum = builder.step("MatMulInteger", [builder.input(0), builder.constant(weights, data)], [0, 0], wide);
  for (let step = 0; step < 19; step++) {
    const bias = builder.constant(wide, random.data("i32", 10, { min: -99n, max: 99n }));
    sum = builder.step("Add", [sum, bias], [], wide);
  }
  return builder.build([sum]);
}

/** Tensors of 64 tiles: two levels of the tensor tree. */
const large = () => network(2, { channels: 3, size: 32, filters: 16, classes: 10 });

interface Lie {
  flip: Flip;
  program?: () => Program;
}

const lies: Record<string, Lie> = {
  "a convolution's sum": { flip: { slot: 0, element: 3, bit: 30 } },
  "a clipped value": { flip: { slot: 3, element: 740 } },
  "a pooled byte": { flip: { slot: 5, element: 17, bit: 4 } },
  "a logit": { flip: { slot: 8, element: 6, bit: 12 } },
  "a sum in a long program": { flip: { slot: 17, element: 4, bit: 2 }, program: deep },
  "a sum in a large tensor": { flip: { slot: 0, element: 9_000, bit: 29 }, program: large },
};

describe("a cheating worker", () => {
  for (const [name, { flip, program }] of Object.entries(lies)) {
    it(`is slashed for one bit of ${name}`, async () => {
      const stage = await setStage(program && { program: program() });
      const cheater = joinCheater(stage.network, stage.library, flip);
      const { proved } = await slash(stage, cheater);
      expect(proved).to.include({ step: flip.slot });
      expect((proved.claimed ?? 0n) ^ (proved.recomputed ?? 0n)).to.equal(1n << BigInt(flip.bit ?? 0));
    });
  }

  it("is slashed for an output that does not follow from its trace", async () => {
    const stage = await setStage();
    const { network, library, committed } = stage;
    const lie = (output: Uint8Array) => output.with(0, output[0]! ^ 1);
    const cheater = joinWorker(network, library, {
      fast: {
        ...reference,
        run: async (...given) => {
          const { output, passes } = await reference.run(...given);
          return { output: lie(output), passes };
        },
        trace: async (...given) => {
          const trace = await reference.trace(...given);
          return createTrace(committed, trace.input, trace.slotsOf(), lie(trace.output));
        },
      },
    });
    const { proved, events } = await slash(stage, cheater);
    expect(proved).to.include({ op: "Collect", element: 0 });
    expect(events.find(({ kind }) => kind === "chosen")).to.include({ section: "output" });
  });
});

/** From the request to the last payment; asserts on the way who is told, slashed and paid. */
async function slash(stage: Stage, cheater: Player) {
  const { network, library } = stage;
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
