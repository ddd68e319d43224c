// Pays a worker what its payers have promised.
import type { Address } from "viem";
import { parseAccount } from "viem/accounts";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import { MissingAccountError, type MissingEventError } from "../../errors/clientErrors.ts";
import { eventsOf } from "../calls/eventOf.ts";
import type {
  AssayTransportClient,
  DeploymentParameters,
  WriteParameters,
  WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";
import type { SignedVoucher } from "./signVoucher.ts";

export type RedeemVouchersParameters = WriteParameters & {
  /** The latest voucher of each of one worker's channels. */
  vouchers: readonly SignedVoucher[];
  /** Who is paid; the sender when left out. An operator key can name its worker only. */
  to?: Address | undefined;
};
export type RedeemVouchersReturnType = WriteReturnType & {
  /** Token units paid out. */
  amount: bigint;
};
export type RedeemVouchersErrorType = SendCallErrorType | MissingAccountError | MissingEventError;

/** The call that {@link redeemVouchers} sends. */
export function redeemVouchersCall({
  deployment,
  vouchers,
  to,
}: DeploymentParameters & { vouchers: readonly SignedVoucher[]; to: Address }) {
  return contractCall({
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "redeem",
    args: [vouchers.map(({ voucher }) => voucher), vouchers.map(({ signature }) => signature), to],
  });
}

/**
 * Pays out what vouchers promise beyond what was paid before, as far as each channel's escrow reaches. The sender is the
 * worker or its operator key.
 *
 * @param parameters.vouchers - The latest voucher of each of one worker's channels.
 * @param parameters.to - Who is paid; the sender when left out.
 * @returns Hash and receipt, and what was paid: `amount`.
 *
 * @example
 * import { redeemVouchers } from "@assay/sdk";
 *
 * const { amount } = await redeemVouchers(client, { deployment, vouchers: [signed] });
 */
export async function redeemVouchers(
  client: AssayTransportClient,
  parameters: RedeemVouchersParameters,
): Promise<RedeemVouchersReturnType> {
  const { deployment, vouchers, account = client.account } = parameters;
  if (!account) throw new MissingAccountError();
  const to = parameters.to ?? parseAccount(account).address;
  const sent = await sendCall(client, {
    ...parameters,
    call: redeemVouchersCall({ deployment, vouchers, to }),
  });
  const events = eventsOf(sent.receipt, {
    address: deployment.channels,
    abi: channelsAbi,
    eventName: "Redeemed",
  });
  return { ...sent, amount: events.reduce((sum, { amount }) => sum + amount, 0n) };
}
