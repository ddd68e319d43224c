// Tries a call without sending it.
import type { Account, Address } from "viem";
import { parseAccount } from "viem/accounts";
import { call as ethCall } from "viem/actions";
import { type ContractCall, encodeCall } from "../../contractCall.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { MissingAccountError } from "../../errors/clientErrors.ts";
import { decodeContractError } from "../../errors/decodeContractError.ts";
import { type AssayTransportClient, atBlock, type BlockParameters } from "./parameters.ts";

export type SimulateCallParameters = BlockParameters & {
  call: ContractCall;
  /** The sender; the client's account when left out. */
  account?: Account | Address | undefined;
};
export type SimulateCallReturnType = undefined;
export type SimulateCallErrorType = ContractError | MissingAccountError | Error;

/**
 * Runs a call against the present state without a transaction.
 *
 * @param parameters - The call, its sender, and the block to run on.
 * @throws The typed error of the contract, when the call would revert.
 *
 * @example
 * import { finalizeRequestCall, simulateCall } from "@assay/sdk";
 *
 * await simulateCall(client, { call: finalizeRequestCall({ deployment, requestId }) });
 */
export async function simulateCall(
  client: AssayTransportClient,
  { call, account = client.account, ...block }: SimulateCallParameters,
): Promise<SimulateCallReturnType> {
  if (!account) throw new MissingAccountError();
  try {
    await ethCall(client, { account: parseAccount(account), ...encodeCall(call), ...atBlock(block) });
  } catch (error) {
    throw decodeContractError(error) ?? error;
  }
}
