// Takes back a proposed parameter version.
import { parametersAbi } from "../../abi/parameters.ts";
import { contractCall } from "../../contractCall.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type CancelProposalParameters = WriteParameters;
export type CancelProposalReturnType = WriteReturnType;
export type CancelProposalErrorType = SendCallErrorType;

/** The call that {@link cancelProposal} sends. */
export function cancelProposalCall({ deployment }: Pick<CancelProposalParameters, "deployment">) {
  return contractCall({
    address: deployment.parameters,
    abi: parametersAbi,
    functionName: "cancelProposal",
    args: [],
  });
}

/**
 * Takes back the proposed parameter version. Only the governor of the deployment may, where it has one.
 *
 * @returns Hash and receipt.
 *
 * @example
 * import { cancelProposal } from "@assay/sdk";
 *
 * await cancelProposal(client, { deployment });
 */
export const cancelProposal = (
  client: AssayTransportClient,
  parameters: CancelProposalParameters,
): Promise<CancelProposalReturnType> =>
  sendCall(client, { ...parameters, call: cancelProposalCall(parameters) });
