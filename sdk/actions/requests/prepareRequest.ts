// Makes a request that is ready to be sent or signed.
import { type Address, bytesToBigInt, type Hex, zeroAddress } from "viem";
import { parseAccount } from "viem/accounts";
import { type Bytes, bytesOf, hexOf } from "../../bytes.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { FeeAboveMaximumError, MissingAccountError } from "../../errors/clientErrors.ts";
import type { FinalityLevel, Method } from "../../protocol/enums.ts";
import { byteRoot } from "../../protocol/merkle.ts";
import type { Request } from "../../protocol/request.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { requestIdOf } from "./findRequest.ts";
import { getTier } from "./getTier.ts";

/** What a requester asks for. */
export type InferenceRequest = {
  programId: Hex;
  /** The input bytes of the program; `encodeInput` makes them from numbers. */
  input: Bytes;
  /**
   * `false` keeps the input off the chain: the requester has to hand it to the worker, and to whoever challenges, or post it
   * when it is asked for. `true` when left out.
   */
  inputPosted?: boolean | undefined;
  /** Token units; the tier's minimum when left out. */
  fee?: bigint | undefined;
  /** Token units above which nothing is sent. */
  maxFee?: bigint | undefined;
  /** Parameter version that governs the request for its whole life; 1 when left out. */
  version?: number | undefined;
  /** How the result is verified; `optimistic` when left out. */
  method?: Method | undefined;
  /** The only worker that may claim; any when left out. */
  worker?: Address | undefined;
  /** Contract that is called with the result; none when left out. */
  consumer?: Address | undefined;
  /** How sure the result has to be before the consumer is called; `final` when left out. */
  level?: FinalityLevel | undefined;
  /** Gas promised to the consumer; 0 when left out. */
  callbackGas?: number | undefined;
  /** 64 bits that make the request unlike every other; random when left out. */
  salt?: bigint | undefined;
};

export type PrepareRequestParameters = DeploymentParameters &
  InferenceRequest & {
    /** The requester's address; the client's account when left out. */
    requester?: Address | undefined;
  };
export type PrepareRequestReturnType = {
  request: Request;
  /** The request's id, before anything is sent. */
  requestId: Hex;
  /** What travels with the request: empty where the input is kept off the chain. */
  input: Hex;
};
export type PrepareRequestErrorType = FeeAboveMaximumError | MissingAccountError | ContractError | Error;

/**
 * Makes a request without sending it, so that its id is known beforehand.
 *
 * @param parameters - As of {@link requestInference}.
 * @returns The whole request, its id, and the input that travels with it.
 *
 * @example
 * import { prepareRequest, requestInferenceCall, sendCall } from "@assay/sdk";
 *
 * const { request, requestId, input } = await prepareRequest(client, { deployment, programId, input: bytes });
 * await sendCall(client, { call: requestInferenceCall({ deployment, request, input }) });
 */
export async function prepareRequest(
  client: AssayTransportClient,
  parameters: PrepareRequestParameters,
): Promise<PrepareRequestReturnType> {
  const { deployment, programId, inputPosted = true, version = 1, maxFee } = parameters;
  const requester = parameters.requester ?? (client.account && parseAccount(client.account).address);
  if (!requester) throw new MissingAccountError();
  const fee = parameters.fee ?? (await getTier(client, { deployment, version })).minFee;
  if (maxFee !== undefined && fee > maxFee) throw new FeeAboveMaximumError({ fee, maxFee });
  const request: Request = {
    requester,
    salt: parameters.salt ?? bytesToBigInt(crypto.getRandomValues(new Uint8Array(8))),
    programId,
    inputRoot: byteRoot(bytesOf(parameters.input)),
    inputPosted,
    fee,
    version,
    method: parameters.method ?? "optimistic",
    level: parameters.level ?? "final",
    worker: parameters.worker ?? zeroAddress,
    consumer: parameters.consumer ?? zeroAddress,
    callbackGas: parameters.callbackGas ?? 0,
  };
  const input = inputPosted ? hexOf(parameters.input) : "0x";
  return { request, requestId: requestIdOf(deployment, request), input };
}
