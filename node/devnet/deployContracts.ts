// Deploys the protocol and a play-money token to a local chain, in the order of deploy/modules/protocol.ts.
import type { Deployment } from "@assay/sdk";
import type { Tier } from "@assay/sdk/protocol";
import {
  type Abi,
  type Account,
  type Address,
  createWalletClient,
  getContractAddress,
  http,
  publicActions,
} from "viem";
import { FatalError } from "../errors.ts";
import { readArtifact } from "./artifacts.ts";

/** What a deployment is made of; a local chain and a recorder both are builders. */
export type ContractBuilder<contract> = {
  contract(name: string, args: readonly unknown[]): contract;
  call(contract: contract, functionName: string, args: readonly unknown[]): void;
};

/** Contracts, constructor arguments and wiring, in order. */
export function describeDeployment<contract>(
  m: ContractBuilder<contract>,
  { tiers, unbondingSeconds }: { tiers: unknown; unbondingSeconds: unknown },
) {
  const token = m.contract("AssayToken", []);
  const parameters = m.contract("Parameters", [tiers, unbondingSeconds]);
  const stakeVault = m.contract("StakeVault", [token, parameters]);
  const judges = ["SumJudge", "ElementJudge", "MovementJudge"].map((name) => m.contract(name, []));
  const stepVerifier = m.contract("StepVerifier", judges);
  const programRegistry = m.contract("ProgramRegistry", [stakeVault, stepVerifier, parameters]);
  const inferenceMarket = m.contract("InferenceMarket", [stakeVault, programRegistry, parameters]);
  const disputeGame = m.contract("DisputeGame", [stakeVault, inferenceMarket, parameters, stepVerifier]);
  m.call(stakeVault, "setModules", [[inferenceMarket, disputeGame, programRegistry]]);
  m.call(inferenceMarket, "setGame", [disputeGame]);
  return { token, parameters, stakeVault, stepVerifier, programRegistry, inferenceMarket, disputeGame };
}

export type DeployContractsOptions = {
  rpcUrl: string;
  deployer: Account;
  tiers: readonly Tier[];
  unbondingSeconds: number;
};

/** A contract could not be created. */
export class DeploymentFailedError extends FatalError {
  override name = "DeploymentFailedError";
}

type Step = { abi: Abi; address: Address; name: string };

/** Deploys everything. Addresses follow from the deployer's nonce, so that arguments can name contracts to come. */
export async function deployContracts({
  rpcUrl,
  deployer,
  tiers,
  unbondingSeconds,
}: DeployContractsOptions): Promise<Deployment> {
  const client = createWalletClient({
    account: deployer,
    transport: http(rpcUrl),
    pollingInterval: 50,
  }).extend(publicActions);
  const [chainId, block, first] = await Promise.all([
    client.getChainId(),
    client.getBlockNumber({ cacheTime: 0 }),
    client.getTransactionCount({ address: deployer.address }),
  ]);
  const sends: (() => Promise<`0x${string}`>)[] = [];
  const names: string[] = [];
  const address = (argument: unknown): unknown => {
    if (Array.isArray(argument)) return argument.map(address);
    return typeof argument === "object" && argument !== null && "address" in argument
      ? argument.address
      : argument;
  };
  const chain = null;
  const contracts = describeDeployment<Step>(
    {
      contract: (name, args) => {
        const { abi, bytecode } = readArtifact(name);
        const nonce = first + sends.length;
        names.push(name);
        sends.push(() => client.deployContract({ abi, bytecode, args: args.map(address), nonce, chain }));
        return { name, abi, address: getContractAddress({ from: deployer.address, nonce: BigInt(nonce) }) };
      },
      call: (target, functionName, args) => {
        const nonce = first + sends.length;
        const call = { address: target.address, abi: target.abi, functionName, args: args.map(address) };
        names.push(`${target.name}.${functionName}`);
        sends.push(() => client.writeContract({ ...call, nonce, chain }));
      },
    },
    { tiers, unbondingSeconds },
  );
  for (const [index, send] of sends.entries()) {
    const receipt = await client.waitForTransactionReceipt({ hash: await send() });
    if (receipt.status === "reverted")
      throw new DeploymentFailedError("A contract could not be created.", { facts: { step: names[index] } });
  }
  const addresses = Object.fromEntries(
    Object.entries(contracts).map(([name, { address }]) => [name, address]),
  );
  return { chainId, startBlock: block + 1n, ...(addresses as Record<keyof typeof contracts, Address>) };
}
