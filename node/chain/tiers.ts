// Parameter versions as the chain has them: read once, they never change.
import { type Deployment, getTier } from "@assay/sdk";
import { parametersAbi } from "@assay/sdk/abi";
import type { Tier } from "@assay/sdk/protocol";
import type { Endpoints } from "./endpoints.ts";

export type Tiers = {
  get(version: number): Promise<Tier>;
  /** Undefined before it was read. */
  known(version: number): Tier | undefined;
  /** The unbonding delay of the deployment. */
  unbondingSeconds(): Promise<bigint>;
};

export function createTiers({
  endpoints,
  deployment,
}: {
  endpoints: Endpoints;
  deployment: Deployment;
}): Tiers {
  const tiers = new Map<number, Tier>();
  let unbonding: bigint | undefined;
  return {
    get: async (version) => {
      const tier =
        tiers.get(version) ?? (await endpoints.use((client) => getTier(client, { deployment, version })));
      tiers.set(version, tier);
      return tier;
    },
    known: (version) => tiers.get(version),
    unbondingSeconds: async () => {
      const read = {
        address: deployment.parameters,
        abi: parametersAbi,
        functionName: "unbondingSeconds",
      } as const;
      unbonding ??= BigInt(await endpoints.use((client) => client.readContract(read)));
      return unbonding;
    },
  };
}
