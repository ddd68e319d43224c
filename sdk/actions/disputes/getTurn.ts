// Reads whose turn it is in a dispute.
import type { Hex } from "viem";
import { disputeGameAbi } from "../../abi/disputeGame.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import {
  type AssayTransportClient,
  atBlock,
  gameOf,
  type ReadParameters,
  type SourceParameters,
} from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetTurnParameters = ReadParameters & SourceParameters & { disputeId: Hex };
export type GetTurnReturnType = {
  workersTurn: boolean;
  /** Unix seconds. A move in that second is legal; a timeout needs it to have passed. */
  deadline: bigint;
};
export type GetTurnErrorType = ContractError | Error;

/**
 * Reads whose clock runs in a dispute, and until when.
 *
 * @param parameters.disputeId - The dispute.
 * @param parameters.source - Whose commitment it is about; the market's when left out.
 * @returns Whose turn it is and the deadline in unix seconds.
 *
 * @example
 * import { getTurn } from "@assay/sdk";
 *
 * const { workersTurn, deadline } = await getTurn(client, { deployment, disputeId });
 */
export async function getTurn(
  client: AssayTransportClient,
  { deployment, source, disputeId, ...block }: GetTurnParameters,
): Promise<GetTurnReturnType> {
  const [workersTurn, deadline] = await readCall(client, {
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "turn",
    args: [disputeId],
    ...atBlock(block),
  });
  return { workersTurn, deadline };
}
