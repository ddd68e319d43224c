// The bound on step proofs holds for every element of every step, and keeps programs out that nobody could dispute.

import { stepVerifierAbi } from "@assay/sdk/abi";
import { checkProgram, elementCount, type OpName, ProgramError, stepProofBound } from "@assay/sdk/program";
import { enumCode, nodeKinds, sections } from "@assay/sdk/protocol";
import { expect } from "chai";
import { encodeFunctionData } from "viem";
import { type JudgedProof, laidOut, proofOf } from "../../helpers/proofs.ts";
import { Random } from "../../helpers/random.ts";
import { runOf } from "../../helpers/runs.ts";
import { opNames, randomCase } from "../../helpers/steps.ts";
import { largeStep, sweeping, unprovable } from "../../helpers/worstSteps.ts";

function calldataOf({ claim, position, node, proof }: JudgedProof): number {
  const place = { ...position, section: enumCode(sections, position.section) };
  const args = [claim, place, node, enumCode(nodeKinds, "tile"), proof] as const;
  return (encodeFunctionData({ abi: stepVerifierAbi, functionName: "verify", args }).length - 2) / 2;
}

const stepOps = opNames.filter((op) => op !== "Collect") as Exclude<OpName, "Collect">[];

describe("stepProofBound", () => {
  for (const op of stepOps) {
    it(`S-05: no proof about ${op} opens more tiles or takes more bytes than its bound`, () => {
      const random = new Random(7);
      for (let round = 0; round < 40; round++) {
        const program = laidOut(
          round % 2 === 0 && sweeping.includes(op) ? largeStep(op, random) : randomCase(op, random).step,
        );
        const slot = program.steps.length - 1;
        const step = program.steps[slot]!;
        const bound = stepProofBound(step, program);
        const run = runOf(program, round);
        const count = elementCount(step.out);
        for (const index of [
          0,
          count - 1,
          ...Array.from({ length: 10 }, () => random.integer(0, count - 1)),
        ]) {
          const judged = proofOf(run, slot, index);
          const tiles = judged.proof.operands.reduce((sum, operand) => sum + operand.tiles.length, 0);
          expect(tiles, `tiles, round ${round}`).to.be.at.most(bound.tiles);
          expect(calldataOf(judged), `calldata, round ${round}`).to.be.at.most(bound.calldata);
        }
      }
    });
  }

  for (const [name, program] of Object.entries(unprovable)) {
    it(`S-05: refuses ${name}, whose proof fits no transaction`, () => {
      let error: unknown;
      try {
        checkProgram(program());
      } catch (caught) {
        error = caught;
      }
      expect(error).to.be.instanceOf(ProgramError);
      expect((error as ProgramError).shortMessage).to.match(/a step proof of it can (take|cost) \d+/);
      expect((error as ProgramError).facts.remedy).to.include("contiguous");
    });
  }
});
