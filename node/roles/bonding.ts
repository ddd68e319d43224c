// The tokens behind challenges: what the challenger has, and the vault's permission to take bonds.
import { approveCall, getAccount } from "@assay/sdk";
import { erc20Abi, maxUint256 } from "viem";
import type { Conduct } from "./conduct.ts";
import type { RoleContext } from "./context.ts";

export type Bonding = {
  /** Tokens in the challenger's wallet, and credited to it in the vault. */
  funds(blockNumber: bigint): Promise<{ wallet: bigint; credit: bigint }>;
  /** Lets the vault take bonds from this key. Once: it takes nothing but what the key's own calls ask for. */
  approve(bond: bigint, signal: AbortSignal): Promise<void>;
};

export function createBonding(
  { endpoints, deployment, sender }: Pick<RoleContext, "endpoints" | "deployment" | "sender">,
  conduct: Conduct,
): Bonding {
  const { address } = sender;
  const { token, stakeVault } = deployment;
  const erc20 = { address: token, abi: erc20Abi } as const;
  return {
    funds: (blockNumber) =>
      endpoints.use(async (client) => {
        const [wallet, { credit }] = await Promise.all([
          client.readContract({ ...erc20, functionName: "balanceOf", args: [address], blockNumber }),
          getAccount(client, { deployment, owner: address, blockNumber }),
        ]);
        return { wallet, credit };
      }),
    approve: async (bond, signal) => {
      const args = [address, stakeVault] as const;
      const allowance = await endpoints.use((client) =>
        client.readContract({ ...erc20, functionName: "allowance", args }),
      );
      if (allowance >= bond) return;
      const call = approveCall({ deployment, amount: maxUint256 });
      await conduct.send("approve", stakeVault, { key: `approve:${allowance}`, call }, signal);
    },
  };
}
