// What registering a program takes.
import { getProgram, getTier, ProgramNotFoundError } from "@assay/sdk";
import { parametersAbi } from "@assay/sdk/abi";
import type { Hex } from "viem";
import type { ChainAccess } from "./chain.ts";

/** The registry serves every tier, so it takes the largest of their bonds. */
export async function registration(
  chain: Pick<ChainAccess, "client" | "deployment">,
  programId: Hex,
): Promise<{ bond: bigint; isRegistered: boolean }> {
  const [isRegistered, bonds] = await Promise.all([isKnown(chain, programId), publisherBonds(chain)]);
  let largest = 0n;
  for (const bond of bonds) if (bond > largest) largest = bond;
  return { isRegistered, bond: largest };
}

async function isKnown(
  { client, deployment }: Pick<ChainAccess, "client" | "deployment">,
  programId: Hex,
): Promise<boolean> {
  try {
    await getProgram(client, { deployment, programId });
    return true;
  } catch (error) {
    if (error instanceof ProgramNotFoundError) return false;
    throw error;
  }
}

async function publisherBonds({
  client,
  deployment,
}: Pick<ChainAccess, "client" | "deployment">): Promise<bigint[]> {
  const versions = await client.readContract({
    address: deployment.parameters,
    abi: parametersAbi,
    functionName: "versions",
  });
  const tiers = await Promise.all(
    Array.from({ length: versions }, (_, index) => getTier(client, { deployment, version: index + 1 })),
  );
  return tiers.map(({ publisherBond }) => publisherBond);
}
