// Checks a receipt offline: its signature, every hash, and the program run again.
import type { Address } from "viem";
import type { Deployment } from "./deployments.ts";
import {
  type Check,
  check,
  checkRegistration,
  equal,
  type JudgedAnswer,
  judgeAnswer,
  type Registration,
} from "./judgeAnswer.ts";
import type { CommitmentStatus } from "./protocol/enums.ts";
import type { Hex } from "./protocol/hash.ts";
import { type Receipt, receiptId as receiptIdOf, type SessionSignature } from "./protocol/receipts.ts";
import { verifySessionSignature } from "./protocol/sessionKeys.ts";

/** What the chain says about a receipt; `getReceiptFacts` reads it. */
export type ReceiptFacts = {
  /** Of the channel. */
  worker: Address;
  payer: Address;
  /** Token units of the channel's allotment that receipts may be liable for. */
  backing: bigint;
  /** Whether the worker authorised the session key, and until when its receipts are good; undefined while not revoked. */
  sessionKey: { authorised: boolean; until: bigint | undefined };
  /** How long the tier lets a receipt be challenged. */
  receiptSeconds: number;
  /** Of the commitment that the receipt is; `none` while nothing was held against it. */
  status: CommitmentStatus;
  registration: Registration;
  /** Unix seconds of the block that says so. */
  now: bigint;
};

export type ReceiptCheckName =
  | "program"
  | "rules"
  | "execution"
  | "signature"
  | "inputRoot"
  | "outputRoot"
  | "passes"
  | "registration"
  | "sessionKey"
  | "liability"
  | "time"
  | "status";

export type ReceiptCheck = Check<ReceiptCheckName>;

export type VerifyReceiptParameters = Omit<JudgedAnswer, "programId"> & {
  /** Where the receipt is good. */
  deployment: Pick<Deployment, "chainId" | "channels">;
  receipt: Receipt;
  signature: SessionSignature;
  /** What the chain says, to check that somebody is liable. */
  facts?: ReceiptFacts | undefined;
};

export type VerifyReceiptReturnType = {
  /** True when every check passed. */
  valid: boolean;
  checks: readonly ReceiptCheck[];
  /** What these checks cannot show, one sentence each. */
  unchecked: readonly string[];
  receiptId: Hex;
};

/**
 * Checks a receipt offline, in plain TypeScript: its signature, its hashes, and the output, by running the program again with
 * the reference executor. With the chain's facts it also checks that its worker can still be held to it.
 *
 * @param parameters.program - The program, as `readFastForm` of `@assay/sdk/program` reads it from the published file.
 * @param parameters.manifest - The manifest, or its published bytes.
 * @param parameters.receipt - The receipt.
 * @param parameters.signature - By the session key that signed it.
 * @param parameters.input - The input bytes of the program.
 * @param parameters.output - The output bytes to be judged.
 * @param parameters.deployment - Where the receipt is good.
 * @param parameters.facts - What the chain says; `getReceiptFacts` reads it.
 * @returns Each check with its outcome, and what was not checked. Never rejects because of a wrong receipt.
 *
 * @example
 * import { verifyReceipt } from "@assay/sdk";
 *
 * const { valid } = await verifyReceipt({ deployment, program, manifest, receipt, signature, input, output, facts });
 */
export async function verifyReceipt(parameters: VerifyReceiptParameters): Promise<VerifyReceiptReturnType> {
  const { deployment, receipt, signature, facts } = parameters;
  const { chainId, channels } = deployment;
  const receiptId = receiptIdOf({ chainId: BigInt(chainId), channels, receipt });
  const signed = await verifySessionSignature(receiptId, signature);
  const judged = judgeAnswer({ ...parameters, programId: receipt.programId });
  const checks: ReceiptCheck[] = [
    ...judged.checks,
    check("signature", "The session key signed this receipt.", signed ? undefined : "another signature"),
    equal("inputRoot", "The input is the one of the receipt.", judged.inputRoot, receipt.inputRoot),
    equal("outputRoot", "The output is the one of the receipt.", judged.outputRoot, receipt.outputRoot),
    equal(
      "passes",
      "The program stopped after the receipt's number of passes.",
      `${judged.passes ?? "none"}`,
      `${receipt.passes}`,
    ),
    ...(facts ? [checkRegistration(judged, facts.registration), ...liabilityChecks(receipt, facts)] : []),
  ];
  return {
    valid: checks.every(({ passed }) => passed),
    checks,
    unchecked: unchecked(receipt, facts),
    receiptId,
  };
}

function liabilityChecks(receipt: Receipt, facts: ReceiptFacts): ReceiptCheck[] {
  const { sessionKey, backing, now, status } = facts;
  const { liability, issuedAt, challengeUntil } = receipt;
  const { authorised, until } = sessionKey;
  const revoked = until !== undefined && now > until;
  const stands = status === "none" || status === "open" || status === "finalized";
  return [
    check(
      "sessionKey",
      "The worker authorised the session key, and its receipts are still good.",
      authorised && !revoked ? undefined : authorised ? `revoked, good until ${until}` : "never authorised",
    ),
    check(
      "liability",
      "The channel's allotment covers the receipt's liability.",
      backing >= liability ? undefined : `${backing}, less than ${liability}`,
    ),
    check(
      "time",
      "The receipt may be challenged now, and for no longer than its tier allows.",
      issuedAt <= now && now <= challengeUntil && challengeUntil <= issuedAt + BigInt(facts.receiptSeconds)
        ? undefined
        : `issued at ${issuedAt}, to be challenged until ${challengeUntil}, seen at ${now}`,
    ),
    check("status", "The receipt was neither slashed nor refunded.", stands ? undefined : status),
  ];
}

function unchecked(receipt: Receipt, facts: ReceiptFacts | undefined): string[] {
  const accuracy = "Whether the model itself is any good.";
  if (!facts)
    return ["Whether anybody is liable for the output: no facts of the chain were given.", accuracy];
  return [
    "Whether the facts come from the real chain: they are as good as the endpoint that served them.",
    "Whether the channel's other receipts are liable for the same stake: the epochs show that.",
    ...(receipt.isPrivate
      ? ["Whether anybody but the payer could challenge it: the receipt is private."]
      : []),
    accuracy,
  ];
}
