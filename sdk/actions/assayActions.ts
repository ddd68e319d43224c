// Binds every action to a client and a deployment.
import type { Deployment } from "../deployments.ts";
import type { AssayTransportClient } from "./calls/parameters.ts";
import { sendCall } from "./calls/sendCall.ts";
import { simulateCall } from "./calls/simulateCall.ts";
import { bindTrace } from "./disputes/bindTrace.ts";
import { challenge } from "./disputes/challenge.ts";
import { choose } from "./disputes/choose.ts";
import { chooseOutput } from "./disputes/chooseOutput.ts";
import { getBinding } from "./disputes/getBinding.ts";
import { getDispute } from "./disputes/getDispute.ts";
import { getReveal } from "./disputes/getReveal.ts";
import { getTurn } from "./disputes/getTurn.ts";
import { proveStep } from "./disputes/proveStep.ts";
import { reveal } from "./disputes/reveal.ts";
import { revealTile } from "./disputes/revealTile.ts";
import { settleDispute } from "./disputes/settleDispute.ts";
import { timeoutDispute } from "./disputes/timeoutDispute.ts";
import { getProgram } from "./programs/getProgram.ts";
import { listPrograms } from "./programs/listPrograms.ts";
import { proveMalformed } from "./programs/proveMalformed.ts";
import { reclaimBond } from "./programs/reclaimBond.ts";
import { registerProgram } from "./programs/registerProgram.ts";
import { cancelRequest } from "./requests/cancelRequest.ts";
import { claimRequest } from "./requests/claimRequest.ts";
import { commitResult } from "./requests/commitResult.ts";
import { deliverResult } from "./requests/deliverResult.ts";
import { estimateFee } from "./requests/estimateFee.ts";
import { expireRequest } from "./requests/expireRequest.ts";
import { finalizeRequest } from "./requests/finalizeRequest.ts";
import { getClaim } from "./requests/getClaim.ts";
import { getCommitment } from "./requests/getCommitment.ts";
import { getInput } from "./requests/getInput.ts";
import { getRequest } from "./requests/getRequest.ts";
import { getResult } from "./requests/getResult.ts";
import { getResultFacts } from "./requests/getResultFacts.ts";
import { getTier } from "./requests/getTier.ts";
import { refundRetired } from "./requests/refundRetired.ts";
import { requestInference } from "./requests/requestInference.ts";
import { settleSlash } from "./requests/settleSlash.ts";
import { timeoutDelivery } from "./requests/timeoutDelivery.ts";
import { waitForResult } from "./requests/waitForResult.ts";
import { watchRequest } from "./requests/watchRequest.ts";
import { claimCredit } from "./stake/claimCredit.ts";
import { getAccount } from "./stake/getAccount.ts";
import { requestUnbond } from "./stake/requestUnbond.ts";
import { setKey } from "./stake/setKey.ts";
import { stake } from "./stake/stake.ts";
import { sweepBurn } from "./stake/sweepBurn.ts";
import { withdraw } from "./stake/withdraw.ts";

const actions = {
  bindTrace,
  cancelRequest,
  challenge,
  choose,
  chooseOutput,
  claimCredit,
  claimRequest,
  commitResult,
  deliverResult,
  estimateFee,
  expireRequest,
  finalizeRequest,
  getAccount,
  getBinding,
  getClaim,
  getCommitment,
  getDispute,
  getProgram,
  getInput,
  getRequest,
  getReveal,
  getResult,
  getResultFacts,
  getTier,
  getTurn,
  listPrograms,
  proveMalformed,
  proveStep,
  reclaimBond,
  refundRetired,
  registerProgram,
  requestInference,
  requestUnbond,
  reveal,
  revealTile,
  setKey,
  settleDispute,
  settleSlash,
  stake,
  sweepBurn,
  timeoutDelivery,
  timeoutDispute,
  waitForResult,
  watchRequest,
  withdraw,
};

type Unbound = typeof actions;
type Bound<parameters> = Omit<parameters, "deployment"> & { deployment?: undefined };
type OptionalIfEmpty<parameters> = Record<never, never> extends parameters ? [parameters?] : [parameters];

/** Every action, bound: no client argument, no `deployment` parameter. Each is documented at its own function. */
export type AssayActions = {
  [name in keyof Unbound]: (
    ...parameters: OptionalIfEmpty<Bound<Parameters<Unbound[name]>[1]>>
  ) => ReturnType<Unbound[name]>;
} & {
  deployment: Deployment;
  sendCall: (parameters: Parameters<typeof sendCall>[1]) => ReturnType<typeof sendCall>;
  simulateCall: (parameters: Parameters<typeof simulateCall>[1]) => ReturnType<typeof simulateCall>;
};

type AnyAction = (client: AssayTransportClient, parameters: object) => unknown;

/**
 * Bundles the actions for `extend` of any viem client.
 *
 * @param options.deployment - The contracts to talk to, see `getDeployment` and `parseDeployment`.
 * @returns A function for `client.extend`.
 *
 * @example
 * import { assayActions, getDeployment } from "@assay/sdk";
 * import { createPublicClient, http } from "viem";
 *
 * const client = createPublicClient({ transport: http() }).extend(assayActions({ deployment: getDeployment(1) }));
 * const { status } = await client.getRequest({ requestId });
 */
export function assayActions({ deployment }: { deployment: Deployment }) {
  return (client: AssayTransportClient): AssayActions => {
    const bound = Object.entries(actions).map(([name, action]) => [
      name,
      (parameters?: object) => (action as unknown as AnyAction)(client, { ...parameters, deployment }),
    ]);
    return {
      ...(Object.fromEntries(bound) as Omit<AssayActions, "deployment" | "sendCall" | "simulateCall">),
      deployment,
      sendCall: (parameters) => sendCall(client, parameters),
      simulateCall: (parameters) => simulateCall(client, parameters),
    };
  };
}
