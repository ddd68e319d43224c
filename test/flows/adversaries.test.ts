// S-24: every adversary of the library against the honest strategies: nobody honest loses, nothing wrong becomes final, nothing
// takes longer than the time formula. That the counters can count is shown where a defence is taken out.
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { ContractFactory } from "ethers";
import { Arena } from "../adversaries/Arena.ts";
import { type Actor, playGame, type Result } from "../adversaries/actor.ts";
import { createArenas } from "../adversaries/arenas.ts";
import { actor as frontRunner } from "../adversaries/FrontRunner.ts";
import { actor as griefChallenger } from "../adversaries/GriefChallenger.ts";
import { actors } from "../adversaries/index.ts";
import { playRandomly } from "../adversaries/randomPlay.ts";
import { realScene, type Scene, toyScene } from "../adversaries/scene.ts";
import { actor as wrongOutputWorker } from "../adversaries/WrongOutputWorker.ts";
import type { FactoryOf } from "../helpers/deploy.ts";
import { compileMutants, type Mutants } from "../mutants/compileMutants.ts";
import { attacked, tested } from "../mutants/guards.ts";

const toyGames = 60;
const realGames = 6;

function expectNoHarm({ honestLost, wrongFinalized, delay, formula }: Result): void {
  expect(honestLost, "lost by honest parties").to.equal(0n);
  expect(wrongFinalized, "wrong results that became final").to.equal(0);
  expect(delay <= formula, `a delay of ${delay} s, ${formula} s by the formula`).to.equal(true);
}

describe("adversaries (S-24)", function () {
  this.timeout(180_000);
  const arenaOf = createArenas(24);

  it("are at least 25, each under its own name", () => {
    const names = new Set(actors.map(({ name }) => name));
    expect(names.size).to.equal(actors.length);
    expect(names.size).to.be.at.least(25);
  });

  it("are as contracts what they are as agents: each enters the campaign, and has a play in which its attack is made", () => {
    const names = actors.map(({ name }) => name).sort();
    const folder = new URL("../contracts/", import.meta.url);
    const read = (path: string) => readFileSync(new URL(path, folder), "utf8");
    const files = globSync("adversaries/*.sol", { cwd: fileURLToPath(folder) });
    expect(files.map((file) => basename(file, ".sol")).sort(), "contracts").to.deep.equal(names);
    const entering = read("adversaries/base/Stage.sol").matchAll(/_enter\("(\w+)"/g);
    expect([...entering].map(([, name]) => name).sort(), "the campaign").to.deep.equal(names);
    const plays = [read("AdversariesWork.t.sol"), read("AdversariesTrade.t.sol")].join("\n");
    const played = new Set([...plays.matchAll(/function test_([A-Za-z]+)_/g)].map(([, name]) => name));
    expect([...played].sort(), "plays").to.deep.equal(names);
  });

  for (const actor of actors) {
    it(`${actor.name}: no honest stake is lost, nothing wrong is final, all in time`, async () => {
      const result = await playGame(await arenaOf(actor), actor.play);
      expectNoHarm(result);
      if (!actor.isHonest) expect(result.moves, "attacks").to.be.at.least(1);
    });
  }
});

describe("random opponents (S-14, I-20)", function () {
  this.timeout(180_000);
  const scenes: [string, () => Scene, number][] = [
    ["toy judge", toyScene, toyGames],
    ["real judge", realScene, realGames],
  ];

  for (const [judge, scene, games] of scenes) {
    it(`${games} games before the ${judge}: the honest side never loses its bond and is always in time`, async () => {
      const arena = await Arena.open(scene(), { seed: 7 });
      const together = 20;
      for (let played = 0; played < games; played += together) {
        const result = await playRandomly(arena, Math.min(together, games - played));
        expectNoHarm(result);
        expect(result.finalized + result.slashed, "games that ended").to.equal(result.games);
        expect(result.slashed, "every lie was caught").to.equal(Math.floor(result.games / 2));
        expect(result.moves).to.be.at.least(result.games);
      }
    });
  }
});

describe("the counters of adversaries (S-24)", function () {
  this.timeout(180_000);
  const contracts = ["DisputeGame", "InferenceMarket"];
  const guards = [...attacked, ...tested].filter(({ contract }) => contracts.includes(contract));
  let mutants: Mutants;

  before(() => {
    mutants = compileMutants(guards, contracts, []);
  });

  /** A game on a network without that defence. */
  async function playWithout(contract: string, guard: string, { play }: Actor): Promise<Result> {
    const factoryOf: FactoryOf = async (name, deployer, otherwise) => {
      if (name !== contract) return otherwise(name, deployer);
      const { abi, bytecode } = mutants.contract(name, { contract, guard });
      return new ContractFactory(abi, bytecode, deployer);
    };
    return playGame(await Arena.open(toyScene(), { factoryOf, mutated: true }), play);
  }

  it("S-08: count stake that an honest worker loses where strangers may bind it", async () => {
    const { honestLost } = await playWithout("DisputeGame", "S-08", frontRunner);
    expect(honestLost > 0n).to.equal(true);
  });

  it("I-20: count stake that an honest worker loses where time is called at once", async () => {
    const { honestLost } = await playWithout("DisputeGame", "I-20", griefChallenger);
    expect(honestLost > 0n).to.equal(true);
  });

  it("I-29: count wrong results where answers are final before their window is over", async () => {
    const { wrongFinalized } = await playWithout("InferenceMarket", "I-29", wrongOutputWorker);
    expect(wrongFinalized).to.equal(1);
  });
});
