// Suspends a claim whose worker cannot get the input.
import type { Hex } from "viem";
import { inputRequestsAbi } from "../../abi/inputRequests.ts";
import { contractCall } from "../../contractCall.ts";
import type { InsufficientAllowanceError, MissingEventError } from "../../errors/clientErrors.ts";
import { requestStruct } from "../../protocol/coding.ts";
import type { Request } from "../../protocol/request.ts";
import { eventOf } from "../calls/eventOf.ts";
import type {
  AssayTransportClient,
  DeploymentParameters,
  RequestReference,
  SpendParameters,
  WriteReturnType,
} from "../calls/parameters.ts";
import type { SendCallErrorType } from "../calls/sendCall.ts";
import { spend } from "../calls/spend.ts";
import { type FindRequestErrorType, requestBy } from "../requests/findRequest.ts";
import { inputBond } from "./inputBond.ts";

export type InputUnavailableParameters = SpendParameters &
  RequestReference & {
    /** The bond in token units, if known; read from the chain when left out. */
    bond?: bigint | undefined;
  };
export type InputUnavailableReturnType = WriteReturnType & {
  requestId: Hex;
  /** Token units: back if nobody posts the input, the requester's if somebody does. */
  bond: bigint;
  /** Unix seconds by which every byte must be posted. */
  postBy: bigint;
};
export type InputUnavailableErrorType =
  | SendCallErrorType
  | FindRequestErrorType
  | MissingEventError
  | InsufficientAllowanceError;

/** The call that {@link inputUnavailable} sends once the vault may take the bond. */
export function inputUnavailableCall({ deployment, request }: DeploymentParameters & { request: Request }) {
  return contractCall({
    address: deployment.inputRequests,
    abi: inputRequestsAbi,
    functionName: "inputUnavailable",
    args: [requestStruct(request)],
  });
}

/**
 * Suspends a claimed request whose input its worker cannot get. The requester then posts it (`postInput`) or forfeits half
 * of its fee (`timeoutInput`). The sender is the worker or its operator key. Approves the vault first when needed.
 *
 * @param parameters.requestId - A claimed request whose input is kept off the chain; or `request` where it is at hand.
 * @param parameters.bond - The bond in token units, if known; read from the chain when left out.
 * @returns Hash and receipt, and what the contract reported: `requestId`, `bond`, `postBy`.
 *
 * @example
 * import { inputUnavailable } from "@assay/sdk";
 *
 * const { postBy } = await inputUnavailable(client, { deployment, requestId });
 */
export async function inputUnavailable(
  client: AssayTransportClient,
  parameters: InputUnavailableParameters,
): Promise<InputUnavailableReturnType> {
  const { deployment } = parameters;
  const request = await requestBy(client, parameters);
  const amount = parameters.bond ?? (await inputBond(client, { deployment, ...request }));
  const call = inputUnavailableCall({ deployment, request });
  const sent = await spend(client, { ...parameters, amount, call });
  const { id, bond, postBy } = eventOf(sent.receipt, {
    address: deployment.inputRequests,
    abi: inputRequestsAbi,
    eventName: "InputRequested",
  });
  return { ...sent, requestId: id, bond, postBy };
}
