// The contracts of a deployment in the order of their dependencies, for a token that exists or is deployed along.
import type {
  IgnitionModuleBuilder,
  NamedArtifactContractDeploymentFuture,
} from "@nomicfoundation/ignition-core";

type Token =
  | NamedArtifactContractDeploymentFuture<"AssayToken">
  | ReturnType<IgnitionModuleBuilder["getParameter"]>;

/** Module parameters: `tiers` (array of tiers), `unbondingSeconds`, and `token` where one exists. */
export function protocol(m: IgnitionModuleBuilder, token: Token) {
  const parameters = m.contract("Parameters", [m.getParameter("tiers"), m.getParameter("unbondingSeconds")]);
  const stakeVault = m.contract("StakeVault", [token, parameters]);
  const judges = ["SumJudge", "ElementJudge", "MovementJudge"].map((name) => m.contract(name));
  const stepVerifier = m.contract("StepVerifier", judges);
  const programRegistry = m.contract("ProgramRegistry", [stakeVault, stepVerifier, parameters]);
  const inferenceMarket = m.contract("InferenceMarket", [stakeVault, programRegistry, parameters]);
  const disputeGame = m.contract("DisputeGame", [stakeVault, inferenceMarket, parameters, stepVerifier]);
  // Each of the two calls works once, for the deployer only; after them nobody is privileged.
  m.call(stakeVault, "setModules", [[inferenceMarket, disputeGame, programRegistry]]);
  m.call(inferenceMarket, "setGame", [disputeGame]);
  return { parameters, stakeVault, stepVerifier, programRegistry, inferenceMarket, disputeGame };
}
