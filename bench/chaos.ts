// Storms on a real client, and a SIGKILL at every point at which a worker's or a watchtower's journal is written.
// `--storms 1 --from SEED --points 0` repeats one storm.
// Arguments: --storms N --requests N --reorgs N --from SEED --points N (the most points of each role; all of them by default).
import { type KillStage, openKillStage, playKill } from "../test/helpers/chaosKill.ts";
import { playChaos } from "../test/helpers/chaosStory.ts";
import { atLeast, atMost, progress, type Row, report } from "./lib/report.ts";

const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const storms = option("storms", 20);
const most = option("points", 1_000);

const rows: Row[] = [];
const sum = { wrongFinality: 0, lostStake: 0, doubleSpends: 0, equivocations: 0, unfinished: 0 };
const depths: number[] = [];
let deaths = 0;

const first = option("from", 1);
for (let seed = first; seed < first + storms; seed++) {
  try {
    const storm = await playChaos({ seed, requests: option("requests", 8), reorgs: option("reorgs", 8) });
    note(`storm ${seed}`, storm);
    depths.push(...storm.reorgs);
    rows.push({
      storm: seed,
      finalized: storm.finalized,
      slashed: storm.slashed,
      harmless_lies: storm.harmless,
      false_alarms: storm.refuted,
      faults: storm.faults,
      deepest_reorg: Math.max(...storm.reorgs),
      seconds: Math.round(storm.seconds),
    });
    progress(
      `storm ${seed}: ${storm.faults} faults, ${storm.reorgs.length} re-organisations, ${storm.harmless} harmless lies`,
    );
  } catch (error) {
    sum.unfinished += 1;
    tell(`storm ${seed}`, [String(error)]);
  }
}

if (most > 0) {
  const stage = await openKillStage();
  for (const role of ["worker", "watchtower"] as const) {
    let point = 1;
    while (point <= most && (await die(stage, role, point))) point += 1;
    rows.push({ storm: `a ${role} killed at every point`, points: point - 1 });
  }
  await stage.close();
}

/** False when the story was over before that point. */
async function die(stage: KillStage, role: "worker" | "watchtower", point: number): Promise<boolean> {
  let killed = false;
  for (const moment of ["before", "after"] as const) {
    const name = `${role} killed ${moment} commit ${point}`;
    try {
      const outcome = await playKill(stage, { role, point, moment });
      note(name, outcome);
      tell(name, outcome.equivocations);
      sum.equivocations += outcome.equivocations.length;
      deaths += Number(outcome.killed);
      killed ||= outcome.killed;
    } catch (error) {
      sum.unfinished += 1;
      killed = true;
      tell(name, [String(error)]);
    }
  }
  progress(`${role}: point ${point}`);
  return killed;
}

function note(
  name: string,
  found: { wrongFinality: readonly string[]; lostStake: bigint; doubleSpends: readonly string[] },
): void {
  const { wrongFinality, lostStake, doubleSpends } = found;
  sum.wrongFinality += wrongFinality.length;
  sum.lostStake += Number(lostStake !== 0n);
  sum.doubleSpends += doubleSpends.length;
  tell(name, [...wrongFinality, ...doubleSpends]);
  if (lostStake !== 0n) tell(name, [`the worker's stake is ${lostStake} less`]);
}

/** What was wrong with which story, at once and in the result. */
function tell(name: string, sentences: readonly string[]): void {
  for (const wrong of sentences) {
    progress(`${name}: ${wrong}`);
    rows.push({ storm: name, wrong });
  }
}

report(
  "chaos",
  [
    atMost("wrong_finality", sum.wrongFinality, 0, "answers"),
    atMost("lost_stake", sum.lostStake, 0, "stories"),
    atMost("double_spends", sum.doubleSpends, 0, "payments"),
    atMost("equivocations", sum.equivocations, 0, "signatures"),
    atMost("unfinished", sum.unfinished, 0, "stories"),
    ...(storms > 0 ? [atLeast("deepest_reorg", Math.max(...depths), 32, "blocks")] : []),
    ...(most > 0 ? [atLeast("kills", deaths, 2 * Math.min(most, 20), "processes")] : []),
  ],
  rows,
);
process.exit();
