// Sends a call and waits until it is in a block.
import type { Account, Address, Hash, ReplacementReturnType } from "viem";
import { parseAccount } from "viem/accounts";
import { sendTransaction, waitForTransactionReceipt } from "viem/actions";
import { type ContractCall, encodeCall } from "../../contractCall.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import {
  MissingAccountError,
  TransactionCancelledError,
  TransactionRevertedError,
} from "../../errors/clientErrors.ts";
import { decodeContractError } from "../../errors/decodeContractError.ts";
import type { AssayTransportClient, TransactionParameters, WriteReturnType } from "./parameters.ts";
import { simulateCall } from "./simulateCall.ts";

export type SendCallParameters = TransactionParameters & { call: ContractCall };
export type SendCallReturnType = WriteReturnType;
export type SendCallErrorType =
  | ContractError
  | MissingAccountError
  | TransactionCancelledError
  | TransactionRevertedError
  | Error;

/**
 * Simulates a call, sends it as a transaction and waits for its receipt.
 *
 * @param parameters - The call, as a `…Call` builder returns it, and how to send it.
 * @returns Hash and receipt of the transaction, which has succeeded.
 * @throws The typed error of the contract when the call would revert; TransactionRevertedError when it reverted in its
 * block although the simulation had passed.
 *
 * @example
 * import { finalizeRequestCall, sendCall } from "@assay/sdk";
 *
 * const { hash } = await sendCall(client, { call: finalizeRequestCall({ deployment, requestId }) });
 */
export async function sendCall(
  client: AssayTransportClient,
  parameters: SendCallParameters,
): Promise<SendCallReturnType> {
  const { call, account = client.account, confirmations, timeout, signal } = parameters;
  if (!account) throw new MissingAccountError();
  signal?.throwIfAborted();
  await simulateCall(client, { call, account });
  const hash = await send(client, { ...parameters, account });
  let replaced: ReplacementReturnType | undefined;
  const receipt = await waitForTransactionReceipt(client, {
    hash,
    confirmations,
    timeout,
    signal,
    onReplaced: (replacement) => {
      replaced = replacement;
    },
  });
  if (replaced && replaced.reason !== "repriced") {
    throw new TransactionCancelledError({ hash, replacedBy: replaced.transaction.hash });
  }
  if (receipt.status === "reverted") {
    const cause = await reasonAt(client, { call, account, blockNumber: receipt.blockNumber });
    throw new TransactionRevertedError(
      { hash: receipt.transactionHash, functionName: call.functionName },
      cause,
    );
  }
  return { hash: receipt.transactionHash, receipt };
}

async function send(
  client: AssayTransportClient,
  {
    call,
    account,
    gas,
    maxFeePerGas,
    maxPriorityFeePerGas,
    nonce,
  }: SendCallParameters & { account: Account | Address },
): Promise<Hash> {
  const fees = { gas, maxFeePerGas, maxPriorityFeePerGas, nonce };
  const sender = parseAccount(account);
  try {
    return await sendTransaction(client, {
      account: sender,
      chain: client.chain ?? null,
      ...encodeCall(call),
      ...fees,
    });
  } catch (error) {
    throw decodeContractError(error) ?? error;
  }
}

/** The state after the block tells, nearly always, what the transaction met in it. */
async function reasonAt(
  client: AssayTransportClient,
  parameters: Parameters<typeof simulateCall>[1],
): Promise<unknown> {
  try {
    return await simulateCall(client, parameters);
  } catch (error) {
    return error;
  }
}
