// Reads whether an input was asked for, and what came of it.
import type { Hex } from "viem";
import { inputRequestsAbi } from "../../abi/inputRequests.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { enumName, inputStatuses } from "../../protocol/enums.ts";
import type { InputRequest } from "../../protocol/inputs.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetInputRequestParameters = ReadParameters & {
  /** A claimed request, or a commitment. */
  id: Hex;
};
export type GetInputRequestReturnType = InputRequest;
export type GetInputRequestErrorType = ContractError | Error;

/**
 * Reads whether the input of a request or commitment was asked for, until when it must be posted, and how far that has come.
 *
 * @param parameters.id - The request, where its worker cannot get the input; the commitment, where somebody checks it.
 * @returns Asker, bond in token units, deadline in unix seconds; `status` is `none` where nobody asked.
 *
 * @example
 * import { getInputRequest } from "@assay/sdk";
 *
 * const { status, deadline } = await getInputRequest(client, { deployment, id: commitId });
 */
export async function getInputRequest(
  client: AssayTransportClient,
  { deployment, id, ...block }: GetInputRequestParameters,
): Promise<GetInputRequestReturnType> {
  const found = await readCall(client, {
    address: deployment.inputRequests,
    abi: inputRequestsAbi,
    functionName: "getInputRequest",
    args: [id],
    ...atBlock(block),
  });
  return { ...found, deadline: BigInt(found.deadline), status: enumName(inputStatuses, found.status) };
}
