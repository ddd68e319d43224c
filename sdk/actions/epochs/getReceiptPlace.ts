// Looks for a receipt under the root that its worker posted.
import type { Address, Hex } from "viem";
import { getBlock } from "viem/actions";
import type { ContractError } from "../../errors/ContractError.ts";
import type { ChannelNotFoundError } from "../../errors/clientErrors.ts";
import {
  MalformedAnswerError,
  WorkerRefusedError,
  WorkerUnreachableError,
} from "../../errors/receiptErrors.ts";
import { type Receipt, receiptId as receiptIdOf } from "../../protocol/receipts.ts";
import {
  type EntryProof,
  EpochTree,
  epochOf,
  epochSeconds,
  type ReceiptProof,
} from "../../protocol/sumTree.ts";
import { type ListedReceipt, listEpoch, type ServerParameters } from "../../receipts/workerServer.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { getChannel } from "../channels/getChannel.ts";
import { getTier } from "../requests/getTier.ts";
import { getEpoch } from "./getEpoch.ts";

export type GetReceiptPlaceParameters = DeploymentParameters & ServerParameters & { receipt: Receipt };
export type GetReceiptPlaceReturnType = {
  receiptId: Hex;
  worker: Address;
  epoch: bigint;
  /** Unix seconds by which the root has to be posted; from then on, until `challengeUntil`, `demandInclusion` may be called. */
  dueAt: bigint;
  challengeUntil: bigint;
} & (
  | {
      /** Not posted yet, and not due. */
      status: "pending" | /** Due, and not posted. */ "overdue";
    }
  | {
      /** The worker's list gives the posted root, and the receipt is in it. */
      status: "included";
      root: Hex;
      entryProof: EntryProof;
      receiptProof: ReceiptProof;
    }
  | {
      /** The worker's list gives the posted root, and the receipt is not in it. */ status: "omitted";
      root: Hex;
    }
  | {
      /** The worker shows no list, or one that does not give the posted root. */
      status: "unshown";
      root: Hex;
      problem: string;
    }
);
export type GetReceiptPlaceErrorType = ChannelNotFoundError | ContractError | Error;

/**
 * Looks for a receipt in its epoch: reads the root that the worker posted, asks its server for the list behind the root, and
 * recomputes the root. Nobody has to be believed.
 *
 * @param parameters.url - Of the worker's server.
 * @param parameters.receipt - The receipt.
 * @returns `status`: `pending`, `included` with the proofs, or `omitted`, `unshown` or `overdue`, against which
 * `demandInclusion` helps.
 *
 * @example
 * import { getReceiptPlace } from "@assay/sdk";
 *
 * const { status } = await getReceiptPlace(client, { deployment, url, receipt });
 */
export async function getReceiptPlace(
  client: AssayTransportClient,
  { deployment, receipt, ...server }: GetReceiptPlaceParameters,
): Promise<GetReceiptPlaceReturnType> {
  const { channelId, version, issuedAt, challengeUntil } = receipt;
  const { chainId, channels } = deployment;
  const receiptId = receiptIdOf({ chainId: BigInt(chainId), channels, receipt });
  const { timestamp: now, number: blockNumber } = await getBlock(client);
  const at = { deployment, blockNumber };
  const [{ receiptSeconds }, { worker }] = await Promise.all([
    getTier(client, { ...at, version }),
    getChannel(client, { ...at, channelId }),
  ]);
  const epoch = epochOf(receiptSeconds, issuedAt);
  const dueAt = (epoch + 2n) * epochSeconds(receiptSeconds);
  const place = { receiptId, worker, epoch, dueAt, challengeUntil };
  const { root, postedAt } = await getEpoch(client, { ...at, worker, version, epoch });
  if (postedAt === 0n) return { ...place, status: now < dueAt ? "pending" : "overdue" };
  const listed = await listOf(server, { version, epoch });
  if (typeof listed === "string") return { ...place, status: "unshown", root, problem: listed };
  const tree = new EpochTree(listed);
  if (tree.root !== root)
    return { ...place, status: "unshown", root, problem: "The list gives another root." };
  const own = listed.filter((one) => isSame(one.channelId, channelId));
  const index = own.findIndex((one) => isSame(one.receiptId, receiptId));
  if (index < 0) return { ...place, status: "omitted", root };
  const entryProof = tree.entryProof(channelId);
  return {
    ...place,
    status: "included",
    root,
    entryProof,
    receiptProof: tree.receiptProof(channelId, index),
  };
}

/** The list, or why there is none. */
async function listOf(
  server: ServerParameters,
  epoch: { version: number; epoch: bigint },
): Promise<ListedReceipt[] | string> {
  try {
    return await listEpoch(server, epoch);
  } catch (error) {
    const isServers = [MalformedAnswerError, WorkerRefusedError, WorkerUnreachableError].some(
      (kind) => error instanceof kind,
    );
    if (isServers) return (error as Error).message;
    throw error;
  }
}

const isSame = (one: Hex, other: Hex): boolean => one.toLowerCase() === other.toLowerCase();
