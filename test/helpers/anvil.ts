// A chain of its own for tests that re-organise, stop mining or look into the transaction pool.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { assayTokenAbi } from "@assay/sdk/abi";
import {
  type Address,
  createTestClient,
  type Hex,
  http,
  type PublicActions,
  publicActions,
  type TestClient,
  type WalletActions,
  walletActions,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";

export interface Anvil {
  url: string;
  client: TestClient<"anvil"> & PublicActions & WalletActions;
  stop(): Promise<void>;
}

const require = createRequire(import.meta.url);
const startMilliseconds = 10_000;

/** The n-th of anvil's funded accounts. */
export function anvilKey(index: number): Hex {
  const { privateKey } = mnemonicToAccount("test test test test test test test test test test test junk", {
    addressIndex: index,
  }).getHdKey();
  return `0x${Buffer.from(privateKey ?? []).toString("hex")}`;
}

export async function startAnvil(...options: string[]): Promise<Anvil> {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const manifest = require.resolve(`@foundry-rs/anvil-${process.platform}-${architecture}/package.json`);
  const program = join(dirname(manifest), "bin", process.platform === "win32" ? "anvil.exe" : "anvil");
  const child = spawn(program, ["--port", "0", "--host", "127.0.0.1", ...options], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), startMilliseconds);
  const url = await listeningUrl(child);
  clearTimeout(timer);
  const client = createTestClient({ mode: "anvil", transport: http(url), cacheTime: 0, pollingInterval: 20 })
    .extend(publicActions)
    .extend(walletActions);
  return {
    url,
    client,
    stop: async () => {
      if (child.exitCode !== null) return;
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    },
  };
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("anvil has no output");
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /Listening on (\S+)/.exec(line)?.[1];
    if (address !== undefined) {
      child.stdout.resume();
      return `http://${address}`;
    }
  }
  throw new Error("anvil ended before it listened");
}

/** Deploys the play-money token: its mints are events, its transfers can revert. */
export async function deployToken({ client }: Anvil): Promise<Address> {
  const path = new URL("../../artifacts/contracts/mocks/AssayToken.sol/AssayToken.json", import.meta.url);
  const { bytecode } = JSON.parse(readFileSync(path, "utf8")) as { bytecode: Hex };
  const [account] = await client.getAddresses();
  if (account === undefined) throw new Error("anvil has no accounts");
  const hash = await client.deployContract({ abi: assayTokenAbi, bytecode, account, chain: null });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error("the token was not deployed");
  return contractAddress;
}

/** Mints in a transaction of its own and returns its hash. */
export async function mint({ client }: Anvil, token: Address, to: Address, amount: bigint): Promise<Hex> {
  const [account] = await client.getAddresses();
  return client.writeContract({
    address: token,
    abi: assayTokenAbi,
    functionName: "mint",
    args: [to, amount],
    account: account ?? to,
    chain: null,
  });
}
