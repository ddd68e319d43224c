// Posts an input that was asked for.
import type { Hex } from "viem";
import { inputRequestsAbi } from "../../abi/inputRequests.ts";
import { type Bytes, bytesOf, hexOf } from "../../bytes.ts";
import { contractCall } from "../../contractCall.ts";
import { InputNotAskedError } from "../../errors/clientErrors.ts";
import { requestStruct } from "../../protocol/coding.ts";
import { chunkCount, type InputChunks, inputChunks } from "../../protocol/inputs.ts";
import type { Request } from "../../protocol/request.ts";
import {
  type AssayTransportClient,
  type DeploymentParameters,
  type RequestReference,
  transactionOf,
  type WriteParameters,
  type WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";
import { type FindRequestErrorType, requestBy, requestIdBy } from "../requests/findRequest.ts";
import { getInputRequest } from "./getInputRequest.ts";

/** Chunks that one transaction carries unless told otherwise: 64 KiB, which endpoints and block limits take. */
const CHUNKS = 4;

export type PostInputParameters = WriteParameters &
  /** A suspended claim, or the commitment whose input was asked for. */
  (
    | (RequestReference & { commitId?: undefined })
    | { commitId: Hex; requestId?: undefined; request?: undefined }
  ) & {
    /** The whole input bytes of the program. */
    input: Bytes;
    /** Chunks of 16 KiB in one transaction; 4 when left out. */
    chunksPerTransaction?: number | undefined;
  };
export type PostInputReturnType = {
  /** One for each portion, in order; none where everything was posted before. */
  transactions: readonly WriteReturnType[];
};
export type PostInputErrorType = SendCallErrorType | FindRequestErrorType | InputNotAskedError;

/** The call by which {@link postInput} posts chunks for a commitment. */
export function postInputCall({
  deployment,
  commitId,
  chunks,
}: DeploymentParameters & {
  commitId: Hex;
  /** Of `inputChunks` of `@assay/sdk/protocol`. */
  chunks: InputChunks;
}) {
  const { firstChunk, data, path } = chunks;
  return contractCall({
    address: deployment.inputRequests,
    abi: inputRequestsAbi,
    functionName: "postInput",
    args: [commitId, BigInt(firstChunk), hexOf(data), path],
  });
}

/** The call by which {@link postInput} posts chunks for a suspended claim. */
export function postRequestInputCall({
  deployment,
  request,
  chunks,
}: DeploymentParameters & {
  request: Request;
  /** Of `inputChunks` of `@assay/sdk/protocol`. */
  chunks: InputChunks;
}) {
  const { firstChunk, data, path } = chunks;
  return contractCall({
    address: deployment.inputRequests,
    abi: inputRequestsAbi,
    functionName: "postRequestInput",
    args: [requestStruct(request), BigInt(firstChunk), hexOf(data), path],
  });
}

/**
 * Posts an input that was asked for, in as many transactions as it needs, from the first chunk that is missing. Anyone who
 * has it may. What is posted is public for ever.
 *
 * @param parameters.requestId - A suspended claim, or its whole `request`; or the `commitId` whose input was asked for.
 * @param parameters.input - The whole input bytes of the program.
 * @returns The transactions, in order.
 * @throws InputNotAskedError when nobody asked, or the time to post is over.
 *
 * @example
 * import { postInput } from "@assay/sdk";
 *
 * await postInput(client, { deployment, requestId, input });
 */
export async function postInput(
  client: AssayTransportClient,
  parameters: PostInputParameters,
): Promise<PostInputReturnType> {
  const { deployment, commitId, chunksPerTransaction = CHUNKS } = parameters;
  const input = bytesOf(parameters.input);
  const request = commitId === undefined ? await requestBy(client, parameters) : undefined;
  const id = commitId ?? requestIdBy(parameters);
  const { status, posted } = await getInputRequest(client, { deployment, id });
  if (status === "shown") return { transactions: [] };
  if (status !== "open") throw new InputNotAskedError({ id, status });
  const { nonce, ...transaction } = transactionOf(parameters);
  const transactions: WriteReturnType[] = [];
  for (let first = posted; first < chunkCount(input.length); first += chunksPerTransaction) {
    const chunks = inputChunks(input, first, chunksPerTransaction);
    const call = request
      ? postRequestInputCall({ deployment, request, chunks })
      : postInputCall({ deployment, commitId: id, chunks });
    const own = nonce === undefined ? undefined : nonce + transactions.length;
    transactions.push(await sendCall(client, { ...transaction, nonce: own, call }));
  }
  return { transactions };
}
