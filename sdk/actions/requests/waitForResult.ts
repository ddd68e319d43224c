// Waits until a request has a result of the asked finality.
import type { Hex } from "viem";
import {
  RequestFailedError,
  type RequestNotFoundError,
  WaitTimeoutError,
  WrongBytesError,
} from "../../errors/clientErrors.ts";
import { type FinalityLevel, finalityLevels, type RequestStatus } from "../../protocol/enums.ts";
import { hexToBytes } from "../../protocol/hash.ts";
import { byteRoot } from "../../protocol/merkle.ts";
import type { AssayTransportClient } from "../calls/parameters.ts";
import type { InferenceResult } from "./getResult.ts";
import type { MarketEventArgs } from "./requestEvents.ts";
import { type WatchRequestParameters, watchRequest } from "./watchRequest.ts";

export type WaitForResultParameters = WatchRequestParameters & {
  /** How sure the result has to be; `final` when left out. */
  level?: FinalityLevel | undefined;
  /** Milliseconds to wait; for ever when left out. */
  timeout?: number | undefined;
};
export type WaitForResultReturnType = InferenceResult;
export type WaitForResultErrorType =
  | RequestFailedError
  | RequestNotFoundError
  | WaitTimeoutError
  | WrongBytesError
  | Error;

/**
 * Waits until a request has a result of the asked finality. `provisional` comes with the worker's answer and may still be
 * overturned; `final` comes after the challenge window and never changes.
 *
 * @param parameters.requestId - The request.
 * @param parameters.level - How sure the result has to be; `final` when left out.
 * @param parameters.timeout - Milliseconds to wait; for ever when left out.
 * @param parameters.signal - Aborting it ends the wait with its reason.
 * @returns The result, its output checked against the committed root.
 * @throws RequestFailedError when the request ends without a valid result, WaitTimeoutError when it takes too long.
 *
 * @example
 * import { waitForResult } from "@assay/sdk";
 *
 * const { output } = await waitForResult(client, { deployment, requestId, level: "provisional", timeout: 60_000 });
 */
export async function waitForResult(
  client: AssayTransportClient,
  parameters: WaitForResultParameters,
): Promise<WaitForResultReturnType> {
  const { requestId, level = "final", timeout, signal } = parameters;
  const clock = new AbortController();
  const timer = timeout === undefined ? undefined : setTimeout(() => clock.abort(), timeout);
  const stop = () => clock.abort();
  signal?.addEventListener("abort", stop, { once: true });
  let status: RequestStatus = "open";
  try {
    signal?.throwIfAborted();
    let committed: MarketEventArgs<"Committed"> | undefined;
    let programId: Hex | undefined;
    for await (const update of watchRequest(client, { ...parameters, signal: clock.signal })) {
      status = update.status;
      if (update.event === "Requested") programId = update.args.programId;
      if (update.event === "Committed") committed = update.args;
      if (update.level === undefined || !committed || !programId) continue;
      if (finalityLevels.indexOf(update.level) < finalityLevels.indexOf(level)) continue;
      return { programId, status, level: update.level, ...resultOf(committed) };
    }
    throw new RequestFailedError({ requestId, status });
  } catch (error) {
    signal?.throwIfAborted();
    if (clock.signal.aborted) throw new WaitTimeoutError({ requestId, level, timeout: timeout ?? 0, status });
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function resultOf(committed: MarketEventArgs<"Committed">) {
  const { requestId, commitId, worker, outputRoot, passes, challengeUntil } = committed;
  const output = hexToBytes(committed.output);
  const computed = byteRoot(output);
  if (computed !== outputRoot) throw new WrongBytesError({ what: "output", computed, committed: outputRoot });
  return { requestId, commitId, worker, output, outputRoot, passes, challengeUntil };
}
