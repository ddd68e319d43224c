// Buys an answer with a receipt from a worker's server, and keeps what disputing it would take.
import { getOffer, getProgram, requestReceipt } from "@assay/sdk";
import { channelId as channelIdOf, epochSeconds } from "@assay/sdk/protocol";
import type { Address, Hex } from "viem";
import { type Shown, shownText, toShown } from "./answer.ts";
import { openChain } from "./chain.ts";
import type { Context } from "./context.ts";
import { configuredKey, type KeyName, unlockKey } from "./keys.ts";
import { timeText, tokenText } from "./layout.ts";
import { withBooks } from "./payments.ts";
import { findDescribed, findProgram, resolveProgramId } from "./programSource.ts";
import { readRequestInput } from "./requestInput.ts";
import { keepReceipt } from "./signedReceipt.ts";
import { type PromptGiven, readTextInput } from "./textInput.ts";

export type ReceiptGiven = PromptGiven & {
  url: string;
  program: string | undefined;
  input: readonly string[];
  raw: string | undefined;
  invert: boolean;
  channel: Hex | undefined;
  fee: bigint | undefined;
  maxFee: bigint | undefined;
  tier: number;
  isPrivate: boolean;
  writeOff: bigint | undefined;
  key: KeyName | undefined;
  timeout: number | undefined;
  save: string | undefined;
};

export type ReceiptOutcome = {
  receiptId: Hex;
  channelId: Hex;
  programId: Hex;
  worker: Address;
  isPrivate: boolean;
  /** Token units: of this answer, and owed on the channel in all. */
  fee: bigint;
  owed: bigint;
  liability: bigint;
  epoch: bigint;
  /** Unix seconds until which it may be disputed, and by which its epoch's root is due. */
  challengeUntil: bigint;
  rootDueAt: bigint;
  /** With everything that checking and disputing it takes. */
  file: string;
  answer: Shown;
  now: number;
};

export async function askForReceipt(context: Context, given: ReceiptGiven): Promise<ReceiptOutcome> {
  const { url, fee, maxFee, tier: version, isPrivate, writeOff, timeout, save } = given;
  const { signal } = context;
  const programId = resolveProgramId(given.program);
  const { account } = await unlockKey(context, given.key ?? configuredKey(context.config, "requester"));
  const chain = await openChain(context, account);
  const { client, deployment } = chain;
  const { header } = await getProgram(client, { deployment, programId });
  const program = given.raw === undefined ? await findProgram(context, chain, given.program!) : undefined;
  const { inputBytes } = header;
  const input =
    readTextInput(given, program) ??
    (await readRequestInput(
      { ...given, sources: given.input },
      { manifest: program?.manifest, inputBytes },
      context.io,
    ));
  const { worker, price } = await getOffer({ url, signal });
  const { chainId, channels } = deployment;
  const own = { chainId: BigInt(chainId), channels, payer: account.address, worker };
  const channelId = given.channel ?? channelIdOf(own);
  context.note(`${worker} is asked, for at least ${tokenText(price)}, on channel ${channelId}.`);
  const asked = { url, channelId, programId, input, fee, maxFee, version, isPrivate, writeOff, signal };
  const answer = await withBooks(context, chain, (books) =>
    requestReceipt(client, {
      ...asked,
      ...{ deployment, books, account },
      ...(timeout !== undefined && { timeout: timeout * 1_000 }),
    }),
  );
  const { receipt, receiptId, signature, output, epoch, voucher } = answer;
  const kept = { receiptId, worker, url, receipt, signature, input, output };
  const file = keepReceipt(context, kept, save);
  const described = program ?? (await findDescribed(context, chain, programId));
  const { receiptSeconds } = await client.getTier({ version });
  return {
    ...{ receiptId, channelId, programId, worker, isPrivate, epoch, file },
    fee: receipt.fee,
    owed: voucher.voucher.total,
    liability: receipt.liability,
    challengeUntil: receipt.challengeUntil,
    rootDueAt: (epoch + 2n) * epochSeconds(receiptSeconds),
    answer: toShown({ output, outputRoot: receipt.outputRoot }, described),
    now: Math.floor(context.clock.now() / 1_000),
  };
}

export const receiptText = (outcome: ReceiptOutcome): string => {
  const { answer, receiptId, worker, fee, owed, liability, challengeUntil, rootDueAt, file, now } = outcome;
  return shownText(answer, [
    ["receipt", receiptId],
    ["worker", `${worker}, liable for ${tokenText(liability)}`],
    ["fee", `${tokenText(fee)}; owed on the channel: ${tokenText(owed)}`],
    ["disputable", `until ${timeText(challengeUntil, now)}${outcome.isPrivate ? ", by you alone" : ""}`],
    ["in its epoch", `by ${timeText(rootDueAt, now)}: assay receipt check`],
    ["kept in", file],
  ]);
};
