// Reads whether a session key may sign receipts.
import type { Address, Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

/** What the chain holds for a key that was not revoked. */
const UNREVOKED = 2 ** 40 - 1;

export type GetSessionKeyParameters = ReadParameters & {
  /** Whose key it is. */
  worker: Address;
  /** The P-256 point of the public key. */
  x: Hex;
  y: Hex;
};
export type GetSessionKeyReturnType = {
  /** True when the worker ever authorised it. */
  authorised: boolean;
  /** Unix seconds until which its receipts are good; undefined while it is not revoked. */
  until: bigint | undefined;
};
export type GetSessionKeyErrorType = ContractError | Error;

/**
 * Reads whether a worker authorised a session key, and until when its receipts are good.
 *
 * @param parameters.worker - Whose key it is.
 * @param parameters.x - The P-256 point of the public key.
 * @returns Whether it was authorised, and when its revocation matures.
 *
 * @example
 * import { getSessionKey } from "@assay/sdk";
 *
 * const { authorised, until } = await getSessionKey(client, { deployment, worker, x, y });
 */
export async function getSessionKey(
  client: AssayTransportClient,
  { deployment, worker, x, y, ...block }: GetSessionKeyParameters,
): Promise<GetSessionKeyReturnType> {
  const until = await readCall(client, {
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "sessionKeyUntil",
    args: [worker, x, y],
    ...atBlock(block),
  });
  return { authorised: until !== 0, until: until === 0 || until === UNREVOKED ? undefined : BigInt(until) };
}
