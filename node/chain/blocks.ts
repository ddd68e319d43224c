// Blocks as the node needs them.
import { type Address, type Hex, hexToBytes, keccak256, type PublicClient } from "viem";
import { EndpointsUnavailableError } from "../errors.ts";

export type Block = {
  number: bigint;
  hash: Hex;
  parentHash: Hex;
  /** Unix seconds. */
  timestamp: bigint;
  baseFeePerGas: bigint | null;
  logsBloom?: Hex | null;
};

export async function latestBlock(client: PublicClient): Promise<Block> {
  return toBlock(await client.getBlock({ blockTag: "latest" }));
}

/** A block of the canonical chain by number. */
export async function blockAt(client: PublicClient, number: bigint): Promise<Block> {
  return toBlock(await client.getBlock({ blockNumber: number }));
}

type RawBlock = { [field in "number" | "hash"]: Block[field] | null } & Omit<Block, "number" | "hash">;

function toBlock(raw: RawBlock): Block {
  const { number, hash, parentHash, timestamp, baseFeePerGas, logsBloom } = raw;
  if (number === null || hash === null)
    throw new EndpointsUnavailableError("The endpoint returned a block without a hash.");
  return { number, hash, parentHash, timestamp, baseFeePerGas, logsBloom: logsBloom ?? null };
}

/**
 * Whether the block's own filter says that one of the addresses may have logged something in it. Never wrong when it
 * says so falsely by chance; some chains leave the filter empty, so "no" means nothing.
 */
export function mayHoldLogsOf({ logsBloom }: Block, addresses: readonly Address[]): boolean {
  if (!logsBloom) return false;
  const bloom = hexToBytes(logsBloom);
  return addresses.some((address) => {
    const digest = hexToBytes(keccak256(address));
    return [0, 2, 4].every((at) => {
      const bit = ((digest[at]! << 8) | digest[at + 1]!) % (bloom.length * 8);
      return ((bloom[bloom.length - 1 - (bit >> 3)]! >> (bit & 7)) & 1) === 1;
    });
  });
}
