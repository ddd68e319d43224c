// The judge on chain never needs more gas for a step proof than the SDK's bound.

import { stepVerifierAbi as abi } from "@assay/sdk/abi";
import { checkProgram, elementCount } from "@assay/sdk/program";
import { enumCode, nodeKinds, sections } from "@assay/sdk/protocol";
import { expect } from "chai";
import { type Address, encodeFunctionData } from "viem";
import { type Anvil, startAnvil } from "../helpers/anvil.ts";
import { proofOf } from "../helpers/proofs.ts";
import { runOf } from "../helpers/runs.ts";
import { deployVerifier } from "../helpers/verifier.ts";
import { worstSteps } from "../helpers/worstSteps.ts";

describe("The gas of step proofs", function () {
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

  for (const [name, make] of Object.entries(worstSteps)) {
    it(`S-05: proves ${name} within its bound, in one transaction`, async () => {
      const program = make();
      const slot = program.steps.length - 1;
      const bound = checkProgram(program).proofs[slot]!;
      const run = runOf(program, 1);
      const count = elementCount(program.steps[slot]!.out);
      for (const index of new Set([0, Math.floor(count / 2), count - 1])) {
        const { claim, position, node, proof } = proofOf(run, slot, index);
        const place = { ...position, section: enumCode(sections, position.section) };
        const args = [claim, place, node, enumCode(nodeKinds, "tile"), proof] as const;
        const data = encodeFunctionData({ abi, functionName: "verify", args });
        const gas = Number(await anvil.client.estimateGas({ account, to: judge, data }));
        expect(data.length / 2 - 1).to.be.at.most(bound.calldata);
        expect(gas).to.be.at.most(bound.gas);
      }
    });
  }
});
