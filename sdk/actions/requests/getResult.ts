// Reads the result of a request as far as it is known.
import type { Address, Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import {
  type MissingLogError,
  type RequestNotFoundError,
  ResultNotAvailableError,
  type WrongBytesError,
} from "../../errors/clientErrors.ts";
import { requestStruct } from "../../protocol/coding.ts";
import { enumName, type FinalityLevel, finalityLevels, type RequestStatus } from "../../protocol/enums.ts";
import { hexToBytes } from "../../protocol/hash.ts";
import type { AssayTransportClient, DeploymentParameters, RequestReference } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";
import type { LogParameters } from "./findUpdate.ts";
import { getRequest } from "./getRequest.ts";

/** What a worker answered, and how sure that is. */
export type InferenceResult = {
  requestId: Hex;
  programId: Hex;
  commitId: Hex;
  worker: Address;
  /** `committed`, `finalized`, or how the commitment ended. */
  status: RequestStatus;
  /** Undefined when the commitment was slashed or refunded: the output counts for nothing. */
  level: FinalityLevel | undefined;
  /** The output bytes of the program; `decodeOutput` makes numbers of them. */
  output: Uint8Array;
  outputRoot: Hex;
  passes: number;
  /** Unix seconds at which the challenge window closes. */
  challengeUntil: bigint;
};

export type GetResultParameters = DeploymentParameters & LogParameters & RequestReference;
export type GetResultReturnType = InferenceResult;
export type GetResultErrorType =
  | RequestNotFoundError
  | ResultNotAvailableError
  | MissingLogError
  | WrongBytesError
  | Error;

/**
 * Reads the result of a request, and checks the output against the committed root.
 *
 * @param parameters.requestId - The request; or `request` where it is at hand.
 * @returns Output and how sure it is: `level` is `provisional` inside the challenge window, `final` after it.
 * @throws ResultNotAvailableError while no worker has committed an output.
 *
 * @example
 * import { getResult } from "@assay/sdk";
 *
 * const { level, output } = await getResult(client, { deployment, requestId });
 */
export async function getResult(
  client: AssayTransportClient,
  parameters: GetResultParameters,
): Promise<GetResultReturnType> {
  const { requestId, request, status, worker, deadline, answer } = await getRequest(client, parameters);
  if (!answer) throw new ResultNotAvailableError({ requestId, status });
  const { commitId, leaf, output, outputRoot, passes } = answer;
  const stands = status === "committed" || status === "finalized";
  const level = stands
    ? await readCall(client, {
        address: parameters.deployment.inferenceMarket,
        abi: inferenceMarketAbi,
        functionName: "finalityOf",
        args: [requestStruct(request), leaf],
      })
    : undefined;
  return {
    requestId,
    programId: request.programId,
    commitId,
    worker,
    status,
    level: level === undefined ? undefined : enumName(finalityLevels, level),
    output: hexToBytes(output),
    outputRoot,
    passes,
    challengeUntil: status === "committed" ? deadline : answer.challengeUntil,
  };
}
