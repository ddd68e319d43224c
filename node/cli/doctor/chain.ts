// Checks of the chain: endpoints, clock, contracts, balances, stake, roles, programs.
import { inferenceMarketAbi, parametersAbi } from "@assay/sdk/abi";
import { type Address, createPublicClient, http } from "viem";
import { second } from "../../clock.ts";
import { redactUrl } from "../../config.ts";
import { createFastExecutor } from "../../execution/fastExecutor.ts";
import { createReferenceExecutor } from "../../execution/referenceExecutor.ts";
import { selfTest } from "../../execution/selfTest.ts";
import { createThread } from "../../execution/thread.ts";
import type { KeyRole } from "../../keys/keystore.ts";
import { createMetrics } from "../../telemetry/metrics.ts";
import { type ChainAccess, openChain } from "../chain.ts";
import type { Context } from "../context.ts";
import { accountOf, addressOfKey, configuredKey } from "../keys.ts";
import { coinText, durationText, short, tokenText } from "../layout.ts";
import { openPrograms } from "../programSource.ts";
import { freeStake, leastLock, mayAct } from "../readiness.ts";
import { attempt, type Check, failed, ok, skipped, warning } from "./checks.ts";

/** Seconds by which this machine's clock may differ from the chain's before deadlines are judged wrongly. */
const tolerableDrift = 15;

export async function chainChecks(context: Context): Promise<Check[]> {
  const endpoints = await Promise.all(context.config.rpcUrls.map((url) => endpointCheck(context, url)));
  const opened = await attempt("deployment", async () => contracts(await openChain(context)));
  if (opened.state === "failed") return [...endpoints, opened];
  const chain = await openChain(context);
  return [
    ...endpoints,
    opened,
    await attempt("clock", () => clockDrift(context, chain)),
    ...(await Promise.all(
      (["operator", "defender", "challenger"] as const).map((role) =>
        attempt(`${role} key`, () => hotKey(context, chain, role)),
      ),
    )),
    await attempt("stake", () => stakeCheck(context, chain)),
    ...(await programChecks(context, chain)),
  ];
}

function endpointCheck({ config }: Context, url: string): Promise<Check> {
  const name = `endpoint ${redactUrl(url)}`;
  return attempt(name, async () => {
    const transport = http(url, { timeout: config.rpcTimeoutSeconds * second, retryCount: 0 });
    const client = createPublicClient({ transport });
    const [chainId, block] = await Promise.all([client.getChainId(), client.getBlock()]);
    const age = Math.round(Date.now() / second) - Number(block.timestamp);
    const found = `chain ${chainId}, block ${block.number}, ${durationText(age)} old`;
    if (config.chainId !== undefined && chainId !== config.chainId)
      return failed(name, found, `Use an endpoint of chain ${config.chainId}, or correct --chain-id`);
    if (config.maxHeadAgeSeconds > 0 && age > config.maxHeadAgeSeconds)
      return warning(name, found, "The endpoint is behind: wait until it has caught up, or use another one");
    return ok(name, found);
  });
}

/** Code where the deployment says that contracts are, and a market that answers as one. */
async function contracts({ client, deployment, chainId }: ChainAccess): Promise<Check> {
  const { startBlock, chainId: _, governor, guardian, auditPool, ...addresses } = deployment;
  const codes = await Promise.all(
    Object.entries(addresses).map(
      async ([name, address]) => [name, await client.getCode({ address })] as const,
    ),
  );
  const missing = codes.filter(([, code]) => code === undefined || code === "0x").map(([name]) => name);
  if (missing.length > 0)
    return failed(
      "deployment",
      `no code at ${missing.join(", ")}`,
      "Use the deployment file of this very chain",
    );
  const { inferenceMarket: address, parameters } = deployment;
  await client.readContract({ address, abi: inferenceMarketAbi, functionName: "batchRoot", args: [0] });
  const versions = await client.readContract({
    address: parameters,
    abi: parametersAbi,
    functionName: "versions",
  });
  return ok(
    "deployment",
    `chain ${chainId}, market ${address}, ${versions} tier${versions === 1 ? "" : "s"}`,
  );
}

async function clockDrift({ clock }: Context, { client }: ChainAccess): Promise<Check> {
  const { timestamp } = await client.getBlock();
  const ahead = Number(timestamp) - clock.now() / second;
  if (ahead > tolerableDrift)
    return failed(
      "clock",
      `this machine is ${durationText(ahead)} behind the chain`,
      "Set the clock, and keep it set with NTP",
    );
  return ok("clock", ahead > 0 ? `${ahead.toFixed(0)} s behind the newest block` : "not behind the chain");
}

/** Coins for gas, and the right to act where the role needs one. */
async function hotKey(
  context: Context,
  chain: ChainAccess,
  role: KeyRole & ("operator" | "defender" | "challenger"),
): Promise<Check> {
  const name = `${role} key`;
  const address = addressOfKey(context, configuredKey(context.config, role));
  if (address === undefined) return skipped(name, "not on this machine");
  const coins = await chain.client.getBalance({ address });
  const found = `${address}, ${coinText(coins)}`;
  if (coins === 0n) return failed(name, found, "Send it coins for gas; on a devnet: assay faucet");
  if (role === "challenger") return ok(name, found);
  const account = accountOf(context);
  if (await mayAct(chain, account, address, role))
    return ok(name, `${found}, authorized by ${short(account)}`);
  return failed(
    name,
    `${found}, not authorized by ${account}`,
    `The owner runs: assay keys authorize ${role}`,
  );
}

async function stakeCheck(context: Context, chain: ChainAccess): Promise<Check> {
  let account: Address;
  try {
    account = accountOf(context);
  } catch {
    return skipped("stake", "no account is named");
  }
  const [free, least] = await Promise.all([
    freeStake(chain, account),
    leastLock(chain, context.config.tiers),
  ]);
  const found = `${tokenText(free)} free`;
  if (free >= least)
    return ok("stake", `${found}, enough for ${least === 0n ? 0n : free / least} commitments at a time`);
  return warning(
    "stake",
    `${found}, one commitment locks ${tokenText(least)}`,
    "Stake more: assay stake AMOUNT",
  );
}

/** Every program that the worker serves or the watchtower names: can be had, is registered, comes out right here. */
async function programChecks(context: Context, chain: ChainAccess): Promise<Check[]> {
  const { config, clock } = context;
  const programs = [...new Set([...config.programs, ...config.watchPrograms])];
  if (programs.length === 0) return [skipped("programs", "none are named in the settings")];
  const fast = createFastExecutor({ ...config, metrics: createMetrics(), clock });
  const reference = createReferenceExecutor(createThread());
  const source = openPrograms(context, chain);
  const checks: Check[] = [];
  try {
    for (const programId of programs) {
      const name = `program ${short(programId)}`;
      checks.push(
        await attempt(name, async () => {
          const { committed, manifest } = await source.files(programId);
          const { executeSeconds, traceSeconds } = await selfTest(committed, fast, reference, clock);
          const times = `${(executeSeconds * 1_000).toFixed(0)} ms an answer, ${traceSeconds.toFixed(2)} s a trace`;
          return ok(name, `${manifest.name}: roots and known answers are right; ${times}`);
        }),
      );
    }
  } finally {
    await Promise.all([fast.close(), reference.close()]);
  }
  return checks;
}
