// Opens a dispute on a receipt.
import type { AssayTransportClient, SpendParameters } from "../calls/parameters.ts";
import type { ReceiptReference } from "../commitments/openCommitment.ts";
import { type ChallengeErrorType, type ChallengeReturnType, challenge } from "./challenge.ts";

export type ChallengeReceiptParameters = SpendParameters &
  ReceiptReference & {
    /** The bond in token units, if known; read from the receipt's tier when left out. */
    bond?: bigint | undefined;
  };
export type ChallengeReceiptReturnType = ChallengeReturnType;
export type ChallengeReceiptErrorType = ChallengeErrorType;

/**
 * Opens a dispute on a receipt, whose window starts with its first challenge. Moves of the dispute are made with
 * `source: "channels"`. Approves the vault first when needed. Re-execute before (`verifyReceipt`): a lost dispute costs the
 * bond.
 *
 * @param parameters.receipt - The receipt.
 * @param parameters.signature - By the session key that signed it.
 * @param parameters.input - The input bytes of the program, which become public; only the payer of a private receipt may
 * leave them out.
 * @returns Hash and receipt, and what the contract reported: `disputeId`, `commitId`, `bond`, `workerDeadline`.
 *
 * @example
 * import { challengeReceipt } from "@assay/sdk";
 *
 * const { disputeId } = await challengeReceipt(client, { deployment, receipt, signature, input });
 */
export const challengeReceipt = (
  client: AssayTransportClient,
  parameters: ChallengeReceiptParameters,
): Promise<ChallengeReceiptReturnType> => challenge(client, parameters);
