// Reads a view function; what it reverts with arrives as a typed error.
import type { Abi, ContractFunctionArgs, ContractFunctionName } from "viem";
import { type ReadContractParameters, type ReadContractReturnType, readContract } from "viem/actions";
import { decodeContractError } from "../../errors/decodeContractError.ts";
import type { AssayTransportClient } from "./parameters.ts";

export async function readCall<
  const abi extends Abi,
  functionName extends ContractFunctionName<abi, "pure" | "view">,
  const args extends ContractFunctionArgs<abi, "pure" | "view", functionName>,
>(
  client: AssayTransportClient,
  parameters: ReadContractParameters<abi, functionName, args>,
): Promise<ReadContractReturnType<abi, functionName, args>> {
  try {
    return await readContract(client, parameters);
  } catch (error) {
    throw decodeContractError(error) ?? error;
  }
}
