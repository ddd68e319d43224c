// A process of its own for damaged files: reads KIND FIRST LAST, says each file's outcome in one line of JSON.
import { type HostileKind, readHostileFile } from "./hostileKinds.ts";
import { outcomeOf } from "./hostileRun.ts";

const [kind, first, last] = process.argv.slice(2);
console.log(JSON.stringify({ ready: true }));
// A process begins with the peak of the one that started it.
const inherited = process.resourceUsage().maxRSS;

function peakKilobytes(): number {
  const { maxRSS } = process.resourceUsage();
  return maxRSS > inherited ? maxRSS : process.memoryUsage.rss() / 1024;
}

for (let seed = Number(first); seed <= Number(last); seed++) {
  const { program, random } = readHostileFile(kind as HostileKind, seed);
  const outcome = await outcomeOf(program, random);
  const megabytes = Math.round(peakKilobytes() / 1024);
  console.log(JSON.stringify({ seed, ...outcome, megabytes }));
}
process.exit(0);
