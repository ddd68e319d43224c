// assay receipt demand|dispute: what a worker is held to by its receipt, one transaction at a time.
import {
  approveCall,
  challengeCall,
  challengeReceipt,
  demandInclusion,
  demandInclusionCall,
  getDemand,
  getTier,
  ReceiptRightError,
  timeoutInclusion,
  timeoutInclusionCall,
} from "@assay/sdk";
import { epochsAbi } from "@assay/sdk/abi";
import { runProgram } from "@assay/sdk/program";
import { byteRoot, encodeReceiptOpening } from "@assay/sdk/protocol";
import { bytesToHex, type Hash, type Hex } from "viem";
import { defineCommand, optional, toggle } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { facts, timeText, tokenText } from "../cli/layout.ts";
import { findProgram } from "../cli/programSource.ts";
import { type KeptReceipt, readKeptReceipt } from "../cli/signedReceipt.ts";
import { requireTokens } from "../cli/tokens.ts";
import { renderWrite, type Writer, write, writeFlags } from "../cli/transaction.ts";
import { text } from "../cli/values.ts";
import { FatalError } from "../errors.ts";
import { commitIdOf } from "../receipts/references.ts";
import { receiptSource } from "./receipts.ts";

/** The worker has shown where the receipt lies. */
export class ReceiptShownError extends FatalError {
  override name = "ReceiptShownError";
}

type Demanded = {
  hash: Hash;
  receiptId: Hex;
  status: "demanded" | "slashed";
  /** Token units; null where the worker's time was over. */
  bond: bigint | null;
  /** Unix seconds by which the worker has to answer. */
  deadline: bigint | null;
  now: number;
};

export const receiptDemandCommand = defineCommand({
  name: "receipt demand",
  group: "Use",
  summary: "Make a worker show where a receipt lies in its epoch",
  about:
    "The bond pays the worker for its answer; it comes back if the worker does not answer, or posted its root late. Run it again when the worker's time is over: the receipt is then slashed. From two epochs after the receipt's own began, until it can no longer be challenged.",
  scopes: ["chain", "keys", "send"],
  args: { receipt: receiptSource },
  flags: writeFlags,
  examples: ["assay receipt demand 0x…", "assay receipt demand receipt.json --dry-run"],
  run: (context, { receipt: source, ...flags }) =>
    write<Demanded>(context, flags, "requester", async (writer) => {
      const { client, deployment, sender, transaction } = writer;
      const { receipt, signature, receiptId, worker } = readKeptReceipt(context, source);
      const demandId = commitIdOf(deployment, receipt, worker);
      const { status } = await getDemand(client, { deployment, demandId });
      if (status === "answered")
        throw new ReceiptShownError("The worker has shown the receipt under its root.", {
          facts: { receiptId, worker },
        });
      if (status === "open")
        return {
          calls: [timeoutInclusionCall({ deployment, receipt })],
          effect: "The receipt is slashed, if the worker's time is over and it has not answered.",
          send: async () => {
            const { hash } = await timeoutInclusion(client, { deployment, receipt, ...transaction });
            return { hash, receiptId, status: "slashed", bond: null, deadline: null, now: nowOf(context) };
          },
        };
      const bond = await client.readContract({
        address: deployment.epochs,
        abi: epochsAbi,
        functionName: "demandBond",
        args: [receipt.version],
      });
      await requireTokens(writer, sender, bond);
      return {
        calls: [
          approveCall({ deployment, amount: bond }),
          demandInclusionCall({ deployment, receipt, signature }),
        ],
        effect: `${tokenText(bond)} of ${sender} are held until ${worker} has answered, or its time is over.`,
        send: async () => {
          const asked = { deployment, receipt, signature, bond, ...transaction };
          const { hash, deadline: until } = await demandInclusion(client, asked);
          return { hash, receiptId, status: "demanded", bond, deadline: until, now: nowOf(context) };
        },
      };
    }),
  render: renderWrite<Demanded>(({ hash, receiptId, status, bond, deadline, now }) =>
    facts([
      ["receipt", receiptId],
      ["status", status],
      ["bond", bond === null ? undefined : tokenText(bond)],
      ["worker has to answer", deadline === null ? undefined : timeText(deadline, now)],
      ["transaction", hash],
    ]),
  ),
});

type Disputed = {
  hash: Hash;
  receiptId: Hex;
  disputeId: Hex;
  commitId: Hex;
  bond: bigint;
  workerDeadline: bigint;
  now: number;
};

export const receiptDisputeCommand = defineCommand({
  name: "receipt dispute",
  group: "Disputes",
  summary: "Dispute a receipt that is wrong",
  about:
    "Runs the program first, and refuses to spend the bond on a receipt that comes out the same here. The input becomes public, unless the receipt is private and --keep-input is given. A watchtower that runs with the same key goes on with the dispute.",
  scopes: ["chain", "keys", "send", "programs"],
  args: { receipt: receiptSource },
  flags: {
    program: optional(text, "Folder with the program's files; fetched if not given", {
      placeholder: "folder",
    }),
    unchecked: toggle("Do not run the program: dispute whatever it is"),
    keepInput: toggle("Keep the input of a private receipt to yourself"),
    ...writeFlags,
  },
  examples: ["assay receipt dispute 0x… --dry-run"],
  run: (context, { receipt: source, program, unchecked, keepInput, ...flags }) =>
    write<Disputed>(context, flags, "requester", async (writer) => {
      const { client, deployment, sender, transaction } = writer;
      const kept = readKeptReceipt(context, source);
      const { receipt, signature, receiptId, worker } = kept;
      if (!unchecked) await requireWrong(context, writer, kept, program);
      const { challengeBond: bond } = await getTier(client, { deployment, version: receipt.version });
      await requireTokens(writer, sender, bond);
      const input = keepInput ? "0x" : bytesToHex(kept.input);
      const commitId = commitIdOf(deployment, receipt, worker);
      const opening = encodeReceiptOpening(receipt, signature, input);
      return {
        calls: [
          approveCall({ deployment, amount: bond }),
          challengeCall({ deployment, source: "channels", commitId, opening }),
        ],
        effect: `${tokenText(bond)} of ${sender} are held as the bond of a dispute on receipt ${receiptId}${keepInput ? "" : "; its input becomes public"}.`,
        send: async () => {
          const given = { deployment, receipt, signature, input, bond, ...transaction };
          const { hash, disputeId, workerDeadline } = await challengeReceipt(client, given);
          return { hash, receiptId, disputeId, commitId, bond, workerDeadline, now: nowOf(context) };
        },
      };
    }),
  render: renderWrite<Disputed>(({ hash, receiptId, disputeId, bond, workerDeadline, now }) =>
    facts([
      ["dispute", disputeId],
      ["receipt", receiptId],
      ["bond", tokenText(bond)],
      ["worker has to answer", timeText(workerDeadline, now)],
      ["transaction", hash],
    ]),
  ),
});

/** @throws ReceiptRightError where this machine computes the same. */
async function requireWrong(
  context: Context,
  writer: Writer,
  { receipt, receiptId, input }: KeptReceipt,
  folder: string | undefined,
): Promise<void> {
  const { program } = await findProgram(context, writer, folder ?? receipt.programId);
  const { output, passes } = runProgram(program, input);
  const outputRoot = byteRoot(output);
  if (outputRoot === receipt.outputRoot && passes === receipt.passes)
    throw new ReceiptRightError({ receiptId, outputRoot });
}

const nowOf = ({ clock }: Context): number => Math.floor(clock.now() / 1_000);
