// Random histories of the Solidity invariants, played in processes of their own.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a share of the histories came to. */
export interface Played {
  /** Histories in which nothing broke to the end. */
  runs: number;
  /** Moves and pauses; after each, everything is looked at. */
  calls: number;
  /** Calls that the players themselves refused; what the protocol refuses is part of a move. */
  reverts: number;
  /** What each broken invariant says. */
  broken: string[];
  cpuSeconds: number;
  /** The most that the process held. */
  memoryMb: number;
}

/** Plays `runs` histories of `depth` calls from `seed` over a file of `test/contracts`, which is compiled. */
export function playHistories(suite: string, runs: number, depth: number, seed: number): Promise<Played> {
  const main = fileURLToPath(new URL("historiesMain.ts", import.meta.url));
  const argv = [...process.execArgv, main, suite, String(runs), String(depth), String(seed)];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const last = output.trim().split("\n").at(-1) ?? "";
      if (code === 0 && last !== "") resolve(JSON.parse(last));
      else reject(new Error(`${suite}, seed ${seed}: the process ended with status ${code}`));
    });
  });
}
