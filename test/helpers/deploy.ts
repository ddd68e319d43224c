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
import { describeDeployment, type Offices, officeAddresses } from "../../node/devnet/describeDeployment.ts";

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

/** A contract with the named functions. */
export type Api<Name extends string> = BaseContract & Record<Name, BaseContractMethod>;

type Game = Api<
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
  | "slashedElsewhere"
  | "timeout"
  | "turn"
  | "voidDisputes"
>;

export interface Contracts {
  token: Api<"approve" | "balanceOf" | "mint" | "transfer">;
  parameters: Api<
    | "activate"
    | "cancelProposal"
    | "challengeTerms"
    | "changeSeconds"
    | "disputeSeconds"
    | "governor"
    | "proposal"
    | "propose"
    | "publisherBond"
    | "requestTerms"
    | "tier"
    | "unbondingSeconds"
    | "versions"
    | "workTerms"
  >;
  vault: Api<
    | "account"
    | "burnFromEscrow"
    | "claimCredit"
    | "creditFromEscrow"
    | "escrow"
    | "escrowFrom"
    | "hasRole"
    | "lock"
    | "modules"
    | "moveEscrow"
    | "payFromEscrow"
    | "pendingBurn"
    | "permit"
    | "requestUnbond"
    | "restoreFromEscrow"
    | "setKey"
    | "setModules"
    | "slashToEscrow"
    | "stake"
    | "stakeEther"
    | "stakeWithPermit"
    | "sweepBurn"
    | "token"
    | "tranches"
    | "unlock"
    | "withdraw"
  >;
  verifier: BaseContract;
  registry: Api<
    | "activeHeader"
    | "claimOf"
    | "depths"
    | "header"
    | "isActive"
    | "program"
    | "proveMalformed"
    | "reclaimBond"
    | "register"
  >;
  market: Api<
    | "batchRoot"
    | "cancel"
    | "claim"
    | "claimOf"
    | "collect"
    | "commit"
    | "commitIdOf"
    | "deliver"
    | "deliverFailure"
    | "expire"
    | "extend"
    | "finalityOf"
    | "finalize"
    | "flipToRefund"
    | "forfeit"
    | "getCommitment"
    | "hold"
    | "pauseNew"
    | "proven"
    | "refundRetired"
    | "release"
    | "request"
    | "requestFor"
    | "requestIdOf"
    | "requestState"
    | "resume"
    | "setModules"
    | "settle"
    | "slash"
    | "suspend"
    | "termsOf"
    | "timeoutDelivery"
  >;
  game: Game;
  channels: Api<
    | "allot"
    | "backing"
    | "channelIdOf"
    | "claimOf"
    | "collectOwed"
    | "commitIdOf"
    | "deposit"
    | "extend"
    | "finalize"
    | "flipToRefund"
    | "forfeit"
    | "getChannel"
    | "getCommitment"
    | "hold"
    | "proven"
    | "receiptIdOf"
    | "redeem"
    | "refundRetired"
    | "release"
    | "requestDeallot"
    | "requestEscrow"
    | "revokeSessionKey"
    | "sessionKeyUntil"
    | "setModules"
    | "setSessionKey"
    | "settle"
    | "slash"
    | "takeAllotment"
    | "takeEscrow"
    | "termsOf"
    | "voucherHash"
  >;
  receiptGame: Game;
  epochs: Api<
    | "demandIdOf"
    | "demandInclusion"
    | "demandReceipt"
    | "epochSeconds"
    | "getDemand"
    | "getEpoch"
    | "overCommitted"
    | "postEpoch"
    | "showAbsence"
    | "showInclusion"
    | "showReceipt"
    | "timeoutInclusion"
    | "timeoutReceipt"
  >;
  inputRequests: Api<
    | "getInputRequest"
    | "inputBond"
    | "inputUnavailable"
    | "postInput"
    | "postRequestInput"
    | "requestInput"
    | "timeoutInput"
    | "timeoutRequestInput"
  >;
  equivocation: Api<"expose">;
}

