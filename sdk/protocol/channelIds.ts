// Channels between one payer and one worker; mirrors contracts/types/Receipt.sol. Twin of ReceiptLib.sol.
import type { Address } from "viem";
import { encodeAbiParameters, keccak256, stringToBytes } from "viem/utils";
import type { Hex } from "./hash.ts";

const CHANNEL_DOMAIN = keccak256(stringToBytes("assay.channel"));

/** One payer's escrow for fees and one worker's allotment for liability. Amounts in token units, times in unix seconds. */
export interface Channel {
  payer: Address;
  /** Left for vouchers, what is leaving included. */
  escrow: bigint;
  worker: Address;
  /** Redeemed so far. */
  paid: bigint;
  /** Locked stake behind receipts, what is leaving included. */
  allotment: bigint;
  /** Of the allotment, by receipts that were opened. */
  reserved: bigint;
  escrowFrom: bigint;
  escrowLeaving: bigint;
  allotmentLeaving: bigint;
  allotmentFrom: bigint;
  /** Of the allotment: forfeited, but still reserved. */
  owed: bigint;
  /** Lost since the last unbonding delay without a loss. */
  slashed: bigint;
  slashedAt: bigint;
}

export interface ChannelIdParameters {
  chainId: bigint;
  /** The contract `Channels`. */
  channels: Address;
  payer: Address;
  worker: Address;
}

export const channelId = ({ chainId, channels, payer, worker }: ChannelIdParameters): Hex =>
  keccak256(
    encodeAbiParameters(
      [
        { type: "bytes32" },
        { type: "uint256" },
        { type: "address" },
        { type: "address" },
        { type: "address" },
      ],
      [CHANNEL_DOMAIN, chainId, channels, payer, worker],
    ),
  );

/** What both signed structs are bound to: the EIP-712 domain of the contract `Channels`. */
export const channelsDomain = ({ chainId, channels }: { chainId: bigint; channels: Address }) => ({
  name: "Assay Channels",
  version: "1",
  chainId: Number(chainId),
  verifyingContract: channels,
});
