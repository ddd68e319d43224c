// What a deployment is made of, said once: contracts, constructor arguments and wiring, in order. A local network and the
// deployment of a real one both build from this.
import { type Address, zeroAddress } from "viem";

/** Whoever can create contracts and call them: a local chain, an Ignition module, a recorder. */
export type ContractBuilder<contract> = {
  /** @param id Tells two contracts of one name apart; the name when left out. */
  contract(name: string, args: readonly unknown[], id?: string): contract;
  call(contract: contract, functionName: string, args: readonly unknown[]): void;
};

/** Those who may do something after deployment; nobody where left out. */
export type Offices = {
  /** May propose parameter versions. */
  governor?: Address | undefined;
  /** May pause new work and flip a slash into a refund. */
  guardian?: Address | undefined;
  /** Is credited the audit share of a slash, which is burned otherwise. */
  auditPool?: Address | undefined;
};

export const offices = ["governor", "guardian", "auditPool"] as const;

/** The offices that somebody holds. */
export const heldOffices = (given: Offices): Offices =>
  Object.fromEntries(offices.flatMap((office) => (given[office] ? [[office, given[office]]] : [])));

/** Every office with the address that constructors take: zero for nobody. */
export const officeAddresses = (held: Offices): Record<(typeof offices)[number], Address> => ({
  governor: held.governor ?? zeroAddress,
  guardian: held.guardian ?? zeroAddress,
  auditPool: held.auditPool ?? zeroAddress,
});

/**
 * The protocol for a token that exists or is deployed along.
 *
 * @returns The contracts by the names that a `Deployment` gives them.
 */
export function describeDeployment<contract>(
  m: ContractBuilder<contract>,
  given: { token: unknown; tiers: unknown; unbondingSeconds: unknown } & Record<
    (typeof offices)[number],
    unknown
  >,
) {
  const { token, tiers, unbondingSeconds, governor, guardian, auditPool } = given;
  const parameters = m.contract("Parameters", [tiers, unbondingSeconds, governor]);
  const stakeVault = m.contract("StakeVault", [token, parameters]);
  const judges = ["SumJudge", "ElementJudge", "MovementJudge"].map((name) => m.contract(name, []));
  const stepVerifier = m.contract("StepVerifier", judges);
  const programRegistry = m.contract("ProgramRegistry", [stakeVault, stepVerifier, parameters]);
  const source = [stakeVault, programRegistry, parameters, guardian, auditPool];
  const inferenceMarket = m.contract("InferenceMarket", source);
  const channels = m.contract("Channels", source);
  const game = (about: contract, id: string) =>
    m.contract("DisputeGame", [stakeVault, about, parameters, stepVerifier], id);
  const disputeGame = game(inferenceMarket, "DisputeGame");
  const receiptGame = game(channels, "ReceiptGame");
  const epochs = m.contract("Epochs", [stakeVault, channels, parameters]);
  const inputRequests = m.contract("InputRequests", [
    stakeVault,
    programRegistry,
    parameters,
    inferenceMarket,
    channels,
  ]);
  const equivocation = m.contract("Equivocation", [inferenceMarket, channels]);
  // Each of these calls works once, for the deployer only; after them it is nobody.
  const modules = [
    inferenceMarket,
    disputeGame,
    channels,
    receiptGame,
    epochs,
    inputRequests,
    programRegistry,
  ];
  m.call(stakeVault, "setModules", [modules]);
  m.call(inferenceMarket, "setModules", [disputeGame, inputRequests, equivocation, zeroAddress]);
  m.call(channels, "setModules", [receiptGame, inputRequests, equivocation, epochs]);
  return {
    parameters,
    stakeVault,
    stepVerifier,
    programRegistry,
    inferenceMarket,
    disputeGame,
    channels,
    receiptGame,
    epochs,
    inputRequests,
    equivocation,
  };
}
