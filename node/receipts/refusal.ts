// Why a worker does not answer a request for a receipt; nothing is owed for it.
import { BaseError } from "@assay/sdk";

/** `notReady` and `busy` may pass; the others hold until the payer or the worker does something. */
export const refusalReasons = {
  malformed: 400,
  notServed: 404,
  inputLength: 400,
  unknownChannel: 404,
  version: 400,
  price: 402,
  voucher: 402,
  escrow: 402,
  allotment: 409,
  /** Where receipts are handed over for checking. */
  signature: 400,
  late: 410,
  busy: 503,
  notReady: 503,
} as const;
export type RefusalReason = keyof typeof refusalReasons;

export class ReceiptRefusedError extends BaseError {
  override name = "ReceiptRefusedError";
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, shortMessage: string, facts: Record<string, unknown> = {}) {
    super(shortMessage, { facts: { reason, ...facts } });
    this.reason = reason;
  }
}
