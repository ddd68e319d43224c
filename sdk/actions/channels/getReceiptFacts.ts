// Reads what the chain says about a receipt, for `verifyReceipt`.
import { getBlock } from "viem/actions";
import type { ContractError } from "../../errors/ContractError.ts";
import type { ChannelNotFoundError, ProgramNotFoundError } from "../../errors/clientErrors.ts";
import { commitId as commitIdOf } from "../../protocol/ids.ts";
import { type Receipt, receiptId, receiptTerms, type SessionSignature } from "../../protocol/receipts.ts";
import type { ReceiptFacts } from "../../verifyReceipt.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { getRecordedCommitment } from "../commitments/getRecordedCommitment.ts";
import { getProgram } from "../programs/getProgram.ts";
import { getTier } from "../requests/getTier.ts";
import { getChannel } from "./getChannel.ts";
import { getSessionKey } from "./getSessionKey.ts";

export type GetReceiptFactsParameters = DeploymentParameters & {
  receipt: Receipt;
  /** By the session key that signed it. */
  signature: SessionSignature;
};
export type GetReceiptFactsReturnType = ReceiptFacts;
export type GetReceiptFactsErrorType = ChannelNotFoundError | ProgramNotFoundError | ContractError | Error;

/**
 * Reads what the chain says about a receipt: its channel, its session key, its program and its tier.
 *
 * @param parameters.receipt - The receipt.
 * @param parameters.signature - By the session key that signed it.
 * @returns What `verifyReceipt` takes as `facts`.
 *
 * @example
 * import { getReceiptFacts, verifyReceipt } from "@assay/sdk";
 *
 * const facts = await getReceiptFacts(client, { deployment, receipt, signature });
 * const { valid } = await verifyReceipt({ deployment, program, manifest, receipt, signature, input, output, facts });
 */
export async function getReceiptFacts(
  client: AssayTransportClient,
  { deployment, receipt, signature }: GetReceiptFactsParameters,
): Promise<GetReceiptFactsReturnType> {
  const { channelId, programId, version } = receipt;
  const { timestamp: now, number: blockNumber } = await getBlock(client);
  const at = { deployment, blockNumber };
  const { worker, payer, backing } = await getChannel(client, { ...at, channelId });
  const { chainId, channels } = deployment;
  const id = receiptId({ chainId: BigInt(chainId), channels, receipt });
  const terms = receiptTerms(id, receipt, worker);
  const commitId = commitIdOf({ chainId: BigInt(chainId), source: channels, terms });
  const { x, y } = signature;
  const [sessionKey, registration, { receiptSeconds }, { status }] = await Promise.all([
    getSessionKey(client, { ...at, worker, x, y }),
    getProgram(client, { ...at, programId }),
    getTier(client, { ...at, version }),
    getRecordedCommitment(client, { ...at, commitId, source: "channels" }),
  ]);
  return { worker, payer, backing, sessionKey, receiptSeconds, status, registration, now };
}