export interface World extends Contracts, People {
  ethers: HardhatEthers;
  networkHelpers: NetworkHelpers;
}

type Artifacts = (name: string, deployer: Signer) => Promise<ContractFactory>;

/** Where bytecode comes from: Hardhat's artifacts (`otherwise`), or a mutant. */
export type FactoryOf = (name: string, deployer: Signer, otherwise: Artifacts) => Promise<ContractFactory>;

export interface DeployOptions extends Offices {
  parameters?: ParameterSet;
  factoryOf?: FactoryOf;
  /** Mutants are compiled without the optimizer and may be larger than the chain's limit. */
  mutated?: boolean;
  chainId?: number;
}

/** What everybody holds at the start, in token units. */
export const wealth = 10n ** 24n;

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
  const deploy = async (name: string, args: readonly unknown[]): Promise<Contract> => {
    const contract = await (await factoryOf(name, cast.deployer, artifacts)).deploy(...args);
    return new Contract(await contract.getAddress(), contract.interface, cast.deployer);
  };
  return { ethers, networkHelpers, cast, deploy };
}

const parametersOf = ({ parameters = parameterSet(["devnet"]) }: DeployOptions) => parameters;

/** The parameters alone, on any chain. */
export async function deployParameters(options: DeployOptions): Promise<Contracts["parameters"]> {
  const { deploy } = await createChain(options);
  const { tiers, unbondingSeconds } = parametersOf(options);
  const made = await deploy("Parameters", [tiers, unbondingSeconds, officeAddresses(options).governor]);
  return made as unknown as Contracts["parameters"];
}

/** A contract that is still to be made. */
interface Planned {
  made?: Contract;
}

export async function deployWorld(options: DeployOptions = {}): Promise<World> {
  const { ethers, networkHelpers, cast, deploy } = await createChain(options);
  const steps: (() => Promise<unknown>)[] = [];
  const known = (argument: unknown): unknown => {
    if (Array.isArray(argument)) return argument.map(known);
    return typeof argument === "object" && argument !== null && "made" in argument ? argument.made : argument;
  };
  const plan = (name: string, args: readonly unknown[]): Planned => {
    const planned: Planned = {};
    steps.push(async () => {
      planned.made = await deploy(name, args.map(known));
    });
    return planned;
  };
  const token = plan("AssayToken", []);
  const planned = describeDeployment<Planned>(
    {
      // The toy machine judges, and has no judges of its own.
      contract: (name, args) => {
        if (name.endsWith("Judge")) return {};
        return name === "StepVerifier" ? plan("StepVerifierMock", []) : plan(name, args);
      },
      call: (target, name, args) => {
        steps.push(async () => target.made?.getFunction(name)(...args.map(known)));
      },
    },
    { token, ...parametersOf(options), ...officeAddresses(options) },
  );
  for (const step of steps) await step();
  const contracts = {
    token: token.made,
    parameters: planned.parameters.made,
    vault: planned.stakeVault.made,
    verifier: planned.stepVerifier.made,
    registry: planned.programRegistry.made,
    market: planned.inferenceMarket.made,
    game: planned.disputeGame.made,
    channels: planned.channels.made,
    receiptGame: planned.receiptGame.made,
    epochs: planned.epochs.made,
    inputRequests: planned.inputRequests.made,
    equivocation: planned.equivocation.made,
  } as unknown as Contracts;
  for (const person of people) {
    await contracts.token.mint(cast[person], wealth);
    await as(cast[person], contracts.token).approve(contracts.vault, wealth);
  }
  return { ethers, networkHelpers, ...cast, ...contracts };
}

/** The contract as `person` calls it. */
export const as = <C extends BaseContract>(person: Signer, contract: C): C => contract.connect(person) as C;
