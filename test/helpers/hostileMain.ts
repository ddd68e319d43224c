// A process of its own for damaged files: reads KIND FIRST LAST, says each file's outcome in one line of JSON.
import { type HostileKind, readHostileFile } from "./hostileKinds.ts";
import { outcomeOf } from "./hostileRun.ts";

const [kind, first, last] = process.argv.slice(2);
console.log(JSON.stringify({ ready: true }));
for (let seed = Number(first); seed <= Number(last); seed++) {
  const { program, random } = readHostileFile(kind as HostileKind, seed);
  const outcome = await outcomeOf(program, random);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ seed, ...outcome, megabytes }));
}
process.exit(0);
