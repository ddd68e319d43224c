// The judge on chain never needs more gas for a step proof than the SDK's bound.
import { readFileSync } from "node:fs";
import { checkProgram, elementCount } from "@assay/sdk/program";
import { enumCode, nodeKinds, sections } from "@assay/sdk/protocol";
import { expect } from "chai";
import { type Abi, type Address, encodeFunctionData, type Hex } from "viem";
import { type Anvil, startAnvil } from "../helpers/anvil.ts";
import { proofOf } from "../helpers/proofs.ts";
import { runOf } from "../helpers/runs.ts";
import { worstSteps } from "../helpers/worstSteps.ts";

const path = new URL("../../artifacts/contracts/StepVerifier.sol/StepVerifier.json", import.meta.url);
const { abi, bytecode } = JSON.parse(readFileSync(path, "utf8")) as { abi: Abi; bytecode: Hex };

describe("The gas of step proofs", function () {
  this.timeout(120_000);
  let anvil: Anvil;
  let account: Address;
  let judge: Address;

  before(async () => {
    anvil = await startAnvil("--hardfork", "prague", "--gas-limit", "1000000000");
    account = (await anvil.client.getAddresses())[0]!;
    const hash = await anvil.client.deployContract({
      abi,
      bytecode,
      account,
      chain: null,
      gas: 100_000_000n,
    });
    judge = (await anvil.client.waitForTransactionReceipt({ hash })).contractAddress!;
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
        const args = [claim, place, node, enumCode(nodeKinds, "tile"), proof];
        const data = encodeFunctionData({ abi, functionName: "verify", args });
        const gas = Number(await anvil.client.estimateGas({ account, to: judge, data }));
        expect(data.length / 2 - 1).to.be.at.most(bound.calldata);
        expect(gas).to.be.at.most(bound.gas);
      }
    });
  }
});
