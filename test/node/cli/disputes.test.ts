// Disputes by hand, from the challenge to the proof or the clock, on a real chain in this process.
import { createTrace } from "@assay/sdk/program";
import { expect } from "chai";
import type { Hex } from "viem";
import { digitsSamples } from "../../../examples/digits/digits.ts";
import { readProgramFolder } from "../../../node/cli/programFolder.ts";
import { cheatingSlots } from "../../helpers/cheat.ts";
import {
  type Answered,
  answerByHand,
  digitsFolder,
  rightOutput,
  startTestDevnet,
  type TestDevnet,
} from "../../helpers/devnet.ts";

const digit = digitsSamples().find(({ heldOut }) => heldOut)!;
const input = digit.pixels.map((pixel) => pixel * 15);

describe("assay disputes", () => {
  let devnet: TestDevnet;
  const files = readProgramFolder(digitsFolder());
  const answered = (output: Uint8Array): Promise<Answered> => answerByHand(devnet, files, input, output);
  before(async () => {
    devnet = await startTestDevnet();
    await devnet.run(["publish", digitsFolder()]);
  });
  after(() => devnet.stop());

  it("does not spend a bond on a right answer", async () => {
    const { commitId } = await answered(rightOutput(files, input));
    const { code, stderr } = await devnet.run(["disputes", "challenge", commitId]);
    expect(code).to.equal(1);
    expect(stderr).to.include("this machine computes the same");
  });

  it("plays a dispute from the challenge to the proof", async () => {
    const flip = { slot: 12, element: 2, bit: 20 };
    const told = createTrace(files.committed, input, cheatingSlots(files.program, input, flip));
    const { commitId } = await answered(told.output);
    const challenged = await devnet.run(["disputes", "challenge", commitId, "--json"]);
    expect(challenged.code, challenged.stderr).to.equal(0);
    const disputeId = challenged.json.disputeId as Hex;
    const worker = devnet.clientOf("owner");

    const early = await devnet.run(["disputes", "move", disputeId, "--as", "challenger"]);
    expect(early.code).to.equal(75);
    expect(early.stderr).to.include("It is the worker's turn");
    await worker.bindTrace({ commitId, children: told.boundChildren });

    const moves: string[] = [];
    for (let turn = 0; turn < 12 && moves.at(-1) !== "proveStep"; turn++) {
      const { code, json, stderr } = await devnet.run(["disputes", "move", disputeId, "--json"]);
      expect(code, stderr).to.equal(0);
      moves.push(json.move as string);
      const { position, status } = await worker.getDispute({ disputeId });
      if (status !== "open" || moves.at(-1) !== "choose") continue;
      const shown = told.reveal(position);
      if (shown?.kind === "inner") await worker.reveal({ commitId, children: shown.children });
      if (shown?.kind === "tile") await worker.revealTile({ commitId, tile: shown.tile });
    }
    expect(moves.slice(0, 2)).to.deep.equal(["choose", "choose"]);
    expect(moves.at(-1)).to.equal("proveStep");

    const { stdout } = await devnet.run(["disputes", "show", disputeId]);
    expect(stdout).to.match(
      /challenges with a bond of 10 tokens[\s\S]*binds itself[\s\S]*the tensor of step 12/,
    );
    expect(stdout).to.include("the worker was wrong");
    const listed = await devnet.run(["disputes", "list", "--status", "won", "--json"]);
    expect(listed.json.disputes).to.have.length(1);

    const tooEarly = await devnet.run(["disputes", "settle", disputeId]);
    expect(tooEarly.code, tooEarly.stderr).to.equal(75);
    await devnet.advance(3);
    await devnet.clientOf("deployer").settleSlash({ commitId });
    const settled = await devnet.run(["disputes", "settle", disputeId, "--json"]);
    expect(settled.json).to.include({ bond: "10000000000000000000", reward: "15000000000000000000" });
  });

  it("lets a silent worker lose by its clock", async () => {
    const wrong = rightOutput(files, input);
    wrong[40]! ^= 1;
    const { requestId, commitId } = await answered(wrong);
    const challenged = await devnet.run(["disputes", "challenge", commitId, "--json"]);
    const disputeId = challenged.json.disputeId as Hex;
    const running = await devnet.run(["disputes", "timeout", disputeId]);
    expect(running.code).to.equal(75);
    expect(running.stderr).to.include("ClockRunningError");
    const alarmed = await devnet.run(["disputes", "move", disputeId, "--as", "worker"]);
    expect(alarmed.code).to.equal(1);
    expect(alarmed.stderr).to.include("There is no move to make");
    await devnet.advance(21);
    const { json } = await devnet.run(["disputes", "timeout", disputeId, "--json"]);
    expect(json).to.include({ disputeId, workerLost: true });
    const slashed = await devnet.run(["request", "--resume", requestId, "--timeout", "5s"]);
    expect(slashed.code).to.equal(1);
    expect(slashed.stderr).to.match(/RequestFailedError[\s\S]*assay rewards claim/);
  });

  it("loses a challenge of a right answer", async () => {
    const { commitId } = await answered(rightOutput(files, input));
    const challenged = await devnet.run(["disputes", "challenge", commitId, "--unchecked", "--json"]);
    const disputeId = challenged.json.disputeId as Hex;
    const bound = await devnet.run(["disputes", "move", disputeId, "--key", "operator", "--json"]);
    expect(bound.json).to.include({ move: "bindTrace" });
    const stuck = await devnet.run(["disputes", "move", disputeId]);
    expect(stuck.code).to.equal(1);
    expect(stuck.stderr).to.include("what the worker has shown is what this machine computes");
    await devnet.advance(21);
    const { json } = await devnet.run(["disputes", "timeout", disputeId, "--json"]);
    expect(json).to.include({ workerLost: false });
  });
});
