// Signs a permit of the stake token for the vault.
import { type Account, type Address, erc20Abi, parseAbi, parseSignature } from "viem";
import { parseAccount } from "viem/accounts";
import { getBlock, signTypedData } from "viem/actions";
import { assayTokenAbi } from "../../abi/assayToken.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { MissingAccountError } from "../../errors/clientErrors.ts";
import type { Permit } from "../../protocol/request.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

/** Seconds that a permit is good for unless told otherwise. */
const PERMIT_SECONDS = 3600n;

export type SignPermitParameters = DeploymentParameters & {
  /** Token units that the vault may take from the signer. */
  amount: bigint;
  /** Unix seconds until which the permit may be used; an hour from now when left out. */
  deadline?: bigint | undefined;
  /** The signer; the client's account when left out. */
  account?: Account | Address | undefined;
};
export type SignPermitReturnType = Permit;
export type SignPermitErrorType = MissingAccountError | ContractError | Error;

const types = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

/**
 * Signs an ERC-2612 permit that lets the vault take tokens of the signer, without a transaction. The stake token has to
 * support permits.
 *
 * @param parameters.amount - Token units that the vault may take from the signer.
 * @param parameters.deadline - Unix seconds until which the permit may be used; an hour from now when left out.
 * @returns The permit.
 *
 * @example
 * import { signPermit } from "@assay/sdk";
 * import { parseEther } from "viem";
 *
 * const permit = await signPermit(client, { deployment, amount: parseEther("10") });
 */
export async function signPermit(
  client: AssayTransportClient,
  { deployment, amount, deadline, account = client.account }: SignPermitParameters,
): Promise<SignPermitReturnType> {
  if (!account) throw new MissingAccountError();
  const signer = parseAccount(account);
  const { token: address, stakeVault: spender, chainId } = deployment;
  const token = { address, abi: assayTokenAbi } as const;
  const [nonce, version, name, until] = await Promise.all([
    readCall(client, { ...token, functionName: "nonces", args: [signer.address] }),
    tokenVersion(client, address),
    readCall(client, { address, abi: erc20Abi, functionName: "name" }),
    deadline ?? latest(client),
  ]);
  const signature = await signTypedData(client, {
    account: signer,
    domain: { name, version, chainId, verifyingContract: address },
    types,
    primaryType: "Permit",
    message: { owner: signer.address, spender, value: amount, nonce, deadline: until },
  });
  const { r, s, yParity } = parseSignature(signature);
  return { value: amount, deadline: until, v: 27 + yParity, r, s };
}

const latest = async (client: AssayTransportClient): Promise<bigint> =>
  (await getBlock(client)).timestamp + PERMIT_SECONDS;

/** Tokens that sign as another version than the first say so. */
async function tokenVersion(client: AssayTransportClient, address: Address): Promise<string> {
  const abi = parseAbi(["function version() view returns (string)"]);
  try {
    return await readCall(client, { address, abi, functionName: "version" });
  } catch {
    return "1";
  }
}
