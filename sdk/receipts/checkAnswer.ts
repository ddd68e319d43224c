// Holds what a worker has answered against what was agreed. Whatever fails here is not paid for.
import { getBlock } from "viem/actions";
import type { AssayTransportClient, DeploymentParameters } from "../actions/calls/parameters.ts";
import { getChannel } from "../actions/channels/getChannel.ts";
import {
  ReceiptFeeError,
  ReceiptLiabilityError,
  ReceiptMismatchError,
  ReceiptReplayedError,
  ReceiptSignatureError,
  ReceiptTimeError,
  ReceiptUncoveredError,
} from "../errors/receiptErrors.ts";
import { commitId as commitIdOf } from "../protocol/ids.ts";
import { byteRoot } from "../protocol/merkle.ts";
import { type Receipt, receiptId as receiptIdOf, receiptTerms } from "../protocol/receipts.ts";
import { verifySessionSignature } from "../protocol/sessionKeys.ts";
import { epochSeconds } from "../protocol/sumTree.ts";
import { type Agreement, requireLive } from "./agreement.ts";
import { freeAllotment } from "./allotment.ts";
import type { ChannelBook, OpenReceipt } from "./books.ts";
import type { GivenAnswer } from "./workerServer.ts";

/** Passes for a receipt that can be held against its worker; execution is not repeated, `verifyReceipt` does that. */
export async function checkAnswer(
  client: AssayTransportClient,
  {
    deployment,
    agreement,
    answer,
    book,
    askedAt,
  }: DeploymentParameters & { agreement: Agreement; answer: GivenAnswer; book: ChannelBook; askedAt: bigint },
): Promise<{ entry: OpenReceipt; now: bigint }> {
  const { receipt, signature } = answer;
  const { worker, tier } = agreement;
  const chain = { chainId: BigInt(deployment.chainId), channels: deployment.channels };
  const receiptId = receiptIdOf({ ...chain, receipt });
  if (answer.receiptId !== receiptId)
    throw new ReceiptMismatchError({ field: "receiptId", given: answer.receiptId, expected: receiptId });
  // INVARIANT (I-54): no receipt is paid for twice.
  if (book.receipts.some((one) => one.receiptId === receiptId)) throw new ReceiptReplayedError({ receiptId });
  if (!(await verifySessionSignature(receiptId, signature))) throw new ReceiptSignatureError({ receiptId });
  requireAgreed(agreement, answer);

  const { channelId, liability, challengeUntil } = receipt;
  const [{ timestamp: now }, channel] = await Promise.all([
    getBlock(client),
    getChannel(client, { deployment, channelId }),
    requireLive(client, { deployment, worker, sessionKey: signature, until: challengeUntil }),
  ]);
  if (!isInTime(receipt, tier, { askedAt, now })) {
    const { issuedAt } = receipt;
    throw new ReceiptTimeError({
      issuedAt,
      challengeUntil,
      receiptSeconds: tier.receiptSeconds,
      askedAt,
      now,
    });
  }
  // INVARIANT (S-12): a payer adds up what it holds; the chain does so only when a receipt is opened.
  const free = await freeAllotment(client, { deployment, channel, book, now });
  if (free < liability) throw new ReceiptUncoveredError({ channelId, liability, free });
  const terms = receiptTerms(receiptId, receipt, worker);
  const commitId = commitIdOf({ chainId: chain.chainId, source: chain.channels, terms });
  return { entry: { receiptId, commitId, liability, challengeUntil }, now };
}

function requireAgreed({ question, liability, header }: Agreement, { receipt, output }: GivenAnswer): void {
  const { channelId, programId, version, isPrivate, previous, fee, input } = question;
  const outputRoot = byteRoot(output);
  const expected = {
    channelId,
    programId,
    inputRoot: byteRoot(input),
    outputRoot,
    version,
    isPrivate,
    previous,
  };
  for (const [field, value] of Object.entries(expected)) {
    const given = receipt[field as keyof typeof expected];
    if (String(given).toLowerCase() !== String(value).toLowerCase())
      throw new ReceiptMismatchError({ field, given, expected: value });
  }
  if (output.length !== header.outputBytes)
    throw new ReceiptMismatchError({
      field: "output.length",
      given: output.length,
      expected: header.outputBytes,
    });
  if (receipt.passes < 1 || receipt.passes > header.maxPasses)
    throw new ReceiptMismatchError({
      field: "passes",
      given: receipt.passes,
      expected: `1 to ${header.maxPasses}`,
    });
  if (receipt.fee !== fee) throw new ReceiptFeeError({ fee: receipt.fee, agreed: fee });
  if (receipt.liability < liability)
    throw new ReceiptLiabilityError({ liability: receipt.liability, required: liability });
}

/**
 * Issued for this question, to be challenged for the whole time that the tier promises. Endpoints see the chain a little
 * apart, and workers may use their own clocks: an epoch either way does no harm.
 */
function isInTime(
  { issuedAt, challengeUntil }: Receipt,
  { receiptSeconds }: Agreement["tier"],
  { askedAt, now }: { askedAt: bigint; now: bigint },
): boolean {
  const epoch = epochSeconds(receiptSeconds);
  return (
    challengeUntil === issuedAt + BigInt(receiptSeconds) &&
    issuedAt + epoch >= askedAt &&
    issuedAt <= now + epoch &&
    now <= challengeUntil
  );
}
