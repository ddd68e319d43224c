// Reads a commitment.
import { type Hex, zeroAddress } from "viem";
import type { ContractError } from "../../errors/ContractError.ts";
import { CommitmentNotFoundError } from "../../errors/clientErrors.ts";
import type { Commitment } from "../../protocol/commitment.ts";
import type { CommitmentSource, CommitmentStatus, RequestStatus } from "../../protocol/enums.ts";
import type { AssayTransportClient, ReadParameters, SourceParameters } from "../calls/parameters.ts";
import type { LogParameters } from "../requests/findUpdate.ts";
import { getRequest, type RequestRecord } from "../requests/getRequest.ts";
import { getTier } from "../requests/getTier.ts";
import { findCommitted } from "./findCommitted.ts";
import { getRecordedCommitment } from "./getRecordedCommitment.ts";

/** A commitment of either source, recorded or not. */
export type CommitmentRecord = Commitment & {
  commitId: Hex;
  source: CommitmentSource;
  /** True once something was held against it: a dispute, a question for its input. */
  recorded: boolean;
};

export type GetCommitmentParameters = ReadParameters &
  LogParameters &
  SourceParameters & {
    commitId: Hex;
  };
export type GetCommitmentReturnType = CommitmentRecord;
export type GetCommitmentErrorType = CommitmentNotFoundError | ContractError | Error;

/**
 * Reads a commitment: from the chain's state where something was held against it, else from the transaction that published
 * it. A receipt is nothing but its signature until something is held against it.
 *
 * @param parameters.commitId - The commitment.
 * @param parameters.source - Whose commitment it is; the market's when left out.
 * @returns What the worker stands for (`terms`), status, lock in token units, holds, times in unix seconds.
 * @throws CommitmentNotFoundError when nobody published or recorded it.
 *
 * @example
 * import { getCommitment } from "@assay/sdk";
 *
 * const { terms, status, lock } = await getCommitment(client, { deployment, commitId });
 */
export async function getCommitment(
  client: AssayTransportClient,
  parameters: GetCommitmentParameters,
): Promise<GetCommitmentReturnType> {
  const { deployment, commitId, source = "market", ...rest } = parameters;
  const { fromBlock, blockRange, signal, ...block } = rest;
  const recorded = await getRecordedCommitment(client, { deployment, source, commitId, ...block });
  if (recorded.status !== "none") return { ...recorded, commitId, source, recorded: true };
  const scan = { deployment, fromBlock, blockRange, signal };
  const published = source === "market" && (await findCommitted(client, { ...scan, commitId }));
  if (!published) throw new CommitmentNotFoundError({ commitId });
  const { requestId } = published.args;
  const answered = await getRequest(client, { ...scan, requestId, ...block });
  if (answered.answer?.commitId !== commitId) throw new CommitmentNotFoundError({ commitId });
  const { minLock, lockPerFee } = await getTier(client, { deployment, version: answered.request.version });
  const { fee } = answered.request;
  const multiple = fee * BigInt(lockPerFee);
  const lock = multiple > minLock ? multiple : minLock;
  return { ...undisputed(answered), lock, commitId, source, recorded: false };
}

const statusOf: Partial<Record<RequestStatus, CommitmentStatus>> = {
  committed: "open",
  finalized: "finalized",
  refunded: "refunded",
  slashed: "slashed",
};

/** The commitment of an answer that nothing was held against. */
function undisputed({ requestId, request, status, worker, deadline, answer }: RequestRecord) {
  const { programId, inputRoot, version, inputPosted, fee, requester } = request;
  const { outputRoot = "0x", passes = 0 } = answer ?? {};
  return {
    terms: { subject: requestId, programId, inputRoot, outputRoot, passes, worker, version },
    status: statusOf[status] ?? "none",
    beneficiary: requester,
    fee,
    challengeUntil: deadline,
    slashedAt: 0n,
    holds: 0,
    inputPosted,
    settled: false,
    reporter: zeroAddress,
  };
}
