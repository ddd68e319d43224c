// The defender's other half: replies for receipts of a worker whose own machine may be off.
import { byteRoot, type Hex, hexToBytes } from "@assay/sdk/protocol";
import { concat } from "viem";
import { createReceiptBooks } from "../chain/receiptBooks.ts";
import { createConduct } from "../roles/conduct.ts";
import type { DefenderOptions } from "../roles/defender.ts";
import { findInput, inputBytesOf } from "../roles/inputs.ts";
import { createRole, type Role } from "../roles/role.ts";
import { isSame } from "../strategy/claims.ts";
import { createDefence, type DefenceAction, type DefendedReceipt, keyOfDefence } from "./defence.ts";

/** Knows receipts from the chain only: whoever opened one has shown it, and its input unless that is private. */
export function createReceiptDefender(options: DefenderOptions): Role {
  const { journal, endpoints, account, inputSources, logger } = options;
  const books = createReceiptBooks(journal);
  const conduct = createConduct(options);
  const defence = createDefence({ ...options, receiptOf, inputOf }, conduct);

  function receiptOf(commitId: Hex): DefendedReceipt | undefined {
    const opened = books.opened(commitId);
    const worker = opened && books.channel(opened.channelId)?.worker;
    return opened && worker !== undefined && isSame(worker, account) ? opened : undefined;
  }

  async function inputOf({ commitId, receiptId, receipt }: DefendedReceipt): Promise<Uint8Array | undefined> {
    const { inputRoot, programId } = receipt;
    const known = journal.inputOf(receiptId);
    if (known) return known;
    const posted = hexToBytes(concat(journal.inputPiecesOf(commitId)));
    const wanted = { inputRoot, inputBytes: inputBytesOf(journal, programId) };
    const found = byteRoot(posted) === inputRoot ? posted : await findInput(inputSources, wanted, logger);
    if (found) journal.keepPayload(receiptId, "input", found);
    return found;
  }

  return createRole<DefenceAction>({
    ...options,
    name: "receipt defender",
    seconds: options.pollSeconds,
    plan: async () => {
      const { number: blockNumber, timestamp: now } = await endpoints.head();
      return defence.plan({ blockNumber, now });
    },
    act: defence.act,
    keyOf: keyOfDefence,
    isIdle: () => defence.disputed() === 0,
  });
}
