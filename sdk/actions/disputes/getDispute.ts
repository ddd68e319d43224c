// Reads a dispute.
import type { Hex } from "viem";
import { disputeGameAbi } from "../../abi/disputeGame.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { DisputeNotFoundError } from "../../errors/clientErrors.ts";
import type { Dispute } from "../../protocol/dispute.ts";
import { disputeStatuses, enumName, sections } from "../../protocol/enums.ts";
import {
  type AssayTransportClient,
  atBlock,
  gameOf,
  type ReadParameters,
  type SourceParameters,
} from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetDisputeParameters = ReadParameters & SourceParameters & { disputeId: Hex };
export type GetDisputeReturnType = Dispute;
export type GetDisputeErrorType = DisputeNotFoundError | ContractError | Error;

/**
 * Reads a dispute.
 *
 * @param parameters.disputeId - The dispute.
 * @param parameters.source - Whose commitment it is about; the market's when left out.
 * @returns Status, position, clocks in seconds, bond in token units.
 * @throws DisputeNotFoundError when the game has never seen it.
 *
 * @example
 * import { getDispute } from "@assay/sdk";
 *
 * const { status, position } = await getDispute(client, { deployment, disputeId });
 */
export async function getDispute(
  client: AssayTransportClient,
  { deployment, source, disputeId, ...block }: GetDisputeParameters,
): Promise<GetDisputeReturnType> {
  const dispute = await readCall(client, {
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "getDispute",
    args: [disputeId],
    ...atBlock(block),
  });
  const status = enumName(disputeStatuses, dispute.status);
  if (status === "none") throw new DisputeNotFoundError({ disputeId });
  const position = { ...dispute.position, section: enumName(sections, dispute.position.section) };
  return { ...dispute, status, position };
}
