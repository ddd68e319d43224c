// Parameter versions as the chain has them: read once, they never change.
import { type Deployment, getTier } from "@assay/sdk";
import type { Tier } from "@assay/sdk/protocol";
import type { Endpoints } from "./endpoints.ts";

export type Tiers = {
  get(version: number): Promise<Tier>;
  /** Undefined before it was read. */
  known(version: number): Tier | undefined;
};

export function createTiers({
  endpoints,
  deployment,
}: {
  endpoints: Endpoints;
  deployment: Deployment;
}): Tiers {
  const tiers = new Map<number, Tier>();
  return {
    get: async (version) => {
      const tier =
        tiers.get(version) ?? (await endpoints.use((client) => getTier(client, { deployment, version })));
      tiers.set(version, tier);
      return tier;
    },
    known: (version) => tiers.get(version),
  };
}
