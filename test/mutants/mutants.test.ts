// S-24: each defence is taken out in turn. What it stops is refused by the contracts and succeeds on the mutant.
import { expect } from "chai";
import { ContractFactory, type Signer } from "ethers";
import type { DeployOptions, FactoryOf } from "../helpers/deploy.ts";
import { rulesOf } from "../helpers/rulesPage.ts";
import type { Attack } from "./attacks.ts";
import { noticed } from "./campaign.ts";
import { compileMutants, type Mutants, markedFiles } from "./compileMutants.ts";
import { derived } from "./derived.ts";
import { attacked, tested } from "./guards.ts";
import { judged } from "./judgeGuards.ts";
import { mutate } from "./mutate.ts";
import { failuresOf } from "./solidityTests.ts";
import { type Guard, marksOf } from "./switches.ts";

const contracts = [
  "Parameters",
  "StakeVault",
  "ProgramRegistry",
  "InferenceMarket",
  "DisputeGame",
  "Channels",
  "Epochs",
  "InputRequests",
  "Equivocation",
];

const nameOf = ({ contract, guard }: Guard): string => `${contract}: ${guard}`;

/** One guard may be tried by a test and by an attack. */
const guards = [...new Map([...attacked, ...tested].map((entry) => [nameOf(entry), entry])).values()];
const campaign = "Adversaries";
const suites = [...new Set(tested.map(({ suite }) => suite)), campaign];

/** What stops the attack: the name of a contract's error, or nothing but the result. */
async function outcome(attack: Attack, options: DeployOptions): Promise<string> {
  try {
    return (await attack.succeeds(options)) ? "succeeded" : "gained nothing";
  } catch (error) {
    const [, name] = /custom error '(\w+)\(/.exec(String(error)) ?? [];
    if (name === undefined) throw error;
    return name;
  }
}

describe("mutants (S-24)", () => {
  let mutants: Mutants;

  before("compile", function () {
    this.timeout(600_000);
    mutants = compileMutants(guards, contracts, suites);
  });

  const factoryWithout =
    (guard: Guard): FactoryOf =>
    async (name: string, deployer: Signer, otherwise) => {
      if (!contracts.includes(name)) return otherwise(name, deployer);
      const { abi, bytecode } = mutants.contract(name, guard);
      return new ContractFactory(abi, bytecode, deployer);
    };

  describe("attacks on the toy network", () => {
    for (const entry of attacked) {
      const { guard, contract, attack, stoppedBy = "gained nothing" } = entry;
      it(`${guard}: without the guard in ${contract}, somebody ${attack.title}`, async () => {
        expect(await outcome(attack, {}), "the contracts").to.equal(stoppedBy);
        const options = { factoryOf: factoryWithout(entry), mutated: true };
        expect(await outcome(attack, options), "the mutant").to.equal("succeeded");
      });
    }
  });

  describe("tests of the contracts", () => {
    for (const entry of tested) {
      const { guard, contract, suite, test, says } = entry;
      it(`${guard}: without the guard in ${contract}, ${test} fails`, async () => {
        const failures = (without?: Guard) =>
          failuresOf(mutants.suite(suite, test, without), suite, `^${test}\\(`);
        expect(await failures(), "the contracts").to.deep.equal([]);
        const [failure] = await failures(entry);
        expect(failure?.reason, "the mutant").to.contain(says);
      });
    }
  });

  describe("random histories of the named actors", function () {
    this.timeout(300_000);
    const invariant = "invariant_adversaries";
    const failures = (without?: Guard) => {
      const test = `${invariant}_I01_I02_I03_I13_I20_I21_I24_I29_S12`;
      const histories = { runs: 8, depth: 128, seed: 1 };
      return failuresOf(mutants.suite(campaign, test, without), campaign, `^${invariant}`, histories);
    };

    it("break nothing on the contracts", async () => {
      expect(await failures()).to.deep.equal([]);
    });

    for (const entry of noticed) {
      const { guard, contract, says } = entry;
      it(`${guard}: without the guard in ${contract}, they break it`, async () => {
        const [failure] = await failures(entry);
        expect(failure?.reason, "the mutant").to.contain(says);
      });
    }
  });
});

describe("the list of mutants (S-24)", () => {
  it("has an entry for every marked guard, and a mark for every entry", () => {
    const marked = markedFiles().flatMap(({ contract, source }) =>
      marksOf(source).map((guard) => nameOf({ contract, guard })),
    );
    const entries = [...guards, ...judged].map(nameOf);
    expect(entries.sort()).to.deep.equal(marked.sort());
  });

  it("has a guard for every invariant, or says what it stands on", () => {
    const named = new Set([...guards, ...judged].map(nameOf));
    const invariants = rulesOf()
      .map(({ id }) => id)
      .filter((id) => id.startsWith("I-"));
    const marked = new Set([...guards, ...judged].map(({ guard }) => guard.split(".")[0]));
    const without = invariants.filter((id) => !marked.has(id));
    expect(Object.keys(derived).sort()).to.deep.equal(without.sort());
    const standOn = Object.values(derived).flatMap((entry) => entry.guards ?? []);
    expect(standOn.filter((name) => !named.has(name))).to.deep.equal([]);
  });
});

describe("mutate", () => {
  it("takes out a statement, a block, or puts another in its place", () => {
    const source =
      "    // GUARD: A\n    require(f(1; 2), g());\n    // GUARD: B\n    if (x) {\n y; }\n    z;";
    expect(mutate(source, "A")).to.match(/GUARD: A\s+\/\/ GUARD: B/);
    expect(mutate(source, "B")).to.match(/GUARD: B\s+z;$/);
    expect(mutate(source, "A", "h();")).to.match(/GUARD: A\s+h\(\);\s/);
  });

  it("refuses a mark that is missing or there twice", () => {
    expect(() => mutate("", "A")).to.throw('0 marks "GUARD: A"');
    expect(() => mutate("// GUARD: A\n// GUARD: A\n", "A")).to.throw('2 marks "GUARD: A"');
  });
});
