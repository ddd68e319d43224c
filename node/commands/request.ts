// assay request: buys an inference and waits for the answer.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  approveCall,
  FeeAboveMaximumError,
  getProgram,
  getRequest,
  getTier,
  prepareRequest,
  requestInference,
  requestInferenceCall,
  waitForResult,
  watchRequest,
} from "@assay/sdk";
import { finalityLevels, methods } from "@assay/sdk/protocol";
import { erc20Abi, type Hash, type Hex } from "viem";
import { type Answer, answerText, toAnswer } from "../cli/answer.ts";
import { type ChainAccess, openChain } from "../cli/chain.ts";
import { defaulted, defineCommand, optional, repeated, toggle, type ValuesOf } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { UsageError } from "../cli/failure.ts";
import { facts, timeText, tokenText } from "../cli/layout.ts";
import { flagWord } from "../cli/program.ts";
import { findDescribed, findProgram, resolveProgramId } from "../cli/programSource.ts";
import { saveReceipt } from "../cli/receipt.ts";
import { askForReceipt, type ReceiptOutcome, receiptText } from "../cli/receiptRequest.ts";
import { readRequestInput } from "../cli/requestInput.ts";
import { promptFlags, readTextInput } from "../cli/textInput.ts";
import { requireTokens } from "../cli/tokens.ts";
import { type DryRun, renderDryRun, write, writeFlags } from "../cli/transaction.ts";
import { address, duration, httpUrl, id, integer, oneOf, text, tokens } from "../cli/values.ts";

const requestFlags = {
  program: optional(text, "Program id, or the folder that `assay compile` wrote", { placeholder: "program" }),
  input: repeated(
    text,
    "Input file: .png, .pgm, .npy or .json; NAME=FILE where the program has several; - is stdin",
    { placeholder: "file" },
  ),
  ...promptFlags,
  raw: optional(text, "File with the program's input bytes as they are", { placeholder: "file" }),
  inputFolder: optional(
    text,
    "Keep the input off the chain: write it to this folder, named by its root, for a web server to offer",
    { placeholder: "folder" },
  ),
  invert: toggle("Swap dark and light of an image"),
  fee: optional(tokens, "Fee in tokens; the tier's minimum if not given", { placeholder: "tokens" }),
  maxFee: optional(tokens, "Send nothing if the fee would be higher", { placeholder: "tokens" }),
  tier: defaulted(integer({ min: 1, max: 65_535 }), 1, "Parameter version that governs the request", {
    placeholder: "version",
  }),
  method: defaulted(oneOf(...methods), "optimistic", "How the answer is verified", { placeholder: "method" }),
  worker: optional(address, "The only worker that may answer", { placeholder: "address" }),
  level: defaulted(
    oneOf(...finalityLevels),
    "final",
    "How sure the answer has to be before the command ends",
    {
      placeholder: "level",
    },
  ),
  timeout: optional(duration, "Give up waiting after this time; the request goes on", {
    placeholder: "time",
  }),
  detach: toggle("Do not wait: print the request id and end"),
  resume: optional(id, "Wait for a request that was sent before", { placeholder: "requestId" }),
  save: optional(text, "Write program id, input, output and the chain's facts to a file for `assay verify`", {
    placeholder: "file",
  }),
  receipt: optional(httpUrl, "Ask this worker's server for an answer with a receipt, paid on a channel", {
    placeholder: "url",
  }),
  channel: optional(id, "With --receipt: channel to pay on; the one with that worker if not given", {
    placeholder: "channelId",
  }),
  private: toggle("With --receipt: only you can check the answer, and auditors you hand the input to"),
  writeOff: optional(tokens, "With --receipt: what the worker may be paid for answers that were lost", {
    placeholder: "tokens",
  }),
  ...writeFlags,
};

type Given = ValuesOf<typeof requestFlags>;

type Requested = { requestId: Hex; programId: Hex; fee: bigint; claimBy: bigint; hash: Hash };

type Outcome = Partial<Requested> & { answer: Answer | null; now: number };

export const requestCommand = defineCommand({
  name: "request",
  group: "Use",
  summary: "Ask for an inference, wait, and print the answer with its finality",
  about:
    "Input and answer are public. Waits until the answer is final unless --level says otherwise; a wait that was interrupted goes on with --resume. With --receipt a worker's server answers at once, off the chain, and signs what it is liable for; the receipt is kept in the data folder.",
  scopes: ["chain", "keys", "send", "programs"],
  flags: requestFlags,
  examples: [
    "assay request --program digits --input seven.png --invert",
    "assay request --program 0x… --input sample.json --level provisional --json",
    'assay request --program my-teller --prompt "In the beginning" --seed 7',
    "assay request --resume 0x…",
    "assay request --program digits --input seven.png --receipt https://worker.example",
  ],
  run: async (context, given): Promise<Outcome | DryRun | ReceiptOutcome> => {
    if (given.receipt !== undefined)
      return askForReceipt(context, { ...given, url: receiptOnly(given), isPrivate: given.private });
    if (given.resume !== undefined)
      return { answer: await waitFor(context, given.resume, given), now: nowOf(context) };
    const sent = await send(context, given);
    if ("dryRun" in sent) return sent;
    if (given.detach) return { ...sent, answer: null, now: nowOf(context) };
    context.note(`Request ${sent.requestId} is posted for ${tokenText(sent.fee)}.`);
    return { ...sent, answer: await waitFor(context, sent.requestId, given), now: nowOf(context) };
  },
  render: (outcome) => {
    if ("dryRun" in outcome) return renderDryRun(outcome);
    if ("receiptId" in outcome) return receiptText(outcome);
    if (outcome.answer !== null) return answerText(outcome.answer, outcome.now);
    const { requestId, fee = 0n, claimBy = 0n, hash } = outcome;
    return facts([
      ["request", requestId],
      ["fee", tokenText(fee)],
      ["to be claimed", timeText(claimBy, outcome.now)],
      ["transaction", hash],
    ]);
  },
});

