// How long stake takes to come out.
import { parametersAbi } from "@assay/sdk/abi";
import type { ChainAccess } from "./chain.ts";

export function unbondingSeconds({
  client,
  deployment,
}: Pick<ChainAccess, "client" | "deployment">): Promise<number> {
  return client.readContract({
    address: deployment.parameters,
    abi: parametersAbi,
    functionName: "unbondingSeconds",
  });
}
