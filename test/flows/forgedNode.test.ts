// A worker hides its lie behind a hash of its own choice, one that means something elsewhere. It cannot show what is below.
import { createTrace } from "@assay/sdk/program";
import { type Hex, TRACE_ROOT } from "@assay/sdk/protocol";
import { expect } from "chai";
import { cheatingSlots } from "../helpers/cheat.ts";
import { joinWatchtower, play } from "../helpers/players.ts";
import { setStage } from "../helpers/stage.ts";

type Ids = { commitId: Hex; programId: Hex; requestId: Hex; outputRoot: Hex };

const forgeries: [string, (ids: Ids) => Hex][] = [
  ["the commitment's own id", ({ commitId }) => commitId],
  ["the request's id", ({ requestId }) => requestId],
  ["the committed output root", ({ outputRoot }) => outputRoot],
  ["the program's id", ({ programId }) => programId],
];

describe("a forged node (S-08, I-21)", () => {
  for (const [name, forge] of forgeries) {
    it(`is no way out when it is ${name}`, async () => {
      const stage = await setStage();
      const { network, library, committed, programId } = stage;
      const { worker } = network.clients;
      const watchtower = joinWatchtower(network, library);
      const requestId = await stage.request();
      const { input } = await stage.traceOf(requestId);
      const lie = createTrace(
        committed,
        input,
        cheatingSlots(committed.program, input, { slot: 8, element: 6, bit: 12 }),
      );
      await worker.claimRequest({ requestId, worker: network.addresses.worker });
      const { commitId } = await worker.commitResult({ requestId, output: lie.output });
      await play(network, [watchtower]);

      const children = lie.children(TRACE_ROOT);
      children[8] = forge({ commitId, requestId, programId, outputRoot: lie.outputRoot });
      await worker.bindTrace({ commitId, children });
      await play(network, [watchtower]);
      const [dispute] = watchtower.events.filter((event) => event.kind === "challenged");
      if (dispute?.kind !== "challenged") throw new Error("The watchtower has not challenged");
      const turn = await worker.getTurn({ disputeId: dispute.disputeId });
      expect(turn.workersTurn).to.equal(true);

      await network.advance(network.tier.workerSeconds + 1);
      await play(network, [watchtower]);
      await stage.check(requestId, "slashed");
    });
  }
});
