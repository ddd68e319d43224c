// Binds every action to a client and a deployment.
import type { Deployment } from "../deployments.ts";
import type { AssayTransportClient } from "./calls/parameters.ts";
import { sendCall } from "./calls/sendCall.ts";
import { simulateCall } from "./calls/simulateCall.ts";
import { allotStake } from "./channels/allotStake.ts";
import { collectOwed } from "./channels/collectOwed.ts";
import { depositToChannel } from "./channels/depositToChannel.ts";
import { finalizeReceipt } from "./channels/finalizeReceipt.ts";
import { getChannel } from "./channels/getChannel.ts";
import { getReceiptFacts } from "./channels/getReceiptFacts.ts";
import { getSessionKey } from "./channels/getSessionKey.ts";
import { listChannels } from "./channels/listChannels.ts";
import { redeemVouchers } from "./channels/redeemVouchers.ts";
import { refundRetiredReceipt } from "./channels/refundRetiredReceipt.ts";
import { requestDeallot } from "./channels/requestDeallot.ts";
import { requestEscrow } from "./channels/requestEscrow.ts";
import { requestReceipt } from "./channels/requestReceipt.ts";
import { revokeSessionKey } from "./channels/revokeSessionKey.ts";
import { setSessionKey } from "./channels/setSessionKey.ts";
import { signVoucher } from "./channels/signVoucher.ts";
import { takeAllotment } from "./channels/takeAllotment.ts";
import { takeEscrow } from "./channels/takeEscrow.ts";
import { exposeEquivocation } from "./commitments/exposeEquivocation.ts";
import { flipToRefund } from "./commitments/flipToRefund.ts";
import { getClaim } from "./commitments/getClaim.ts";
import { getCommitment } from "./commitments/getCommitment.ts";
import { getRecordedCommitment } from "./commitments/getRecordedCommitment.ts";
import { settleSlash } from "./commitments/settleSlash.ts";
import { bindTrace } from "./disputes/bindTrace.ts";
import { challenge } from "./disputes/challenge.ts";
import { challengeReceipt } from "./disputes/challengeReceipt.ts";
import { choose } from "./disputes/choose.ts";
import { chooseOutput } from "./disputes/chooseOutput.ts";
import { disputeReceipt } from "./disputes/disputeReceipt.ts";
import { getBinding } from "./disputes/getBinding.ts";
import { getDispute } from "./disputes/getDispute.ts";
import { getReveal } from "./disputes/getReveal.ts";
import { getTurn } from "./disputes/getTurn.ts";
import { proveStep } from "./disputes/proveStep.ts";
import { reveal } from "./disputes/reveal.ts";
import { revealTile } from "./disputes/revealTile.ts";
import { settleDispute } from "./disputes/settleDispute.ts";
import { timeoutDispute } from "./disputes/timeoutDispute.ts";
import { demandInclusion } from "./epochs/demandInclusion.ts";
import { demandReceipt } from "./epochs/demandReceipt.ts";
import { getDemand } from "./epochs/getDemand.ts";
import { getEpoch } from "./epochs/getEpoch.ts";
import { getEpochSeconds } from "./epochs/getEpochSeconds.ts";
import { getReceiptPlace } from "./epochs/getReceiptPlace.ts";
import { overCommitted } from "./epochs/overCommitted.ts";
import { postEpoch } from "./epochs/postEpoch.ts";
import { showAbsence } from "./epochs/showAbsence.ts";
import { showInclusion } from "./epochs/showInclusion.ts";
import { showReceipt } from "./epochs/showReceipt.ts";
import { timeoutInclusion } from "./epochs/timeoutInclusion.ts";
import { timeoutReceipt } from "./epochs/timeoutReceipt.ts";
import { watchReceipt } from "./epochs/watchReceipt.ts";
import { getInputRequest } from "./inputs/getInputRequest.ts";
import { inputUnavailable } from "./inputs/inputUnavailable.ts";
import { postInput } from "./inputs/postInput.ts";
import { requestInput } from "./inputs/requestInput.ts";
import { timeoutInput } from "./inputs/timeoutInput.ts";
import { activateTier } from "./parameters/activateTier.ts";
import { cancelProposal } from "./parameters/cancelProposal.ts";
import { getProposal } from "./parameters/getProposal.ts";
import { proposeTier } from "./parameters/proposeTier.ts";
import { getProgram } from "./programs/getProgram.ts";
import { listPrograms } from "./programs/listPrograms.ts";
import { proveMalformed } from "./programs/proveMalformed.ts";
import { reclaimBond } from "./programs/reclaimBond.ts";
import { registerProgram } from "./programs/registerProgram.ts";
import { cancelRequest } from "./requests/cancelRequest.ts";
import { claimRequest } from "./requests/claimRequest.ts";
import { collect } from "./requests/collect.ts";
import { commitResult } from "./requests/commitResult.ts";
import { commitResults } from "./requests/commitResults.ts";
import { deliverFailure } from "./requests/deliverFailure.ts";
import { deliverResult } from "./requests/deliverResult.ts";
import { estimateFee } from "./requests/estimateFee.ts";
import { expireRequest } from "./requests/expireRequest.ts";
import { finalizeRequest } from "./requests/finalizeRequest.ts";
import { findRequest } from "./requests/findRequest.ts";
import { getInput } from "./requests/getInput.ts";
import { getRequest } from "./requests/getRequest.ts";
import { getRequestState } from "./requests/getRequestState.ts";
import { getResult } from "./requests/getResult.ts";
import { getResultFacts } from "./requests/getResultFacts.ts";
import { getTier } from "./requests/getTier.ts";
import { pauseNew } from "./requests/pauseNew.ts";
import { prepareRequest } from "./requests/prepareRequest.ts";
import { refundRetired } from "./requests/refundRetired.ts";
import { requestInference } from "./requests/requestInference.ts";
import { signRequest } from "./requests/signRequest.ts";
import { submitSignedRequest } from "./requests/submitSignedRequest.ts";
import { timeoutDelivery } from "./requests/timeoutDelivery.ts";
import { waitForResult } from "./requests/waitForResult.ts";
import { watchRequest } from "./requests/watchRequest.ts";
import { claimCredit } from "./stake/claimCredit.ts";
import { getAccount } from "./stake/getAccount.ts";
import { requestUnbond } from "./stake/requestUnbond.ts";
import { setKey } from "./stake/setKey.ts";
import { signPermit } from "./stake/signPermit.ts";
import { stake } from "./stake/stake.ts";
import { stakeEther } from "./stake/stakeEther.ts";
import { sweepBurn } from "./stake/sweepBurn.ts";
import { withdraw } from "./stake/withdraw.ts";
import { wrapEther } from "./stake/wrapEther.ts";

