// Buys an inference.
import { type Address, type Hex, zeroAddress } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { type Bytes, hexOf } from "../../bytes.ts";
import { contractCall } from "../../contractCall.ts";
import type { InsufficientAllowanceError, MissingEventError } from "../../errors/clientErrors.ts";
import { FeeAboveMaximumError } from "../../errors/clientErrors.ts";
import { enumCode, type Method, methods } from "../../protocol/enums.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, SpendParameters, WriteReturnType } from "../calls/parameters.ts";
import type { SendCallErrorType } from "../calls/sendCall.ts";
import { spend } from "../calls/spend.ts";
import { getTier } from "./getTier.ts";

export type InferenceRequest = {
  programId: Hex;
  /** The input bytes of the program; `encodeInput` makes them from numbers. */
  input: Bytes;
  /** Parameter version that governs the request for its whole life; 1 when left out. */
  version?: number | undefined;
  /** How the result is verified; `optimistic` when left out. */
  method?: Method | undefined;
  /** The only worker that may claim; any when left out. */
  worker?: Address | undefined;
  /** Contract that is called with the final result; none when left out. */
  consumer?: Address | undefined;
  /** Gas promised to the consumer; 0 when left out. */
  callbackGas?: number | undefined;
};
export type RequestInferenceParameters = SpendParameters &
  InferenceRequest & {
    /** Token units; the tier's minimum when left out. */
    fee?: bigint | undefined;
    /** Token units above which nothing is sent. */
    maxFee?: bigint | undefined;
  };
export type RequestInferenceReturnType = WriteReturnType & {
  requestId: Hex;
  inputRoot: Hex;
  /** Token units escrowed. */
  fee: bigint;
  /** Unix seconds until which a worker may claim. */
  claimBy: bigint;
};
export type RequestInferenceErrorType =
  | SendCallErrorType
  | MissingEventError
  | InsufficientAllowanceError
  | FeeAboveMaximumError;

/** The call that {@link requestInference} sends once the vault may take the fee. */
export function requestInferenceCall({
  deployment,
  programId,
  input,
  fee,
  version = 1,
  method = "optimistic",
  worker = zeroAddress,
  consumer = zeroAddress,
  callbackGas = 0,
}: Pick<RequestInferenceParameters, "deployment"> & InferenceRequest & { fee: bigint }) {
  const posted = { programId, input: hexOf(input), fee, version, worker, consumer, callbackGas };
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "request",
    args: [{ ...posted, method: enumCode(methods, method) }],
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
 * @returns Hash and receipt, and what the contract reported: `requestId`, `inputRoot`, `fee`, `claimBy`.
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
  const { deployment, version = 1, maxFee } = parameters;
  const fee = parameters.fee ?? (await getTier(client, { deployment, version })).minFee;
  if (maxFee !== undefined && fee > maxFee) throw new FeeAboveMaximumError({ fee, maxFee });
  const call = requestInferenceCall({ ...parameters, fee });
  const sent = await spend(client, { ...parameters, amount: fee, call });
  const { requestId, inputRoot, claimBy } = eventOf(sent.receipt, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Requested",
  });
  return { ...sent, requestId, inputRoot, fee, claimBy };
}
