// Puts a local network together, says where everything is, and runs it until a signal comes.
import type { Context } from "../cli/context.ts";
import { facts } from "../cli/layout.ts";
import { createHttpServer } from "../http/server.ts";
import { createLifecycle, runUntilStopped } from "../lifecycle.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { version } from "../version.ts";
import { createDevnetHome, describeNetwork } from "./home.ts";
import { type NetworkOptions, startNetwork } from "./network.ts";
import { sdkSnippet } from "./snippet.ts";

export type DevnetOptions = {
  folder: string;
  rpcPort: number;
  faucetPort: number;
  tiers: NetworkOptions["tiers"];
  /** Seconds. */
  blockTime: number;
  externalChain?: string | undefined;
};

const host = "127.0.0.1";

export async function runDevnet(context: Context, options: DevnetOptions): Promise<number> {
  const { logger, output, io, config } = context;
  const home = await createDevnetHome(options.folder);
  context.note("Starting the chain and deploying the contracts…");
  const network = await startNetwork({
    host,
    rpcPort: options.rpcPort,
    externalUrl: options.externalChain,
    tiers: options.tiers,
    blockMilliseconds: options.blockTime * 1_000,
  });
  const { deployment, rpcUrl, faucet } = network;
  describeNetwork(home, deployment, rpcUrl);
  const lifecycle = createLifecycle({ logger, graceSeconds: config.graceSeconds });
  const server = createHttpServer({
    host,
    port: options.faucetPort,
    bodyBytes: 1_024,
    metricsHost: host,
    health: () => ({ ready: true, reasons: [] }),
    routes: faucet.routes,
    logger,
    metrics: createMetrics({ version }),
  });
  lifecycle.add(network, server, {
    name: "announcement",
    start: () => {
      const faucetUrl = `${server.url()}/faucet`;
      const snippet = sdkSnippet({ rpcUrl, deploymentFile: home.deploymentFile, requester: home.keys });
      const keys = home.keys.map(({ role, address, file }) => ({ role, address, file }));
      const fields = {
        rpcUrl,
        chainId: deployment.chainId,
        faucetUrl,
        deployment,
        keys,
        ...homeFields(home),
        snippet,
      };
      output.event("ready", fields, announcement({ rpcUrl, faucetUrl, home, keys, snippet }));
    },
  });
  return runUntilStopped(lifecycle, { logger, signals: io.signals });
}

type Home = Awaited<ReturnType<typeof createDevnetHome>>;

const homeFields = ({ folder, settingsFile, deploymentFile, passwordFile }: Home) => ({
  folder,
  settingsFile,
  deploymentFile,
  passwordFile,
});

type Announced = {
  rpcUrl: string;
  faucetUrl: string;
  home: Home;
  keys: readonly { role: string; address: string; file: string }[];
  snippet: string;
};

function announcement({ rpcUrl, faucetUrl, home, keys, snippet }: Announced): string {
  return [
    "The network runs. Stop it with Ctrl+C.",
    facts([
      ["JSON-RPC", rpcUrl],
      ["faucet", `${faucetUrl} (assay faucet ADDRESS)`],
      ["contracts", home.deploymentFile],
      ["settings", home.settingsFile],
      ["keys' password", home.passwordFile],
      ...keys.map(({ role, address, file }) => [role, `${address}  ${file}`] as const),
    ]),
    `Try, in another terminal:\n  cd ${home.folder} && assay status`,
    `Or from TypeScript:\n\n${snippet}`,
  ].join("\n\n");
}