const actions = {
  activateTier,
  allotStake,
  bindTrace,
  cancelProposal,
  cancelRequest,
  challenge,
  challengeReceipt,
  choose,
  chooseOutput,
  claimCredit,
  claimRequest,
  collect,
  collectOwed,
  commitResult,
  commitResults,
  deliverFailure,
  deliverResult,
  demandInclusion,
  demandReceipt,
  depositToChannel,
  disputeReceipt,
  estimateFee,
  expireRequest,
  exposeEquivocation,
  finalizeReceipt,
  finalizeRequest,
  findRequest,
  flipToRefund,
  getAccount,
  getBinding,
  getChannel,
  getClaim,
  getCommitment,
  getDemand,
  getDispute,
  getEpoch,
  getEpochSeconds,
  getInput,
  getInputRequest,
  getProgram,
  getProposal,
  getReceiptFacts,
  getReceiptPlace,
  getRecordedCommitment,
  getRequest,
  getRequestState,
  getResult,
  getResultFacts,
  getReveal,
  getSessionKey,
  getTier,
  getTurn,
  inputUnavailable,
  listChannels,
  listPrograms,
  overCommitted,
  pauseNew,
  postEpoch,
  postInput,
  prepareRequest,
  proposeTier,
  proveMalformed,
  proveStep,
  reclaimBond,
  redeemVouchers,
  refundRetired,
  refundRetiredReceipt,
  registerProgram,
  requestDeallot,
  requestEscrow,
  requestInference,
  requestInput,
  requestReceipt,
  requestUnbond,
  reveal,
  revealTile,
  revokeSessionKey,
  setKey,
  setSessionKey,
  settleDispute,
  settleSlash,
  showAbsence,
  showInclusion,
  showReceipt,
  signPermit,
  signRequest,
  signVoucher,
  stake,
  stakeEther,
  submitSignedRequest,
  sweepBurn,
  takeAllotment,
  takeEscrow,
  timeoutDelivery,
  timeoutDispute,
  timeoutInclusion,
  timeoutInput,
  timeoutReceipt,
  waitForResult,
  watchReceipt,
  watchRequest,
  withdraw,
  wrapEther,
};

type Unbound = typeof actions;
type Bound<parameters> = parameters extends unknown
  ? Omit<parameters, "deployment"> & { deployment?: undefined }
  : never;
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