/** The worker's server, unless something is given that only requests on the chain know. */
function receiptOnly(given: Given): string {
  const { receipt, detach, resume, dryRun, inputFolder, worker, nonce } = given;
  const unknown = Object.entries({ detach, resume, dryRun, inputFolder, worker, nonce }).flatMap(
    ([name, value]) => (value === undefined || value === false ? [] : [flagWord(name)]),
  );
  if (unknown.length === 0 && receipt !== undefined) return receipt;
  throw new UsageError(`--receipt asks off the chain, where ${unknown.join(", ")} means nothing.`, {
    hint: "Leave out one or the other",
  });
}

const nowOf = ({ clock }: Context): number => Math.floor(clock.now() / 1_000);

function send(context: Context, given: Given): Promise<Requested | DryRun> {
  const { tier: version, method, worker, fee: offered, maxFee, key, nonce, dryRun } = given;
  const programId = resolveProgramId(given.program);
  return write<Requested>(context, { key, nonce, dryRun }, "requester", async (writer) => {
    const { client, deployment, sender, transaction } = writer;
    const [{ header }, tier] = await Promise.all([
      getProgram(client, { deployment, programId }),
      getTier(client, { deployment, version }),
    ]);
    const program = given.raw === undefined ? await findProgram(context, writer, given.program!) : undefined;
    const { inputBytes } = header;
    const input =
      readTextInput(given, program) ??
      (await readRequestInput(
        { ...given, sources: given.input },
        { manifest: program?.manifest, inputBytes },
        context.io,
      ));
    const fee = offered ?? tier.minFee;
    if (maxFee !== undefined && fee > maxFee) throw new FeeAboveMaximumError({ fee, maxFee });
    await requireTokens(writer, sender, fee);
    const allowance = await client.readContract({
      address: deployment.token,
      abi: erc20Abi,
      functionName: "allowance",
      args: [sender, deployment.stakeVault],
    });
    const inputPosted = given.inputFolder === undefined;
    const parameters = { deployment, programId, input, inputPosted, fee, version, method, worker };
    const prepared = await prepareRequest(client, { ...parameters, requester: sender });
    const call = requestInferenceCall({ deployment, ...prepared });
    return {
      calls: allowance >= fee ? [call] : [approveCall({ deployment, amount: fee }), call],
      effect: `${tokenText(fee)} of ${sender} are held as the fee for ${program?.manifest.name ?? programId}; ${input.length} bytes of input ${inputPosted ? "become public" : "have to be offered to workers"}.`,
      send: async () => {
        if (given.inputFolder !== undefined) keepInput(given.inputFolder, prepared.request.inputRoot, input);
        const { requestId, claimBy, hash } = await requestInference(client, {
          ...parameters,
          salt: prepared.request.salt,
          ...transaction,
        });
        return { requestId, programId, fee, claimBy, hash };
      },
    };
  });
}

/** Before the request is sent: a worker that claims it may ask at once. */
function keepInput(folder: string, inputRoot: Hex, input: Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, inputRoot), input);
}

/** Says when the worker cannot get an input that is kept off the chain: silence would cost the fee. */
async function warn(
  { note }: Context,
  { client, deployment }: ChainAccess,
  { requestId, inputFolder }: { requestId: Hex; inputFolder: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const { event, args } of watchRequest(client, { deployment, requestId, signal })) {
      if (event !== "InputAsked") continue;
      const { request } = await getRequest(client, { deployment, requestId });
      const by = new Date(Number(args.postBy) * 1_000).toISOString();
      const file = join(inputFolder, request.inputRoot);
      note(
        `The worker cannot get the input. Until ${by} you may post it: assay inputs post ${requestId} --raw ${file}`,
      );
    }
  } catch {
    // It was answered, or the wait itself says what is wrong.
  }
}

/** Waits up to the asked level; says the provisional answer as soon as there is one. */
async function waitFor(
  context: Context,
  requestId: Hex,
  { level, timeout, save, program, inputFolder }: Given,
): Promise<Answer> {
  const chain = await openChain(context);
  const { client, deployment } = chain;
  const { signal } = context;
  const until = timeout === undefined ? undefined : context.clock.now() + timeout * 1_000;
  const wait = (wanted: Given["level"]) =>
    waitForResult(client, {
      deployment,
      requestId,
      level: wanted,
      signal,
      ...(until !== undefined && { timeout: Math.max(1, until - context.clock.now()) }),
    });
  const answered = new AbortController();
  if (inputFolder !== undefined) void warn(context, chain, { requestId, inputFolder }, answered.signal);
  const first = await wait("provisional").finally(() => answered.abort());
  const described = await findDescribed(context, chain, program ?? first.programId);
  if (level !== "provisional" && first.level !== "final")
    context.note(`${answerText(toAnswer(first, described), nowOf(context))}\nWaiting until it is ${level}…`);
  const result = level === "provisional" ? first : await wait(level);
  if (save !== undefined) await saveReceipt(chain, result, { file: save, inputFolder });
  return toAnswer(result, described);
}
