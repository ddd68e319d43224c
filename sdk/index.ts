// @assay/sdk: everything a client needs to speak the Assay protocol. No native code; runs in Node and in a browser.
export { type AssayActions, assayActions } from "./actions/assayActions.ts";
export type {
  AssayTransportClient,
  BlockParameters,
  DeploymentParameters,
  ReadParameters,
  RequestReference,
  SourceParameters,
  SpendParameters,
  TransactionParameters,
  WriteParameters,
  WriteReturnType,
} from "./actions/calls/parameters.ts";
export * from "./actions/calls/sendCall.ts";
export * from "./actions/calls/simulateCall.ts";
export { approveCall } from "./actions/calls/spend.ts";
export * from "./actions/channels/allotStake.ts";
export * from "./actions/channels/collectOwed.ts";
export * from "./actions/channels/depositToChannel.ts";
export * from "./actions/channels/finalizeReceipt.ts";
export * from "./actions/channels/getChannel.ts";
export * from "./actions/channels/getReceiptFacts.ts";
export * from "./actions/channels/getSessionKey.ts";
export * from "./actions/channels/listChannels.ts";
export * from "./actions/channels/redeemVouchers.ts";
export * from "./actions/channels/refundRetiredReceipt.ts";
export * from "./actions/channels/requestDeallot.ts";
export * from "./actions/channels/requestEscrow.ts";
export * from "./actions/channels/requestReceipt.ts";
export * from "./actions/channels/revokeSessionKey.ts";
export * from "./actions/channels/setSessionKey.ts";
export * from "./actions/channels/signVoucher.ts";
export * from "./actions/channels/takeAllotment.ts";
export * from "./actions/channels/takeEscrow.ts";
export * from "./actions/commitments/exposeEquivocation.ts";
export * from "./actions/commitments/flipToRefund.ts";
export * from "./actions/commitments/getClaim.ts";
export * from "./actions/commitments/getCommitment.ts";
export * from "./actions/commitments/getRecordedCommitment.ts";
export type {
  CommitmentReference,
  OpenCommitmentErrorType,
  OpenedCommitment,
  ReceiptReference,
} from "./actions/commitments/openCommitment.ts";
export * from "./actions/commitments/settleSlash.ts";
export * from "./actions/disputes/bindTrace.ts";
export * from "./actions/disputes/challenge.ts";
export * from "./actions/disputes/challengeReceipt.ts";
export type { Children } from "./actions/disputes/children.ts";
export * from "./actions/disputes/choose.ts";
export * from "./actions/disputes/chooseOutput.ts";
export * from "./actions/disputes/disputeReceipt.ts";
export * from "./actions/disputes/getBinding.ts";
export * from "./actions/disputes/getDispute.ts";
export * from "./actions/disputes/getReveal.ts";
export * from "./actions/disputes/getTurn.ts";
export * from "./actions/disputes/proveStep.ts";
export * from "./actions/disputes/reveal.ts";
export * from "./actions/disputes/revealTile.ts";
export * from "./actions/disputes/settleDispute.ts";
export * from "./actions/disputes/timeoutDispute.ts";
export * from "./actions/epochs/demandInclusion.ts";
export * from "./actions/epochs/demandReceipt.ts";
export * from "./actions/epochs/getDemand.ts";
export * from "./actions/epochs/getEpoch.ts";
export * from "./actions/epochs/getEpochSeconds.ts";
export * from "./actions/epochs/getReceiptPlace.ts";
export * from "./actions/epochs/overCommitted.ts";
export * from "./actions/epochs/postEpoch.ts";
export * from "./actions/epochs/showAbsence.ts";
export * from "./actions/epochs/showInclusion.ts";
export * from "./actions/epochs/showReceipt.ts";
export * from "./actions/epochs/timeoutInclusion.ts";
export * from "./actions/epochs/timeoutReceipt.ts";
export * from "./actions/epochs/watchReceipt.ts";
export * from "./actions/inputs/getInputRequest.ts";
export * from "./actions/inputs/inputUnavailable.ts";
export * from "./actions/inputs/postInput.ts";
export * from "./actions/inputs/requestInput.ts";
export * from "./actions/inputs/timeoutInput.ts";
export * from "./actions/parameters/activateTier.ts";
export * from "./actions/parameters/cancelProposal.ts";
export * from "./actions/parameters/getProposal.ts";
export * from "./actions/parameters/proposeTier.ts";
export * from "./actions/programs/getProgram.ts";
export * from "./actions/programs/listPrograms.ts";
export * from "./actions/programs/proveMalformed.ts";
export * from "./actions/programs/reclaimBond.ts";
export * from "./actions/programs/registerProgram.ts";
export * from "./actions/requests/cancelRequest.ts";
export * from "./actions/requests/claimRequest.ts";
export * from "./actions/requests/collect.ts";
export * from "./actions/requests/commitResult.ts";
export * from "./actions/requests/commitResults.ts";
export * from "./actions/requests/deliverFailure.ts";
export * from "./actions/requests/deliverResult.ts";
export * from "./actions/requests/estimateFee.ts";
export * from "./actions/requests/expireRequest.ts";
export * from "./actions/requests/finalizeRequest.ts";
export type { PublishedAnswer } from "./actions/requests/findAnswer.ts";
export {
  type FindRequestErrorType,
  type FindRequestParameters,
  type FindRequestReturnType,
  findRequest,
} from "./actions/requests/findRequest.ts";
export type { LogParameters } from "./actions/requests/findUpdate.ts";
export * from "./actions/requests/getInput.ts";
export * from "./actions/requests/getRequest.ts";
export * from "./actions/requests/getRequestState.ts";
export * from "./actions/requests/getResult.ts";
export * from "./actions/requests/getResultFacts.ts";
export * from "./actions/requests/getTier.ts";
export * from "./actions/requests/parseSignedRequest.ts";
export * from "./actions/requests/pauseNew.ts";
export * from "./actions/requests/prepareRequest.ts";
export * from "./actions/requests/refundRetired.ts";
export type { MarketEventArgs, RequestEventName, RequestUpdate } from "./actions/requests/requestEvents.ts";
export * from "./actions/requests/requestInference.ts";
export * from "./actions/requests/signRequest.ts";
export * from "./actions/requests/submitSignedRequest.ts";
export * from "./actions/requests/timeoutDelivery.ts";
export * from "./actions/requests/waitForResult.ts";
export * from "./actions/requests/watchRequest.ts";
export * from "./actions/stake/claimCredit.ts";
export * from "./actions/stake/getAccount.ts";
export * from "./actions/stake/requestUnbond.ts";
export * from "./actions/stake/setKey.ts";
export * from "./actions/stake/signPermit.ts";
export * from "./actions/stake/stake.ts";
export * from "./actions/stake/stakeEther.ts";
export * from "./actions/stake/sweepBurn.ts";
export * from "./actions/stake/withdraw.ts";
export * from "./actions/stake/wrapEther.ts";
export type { Bytes } from "./bytes.ts";
export * from "./client.ts";
export { type ContractCall, encodeCall, type TypedContractCall } from "./contractCall.ts";
export * from "./deployments.ts";
export { ContractError, type ContractErrorClass } from "./errors/ContractError.ts";
export * from "./errors/clientErrors.ts";
export * from "./errors/contractErrors.ts";
export { contractErrorClass, decodeContractError } from "./errors/decodeContractError.ts";
export * from "./errors/receiptErrors.ts";
export * from "./errors.ts";
export * from "./json.ts";
export type { Check, JudgedAnswer, Registration } from "./judgeAnswer.ts";
export type { ReceiptRequest } from "./receipts/agreement.ts";
export * from "./receipts/books.ts";
export { parseReceipt, type SignedReceipt } from "./receipts/parseReceipt.ts";
export {
  type GetOfferErrorType,
  type GetOfferParameters,
  type GetOfferReturnType,
  getOffer,
  type Offer,
  type ServerParameters,
} from "./receipts/workerServer.ts";
export { decodeOutput, encodeInput, type TensorValues, TensorValuesError } from "./tensorValues.ts";
export * from "./verifyReceipt.ts";
export * from "./verifyResult.ts";
