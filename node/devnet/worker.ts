// The worker of a local network: an ordinary one, in the same process.
import type { Deployment } from "@assay/sdk";
import { type Assembled, assembleWorker } from "../assemble.ts";
import { systemClock } from "../clock.ts";
import { type Config, loadConfig } from "../config.ts";
import { createSigner } from "../keys/keystore.ts";
import type { ProgramFiles } from "../programFiles.ts";
import type { RoleEvent } from "../roles/roleEvents.ts";
import type { Logger } from "../telemetry/logger.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { version } from "../version.ts";
import { devnetAccounts } from "./accounts.ts";
import { type DevnetHome, describeNetwork } from "./home.ts";

export type DevnetWorkerOptions = {
  home: DevnetHome;
  deployment: Deployment;
  rpcUrl: string;
  port: number;
  tiers: number;
  programs: readonly ProgramFiles[];
  onEvent(event: RoleEvent): void;
  fail(error: unknown): void;
  logger: Logger;
};

/** Adds the worker's components; the network's settings name it as a source of programs once it listens. */
export async function createDevnetWorker(options: DevnetWorkerOptions): Promise<Assembled> {
  const { home, deployment, rpcUrl, port, tiers, programs, onEvent, fail, logger } = options;
  const { operator, owner } = devnetAccounts();
  describeNetwork(home, { deployment, rpcUrl, workerUrl: undefined });
  const { config } = loadConfig({ flags: { config: home.settingsFile }, environment: {} });
  const worker = assembleWorker({
    config: workerConfig(config, { dataDir: home.dataDir("worker"), port, tiers, programs }),
    deployment,
    signer: createSigner("operator", operator.privateKey),
    account: owner.account.address,
    onEvent,
    fail,
    logger: logger.child({ node: "worker" }),
    metrics: createMetrics({ version }),
    clock: systemClock,
  });
  for (const { programBytes, manifestBytes, tokenizerBytes } of programs)
    await worker.node.programs.put(programBytes, manifestBytes, tokenizerBytes);
  return worker;
}

type Changed = { dataDir: string; port: number; tiers: number; programs: readonly ProgramFiles[] };

function workerConfig(config: Config, { dataDir, port, tiers, programs }: Changed): Config {
  return {
    ...config,
    dataDir,
    httpPort: port,
    tiers: Array.from({ length: tiers }, (_, index) => index + 1),
    programs: programs.map(({ programId }) => programId),
    sampleRate: 1,
  };
}
