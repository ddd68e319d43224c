// Buys an answer with a receipt: off the chain, at once, paid by a voucher.
import type { Account, Address, Hex } from "viem";
import { parseAccount } from "viem/accounts";
import { keccak256, stringToBytes } from "viem/utils";
import { most } from "../../bigints.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import {
  type ChannelNotFoundError,
  type FeeAboveMaximumError,
  MissingAccountError,
  type ProgramNotFoundError,
} from "../../errors/clientErrors.ts";
import {
  type BooksBusyError,
  EscrowTooSmallError,
  type InputLengthError,
  type InvalidBooksError,
  type MalformedAnswerError,
  type NotOfferedError,
  type NotPayerError,
  type OtherWorkerError,
  PaidWithoutReceiptError,
  type ReceiptFeeError,
  type ReceiptLiabilityError,
  type ReceiptMismatchError,
  ReceiptReplayedError,
  type ReceiptSignatureError,
  type ReceiptTimeError,
  type ReceiptUncoveredError,
  type SessionKeyNotAuthorisedError,
  UnsettledChannelError,
  WorkerRefusedError,
  type WorkerUnreachableError,
} from "../../errors/receiptErrors.ts";
import { stringifyJson } from "../../json.ts";
import { byteRoot } from "../../protocol/merkle.ts";
import { epochOf } from "../../protocol/sumTree.ts";
import { type Agreement, agree, type ReceiptRequest } from "../../receipts/agreement.ts";
import { stillOpen } from "../../receipts/allotment.ts";
import type { ChannelBook, PaymentBooks } from "../../receipts/books.ts";
import { checkAnswer } from "../../receipts/checkAnswer.ts";
import type { SignedReceipt } from "../../receipts/parseReceipt.ts";
import { askWorker, type GivenAnswer, type Question } from "../../receipts/workerServer.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { type SignedVoucher, signVoucher } from "./signVoucher.ts";

export type RequestReceiptParameters = DeploymentParameters &
  ReceiptRequest & {
    /** What the account owes on its channels; `createPaymentBooks` opens them. */
    books: PaymentBooks;
    /**
     * Token units that the worker may be paid beyond what the books say, for answers that were lost on the way; 0 when left
     * out.
     */
    writeOff?: bigint | undefined;
    /** The payer; the client's account when left out. */
    account?: Account | Address | undefined;
  };
export type RequestReceiptReturnType = SignedReceipt & {
  receiptId: Hex;
  /** The output bytes of the program. */
  output: Uint8Array;
  worker: Address;
  /** Number of the epoch whose root will hold the receipt. */
  epoch: bigint;
  /** What was promised for it: everything owed on the channel. */
  voucher: SignedVoucher;
};
export type RequestReceiptErrorType =
  | BooksBusyError
  | ChannelNotFoundError
  | ContractError
  | EscrowTooSmallError
  | FeeAboveMaximumError
  | InputLengthError
  | InvalidBooksError
  | MalformedAnswerError
  | MissingAccountError
  | NotOfferedError
  | NotPayerError
  | OtherWorkerError
  | PaidWithoutReceiptError
  | ProgramNotFoundError
  | ReceiptFeeError
  | ReceiptLiabilityError
  | ReceiptMismatchError
  | ReceiptReplayedError
  | ReceiptSignatureError
  | ReceiptTimeError
  | ReceiptUncoveredError
  | SessionKeyNotAuthorisedError
  | UnsettledChannelError
  | WorkerRefusedError
  | WorkerUnreachableError
  | Error;

/**
 * Buys an answer with a receipt: asks a worker's server, pays by voucher on a channel, and checks everything about the receipt
 * but the program's execution (`verifyReceipt` does that). A voucher goes out with the question, for everything owed and this
 * one fee. An answer that is refused here is not counted as owed, so the next voucher is for no more: a worker that
 * cheats gets one fee and never a second. After a lost answer ask the same again: the worker hands out what it signed. Requests
 * on one channel wait for each other.
 *
 * @param parameters.url - Of the worker's server.
 * @param parameters.channelId - Between the account and that worker; `depositToChannel` opens it.
 * @param parameters.programId - A program that the worker runs; `getOffer` lists them.
 * @param parameters.input - The input bytes of the program; `encodeInput` makes them from numbers.
 * @param parameters.books - What the account owes on its channels; `createPaymentBooks` opens them.
 * @param parameters.fee - Token units offered; the worker's price when left out.
 * @param parameters.maxFee - Token units above which nothing is signed.
 * @param parameters.isPrivate - Keeps input and answer between payer and worker: only the payer, and auditors to whom it
 * hands the input, can then check the answer, and only the payer disputes it.
 * @param parameters.timeout - Milliseconds to wait for the answer; 60 000 when left out.
 * @returns Receipt, its signature, and the output. Keep receipt, signature and input: a dispute takes them.
 *
 * @example
 * import { createPaymentBooks, requestReceipt } from "@assay/sdk";
 *
 * const books = createPaymentBooks(storage);
 * const { output, receipt } = await requestReceipt(client, { deployment, books, url, channelId, programId, input });
 */
