// Checks that an account can pay before anything is sent.
import { type Address, erc20Abi } from "viem";
import { FatalError } from "../errors.ts";
import type { ChainAccess } from "./chain.ts";
import { coinText, tokenText } from "./layout.ts";

export class InsufficientBalanceError extends FatalError {
  override name = "InsufficientBalanceError";
}

export function tokenBalance(
  { client, deployment }: Pick<ChainAccess, "client" | "deployment">,
  owner: Address,
): Promise<bigint> {
  return client.readContract({
    address: deployment.token,
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [owner],
  });
}

/** @throws InsufficientBalanceError when the account holds fewer tokens, or no coins for gas at all. */
export async function requireTokens(
  chain: Pick<ChainAccess, "client" | "deployment">,
  account: Address,
  required: bigint,
): Promise<void> {
  const [held, coins] = await Promise.all([
    tokenBalance(chain, account),
    chain.client.getBalance({ address: account }),
  ]);
  if (held < required)
    throw new InsufficientBalanceError("The account holds too few tokens.", {
      facts: { account, token: chain.deployment.token, held: tokenText(held), required: tokenText(required) },
    });
  if (coins === 0n)
    throw new InsufficientBalanceError("The account has no coins to pay for gas.", {
      facts: { account, held: coinText(coins) },
    });
}
