// What asking for the input of a program costs.
import type { Hex } from "viem";
import { inputRequestsAbi } from "../../abi/inputRequests.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";
import { getProgram } from "../programs/getProgram.ts";

/** The bond in token units. */
export async function inputBond(
  client: AssayTransportClient,
  { deployment, programId, version }: DeploymentParameters & { programId: Hex; version: number },
): Promise<bigint> {
  const { header } = await getProgram(client, { deployment, programId });
  return readCall(client, {
    address: deployment.inputRequests,
    abi: inputRequestsAbi,
    functionName: "inputBond",
    args: [version, header.inputBytes],
  });
}
