// Shows the bytes of a disputed tile.
import type { Hex } from "viem";
import { disputeGameAbi } from "../../abi/disputeGame.ts";
import { type Bytes, hexOf } from "../../bytes.ts";
import { contractCall } from "../../contractCall.ts";
import {
  type AssayTransportClient,
  gameOf,
  type SourceParameters,
  type WriteParameters,
  type WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type RevealTileParameters = WriteParameters &
  SourceParameters & {
    /** The disputed commitment. */
    commitId: Hex;
    /** 1 to 1024 bytes. */
    tile: Bytes;
  };
export type RevealTileReturnType = WriteReturnType;
export type RevealTileErrorType = SendCallErrorType;

/** The call that {@link revealTile} sends. */
export function revealTileCall({
  deployment,
  source,
  commitId,
  tile,
}: Pick<RevealTileParameters, "deployment" | "source" | "commitId" | "tile">) {
  return contractCall({
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "revealTile",
    args: [commitId, hexOf(tile)],
  });
}

/**
 * Shows the bytes of a tile below a bound root. Serves every dispute on the commitment. Anyone may call.
 *
 * @param parameters.commitId - The disputed commitment.
 * @param parameters.tile - 1 to 1024 bytes.
 * @param parameters.source - Whose commitment it is about; the market's when left out.
 * @returns Hash and receipt.
 *
 * @example
 * import { revealTile } from "@assay/sdk";
 *
 * await revealTile(client, { deployment, commitId, tile });
 */
export async function revealTile(
  client: AssayTransportClient,
  parameters: RevealTileParameters,
): Promise<RevealTileReturnType> {
  return sendCall(client, { ...parameters, call: revealTileCall(parameters) });
}
