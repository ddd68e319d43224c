// The protocol on a fresh chain, with the toy machine as judge and a person for each role.
import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import {
  type BaseContract,
  type BaseContractMethod,
  Contract,
  type ContractFactory,
  type Signer,
} from "ethers";
import { network } from "hardhat";
import { type ParameterSet, parameterSet } from "../../deploy/parameters.ts";

export const people = [
  "deployer",
  "publisher",
  "requester",
  "worker",
  "challenger",
  "friend",
  "keeper",
  "stranger",
] as const;
export type Person = (typeof people)[number];
export type People = Record<Person, Signer & { address: string }>;

const contractNames = {
  token: "AssayToken",
  parameters: "Parameters",
  vault: "StakeVault",
  verifier: "StepVerifierMock",
  registry: "ProgramRegistry",
  market: "InferenceMarket",
  game: "DisputeGame",
} as const;
/** A contract with the named functions. */
export type Api<Name extends string> = BaseContract & Record<Name, BaseContractMethod>;

export interface Contracts {
  token: Api<"approve" | "balanceOf" | "mint" | "transfer">;
  parameters: Api<"disputeSeconds" | "tier" | "unbondingSeconds" | "versions">;
  vault: Api<
    | "account"
    | "burnFromEscrow"
    | "claimCredit"
    | "creditFromEscrow"
    | "escrow"
    | "escrowFrom"
    | "hasRole"
    | "held"
    | "lock"
    | "moveEscrow"
    | "pendingBurn"
    | "requestUnbond"
    | "setKey"
    | "setModules"
    | "slashToEscrow"
    | "stake"
    | "sweepBurn"
    | "token"
    | "tranches"
    | "unlock"
    | "withdraw"
  >;
  verifier: BaseContract;
  registry: Api<"depths" | "header" | "isActive" | "program" | "proveMalformed" | "reclaimBond" | "register">;
  market: Api<
    | "cancel"
    | "claim"
    | "claimOf"
    | "commit"
    | "commitmentStatus"
    | "deliver"
    | "disputeLost"
    | "disputeOpened"
    | "expire"
    | "finalize"
    | "getCommitment"
    | "getRequest"
    | "nonces"
    | "refundRetired"
    | "request"
    | "result"
    | "setGame"
    | "settle"
    | "slash"
    | "termsOf"
    | "timeoutDelivery"
  >;
  game: Api<
    | "bindTrace"
    | "challenge"
    | "choose"
    | "chooseOutput"
    | "disputeIdOf"
    | "fundGas"
    | "getBinding"
    | "getDispute"
    | "getReveal"
    | "proveStep"
    | "reveal"
    | "revealTile"
    | "settleDispute"
    | "timeout"
    | "turn"
    | "voidDisputes"
  >;
}

export interface World extends Contracts, People {
  ethers: HardhatEthers;
  networkHelpers: NetworkHelpers;
}

type Artifacts = (name: string, deployer: Signer) => Promise<ContractFactory>;

/** Where bytecode comes from: Hardhat's artifacts (`otherwise`), or a mutant. */
export type FactoryOf = (name: string, deployer: Signer, otherwise: Artifacts) => Promise<ContractFactory>;

export interface DeployOptions {
  parameters?: ParameterSet;
  verifier?: string;
  factoryOf?: FactoryOf;
  /** Mutants are compiled without the optimizer and may be larger than the chain's limit. */
  mutated?: boolean;
  chainId?: number;
}

/** What everybody holds at the start, in token units. */
export const wealth = 10n ** 24n;

type Deploy = <Role extends keyof Contracts>(role: Role, ...args: unknown[]) => Promise<Contracts[Role]>;

/** A fresh chain and how to deploy to it. */
async function createChain(options: DeployOptions) {
  const override = {
    allowUnlimitedContractSize: options.mutated === true,
    chainId: options.chainId ?? 31337,
  };
  const { ethers, networkHelpers } = await network.create({ network: "sim", override });
  const signers = await ethers.getSigners();
  const cast = Object.fromEntries(
    people.map((person, index) => [person, signers[index]]),
  ) as unknown as People;
  const artifacts: Artifacts = (name, deployer) =>
    ethers.getContractFactory(name, deployer) as Promise<ContractFactory>;
  const factoryOf: FactoryOf = options.factoryOf ?? artifacts;
  const deploy: Deploy = async (role, ...args) => {
    const name = role === "verifier" ? (options.verifier ?? contractNames[role]) : contractNames[role];
    const contract = await (await factoryOf(name, cast.deployer, artifacts)).deploy(...args);
    const api = new Contract(await contract.getAddress(), contract.interface, cast.deployer);
    return api as unknown as Contracts[typeof role];
  };
  return { ethers, networkHelpers, cast, deploy };
}

const parametersOf = ({ parameters = parameterSet(["devnet"]) }: DeployOptions) =>
  [parameters.tiers, parameters.unbondingSeconds] as const;

/** The parameters alone, on any chain. */
export async function deployParameters(options: DeployOptions): Promise<Contracts["parameters"]> {
  const { deploy } = await createChain(options);
  return deploy("parameters", ...parametersOf(options));
}

export async function deployWorld(options: DeployOptions = {}): Promise<World> {
  const { ethers, networkHelpers, cast, deploy } = await createChain(options);
  const token = await deploy("token");
  const parameters = await deploy("parameters", ...parametersOf(options));
  const vault = await deploy("vault", token, parameters);
  const verifier = await deploy("verifier");
  const registry = await deploy("registry", vault, verifier, parameters);
  const market = await deploy("market", vault, registry, parameters);
  const game = await deploy("game", vault, market, parameters, verifier);
  await vault.setModules([market, game, registry]);
  await market.setGame(game);
  for (const person of people) {
    await token.mint(cast[person], wealth);
    await as(cast[person], token).approve(vault, wealth);
  }
  const contracts = { token, parameters, vault, verifier, registry, market, game };
  return { ethers, networkHelpers, ...cast, ...contracts };
}

/** The contract as `person` calls it. */
export const as = <C extends BaseContract>(person: Signer, contract: C): C => contract.connect(person) as C;
