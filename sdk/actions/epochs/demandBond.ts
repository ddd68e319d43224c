// What asking a worker about its epochs costs.
import { epochsAbi } from "../../abi/epochs.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

/** The bond in token units. */
export const demandBond = (
  client: AssayTransportClient,
  { deployment, version }: DeploymentParameters & { version: number },
): Promise<bigint> =>
  readCall(client, {
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "demandBond",
    args: [version],
  });
