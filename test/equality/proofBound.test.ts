// The judge on chain never needs more gas for a step proof than the SDK's bound.

import { stepVerifierAbi as abi } from "@assay/sdk/abi";
import {
  checkProgram,
  elementCount,
  type Program,
  type ProofBound,
  stepProofBound,
} from "@assay/sdk/program";
import { enumCode, nodeKinds, sections } from "@assay/sdk/protocol";
import { expect } from "chai";
import { type Address, encodeFunctionData } from "viem";
import { type Anvil, startAnvil } from "../helpers/anvil.ts";
import { laidOut, proofOf } from "../helpers/proofs.ts";
import { Random } from "../helpers/random.ts";
import { runOf } from "../helpers/runs.ts";
import { opNames, randomCase } from "../helpers/steps.ts";
import { deployVerifier } from "../helpers/verifier.ts";
import { largeStep, sweeping, worstSteps } from "../helpers/worstSteps.ts";

describe("I-42: the gas of step proofs", function () {
  this.timeout(120_000);
  let anvil: Anvil;
  let account: Address;
  let judge: Address;

  before(async () => {
    anvil = await startAnvil("--hardfork", "prague", "--gas-limit", "1000000000");
    account = (await anvil.client.getAddresses())[0]!;
    judge = (await deployVerifier(anvil)).verifier;
  });
  after(() => anvil.stop());

  /** Proves elements of the last step of a program. */
  async function expectWithin(program: Program, { calldata, gas }: ProofBound): Promise<void> {
    const slot = program.steps.length - 1;
    const run = runOf(program, 1);
    const count = elementCount(program.steps[slot]!.out);
    for (const index of new Set([0, Math.floor(count / 2), count - 1])) {
      const { claim, position, node, proof } = proofOf(run, slot, index);
      const place = { ...position, section: enumCode(sections, position.section) };
      const args = [claim, place, node, enumCode(nodeKinds, "tile"), proof] as const;
      const data = encodeFunctionData({ abi, functionName: "verify", args });
      expect(data.length / 2 - 1).to.be.at.most(calldata);
      expect(Number(await anvil.client.estimateGas({ account, to: judge, data }))).to.be.at.most(gas);
    }
  }

  for (const [name, make] of Object.entries(worstSteps)) {
    it(`S-05: proves ${name} within its bound, in one transaction`, async () => {
      const program = make();
      await expectWithin(program, checkProgram(program).proofs.at(-2)!);
    });
  }

  for (const op of opNames.filter((name) => name !== "Stop" && name !== "Collect")) {
    it(`S-05: proves ${op} of many shapes within its bound`, async () => {
      const random = new Random(11);
      for (let round = 0; round < 6; round++) {
        const isLarge = round % 2 === 1 && sweeping.includes(op);
        const program = laidOut(isLarge ? largeStep(op, random) : randomCase(op, random).step);
        await expectWithin(program, stepProofBound(program.steps.at(-1)!, program));
      }
    });
  }
});
