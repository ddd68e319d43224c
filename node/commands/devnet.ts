// assay devnet: a whole network on this machine, in one command.
import { resolve } from "node:path";
import { defaulted, defineCommand, optional, repeated, toggle } from "../cli/command.ts";
import { facts } from "../cli/layout.ts";
import { duration, httpUrl, oneOf, port, text } from "../cli/values.ts";
import { localTierNames } from "../devnet/localTiers.ts";
import { runDevnet } from "../devnet/runDevnet.ts";

type Stopped = { stopped: true; exitCode: number };

export const devnetCommand = defineCommand({
  name: "devnet",
  group: "Begin",
  summary: "Run a whole network on this machine: chain, contracts, worker, faucet",
  about:
    "Everything listens on loopback and is gone when the command ends. The keys are known to everybody: never use them elsewhere. Commands that are run in the network's folder find it by themselves.",
  runsOn: true,
  flags: {
    folder: defaulted(text, "devnet", "Folder for addresses, keys and settings; emptied at every start", {
      placeholder: "folder",
    }),
    rpcPort: defaulted(port, 8_545, "Port of the chain's JSON-RPC; 0 takes a free one", {
      placeholder: "port",
    }),
    faucetPort: defaulted(port, 8_546, "Port of the faucet; 0 takes a free one", { placeholder: "port" }),
    workerPort: defaulted(port, 8_480, "Port of the worker's HTTP server; 0 takes a free one", {
      placeholder: "port",
    }),
    program: repeated(text, "Folder of a compiled program to register and serve; digits if not given", {
      placeholder: "folder",
    }),
    withoutWorker: toggle("Start no worker, to run one by hand"),
    tier: repeated(
      oneOf(...localTierNames),
      "Parameter versions, the first is version 1: devnet has clocks of minutes, demo of seconds",
      {
        placeholder: "name",
      },
    ),
    blockTime: defaulted(duration, 1, "Seconds between blocks when nothing happens", { placeholder: "time" }),
    externalChain: optional(httpUrl, "Use a local chain that runs already instead of starting one", {
      placeholder: "url",
    }),
  },
  examples: ["assay devnet", "assay devnet --tier demo --json"],
  run: async (context, given): Promise<Stopped> => {
    const exitCode = await runDevnet(context, {
      ...given,
      programs: given.program,
      withWorker: !given.withoutWorker,
      folder: resolve(context.io.folder, given.folder),
      tiers: given.tier.length > 0 ? given.tier : localTierNames,
    });
    return { stopped: true, exitCode };
  },
  render: () => facts([["devnet", "stopped"]]),
});
