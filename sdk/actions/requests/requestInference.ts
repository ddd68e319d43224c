// Buys an inference.
import type { Hex } from "viem";
import { parseAccount } from "viem/accounts";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { type Bytes, hexOf } from "../../bytes.ts";
import { contractCall } from "../../contractCall.ts";
import {
  type InsufficientAllowanceError,
  MissingAccountError,
  type MissingEventError,
} from "../../errors/clientErrors.ts";
import { requestStruct } from "../../protocol/coding.ts";
import type { Request } from "../../protocol/request.ts";
import { eventOf } from "../calls/eventOf.ts";
import type {
  AssayTransportClient,
  DeploymentParameters,
  SpendParameters,
  WriteReturnType,
} from "../calls/parameters.ts";
import type { SendCallErrorType } from "../calls/sendCall.ts";
import { spend } from "../calls/spend.ts";
import { knownRequests } from "./knownRequests.ts";
import { type InferenceRequest, type PrepareRequestErrorType, prepareRequest } from "./prepareRequest.ts";

export type RequestInferenceParameters = SpendParameters & InferenceRequest;
export type RequestInferenceReturnType = WriteReturnType & {
  requestId: Hex;
  /** The whole request, as every call about it takes it. */
  request: Request;
  inputRoot: Hex;
  /** Token units escrowed. */
  fee: bigint;
  /** Unix seconds until which a worker may claim. */
  claimBy: bigint;
};
export type RequestInferenceErrorType =
  | SendCallErrorType
  | PrepareRequestErrorType
  | MissingEventError
  | InsufficientAllowanceError;

/** The call that {@link requestInference} sends once the vault may take the fee. */
export function requestInferenceCall({
  deployment,
  request,
  input,
}: DeploymentParameters & {
  request: Request;
  /** Empty where the input is kept off the chain. */
  input: Bytes;
}) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "request",
    args: [requestStruct(request), hexOf(input)],
  });
}

/**
 * Buys an inference: posts the input and escrows the fee, which is credited back if no valid answer comes. Approves the
 * vault first when needed.
 *
 * @param parameters.programId - A registered program.
 * @param parameters.input - The input bytes of the program; `encodeInput` makes them from numbers.
 * @param parameters.fee - Token units; the tier's minimum when left out.
 * @param parameters.maxFee - Token units above which nothing is sent.
 * @returns Hash and receipt, `requestId` and the whole `request`, and what the contract reported: `fee`, `claimBy`.
 *
 * @example
 * import { encodeInput, requestInference, waitForResult } from "@assay/sdk";
 *
 * const input = encodeInput(manifest, { image: pixels });
 * const { requestId } = await requestInference(client, { deployment, programId, input });
 * const { output } = await waitForResult(client, { deployment, requestId });
 */
export async function requestInference(
  client: AssayTransportClient,
  parameters: RequestInferenceParameters,
): Promise<RequestInferenceReturnType> {
  const { deployment, account = client.account } = parameters;
  if (!account) throw new MissingAccountError();
  const requester = parseAccount(account).address;
  const { request, requestId, input } = await prepareRequest(client, { ...parameters, requester });
  const { inputRoot, fee } = request;
  const call = requestInferenceCall({ deployment, request, input });
  const sent = await spend(client, { ...parameters, amount: fee, call });
  const { claimBy } = eventOf(sent.receipt, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Requested",
  });
  knownRequests.set(client, requestId, request);
  return { ...sent, requestId, request, inputRoot, fee, claimBy };
}
