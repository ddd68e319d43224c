// Cumulative promises of payment on a channel: EIP-712. Twin of ReceiptLib.sol.
import type { Address } from "viem";
import { hashTypedData } from "viem/utils";
import { channelsDomain } from "./channelIds.ts";
import type { Hex } from "./hash.ts";

/** A cumulative promise of payment, signed by the payer. */
export interface Voucher {
  channelId: Hex;
  /** Everything owed on the channel so far, in stake-token units. */
  total: bigint;
}

const types = {
  Voucher: [
    { name: "channelId", type: "bytes32" },
    { name: "total", type: "uint96" },
  ],
} as const;

export interface VoucherParameters {
  chainId: bigint;
  /** The contract `Channels`. */
  channels: Address;
  voucher: Voucher;
}

/** What is signed, in the form that `signTypedData` of viem, ethers and wallets takes. */
export const voucherTypedData = ({ chainId, channels, voucher }: VoucherParameters) => ({
  domain: channelsDomain({ chainId, channels }),
  types,
  primaryType: "Voucher" as const,
  message: voucher,
});

/** The EIP-712 hash of a voucher, which its payer signs. */
export const voucherHash = (parameters: VoucherParameters): Hex =>
  hashTypedData(voucherTypedData(parameters));
