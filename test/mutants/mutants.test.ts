// S-24: each defence is taken out in turn. The attack that it stops fails on the contracts and succeeds on the mutant.
import { expect } from "chai";
import { ContractFactory, type Signer } from "ethers";
import type { DeployOptions, FactoryOf } from "../helpers/deploy.ts";
import * as attacks from "./attacks.ts";
import { type Compiled, compileMutants, type Mutant } from "./compileMutants.ts";
import { mutate } from "./mutate.ts";

interface Case extends Mutant {
  attack: attacks.Attack;
  /** The error that stops the attack on the contracts; without one it runs to its end and gains nothing. */
  stoppedBy?: string;
}

const cases: Case[] = [
  {
    guard: "S-05",
    contract: "ProgramRegistry",
    attack: attacks.retireHonestProgram,
    stoppedBy: "DescriptorWellFormed",
  },
  { guard: "S-05", contract: "InferenceMarket", attack: attacks.slashOverRetiredProgram },
  {
    guard: "S-07",
    contract: "InferenceMarket",
    // The window starts with the claim instead of the publication.
    replacement: "uint64 challengeUntil = posted.deadline - tier.deliverySeconds + tier.windowSeconds;",
    attack: attacks.finalizeUnseen,
    stoppedBy: "DeadlineNotReached",
  },
  { guard: "S-08", contract: "DisputeGame", attack: attacks.bindForHonestWorker, stoppedBy: "NotWorkerKey" },
  {
    guard: "S-10",
    contract: "Parameters",
    attack: attacks.deployCheapBonds,
    stoppedBy: "ParameterOutOfBounds",
  },
  { guard: "S-13", contract: "DisputeGame", attack: attacks.rewardLostFriend },
  {
    guard: "S-14",
    contract: "Parameters",
    attack: attacks.escapePublisherBond,
    stoppedBy: "UnbondingTooShort",
  },
  { guard: "S-14", contract: "InferenceMarket", attack: attacks.tooDeepProgram, stoppedBy: "ProgramTooDeep" },
  {
    guard: "S-15",
    contract: "Parameters",
    attack: attacks.demoTierOnLiveChain,
    stoppedBy: "ParameterOutOfBounds",
  },
  { guard: "I-20", contract: "DisputeGame", attack: attacks.timeOutAtOnce, stoppedBy: "ClockRunning" },
  { guard: "I-25", contract: "DisputeGame", attack: attacks.moveAfterDeadline, stoppedBy: "ClockExpired" },
  { guard: "I-27", contract: "DisputeGame", attack: attacks.answerWithJunk, stoppedBy: "WrongPreimage" },
  { guard: "I-29", contract: "InferenceMarket", attack: attacks.finalizeDisputed, stoppedBy: "DisputesOpen" },
  { guard: "I-29", contract: "DisputeGame", attack: attacks.challengeAfterWindow, stoppedBy: "WindowClosed" },
  { guard: "I-30", contract: "InferenceMarket", attack: attacks.settleTwice, stoppedBy: "AlreadySettled" },
  {
    guard: "I-50",
    contract: "InferenceMarket",
    attack: attacks.slashAsStranger,
    stoppedBy: "NotDisputeGame",
  },
];

const factoryWith =
  (contract: string, { abi, bytecode }: Compiled): FactoryOf =>
  async (name: string, deployer: Signer, otherwise) =>
    name === contract ? new ContractFactory(abi, bytecode, deployer) : otherwise(name, deployer);

/** What stops the attack: the name of a contract's error, or nothing but the result. */
async function outcome(attack: attacks.Attack, options: DeployOptions): Promise<string> {
  try {
    return (await attack.succeeds(options)) ? "succeeded" : "gained nothing";
  } catch (error) {
    const [, name] = /custom error '(\w+)\(/.exec(String(error)) ?? [];
    if (name === undefined) throw error;
    return name;
  }
}

describe("mutants (S-24)", () => {
  let compiled: Compiled[] = [];

  before("compile", function () {
    this.timeout(180_000);
    compiled = compileMutants(cases);
  });

  cases.forEach(({ guard, contract, attack, stoppedBy = "gained nothing" }, index) => {
    it(`${guard}: without the guard in ${contract}, somebody ${attack.title}`, async () => {
      expect(await outcome(attack, {}), "the contracts").to.equal(stoppedBy);
      const factoryOf = factoryWith(contract, compiled[index]!);
      expect(await outcome(attack, { factoryOf, mutated: true }), "the mutant").to.equal("succeeded");
    });
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
