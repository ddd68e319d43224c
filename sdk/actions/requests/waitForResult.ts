// Waits until a request has a result of the asked finality.
import type { Deployment } from "../../deployments.ts";
import {
  RequestFailedError,
  type RequestNotFoundError,
  WaitTimeoutError,
  WrongBytesError,
} from "../../errors/clientErrors.ts";
import { requestOf } from "../../protocol/coding.ts";
import { type FinalityLevel, finalityLevels, type RequestStatus } from "../../protocol/enums.ts";
import { hexToBytes } from "../../protocol/hash.ts";
import { commitId as commitIdOf } from "../../protocol/ids.ts";
import { byteRoot } from "../../protocol/merkle.ts";
import type { Request } from "../../protocol/request.ts";
import type { AssayTransportClient } from "../calls/parameters.ts";
import { type Batch, findBatch } from "./findBatch.ts";
import { requestIdOf } from "./findRequest.ts";
import type { InferenceResult } from "./getResult.ts";
import type { CommittedUpdate, MarketEventArgs } from "./requestEvents.ts";
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
    let request: Request | undefined;
    let committed: CommittedUpdate | undefined;
    for await (const update of watchRequest(client, { ...parameters, signal: clock.signal })) {
      status = update.status;
      if (update.event === "Requested") request = requestOf(update.args.request);
      if (update.event === "Committed") committed = update;
      if (update.level === undefined || !committed || !request) continue;
      if (finalityLevels.indexOf(update.level) < finalityLevels.indexOf(level)) continue;
      const batch = await findBatch(client, { ...parameters, update: committed, signal: clock.signal });
      const result = resultOf(parameters.deployment, request, batch, committed.args);
      return { ...result, status, level: update.level };
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

/** What the events say, held against the two hashes that the chain indexes them by. */
function resultOf(
  deployment: Deployment,
  request: Request,
  { worker, challengeUntil }: Batch,
  { requestId, commitId, output: bytes, passes }: MarketEventArgs<"Committed">,
) {
  const own = requestIdOf(deployment, request);
  if (own !== requestId) throw new WrongBytesError({ what: "request", computed: own, committed: requestId });
  const output = hexToBytes(bytes);
  const outputRoot = byteRoot(output);
  const { programId, inputRoot, version } = request;
  const computed = commitIdOf({
    chainId: BigInt(deployment.chainId),
    source: deployment.inferenceMarket,
    terms: { subject: requestId, programId, inputRoot, outputRoot, passes, worker, version },
  });
  if (computed !== commitId) throw new WrongBytesError({ what: "output", computed, committed: commitId });
  return { requestId, programId, commitId, worker, output, outputRoot, passes, challengeUntil };
}
