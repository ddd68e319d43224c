// Reads what is recorded about a commitment.
import type { Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import type { Commitment } from "../../protocol/commitment.ts";
import { commitmentStatuses, enumName } from "../../protocol/enums.ts";
import {
  type AssayTransportClient,
  atBlock,
  type ReadParameters,
  type SourceParameters,
  sourceOf,
} from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetRecordedCommitmentParameters = ReadParameters & SourceParameters & { commitId: Hex };
export type GetRecordedCommitmentReturnType = Commitment;
export type GetRecordedCommitmentErrorType = ContractError | Error;

/**
 * Reads what is recorded about a commitment, with one call and without logs. Commitments are recorded when somebody disputes
 * them or asks for their input, not before; {@link getCommitment} knows the others too.
 *
 * @param parameters.commitId - The commitment.
 * @param parameters.source - Whose commitment it is; the market's when left out.
 * @returns Terms, status, lock in token units, times in unix seconds. `status` is `none`, and all else zero, where nothing
 * was ever held against it.
 *
 * @example
 * import { getRecordedCommitment } from "@assay/sdk";
 *
 * const { status, holds } = await getRecordedCommitment(client, { deployment, commitId });
 */
export async function getRecordedCommitment(
  client: AssayTransportClient,
  { deployment, source, commitId, ...block }: GetRecordedCommitmentParameters,
): Promise<GetRecordedCommitmentReturnType> {
  const found = await readCall(client, {
    address: sourceOf(deployment, source),
    abi: channelsAbi,
    functionName: "getCommitment",
    args: [commitId],
    ...atBlock(block),
  });
  const [challengeUntil, slashedAt] = [BigInt(found.challengeUntil), BigInt(found.slashedAt)];
  return { ...found, status: enumName(commitmentStatuses, found.status), challengeUntil, slashedAt };
}
