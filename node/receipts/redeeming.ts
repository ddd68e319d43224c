// Turns vouchers into tokens: when they bring enough for a transaction, and at once where a payer is leaving.
import { getChannel, redeemVouchersCall } from "@assay/sdk";
import type { Hex } from "@assay/sdk/protocol";
import { type Address, keccak256, stringToBytes } from "viem";
import { least, most } from "../bigints.ts";
import { createReceiptBooks } from "../chain/receiptBooks.ts";
import type { Conduct } from "../roles/conduct.ts";
import type { RoleContext } from "../roles/context.ts";
import type { ReceiptBook, SignedVoucher } from "./book.ts";

/** `least`: token units that make it worth a transaction. */
export type RedeemAction = { kind: "redeem"; least: bigint };

export type Redeeming = {
  /** @param everything Whatever vouchers bring is worth a transaction now. */
  plan(now: bigint, everything: boolean): RedeemAction[];
  redeem(action: RedeemAction, signal: AbortSignal): Promise<void>;
  /** Token units that vouchers promise beyond what was redeemed. */
  due(): bigint;
};

type Due = { channelId: Hex; voucher: SignedVoucher; left: bigint; isLeaving: boolean };

/** Seconds after which escrows that did not cover their vouchers are looked at again. */
const lookEvery = 60n;
/** Vouchers in one transaction. */
const mostVouchers = 64;

export function createRedeeming(
  {
    journal,
    endpoints,
    deployment,
    account,
    book,
    redeemAbove,
  }: Pick<RoleContext, "journal" | "endpoints" | "deployment"> & {
    account: Address;
    book: ReceiptBook;
    /** Token units that vouchers must bring together before a transaction is spent on them. */
    redeemAbove: bigint;
  },
  conduct: Conduct,
): Redeeming {
  const books = createReceiptBooks(journal);
  /** What was looked at last, in vain or not. */
  let looked = { at: -lookEvery, total: 0n, leaving: 0 };

  function allDue(): Due[] {
    return book.accounts().flatMap(({ channelId, voucher }) => {
      const channel = books.channel(channelId);
      if (voucher === undefined || channel === undefined) return [];
      const left = voucher.voucher.total - channel.paid;
      return left > 0n ? [{ channelId, voucher, left, isLeaving: channel.isLeaving }] : [];
    });
  }

  function plan(now: bigint, everything: boolean): RedeemAction[] {
    const due = allDue();
    const total = sum(due);
    const leaving = due.filter(({ isLeaving }) => isLeaving).length;
    const least = everything || leaving > 0 ? 1n : most(redeemAbove, 1n);
    if (total < looked.total) looked = { ...looked, total };
    const isNew = leaving > looked.leaving || total >= looked.total + least;
    if (total < least || (!isNew && now < looked.at + lookEvery)) return [];
    looked = { at: now, total, leaving };
    return [{ kind: "redeem", least }];
  }

  async function redeem({ least: worth }: RedeemAction, signal: AbortSignal): Promise<void> {
    const due: (Due & { brings: bigint })[] = [];
    for (const one of allDue()) {
      const { channelId, voucher } = one;
      const { escrow, paid } = await endpoints.use((client) => getChannel(client, { deployment, channelId }));
      const brings = least(voucher.voucher.total - paid, escrow);
      if (brings > 0n) due.push({ ...one, brings });
    }
    if (due.reduce((total, { brings }) => total + brings, 0n) < worth) return;
    const best = due.sort((a, b) => (a.brings < b.brings ? 1 : -1)).slice(0, mostVouchers);
    const vouchers = best.map(({ voucher }) => voucher);
    const which = vouchers.map(({ voucher }) => `${voucher.channelId}:${voucher.total}`).join();
    const key = `redeem:${keccak256(stringToBytes(which))}`;
    const call = redeemVouchersCall({ deployment, vouchers, to: account });
    await conduct.send("redeem", account, { key, call, done: ["NothingToRedeem"] }, signal);
  }

  return { plan, redeem, due: () => sum(allDue()) };
}

const sum = (due: readonly Due[]): bigint => due.reduce((total, { left }) => total + left, 0n);
