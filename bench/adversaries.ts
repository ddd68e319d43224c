// What every adversary of the library can do to honest people: nothing but delay, within the time formula. Then the same for
// opponents that decide by chance, before the toy judge and before the real one.
import { most } from "../node/bigints.ts";
import { Arena } from "../test/adversaries/Arena.ts";
import { playGame, type Result, tokens } from "../test/adversaries/actor.ts";
import { createArenas } from "../test/adversaries/arenas.ts";
import { actors } from "../test/adversaries/index.ts";
import { playRandomly } from "../test/adversaries/randomPlay.ts";
import { realScene, type Scene, toyScene } from "../test/adversaries/scene.ts";
import { compileDigits } from "./lib/digits.ts";
import { atLeast, atMost, progress, type Row, report } from "./lib/report.ts";

const GAMES = Number(process.env.ASSAY_GAMES ?? 4);
const TOY_GAMES = 1_000;
const REAL_GAMES = 100;
const TOGETHER = 20;
const SEED = Number(process.env.ASSAY_SEED ?? 1);

const rows: Row[] = [];
const all: Result[] = [];
let harmless = 0;

function add(actor: string, games: number, results: readonly Result[]): void {
  all.push(...results);
  const sum = (read: (result: Result) => bigint) => results.reduce((total, one) => total + read(one), 0n);
  const delay = most(0n, ...results.map((one) => one.delay));
  rows.push({
    actor,
    games,
    attacks: results.reduce((total, { moves }) => total + moves, 0),
    honest_stake_lost: tokens(sum(({ honestLost }) => honestLost)),
    wrong_results_finalized: results.reduce((total, { wrongFinalized }) => total + wrongFinalized, 0),
    worst_delay_seconds: Number(delay),
    // A negative cost is income: the fee of a right answer, what a voucher promises.
    cost_tokens: tokens(sum(({ cost }) => cost)),
    honest_gas: Number(sum(({ honestGas }) => honestGas)),
  });
}

const arenaOf = createArenas(SEED);
for (const actor of actors) {
  const results: Result[] = [];
  for (let game = 0; game < GAMES; game++) results.push(await playGame(await arenaOf(actor), actor.play));
  if (!actor.isHonest && results.some(({ moves }) => moves === 0)) harmless++;
  add(actor.name, GAMES, results);
  progress(`${actor.name}: ${GAMES} games`);
}

async function playByChance(name: string, scene: Scene, games: number): Promise<number> {
  const arena = await Arena.open(scene, { seed: SEED });
  const results: Result[] = [];
  for (let played = 0; played < games; played += TOGETHER) {
    results.push(await playRandomly(arena, Math.min(TOGETHER, games - played)));
    progress(`${name}: ${Math.min(games, played + TOGETHER)} of ${games} games`);
  }
  add(name, games, results);
  return games;
}

const toy = await playByChance("random, toy judge", toyScene(), TOY_GAMES);
const { program } = await compileDigits();
const real = await playByChance("random, digits, real judge", realScene(program), REAL_GAMES);
const lost = all.reduce((sum, { honestLost }) => sum + honestLost, 0n);
report(
  "adversaries",
  [
    atMost("honest_stake_lost", tokens(lost), 0, "tokens"),
    atMost(
      "wrong_results_finalized",
      all.reduce((sum, { wrongFinalized }) => sum + wrongFinalized, 0),
      0,
      "results",
    ),
    atLeast("actors", actors.length, 25, "actors"),
    atMost("actors_that_did_nothing", harmless, 0, "actors"),
    atLeast("random_games_toy", toy, 1_000, "games"),
    atLeast("random_games_real", real, 100, "games"),
    atMost(
      "worst_delay_of_time_formula",
      Math.max(...all.map(({ delay, formula }) => Number(delay) / Number(formula))),
      1,
      "of the formula",
    ),
  ],
  rows,
);
