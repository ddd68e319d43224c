// assay receipt verify|check: whether a receipt is right, and whether its worker stands to it.
import {
  type GetReceiptPlaceReturnType,
  getReceiptFacts,
  getReceiptPlace,
  type ReceiptCheck,
  verifyReceipt,
  watchReceipt,
} from "@assay/sdk";
import type { Address, Hex } from "viem";
import { openChain } from "../cli/chain.ts";
import { defineCommand, optional, required, toggle } from "../cli/command.ts";
import { exits } from "../cli/failure.ts";
import { facts, timeText } from "../cli/layout.ts";
import { findProgram } from "../cli/programSource.ts";
import { readKeptReceipt } from "../cli/signedReceipt.ts";
import { httpUrl, text } from "../cli/values.ts";

export const receiptSource = required(text, "Receipt id, or the file that `assay request --receipt` wrote");

type Verified = {
  valid: boolean;
  receiptId: Hex;
  checks: readonly ReceiptCheck[];
  unchecked: readonly string[];
  exitCode?: number;
};

export const receiptVerifyCommand = defineCommand({
  name: "receipt verify",
  group: "Use",
  summary: "Check a receipt: its signature, every hash, its worker's liability, and the program run again",
  about: "Exits with 1 when any check fails; `assay receipt dispute` then disputes it.",
  scopes: ["chain", "programs"],
  args: { receipt: receiptSource },
  flags: {
    program: optional(text, "Folder with the program's files; fetched if not given", {
      placeholder: "folder",
    }),
  },
  examples: ["assay receipt verify 0x…", "assay receipt verify receipt.json --program my-program"],
  run: async (context, { receipt: source, program }): Promise<Verified> => {
    const { receipt, signature, input, output } = readKeptReceipt(context, source);
    const chain = await openChain(context);
    const { client, deployment } = chain;
    const files = await findProgram(context, chain, program ?? receipt.programId);
    const chainFacts = await getReceiptFacts(client, { deployment, receipt, signature });
    const verified = await verifyReceipt({
      ...{ deployment, receipt, signature, input, output, facts: chainFacts },
      program: files.program,
      manifest: files.manifestBytes,
    });
    return verified.valid ? verified : { ...verified, exitCode: exits.fatal };
  },
  render: ({ valid, receiptId, checks, unchecked }) =>
    [
      valid ? "The receipt is right." : "The receipt is NOT right.",
      checks
        .map(
          ({ passed, statement, found }) =>
            `  ${passed ? "✔" : "✖"} ${statement}${found ? `\n    found: ${found}` : ""}`,
        )
        .join("\n"),
      `Not checked:\n${unchecked.map((line) => `  · ${line}`).join("\n")}`,
      facts([["receipt", receiptId]]),
    ].join("\n\n"),
});

type Place = GetReceiptPlaceReturnType["status"];

type Checked = {
  receiptId: Hex;
  worker: Address;
  status: Place;
  epoch: bigint;
  root: Hex | null;
  /** Why nothing could be proven. */
  problem: string | null;
  /** Unix seconds between which its inclusion may be demanded. */
  dueAt: bigint;
  challengeUntil: bigint;
  now: number;
  exitCode?: number;
};

const meanings: Readonly<Record<Place, string>> = {
  pending: "its epoch is not posted yet",
  overdue: "its epoch should have been posted, and was not",
  included: "it is in its epoch, under the root that the worker posted",
  omitted: "the worker left it out of its epoch",
  unshown: "the worker does not show what is behind the root that it posted",
};

export const receiptCheckCommand = defineCommand({
  name: "receipt check",
  group: "Use",
  summary: "Look for a receipt under the root that its worker posted for the epoch",
  about:
    "Asks the worker's server for the epoch's list and recomputes the root. Exits with 75 while the epoch is not posted, and with 1 where the receipt is not found: `assay receipt demand` then makes the worker show it, or lose.",
  scopes: ["chain"],
  args: { receipt: receiptSource },
  flags: {
    url: optional(httpUrl, "URL of the worker's server, where it has moved", { placeholder: "url" }),
    wait: toggle("Wait until the epoch is posted or overdue"),
  },
  examples: ["assay receipt check 0x…", "assay receipt check receipt.json --wait --json"],
  run: async (context, { receipt: source, wait, ...given }): Promise<Checked> => {
    const { receipt, ...kept } = readKeptReceipt(context, source);
    const { client, deployment } = await openChain(context);
    const url = given.url ?? kept.url;
    const { signal } = context;
    const place = wait
      ? await watchReceipt(client, { deployment, receipt, url, signal })
      : await getReceiptPlace(client, { deployment, receipt, url, signal });
    const { receiptId, worker, status, epoch, dueAt, challengeUntil } = place;
    const checked = {
      ...{ receiptId, worker, status, epoch, dueAt, challengeUntil },
      root: "root" in place ? place.root : null,
      problem: "problem" in place ? place.problem : null,
      now: Math.floor(context.clock.now() / 1_000),
    };
    if (status === "included") return checked;
    return { ...checked, exitCode: status === "pending" ? exits.retryable : exits.fatal };
  },
  render: ({ receiptId, worker, status, epoch, root, problem, dueAt, challengeUntil, now }) =>
    facts([
      ["status", `${status}: ${meanings[status]}`],
      ["receipt", receiptId],
      ["worker", worker],
      ["epoch", epoch],
      ["root", root ?? undefined],
      ["problem", problem?.split("\n")[0]],
      ["demandable", status === "included" ? undefined : `from ${timeText(dueAt, now)}`],
      ["until", status === "included" ? undefined : timeText(challengeUntil, now)],
    ]),
});
