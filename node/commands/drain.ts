// assay drain: ends a node without leaving anything open behind.
import { defineCommand } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { durationText } from "../cli/layout.ts";
import { runningNode } from "../cli/nodeStatus.ts";
import { second } from "../clock.ts";
import { runWorker } from "./worker.ts";

type Drained = { drained: true; seconds: number; exitCode?: number };

export const drainCommand = defineCommand({
  name: "drain",
  group: "Run",
  summary: "Take on nothing new, and end when nothing is open",
  about:
    "Tells the node that runs on this data folder, and waits until it has ended. When none runs, the worker's open commitments are looked after here until they are final.",
  scopes: ["chain", "follow", "send", "queue", "keys", "http", "programs", "worker"],
  runsOn: true,
  run: async (context): Promise<Drained> => {
    const from = context.clock.now();
    const pid = runningNode(context.config.dataDir);
    const ended =
      pid === undefined
        ? await runWorker(context, { now: true, drain: true })
        : await drainProcess(context, pid);
    const { exitCode } = ended as { exitCode?: number };
    const seconds = Math.round((context.clock.now() - from) / second);
    return { drained: true, seconds, ...(exitCode !== undefined && { exitCode }) };
  },
  render: ({ seconds, exitCode }) =>
    exitCode === undefined
      ? `Nothing is open; it took ${durationText(seconds)}.`
      : "The drain was broken off, see the log.",
});

async function drainProcess(
  { config, clock, note, output, progress }: Context,
  pid: number,
): Promise<object> {
  process.kill(pid, "SIGTERM");
  output.event("draining", { pid }, "");
  note(`Process ${pid} drains. This command may be interrupted: the drain goes on.`);
  const line = progress("drain");
  while (runningNode(config.dataDir) === pid) {
    line.update("waiting for open commitments");
    await clock.sleep(second / 4);
  }
  line.done();
  return {};
}
