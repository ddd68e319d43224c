// Deploys the protocol and a play-money token to a local chain.
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
import {
  type ContractBuilder,
  describeDeployment,
  heldOffices,
  type Offices,
  officeAddresses,
} from "./describeDeployment.ts";

export type DeployContractsOptions = {
  rpcUrl: string;
  deployer: Account;
  tiers: readonly Tier[];
  unbondingSeconds: number;
  offices?: Offices | undefined;
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
  offices = {},
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
  const builder: ContractBuilder<Step> = {
    contract: (name, args, id = name) => {
      const { abi, bytecode } = readArtifact(name);
      const nonce = first + sends.length;
      names.push(id);
      sends.push(() => client.deployContract({ abi, bytecode, args: args.map(address), nonce, chain }));
      return { name: id, abi, address: getContractAddress({ from: deployer.address, nonce: BigInt(nonce) }) };
    },
    call: (target, functionName, args) => {
      const nonce = first + sends.length;
      const call = { address: target.address, abi: target.abi, functionName, args: args.map(address) };
      names.push(`${target.name}.${functionName}`);
      sends.push(() => client.writeContract({ ...call, nonce, chain }));
    },
  };
  const token = builder.contract("AssayToken", []);
  const given = { token, tiers, unbondingSeconds, ...officeAddresses(offices) };
  const contracts = { token, ...describeDeployment(builder, given) };
  for (const [index, send] of sends.entries()) {
    const receipt = await client.waitForTransactionReceipt({ hash: await send() });
    if (receipt.status === "reverted")
      throw new DeploymentFailedError("A contract could not be created.", { facts: { step: names[index] } });
  }
  const addresses = Object.fromEntries(
    Object.entries(contracts).map(([name, { address }]) => [name, address]),
  );
  return {
    chainId,
    startBlock: block + 1n,
    ...(addresses as Record<keyof typeof contracts, Address>),
    ...heldOffices(offices),
  };
}