export async function requestReceipt(
  client: AssayTransportClient,
  parameters: RequestReceiptParameters,
): Promise<RequestReceiptReturnType> {
  const { books, channelId, account = client.account } = parameters;
  if (!account) throw new MissingAccountError();
  return books.inTurn(channelId, () => buy(client, { ...parameters, account }));
}

async function buy(
  client: AssayTransportClient,
  parameters: RequestReceiptParameters & { account: Account | Address },
): Promise<RequestReceiptReturnType> {
  const { deployment, books, channelId, account, writeOff = 0n, ...asked } = parameters;
  const before = await books.get(channelId);
  const payer = parseAccount(account).address;
  const agreement = await agree(client, { ...asked, deployment, channelId, payer, book: before });
  const { question, tier, worker } = agreement;
  const hash = hashOf(question);
  const repeated = before.unanswered?.question === hash ? before.unanswered : undefined;
  const askedAt = repeated?.askedAt ?? agreement.now;

  const ask = async (total: bigint): Promise<GivenAnswer & { voucher: SignedVoucher }> => {
    requireEscrow(agreement, total);
    // INVARIANT (I-54): what is promised is written down before it is signed.
    await books.change(channelId, (book) => ({
      ...book,
      promised: most(book.promised, total),
      unanswered: { question: hash, total, askedAt },
    }));
    const voucher = await signVoucher(client, { deployment, channelId, total, account });
    const answer = await askWorker(asked, question, voucher, agreement.header.outputBytes);
    return { ...answer, voucher };
  };
  const total = repeated?.total ?? nextTotal(agreement, before, writeOff);
  const answer = await ask(total).catch((error: unknown) => {
    const demanded = demandedBy(error, total);
    if (demanded === undefined) throw error;
    const owed = before.owed + question.fee;
    if (demanded - owed > writeOff) throw new UnsettledChannelError({ channelId, demanded, owed, writeOff });
    return ask(demanded);
  });

  const { entry, now } = await checkAnswer(client, { deployment, agreement, answer, askedAt, book: before });
  await books.change(channelId, (book) => {
    const { receiptId } = entry;
    if (book.receipts.some((one) => one.receiptId === receiptId))
      throw new ReceiptReplayedError({ receiptId });
    return {
      owed: most(book.owed, answer.voucher.voucher.total),
      promised: book.promised,
      receipts: [...stillOpen(book.receipts, now), entry],
    };
  });
  const { receipt, signature, output, voucher } = answer;
  const epoch = epochOf(tier.receiptSeconds, receipt.issuedAt);
  return { receiptId: entry.receiptId, receipt, signature, output, worker, epoch, voucher };
}

/** Everything owed so far, and this answer: never more, whatever was promised for answers that were refused. */
function nextTotal({ question, channel }: Agreement, { owed }: ChannelBook, writeOff: bigint): bigint {
  const { channelId, fee } = question;
  const { paid } = channel;
  // INVARIANT (S-12): a worker that takes a fee without an answer gets no second one.
  if (paid - owed > writeOff) throw new PaidWithoutReceiptError({ channelId, paid, owed, writeOff });
  return most(owed, paid) + fee;
}

function requireEscrow({ question: { channelId }, channel }: Agreement, total: bigint): void {
  const available = channel.escrow - channel.escrowLeaving;
  const required = total - channel.paid;
  if (required > available) throw new EscrowTooSmallError({ channelId, available, required });
}

/** What a worker wants to be promised in all, where that is why it refuses. */
function demandedBy(error: unknown, total: bigint): bigint | undefined {
  if (!(error instanceof WorkerRefusedError) || error.reason !== "voucher") return undefined;
  const { owed } = error.facts.details as { owed?: unknown };
  const demanded = /^\d{1,29}$/.test(String(owed)) ? BigInt(String(owed)) : 0n;
  return demanded > total ? demanded : undefined;
}

const hashOf = ({ input, ...question }: Question): Hex =>
  keccak256(stringToBytes(stringifyJson({ ...question, inputRoot: byteRoot(input) })));
