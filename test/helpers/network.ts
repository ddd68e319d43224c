// The protocol on a fresh chain in this process, with everybody who plays in the stories.
import { network as hardhat } from "hardhat";
import { custom, type EIP1193RequestFn } from "viem";
import { deployAssay } from "../../deploy/deployAssay.ts";
import type { TierName } from "../../deploy/parameters.ts";
import { type Network, openNetwork } from "./people.ts";

/** Version 1 is `tier`; with clocks of days only the time that a test moves counts, however slow the machine is. */
export async function createNetwork(tier: TierName = "standard"): Promise<Network> {
  const connection = await hardhat.create("sim");
  const deployment = await deployAssay(connection, { tiers: [tier] });
  const request: EIP1193RequestFn = (call) => connection.provider.request(call as { method: string });
  return openNetwork({ deployment, tier, transport: custom({ request }), close: () => connection.close() });
}
