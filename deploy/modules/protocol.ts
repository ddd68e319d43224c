// The contracts of a deployment as Ignition builds them, for a token that exists or is deployed along.
import type {
  IgnitionModuleBuilder,
  NamedArtifactContractDeploymentFuture,
} from "@nomicfoundation/ignition-core";
import { describeDeployment } from "../../node/devnet/describeDeployment.ts";

type Contract = NamedArtifactContractDeploymentFuture<string>;
type Token = Contract | ReturnType<IgnitionModuleBuilder["getParameter"]>;

/** Module parameters: `tiers` (array of tiers), `unbondingSeconds`, the offices, and `token` where one exists. */
export function protocol(m: IgnitionModuleBuilder, token: Token) {
  return describeDeployment<Contract>(
    {
      contract: (name, args, id = name) => m.contract(name, args as never[], { id }),
      call: (contract, functionName, args) => void m.call(contract, functionName, args as never[]),
    },
    {
      token,
      tiers: m.getParameter("tiers"),
      unbondingSeconds: m.getParameter("unbondingSeconds"),
      governor: m.getParameter("governor"),
      guardian: m.getParameter("guardian"),
      auditPool: m.getParameter("auditPool"),
    },
  );
}
