// Receipts that somebody brings along: taken in only if they bind their worker.
import { getSessionKey } from "@assay/sdk";
import { verifySessionSignature } from "@assay/sdk/protocol";
import { createReceiptBooks } from "../chain/receiptBooks.ts";
import type { RoleContext } from "../roles/context.ts";
import type { Audit, AuditBook } from "./auditBook.ts";
import { idOf, type SignedReceipt } from "./references.ts";
import { ReceiptRefusedError } from "./refusal.ts";

/**
 * Takes in a receipt, with its input where that is at hand.
 * @throws ReceiptRefusedError where it binds nobody.
 */
export type Hand = (signed: SignedReceipt, input?: Uint8Array) => Promise<Audit>;

export function createHanding(
  { journal, endpoints, deployment }: Pick<RoleContext, "journal" | "endpoints" | "deployment">,
  book: AuditBook,
): Hand {
  const books = createReceiptBooks(journal);
  return async (signed, input) => {
    const { receipt, signature } = signed;
    const { channelId, challengeUntil, programId } = receipt;
    const receiptId = idOf(deployment, receipt);
    const worker = books.channel(channelId)?.worker;
    if (worker === undefined)
      throw new ReceiptRefusedError("unknownChannel", "The channel does not exist.", { channelId });
    if (journal.programs.get(programId) === undefined)
      throw new ReceiptRefusedError("notServed", "The program is not registered.", { programId });
    const { timestamp } = await endpoints.head();
    if (timestamp > challengeUntil)
      throw new ReceiptRefusedError("late", "The receipt can no longer be challenged.", { challengeUntil });
    const { x, y } = signature;
    const { authorised, until } = await endpoints.use((client) =>
      getSessionKey(client, { deployment, worker, x, y }),
    );
    const isLive = authorised && (until === undefined || timestamp <= until);
    if (!isLive || !(await verifySessionSignature(receiptId, signature)))
      throw new ReceiptRefusedError("signature", "The receipt is not signed by its worker.", { receiptId });
    return book.add(signed, { handed: true, ...(input && { input }) })!;
  };
}
