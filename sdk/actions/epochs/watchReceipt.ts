// Waits until a receipt's epoch is posted, and looks for it there.
import { ReceiptWaitTimeoutError } from "../../errors/receiptErrors.ts";
import type { AssayTransportClient } from "../calls/parameters.ts";
import { delay } from "../logs/delay.ts";
import {
  type GetReceiptPlaceErrorType,
  type GetReceiptPlaceParameters,
  type GetReceiptPlaceReturnType,
  getReceiptPlace,
} from "./getReceiptPlace.ts";

export type WatchReceiptParameters = Omit<GetReceiptPlaceParameters, "timeout"> & {
  /** Milliseconds between looks at the chain; the client's when left out. */
  pollingInterval?: number | undefined;
  /** Milliseconds to wait; until the root is due when left out. */
  timeout?: number | undefined;
};
export type WatchReceiptReturnType =
  | Exclude<GetReceiptPlaceReturnType, { status: "pending" | "overdue" }>
  | Settled;
export type WatchReceiptErrorType = GetReceiptPlaceErrorType | ReceiptWaitTimeoutError;

type Settled = Omit<Extract<GetReceiptPlaceReturnType, { status: "pending" | "overdue" }>, "status"> & {
  status: "overdue";
};

/** Looks in a row at a worker that shows no list before that is believed. */
const PATIENCE = 3;

/**
 * Waits until a worker has posted the epoch of a receipt, or should have, and looks for the receipt there.
 *
 * @param parameters.url - Of the worker's server.
 * @param parameters.receipt - The receipt.
 * @param parameters.timeout - Milliseconds to wait; until the root is due when left out.
 * @param parameters.signal - Aborting it ends the wait with its reason.
 * @returns What `getReceiptPlace` returns: `included`, or `omitted`, `unshown` or `overdue`, against which `demandInclusion`
 * helps.
 * @throws ReceiptWaitTimeoutError when it takes longer than `timeout`.
 *
 * @example
 * import { demandInclusion, watchReceipt } from "@assay/sdk";
 *
 * const { status } = await watchReceipt(client, { deployment, url, receipt });
 * if (status !== "included") await demandInclusion(client, { deployment, receipt, signature });
 */
export async function watchReceipt(
  client: AssayTransportClient,
  { timeout, pollingInterval = client.pollingInterval, ...parameters }: WatchReceiptParameters,
): Promise<WatchReceiptReturnType> {
  const startedAt = performance.now();
  for (let unshown = 0; ; ) {
    const place = await getReceiptPlace(client, parameters);
    const { status, receiptId, epoch, dueAt } = place;
    if (status === "unshown") unshown++;
    const isDecided = status !== "pending" && (status !== "unshown" || unshown >= PATIENCE);
    if (isDecided) return place as WatchReceiptReturnType;
    if (timeout !== undefined && performance.now() - startedAt + pollingInterval > timeout)
      throw new ReceiptWaitTimeoutError({ receiptId, epoch, dueAt, timeout });
    await delay(pollingInterval, parameters.signal);
  }
}
