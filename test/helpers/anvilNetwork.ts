// The stories' network on a chain of its own process, for what an in-process chain cannot do: be shared, run backwards.
import { http } from "viem";
import { parameterSet, type TierName } from "../../deploy/parameters.ts";
import { deployContracts } from "../../node/devnet/deployContracts.ts";
import { type Anvil, startAnvil } from "./anvil.ts";
import { accountOf, type Network, openNetwork } from "./people.ts";

export interface AnvilNetwork extends Network {
  url: string;
  anvil: Anvil;
}

export async function createAnvilNetwork(tier: TierName = "standard"): Promise<AnvilNetwork> {
  const anvil = await startAnvil();
  const { url } = anvil;
  const deployer = accountOf("deployer");
  const deployment = await deployContracts({ rpcUrl: url, deployer, ...parameterSet([tier]) });
  const network = await openNetwork({ deployment, tier, transport: http(url), close: anvil.stop });
  return { ...network, url, anvil };
}
