// Fetches a file from a place that nobody has to trust: bounded in size and time, no redirects.
import { IntegrityError, RetryableError } from "../errors.ts";

export type FetchLimits = { maxBytes: number; timeoutSeconds: number; signal?: AbortSignal | undefined };

/**
 * @throws RetryableError when the file cannot be had now, IntegrityError when it is larger than allowed.
 */
export async function fetchBytes(
  url: string,
  { maxBytes, timeoutSeconds, signal }: FetchLimits,
): Promise<Uint8Array> {
  const limit = AbortSignal.timeout(timeoutSeconds * 1_000);
  try {
    const response = await fetch(url, {
      redirect: "error",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    if (!response.ok || response.body === null)
      throw new RetryableError("The server does not have the file.", { facts: { status: response.status } });
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body) {
      length += chunk.length;
      if (length > maxBytes)
        throw new IntegrityError("The file is larger than allowed.", { facts: { limit: maxBytes } });
      chunks.push(chunk);
    }
    return new Uint8Array(Buffer.concat(chunks));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof IntegrityError || error instanceof RetryableError) throw error;
    throw new RetryableError("The file could not be fetched.", { cause: error });
  }
}
