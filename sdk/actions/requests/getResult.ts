// Reads the result of a request as far as it is known.
import { type Address, type Hex, zeroHash } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import {
  MissingLogError,
  type RequestNotFoundError,
  ResultNotAvailableError,
  WrongBytesError,
} from "../../errors/clientErrors.ts";
import { enumName, type FinalityLevel, finalityLevels, type RequestStatus } from "../../protocol/enums.ts";
import { hexToBytes } from "../../protocol/hash.ts";
import { byteRoot } from "../../protocol/merkle.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";
import { findUpdate, type LogParameters } from "./findUpdate.ts";
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

export type GetResultParameters = DeploymentParameters & LogParameters & { requestId: Hex };
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
 * @param parameters.requestId - The request.
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
  const { deployment, requestId } = parameters;
  const market = { address: deployment.inferenceMarket, abi: inferenceMarketAbi } as const;
  const [{ commitId, worker, programId, status: present }, [, level, outputRoot]] = await Promise.all([
    getRequest(client, { deployment, requestId }),
    readCall(client, { ...market, functionName: "result", args: [requestId] }),
  ]);
  if (commitId === zeroHash) throw new ResultNotAvailableError({ requestId, status: present });
  const update = await findUpdate(client, { ...parameters, event: "Committed" });
  if (!update) throw new MissingLogError({ event: "Committed", requestId });
  const { passes, challengeUntil } = update.args;
  const output = hexToBytes(update.args.output);
  const computed = byteRoot(output);
  if (computed !== outputRoot) throw new WrongBytesError({ what: "output", computed, committed: outputRoot });
  const holds = present === "committed" || present === "finalized";
  return {
    requestId,
    programId,
    commitId,
    worker,
    status: present,
    level: holds ? enumName(finalityLevels, level) : undefined,
    output,
    outputRoot,
    passes,
    challengeUntil,
  };
}
