// Posts the output of a claimed request.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { type Bytes, hexOf } from "../../bytes.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type CommitResultParameters = WriteParameters & {
  /** A request that the sender's worker has claimed. */
  requestId: Hex;
  /** The output bytes of the program. */
  output: Bytes;
  /** Passes run; 1 when left out. */
  passes?: number | undefined;
};
export type CommitResultReturnType = WriteReturnType & {
  commitId: Hex;
  outputRoot: Hex;
  /** Unix seconds at which the challenge window closes. */
  challengeUntil: bigint;
};
export type CommitResultErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link commitResult} sends. */
export function commitResultCall({
  deployment,
  requestId,
  output,
  passes = 1,
}: Pick<CommitResultParameters, "deployment" | "requestId" | "output" | "passes">) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "commit",
    args: [requestId, passes, hexOf(output)],
  });
}

/**
 * Posts the output of a claimed request. The challenge window starts with it.
 *
 * @param parameters.requestId - A request that the sender, or the worker whose operator key it is, has claimed.
 * @param parameters.output - The output bytes of the program.
 * @param parameters.passes - Passes run; 1 when left out.
 * @returns Hash and receipt, and what the contract reported: `commitId`, `outputRoot`, `challengeUntil`.
 *
 * @example
 * import { commitResult } from "@assay/sdk";
 *
 * const { commitId } = await commitResult(client, { deployment, requestId, output });
 */
export async function commitResult(
  client: AssayTransportClient,
  parameters: CommitResultParameters,
): Promise<CommitResultReturnType> {
  const sent = await sendCall(client, { ...parameters, call: commitResultCall(parameters) });
  const { commitId, outputRoot, challengeUntil } = eventOf(sent.receipt, {
    address: parameters.deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Committed",
  });
  return { ...sent, commitId, outputRoot, challengeUntil };
}
