// Ends an input request that was not answered in time.
import type { Address, Hex } from "viem";
import { inputRequestsAbi } from "../../abi/inputRequests.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { requestStruct } from "../../protocol/coding.ts";
import { enumName, type InputStatus, inputStatuses } from "../../protocol/enums.ts";
import type { Request } from "../../protocol/request.ts";
import { eventOf } from "../calls/eventOf.ts";
import type {
  AssayTransportClient,
  DeploymentParameters,
  RequestReference,
  WriteParameters,
  WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";
import { type FindRequestErrorType, requestBy } from "../requests/findRequest.ts";

export type TimeoutInputParameters = WriteParameters &
  /** A suspended claim, or the commitment whose input was asked for. */
  (
    | (RequestReference & { commitId?: undefined })
    | { commitId: Hex; requestId?: undefined; request?: undefined }
  );
export type TimeoutInputReturnType = WriteReturnType & {
  /** `missed` where the input was not posted; `void` where what it was asked for had ended otherwise. */
  status: InputStatus;
  /** Who got the bond. */
  to: Address;
  /** Token units of the bond. */
  paid: bigint;
};
export type TimeoutInputErrorType = SendCallErrorType | FindRequestErrorType | MissingEventError;

/** The call by which {@link timeoutInput} ends a request for the input of a commitment. */
export function timeoutInputCall({ deployment, commitId }: DeploymentParameters & { commitId: Hex }) {
  return contractCall({
    address: deployment.inputRequests,
    abi: inputRequestsAbi,
    functionName: "timeoutInput",
    args: [commitId],
  });
}

/** The call by which {@link timeoutInput} ends a suspended claim. */
export function timeoutRequestInputCall({
  deployment,
  request,
}: DeploymentParameters & { request: Request }) {
  return contractCall({
    address: deployment.inputRequests,
    abi: inputRequestsAbi,
    functionName: "timeoutRequestInput",
    args: [requestStruct(request)],
  });
}

/**
 * Ends an input request whose input was not posted in time: slashes the commitment, or ends the suspended claim at its
 * requester's cost. Gives the bond back where what it was asked for ended otherwise. Anyone may call.
 *
 * @param parameters.requestId - A suspended claim, or its whole `request`; or the `commitId` whose input was asked for.
 * @returns Hash and receipt, and what the contract reported: `status`, and who got how much of the bond.
 *
 * @example
 * import { timeoutInput } from "@assay/sdk";
 *
 * const { status } = await timeoutInput(client, { deployment, commitId });
 */
export async function timeoutInput(
  client: AssayTransportClient,
  parameters: TimeoutInputParameters,
): Promise<TimeoutInputReturnType> {
  const { deployment, commitId } = parameters;
  const call =
    commitId === undefined
      ? timeoutRequestInputCall({ deployment, request: await requestBy(client, parameters) })
      : timeoutInputCall({ deployment, commitId });
  const sent = await sendCall(client, { ...parameters, call });
  const { status, to, paid } = eventOf(sent.receipt, {
    address: deployment.inputRequests,
    abi: inputRequestsAbi,
    eventName: "InputRequestEnded",
  });
  return { ...sent, status: enumName(inputStatuses, status), to, paid };
}
