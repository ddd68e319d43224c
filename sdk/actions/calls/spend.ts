// Sends a call that lets the vault take tokens, approving them first when that is needed.
import { type Address, erc20Abi } from "viem";
import { parseAccount } from "viem/accounts";
import type { ContractCall } from "../../contractCall.ts";
import { contractCall } from "../../contractCall.ts";
import type { Deployment } from "../../deployments.ts";
import { InsufficientAllowanceError, MissingAccountError } from "../../errors/clientErrors.ts";
import type { AssayTransportClient, SpendParameters, WriteReturnType } from "./parameters.ts";
import { transactionOf } from "./parameters.ts";
import { readCall } from "./readCall.ts";
import { sendCall } from "./sendCall.ts";

/** The approval that lets the vault take `amount` token units from the sender. */
export function approveCall({ deployment, amount }: { deployment: Deployment; amount: bigint }) {
  const args = [deployment.stakeVault, amount] as const;
  return contractCall({ address: deployment.token, abi: erc20Abi, functionName: "approve", args });
}

export async function spend(
  client: AssayTransportClient,
  parameters: SpendParameters & { amount: bigint; call: ContractCall },
): Promise<WriteReturnType> {
  const { deployment, amount, call, approve = true } = parameters;
  const account = parameters.account ?? client.account;
  if (!account) throw new MissingAccountError();
  const transaction = transactionOf(parameters);
  const allowance = await vaultAllowance(client, deployment, parseAccount(account).address);
  if (allowance >= amount) return sendCall(client, { ...transaction, call });
  if (!approve) throw new InsufficientAllowanceError({ given: allowance, required: amount });
  const { nonce } = transaction;
  await sendCall(client, { ...transaction, gas: undefined, call: approveCall({ deployment, amount }) });
  return sendCall(client, { ...transaction, call, nonce: nonce === undefined ? undefined : nonce + 1 });
}

/** Token units of `owner` that the vault may take. */
export function vaultAllowance(
  client: AssayTransportClient,
  deployment: Deployment,
  owner: Address,
): Promise<bigint> {
  const args = [owner, deployment.stakeVault] as const;
  return readCall(client, { address: deployment.token, abi: erc20Abi, functionName: "allowance", args });
}
