// Promises payment on a channel.
import type { Account, Address, Hex } from "viem";
import { parseAccount } from "viem/accounts";
import { signTypedData } from "viem/actions";
import { MissingAccountError } from "../../errors/clientErrors.ts";
import { type Voucher, voucherTypedData } from "../../protocol/vouchers.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";

/** A voucher with its payer's signature. */
export type SignedVoucher = { voucher: Voucher; signature: Hex };

export type SignVoucherParameters = DeploymentParameters & {
  /** The signer's channel. */
  channelId: Hex;
  /** Everything owed on the channel so far, in token units: totals only grow. */
  total: bigint;
  /** The payer; the client's account when left out. */
  account?: Account | Address | undefined;
};
export type SignVoucherReturnType = SignedVoucher;
export type SignVoucherErrorType = MissingAccountError | Error;

/**
 * Signs a voucher: a promise of everything owed on a channel so far. Nothing is sent; the worker redeems its latest voucher
 * when it likes (`redeemVouchers`).
 *
 * @param parameters.channelId - The signer's channel.
 * @param parameters.total - Everything owed on the channel so far, in token units: totals only grow.
 * @returns The voucher and its signature.
 *
 * @example
 * import { signVoucher } from "@assay/sdk";
 *
 * const { voucher, signature } = await signVoucher(client, { deployment, channelId, total: paid + fee });
 */
export async function signVoucher(
  client: AssayTransportClient,
  { deployment, channelId, total, account = client.account }: SignVoucherParameters,
): Promise<SignVoucherReturnType> {
  if (!account) throw new MissingAccountError();
  const voucher = { channelId, total };
  const { chainId, channels } = deployment;
  const typedData = voucherTypedData({ chainId: BigInt(chainId), channels, voucher });
  const signature = await signTypedData(client, { account: parseAccount(account), ...typedData });
  return { voucher, signature };
}
