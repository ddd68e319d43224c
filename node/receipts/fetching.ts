// What a worker hands out about its receipts: believed only as far as it hashes to what the chain has.

import type { Deployment } from "@assay/sdk";
import {
  byteRoot,
  type EpochReceipt,
  EpochTree,
  type Hex,
  type Receipt,
  type SessionSignature,
  verifySessionSignature,
} from "@assay/sdk/protocol";
import { IntegrityError } from "../errors.ts";
import { fetchBytes } from "../http/fetchBytes.ts";
import { withoutSlashes } from "../programPlaces.ts";
import { idOf, type SignedReceipt } from "./references.ts";

const megabyte = 1_048_576;
const limits = { maxBytes: 64 * megabyte, timeoutSeconds: 30 };

/** An epoch as its worker shows it. */
export type FetchedEpoch = {
  /** Those that are not private. */
  receipts: SignedReceipt[];
  /** All of them, in the order of the tree. */
  leaves: EpochReceipt[];
};

/**
 * The receipts of a posted epoch.
 * @param root What the worker posted: anything else is no answer.
 * @throws RetryableError where the worker does not answer, IntegrityError where it answers something else.
 */
export async function fetchEpoch(
  url: string,
  { deployment, version, epoch, root }: { deployment: Deployment; version: number; epoch: bigint; root: Hex },
  signal: AbortSignal,
): Promise<FetchedEpoch> {
  const place = `${withoutSlashes(url)}/v1/epochs/${version}/${epoch}`;
  const bytes = await fetchBytes(place, { ...limits, signal });
  const refuse = (cause?: unknown): never => {
    throw new IntegrityError("The worker answers something else than it posted.", {
      facts: { version, epoch, root },
      cause,
    });
  };
  let receipts: SignedReceipt[];
  let leaves: EpochReceipt[];
  try {
    const { receipts: listed } = JSON.parse(new TextDecoder().decode(bytes)) as { receipts: Listed[] };
    const read = listed.map((one) => readReceipt(deployment, one));
    leaves = read.map(({ bare }) => bare);
    if (new EpochTree(leaves).root !== root) return refuse();
    receipts = read.flatMap(({ signed }) => signed ?? []);
  } catch (error) {
    return error instanceof IntegrityError ? Promise.reject(error) : refuse(error);
  }
  for (const { receipt, signature } of receipts)
    if (!(await verifySessionSignature(idOf(deployment, receipt), signature))) return refuse();
  return { receipts, leaves };
}

type Listed = { receipt?: Record<string, unknown>; signature?: SessionSignature } & Record<
  keyof EpochReceipt,
  string
>;

function readReceipt(deployment: Deployment, given: Listed): { bare: EpochReceipt; signed?: SignedReceipt } {
  if (given.receipt === undefined || given.signature === undefined) {
    const { receiptId, channelId, liability } = given;
    return {
      bare: { receiptId: receiptId as Hex, channelId: channelId as Hex, liability: BigInt(liability) },
    };
  }
  const receipt = receiptOf(given.receipt);
  const { channelId, liability } = receipt;
  const bare = { receiptId: idOf(deployment, receipt), channelId, liability };
  return { bare, signed: { receipt, signature: given.signature } };
}

/** A receipt out of JSON, whose numbers are decimal strings. Wrong fields change its hash, or throw. */
export function receiptOf(given: Record<string, unknown>): Receipt {
  const one = given as Record<keyof Receipt, never>;
  return {
    channelId: one.channelId,
    session: BigInt(one.session),
    sequence: BigInt(one.sequence),
    programId: one.programId,
    inputRoot: one.inputRoot,
    outputRoot: one.outputRoot,
    passes: Number(one.passes),
    version: Number(one.version),
    isPrivate: one.isPrivate,
    fee: BigInt(one.fee),
    liability: BigInt(one.liability),
    issuedAt: BigInt(one.issuedAt),
    challengeUntil: BigInt(one.challengeUntil),
    previous: one.previous,
  };
}

/** @throws RetryableError where it cannot be had, IntegrityError where other bytes come. */
export async function fetchInput(
  url: string,
  { inputRoot, inputBytes }: { inputRoot: Hex; inputBytes: number },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const place = `${withoutSlashes(url)}/inputs/${inputRoot}`;
  const bytes = await fetchBytes(place, { ...limits, maxBytes: inputBytes, signal });
  if (byteRoot(bytes) !== inputRoot)
    throw new IntegrityError("The worker hands out another input.", { facts: { inputRoot } });
  return bytes;
}
