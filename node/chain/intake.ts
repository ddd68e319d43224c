// Files events where they belong: those of requests in the journal's items, those of receipts in their books.
import type { Deployment } from "@assay/sdk";
import type { Journal } from "../store/journal.ts";
import { isAboutReceipts, type ProtocolEvent } from "./events.ts";
import { applyEvents } from "./indexer.ts";
import { createReceiptBooks } from "./receiptBooks.ts";

export function createIntake(
  journal: Journal,
  deployment: Deployment,
): (events: readonly ProtocolEvent[]) => void {
  const receipts = createReceiptBooks(journal);
  return (events) => {
    applyEvents(
      journal,
      events.filter((event) => !isAboutReceipts(deployment, event)),
    );
    receipts.take(events.filter((event) => isAboutReceipts(deployment, event)));
  };
}
