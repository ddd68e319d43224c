// Reads a question to a worker about one of its epochs.
import type { Hex } from "viem";
import { epochsAbi } from "../../abi/epochs.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { demandStatuses, enumName } from "../../protocol/enums.ts";
import type { Demand } from "../../protocol/sumTree.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetDemandParameters = ReadParameters & { demandId: Hex };
export type GetDemandReturnType = Demand;
export type GetDemandErrorType = ContractError | Error;

/**
 * Reads a question to a worker: who asked, until when it must be answered, and whether it was.
 *
 * @param parameters.demandId - What the demanding call returned; of a question for inclusion, the receipt's commitment.
 * @returns The demand; `status` is `none` where nobody asked.
 *
 * @example
 * import { getDemand } from "@assay/sdk";
 *
 * const { status, deadline } = await getDemand(client, { deployment, demandId });
 */
export async function getDemand(
  client: AssayTransportClient,
  { deployment, demandId, ...block }: GetDemandParameters,
): Promise<GetDemandReturnType> {
  const found = await readCall(client, {
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "getDemand",
    args: [demandId],
    ...atBlock(block),
  });
  return { ...found, deadline: BigInt(found.deadline), status: enumName(demandStatuses, found.status) };
}
