// Gives coins and play tokens to anyone who asks, on a local chain only.
import { type Deployment, sendCall } from "@assay/sdk";
import type { Express, Request, Response } from "express";
import {
  type Abi,
  type Account,
  type Address,
  createWalletClient,
  getAddress,
  type Hash,
  http,
  isAddress,
  parseEther,
  publicActions,
} from "viem";
import { FatalError, WrongChainError } from "../errors.ts";
import { readArtifact } from "./artifacts.ts";
import { localChainId } from "./hardhatChain.ts";

export type Gift = { address: Address; coins: bigint; tokens: bigint; hashes: Hash[] };

export type Faucet = {
  give(address: Address): Promise<Gift>;
  routes(app: Express): void;
};

export type FaucetOptions = {
  rpcUrl: string;
  deployment: Deployment;
  /** Who has the coins. */
  account: Account;
  /** Per request, in base units. */
  coins?: bigint;
  tokens?: bigint;
};

/** The faucet was asked for something that it does not do. */
export class FaucetError extends FatalError {
  override name = "FaucetError";
}

/** @throws WrongChainError on every chain but the local one. */
export function createFaucet({
  rpcUrl,
  deployment,
  account,
  coins = parseEther("10"),
  tokens = parseEther("10000"),
}: FaucetOptions): Faucet {
  if (deployment.chainId !== localChainId)
    throw new WrongChainError("A faucet gives play money: it runs on local chains only.", {
      facts: { chainId: deployment.chainId, allowed: localChainId },
    });
  const client = createWalletClient({ account, transport: http(rpcUrl), pollingInterval: 50 }).extend(
    publicActions,
  );
  const { abi } = readArtifact("AssayToken") as { abi: Abi };
  let last: Promise<unknown> = Promise.resolve();

  // One at a time: the gifts come from one account, whose nonces have to follow each other.
  const give = (address: Address): Promise<Gift> => {
    const gift = last.then(() => send(address));
    last = gift.catch(() => {});
    return gift;
  };

  async function send(address: Address): Promise<Gift> {
    const paid = await client.sendTransaction({ to: address, value: coins, chain: null });
    await client.waitForTransactionReceipt({ hash: paid });
    const mint = { address: deployment.token, abi, functionName: "mint", args: [address, tokens] };
    const { hash: minted } = await sendCall(client, { call: mint });
    return { address, coins, tokens, hashes: [paid, minted] };
  }

  const answer = async (request: Request, response: Response): Promise<void> => {
    const { address } = (request.body ?? {}) as { address?: unknown };
    if (typeof address !== "string" || !isAddress(address, { strict: false })) {
      response.status(400).json({ error: 'Send {"address": "0x…"}, an address of 20 bytes.' });
      return;
    }
    const gift = await give(getAddress(address));
    response.json({ ...gift, coins: String(gift.coins), tokens: String(gift.tokens) });
  };

  return {
    give,
    routes: (app) => {
      app.post("/faucet", answer);
    },
  };
}
