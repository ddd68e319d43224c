// Puts a local network together, says where everything is, and runs it until a signal comes.
import type { Context } from "../cli/context.ts";
import { createHttpServer } from "../http/server.ts";
import { createLifecycle, type Lifecycle, runUntilStopped } from "../lifecycle.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { version } from "../version.ts";
import { announcement, type DevnetFacts } from "./announcement.ts";
import { createDevnetHome, type DevnetHome, describeNetwork } from "./home.ts";
import { type Network, type NetworkOptions, startNetwork } from "./network.ts";
import { readPrograms, registerPrograms } from "./programs.ts";
import { createDevnetWorker } from "./worker.ts";

export type DevnetOptions = {
  folder: string;
  rpcPort: number;
  faucetPort: number;
  workerPort: number;
  tiers: NetworkOptions["tiers"];
  /** Seconds. */
  blockTime: number;
  externalChain?: string | undefined;
  /** Program folders; digits if empty. */
  programs: readonly string[];
  withWorker: boolean;
};

const host = "127.0.0.1";

/** Runs the network and returns the exit code. */
export async function runDevnet(context: Context, options: DevnetOptions): Promise<number> {
  const { logger, io, config } = context;
  const programs = readPrograms(options.programs);
  const home = await createDevnetHome(options.folder);
  context.note("Starting the chain and deploying the contracts…");
  const network = await startNetwork({
    host,
    rpcPort: options.rpcPort,
    externalUrl: options.externalChain,
    tiers: options.tiers,
    blockMilliseconds: options.blockTime * 1_000,
  });
  const lifecycle = createLifecycle({ logger, graceSeconds: config.graceSeconds });
  try {
    await addParts(context, options, lifecycle, { home, network, programs });
  } catch (error) {
    await network.stop();
    throw error;
  }
  return runUntilStopped(lifecycle, { logger, signals: io.signals });
}

type Parts = { home: DevnetHome; network: Network; programs: ReturnType<typeof readPrograms> };

async function addParts(
  { logger, output }: Context,
  options: DevnetOptions,
  lifecycle: Lifecycle,
  { home, network, programs }: Parts,
): Promise<void> {
  const { rpcUrl, deployment, faucet } = network;
  await registerPrograms(rpcUrl, deployment, programs);
  const faucetServer = createHttpServer({
    host,
    port: options.faucetPort,
    bodyBytes: 1_024,
    metricsHost: host,
    health: () => ({ ready: true, reasons: [] }),
    routes: faucet.routes,
    logger: logger.child({ node: "faucet" }),
    metrics: createMetrics({ version }),
  });
  lifecycle.add(network, faucetServer);
  const worker = options.withWorker
    ? await createDevnetWorker({
        home,
        deployment,
        rpcUrl,
        port: options.workerPort,
        tiers: options.tiers.length,
        programs,
        onEvent: ({ kind, ...fields }) => output.event(kind, fields, ""),
        fail: lifecycle.fail,
        logger,
      })
    : undefined;
  if (worker !== undefined) lifecycle.add(...worker.components);
  lifecycle.add({
    name: "announcement",
    start: () => {
      const workerUrl = worker?.node.http.url();
      describeNetwork(home, { deployment, rpcUrl, workerUrl });
      const facts: DevnetFacts = {
        rpcUrl,
        chainId: deployment.chainId,
        faucetUrl: `${faucetServer.url()}/faucet`,
        workerUrl: workerUrl ?? null,
        deployment,
        folder: home.folder,
        settingsFile: home.settingsFile,
        deploymentFile: home.deploymentFile,
        passwordFile: home.passwordFile,
        keys: home.keys,
        programs: programs.map(({ programId, manifest, committed }) => ({
          programId,
          name: manifest.name,
          inputBytes: committed.header.inputBytes,
          readsText: manifest.text !== undefined,
        })),
      };
      output.event("ready", ...announcement(facts));
    },
  });
}
