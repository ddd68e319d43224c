// One line that says how far long work is: redrawn at a terminal, printed now and then elsewhere.
import { type Clock, second } from "../clock.ts";
import type { Progress } from "./context.ts";
import type { Sink } from "./output.ts";

const redrawEvery = second / 10;
const printEvery = 5 * second;

export function createProgress(
  label: string,
  { stderr, clock, quiet }: { stderr: Sink; clock: Clock; quiet: boolean },
): Progress {
  if (quiet) return { update: () => {}, done: () => {} };
  const isTerminal = stderr.isTTY === true;
  const startedAt = clock.now();
  let shownAt = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    update: (text, share) => {
      const now = clock.now();
      if (now - shownAt < (isTerminal ? redrawEvery : printEvery)) return;
      shownAt = now;
      isShown = true;
      const percent = share === undefined ? "" : ` ${Math.floor(share * 100)} %`;
      const seconds = Math.floor((now - startedAt) / second);
      const line = `${label}:${percent} ${text}${seconds > 0 ? ` (${seconds} s)` : ""}`;
      stderr.write(isTerminal ? `\r\u001b[2K${line}` : `${line}\n`);
    },
    done: () => {
      if (isTerminal && isShown) stderr.write("\r\u001b[2K");
    },
  };
}
