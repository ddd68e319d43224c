// assay faucet: asks a local network's faucet for play money.
import type { Address, Hash } from "viem";
import { defaulted, defineCommand, required } from "../cli/command.ts";
import { coinText, facts, tokenText } from "../cli/layout.ts";
import { address, httpUrl } from "../cli/values.ts";
import { FatalError, RetryableError } from "../errors.ts";

type Gift = { address: Address; coins: bigint; tokens: bigint; hashes: Hash[] };

export const faucetCommand = defineCommand({
  name: "faucet",
  group: "Begin",
  summary: "Get coins and tokens on a local network that `assay devnet` runs",
  args: { address: required(address, "Who receives them") },
  flags: {
    url: defaulted(httpUrl, "http://127.0.0.1:8546/faucet", "The faucet, as `assay devnet` prints it", {
      placeholder: "url",
    }),
  },
  run: async ({ signal }, { address, url }): Promise<Gift> => {
    const response = await ask(url, address, signal);
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    if (!response.ok)
      throw new FatalError("The faucet refused.", {
        facts: { url, status: response.status, error: body.error },
      });
    const { coins, tokens, hashes } = body as { coins: string; tokens: string; hashes: Hash[] };
    return { address, coins: BigInt(coins), tokens: BigInt(tokens), hashes };
  },
  render: ({ address, coins, tokens }) =>
    facts([
      ["address", address],
      ["received", `${coinText(coins)}, ${tokenText(tokens)}`],
    ]),
});

async function ask(url: string, address: Address, signal: AbortSignal): Promise<Response> {
  try {
    const headers = { "content-type": "application/json" };
    return await fetch(url, { method: "POST", headers, body: JSON.stringify({ address }), signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new RetryableError("The faucet does not answer.", {
      facts: { url },
      hint: "Start a local network with `assay devnet`, or name its faucet with --url",
      cause,
    });
  }
}
