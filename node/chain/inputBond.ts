// What asking for an input costs.
import type { Deployment } from "@assay/sdk";
import { inputRequestsAbi } from "@assay/sdk/abi";
import type { PublicClient } from "viem";

/** The bond in token units for an input of so many bytes, under a parameter version. */
export const readInputBond = (
  client: Pick<PublicClient, "readContract">,
  { deployment, version, inputBytes }: { deployment: Deployment; version: number; inputBytes: number },
): Promise<bigint> =>
  client.readContract({
    address: deployment.inputRequests,
    abi: inputRequestsAbi,
    functionName: "inputBond",
    args: [version, inputBytes],
  });
