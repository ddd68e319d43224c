// Disputes a receipt, once running the program again has shown that it is wrong.
import { bytesOf } from "../../bytes.ts";
import { InvalidReceiptError, ReceiptRightError } from "../../errors/receiptErrors.ts";
import type { JudgedAnswer } from "../../judgeAnswer.ts";
import { checkProgram } from "../../program/checkProgram.ts";
import { runProgram } from "../../program/execute.ts";
import { encodeManifest } from "../../program/manifest.ts";
import { commitProgram } from "../../program/program.ts";
import { manifestHash, programId as programIdOf } from "../../protocol/ids.ts";
import { byteRoot } from "../../protocol/merkle.ts";
import { receiptId as receiptIdOf } from "../../protocol/receipts.ts";
import type { AssayTransportClient } from "../calls/parameters.ts";
import {
  type ChallengeReceiptErrorType,
  type ChallengeReceiptParameters,
  type ChallengeReceiptReturnType,
  challengeReceipt,
} from "./challengeReceipt.ts";

export type DisputeReceiptParameters = ChallengeReceiptParameters &
  Pick<JudgedAnswer, "program" | "manifest" | "input"> & {
    /** Leaves the input out of the dispute; only the payer of a private receipt may. */
    keepInput?: boolean | undefined;
  };
export type DisputeReceiptReturnType = ChallengeReceiptReturnType;
export type DisputeReceiptErrorType = ChallengeReceiptErrorType | InvalidReceiptError | ReceiptRightError;

/**
 * Runs the program of a receipt again and, if it gives another output or number of passes, opens a dispute. Nothing but the
 * receipt, its signature and the input is needed; whoever holds them may. The moves that follow take `source: "channels"`; a
 * watchtower of `@assay/node` makes them.
 *
 * @param parameters.receipt - The receipt.
 * @param parameters.signature - By the session key that signed it.
 * @param parameters.input - The input bytes of the program, which become public unless `keepInput` is set.
 * @param parameters.program - The program, as `readFastForm` of `@assay/sdk/program` reads it from the published file.
 * @param parameters.manifest - The manifest, or its published bytes.
 * @returns Hash and receipt, and what the contract reported: `disputeId`, `commitId`, `bond`, `workerDeadline`.
 * @throws ReceiptRightError when the receipt is right: the bond would be lost.
 *
 * @example
 * import { disputeReceipt } from "@assay/sdk";
 *
 * const { disputeId } = await disputeReceipt(client, { deployment, receipt, signature, input, program, manifest });
 */
export async function disputeReceipt(
  client: AssayTransportClient,
  { program, manifest, keepInput = false, ...parameters }: DisputeReceiptParameters,
): Promise<DisputeReceiptReturnType> {
  const { deployment, receipt } = parameters;
  const input = bytesOf(parameters.input);
  const { programRoot } = commitProgram(program);
  const manifestBytes = manifest instanceof Uint8Array ? manifest : encodeManifest(manifest);
  const isAsked =
    programIdOf(program.operatorSet, programRoot, manifestHash(manifestBytes)) === receipt.programId;
  if (!isAsked) throw new InvalidReceiptError({ field: "programId", value: receipt.programId });
  if (byteRoot(input) !== receipt.inputRoot)
    throw new InvalidReceiptError({ field: "inputRoot", value: receipt.inputRoot });
  checkProgram(program);
  const { output, passes } = runProgram(program, input);
  const outputRoot = byteRoot(output);
  const { chainId, channels } = deployment;
  const receiptId = receiptIdOf({ chainId: BigInt(chainId), channels, receipt });
  if (outputRoot === receipt.outputRoot && passes === receipt.passes)
    throw new ReceiptRightError({ receiptId, outputRoot });
  return challengeReceipt(client, { ...parameters, input: keepInput ? undefined : input });
}
