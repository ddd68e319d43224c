// Puts together what the contracts need to recognise a commitment that they have not recorded.
import type { Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { type Bytes, hexOf } from "../../bytes.ts";
import { CommitmentNotFoundError, ResultNotAvailableError } from "../../errors/clientErrors.ts";
import { encodeMarketOpening } from "../../protocol/coding.ts";
import type { CommitmentSource } from "../../protocol/enums.ts";
import { encodeReceiptOpening, type Receipt, type SessionSignature } from "../../protocol/receipts.ts";
import type {
  AssayTransportClient,
  DeploymentParameters,
  RequestReference,
  SourceParameters,
} from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";
import { type GetRequestErrorType, getRequest } from "../requests/getRequest.ts";
import { findCommitted } from "./findCommitted.ts";
import { getRecordedCommitment } from "./getRecordedCommitment.ts";

/** A receipt with the signature that makes it good, and its input where that is at hand. */
export type ReceiptReference = {
  receipt: Receipt;
  signature: SessionSignature;
  /** The input bytes of the program; a dispute about a receipt needs them unless it is private. */
  input?: Bytes | undefined;
};

type Absent<names extends string> = { [name in names]?: undefined };

/**
 * A commitment: of the answer to a request, by its own id, or as a receipt. By its id a receipt is known to `channels` once
 * something was held against it.
 */
export type CommitmentReference =
  | (RequestReference & Absent<"commitId" | "source" | "receipt" | "signature" | "input">)
  | ({ commitId: Hex } & SourceParameters &
      Absent<"requestId" | "request" | "receipt" | "signature" | "input">)
  | (ReceiptReference & Absent<"commitId" | "source" | "requestId" | "request">);

/** A commitment as the contracts take it. */
export type OpenedCommitment = {
  source: CommitmentSource;
  commitId: Hex;
  /** What the source recognises the commitment by. */
  opening: Hex;
  programId: Hex;
  version: number;
};
export type OpenCommitmentErrorType = GetRequestErrorType | CommitmentNotFoundError | ResultNotAvailableError;

/** Finds a commitment and its opening. */
export async function openCommitment(
  client: AssayTransportClient,
  parameters: DeploymentParameters & CommitmentReference,
): Promise<OpenedCommitment> {
  if (parameters.receipt) return openReceipt(client, parameters);
  const { deployment, commitId, source } = parameters;
  if (commitId === undefined) return openAnswer(client, parameters);
  if (source === "channels") return openRecorded(client, { deployment, commitId });
  const published = await findCommitted(client, { deployment, commitId });
  if (!published) throw new CommitmentNotFoundError({ commitId });
  const opened = await openAnswer(client, { deployment, requestId: published.args.requestId });
  if (opened.commitId !== commitId) throw new CommitmentNotFoundError({ commitId });
  return opened;
}

async function openAnswer(
  client: AssayTransportClient,
  reference: DeploymentParameters & RequestReference,
): Promise<OpenedCommitment> {
  const { requestId, request, status, answer } = await getRequest(client, reference);
  if (!answer) throw new ResultNotAvailableError({ requestId, status });
  const { commitId, leaf } = answer;
  const { programId, version } = request;
  const opening = encodeMarketOpening(request, leaf);
  return { source: "market", commitId, opening, programId, version };
}

async function openRecorded(
  client: AssayTransportClient,
  { deployment, commitId }: DeploymentParameters & { commitId: Hex },
): Promise<OpenedCommitment> {
  const source = "channels";
  const { status, terms } = await getRecordedCommitment(client, { deployment, source, commitId });
  if (status === "none") throw new CommitmentNotFoundError({ commitId });
  return { source, commitId, opening: "0x", programId: terms.programId, version: terms.version };
}

async function openReceipt(
  client: AssayTransportClient,
  { deployment, receipt, signature, input = "0x" }: DeploymentParameters & ReceiptReference,
): Promise<OpenedCommitment> {
  const commitId = await readCall(client, {
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "commitIdOf",
    args: [receipt],
  });
  const { programId, version } = receipt;
  const opening = encodeReceiptOpening(receipt, signature, hexOf(input));
  return { source: "channels", commitId, opening, programId, version };
}
