// S-24 for the judge: each check is taken out in turn. The proof that it refuses then slashes an honest worker.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import type { Hex } from "@assay/sdk/protocol";
import { expect } from "chai";
import type { Address } from "viem";
import { type Harness, startHarness } from "../equality/harness.ts";
import type { ProofCase } from "../helpers/vectors.ts";
import type { JudgeName } from "../helpers/verifier.ts";
import { honest, type Judged, judged } from "./judgeGuards.ts";
import { mutate } from "./mutate.ts";

interface Solc {
  compile(
    input: string,
    callbacks: { import(path: string): { contents: string } | { error: string } },
  ): string;
}

const root = new URL("../../contracts/", import.meta.url);

/** The judge of an operator with one file changed. */
function compileJudge({ contract, guard }: Judged, judge: JudgeName): Hex {
  const solc = createRequire(import.meta.url)("solc") as Solc;
  const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
  const file = `${contract}.sol`;
  const source = `judges/${judge}.sol`;
  const sources = {
    [source]: { content: read(source) },
    [file]: { content: mutate(read(file), guard) },
  };
  const settings = {
    evmVersion: "cancun",
    outputSelection: { [source]: { [judge]: ["evm.bytecode.object"] } },
  };
  const find = (path: string) =>
    existsSync(fileURLToPath(new URL(join(path), root)))
      ? { contents: read(path) }
      : { error: `no file ${path}` };
  const input = JSON.stringify({ language: "Solidity", sources, settings });
  const output = JSON.parse(solc.compile(input, { import: find }));
  const code = output.contracts?.[source]?.[judge]?.evm.bytecode.object;
  if (!code) throw new Error(JSON.stringify(output.errors));
  return `0x${code}`;
}

describe("mutants of the judge (S-24)", () => {
  let harness: Harness;
  const judges = new Map<Judged, Map<JudgeName, Address>>();

  /** What the mutant says: its judge is asked itself, as the verifier would ask it. */
  const askMutant = (mutant: Judged, question: ProofCase) =>
    harness.verify(question, judges.get(mutant)!.get(harness.judgeOf(question.proof.descriptor))!);

  before("compile", async function () {
    this.timeout(180_000);
    harness = await startHarness();
    for (const mutant of judged) {
      const compiled = new Map<JudgeName, Address>();
      for (const { proof } of [honest(), mutant.proof()]) {
        const judge = harness.judgeOf(proof.descriptor);
        if (!compiled.has(judge)) compiled.set(judge, await harness.deployJudge(compileJudge(mutant, judge)));
      }
      judges.set(mutant, compiled);
    }
  });
  after(() => harness.stop());

  it("S-04: judges the honest proof correct, mutated or not", async () => {
    expect((await harness.verify(honest())).name).to.equal("correct");
    for (const mutant of judged) expect((await askMutant(mutant, honest())).name).to.equal("correct");
  });

  for (const mutant of judged) {
    const { guard, contract, title, stoppedBy, gains = "faulty", proof } = mutant;
    it(`${guard}: without the guard in ${contract}, a challenger ${title}`, async () => {
      expect((await harness.verify(proof())).name, "the contracts").to.equal(stoppedBy);
      expect((await askMutant(mutant, proof())).name, "the mutant").to.equal(gains);
    });
  }
});
