// What a payer owes on its channels, written down before and after each request: nothing is paid twice.
import { BooksBusyError, InvalidBooksError } from "../errors/receiptErrors.ts";
import { stringifyJson } from "../json.ts";
import type { Hex } from "../protocol/hash.ts";

/** A receipt that was paid for and can still be challenged. */
export type OpenReceipt = {
  receiptId: Hex;
  commitId: Hex;
  /** Token units. */
  liability: bigint;
  /** Unix seconds. */
  challengeUntil: bigint;
};

/** One channel in the books of its payer. Amounts in token units. */
export type ChannelBook = {
  /** Fees of every receipt that was accepted, and what was written off. */
  owed: bigint;
  /** The highest total that was ever signed. */
  promised: bigint;
  /** What was accepted and can still be challenged. */
  receipts: readonly OpenReceipt[];
  /** The question that was asked last and has no accepted answer. */
  unanswered?:
    | {
        /** Hash of everything that was asked. */
        question: Hex;
        /** What was promised for it. */
        total: bigint;
        /** Unix seconds of the chain when it was asked first. */
        askedAt: bigint;
      }
    | undefined;
};

/**
 * Where books are kept: one text per key, which has to survive the process. `memoryStorage` does not; a browser has
 * `localStorage`, a node a file.
 */
export type BooksStorage = {
  read(key: string): Promise<string | undefined> | string | undefined;
  /** Writes `after` and returns true if the key still holds `before` (undefined: nothing); else returns false. Atomic. */
  swap(key: string, before: string | undefined, after: string): Promise<boolean> | boolean;
};

/** The books of one payer. */
export type PaymentBooks = {
  get(channelId: Hex): Promise<ChannelBook>;
  /** Replaces a channel's book by what `change` makes of it; called again if somebody else has written meanwhile. */
  change(channelId: Hex, change: (book: ChannelBook) => ChannelBook): Promise<ChannelBook>;
  /** Runs one piece of work at a time per channel, in the order of the calls. */
  inTurn<result>(channelId: Hex, work: () => Promise<result>): Promise<result>;
};

const ATTEMPTS = 16;
const empty: ChannelBook = { owed: 0n, promised: 0n, receipts: [] };

/**
 * Opens a payer's books. Use one instance per storage in a process: it also makes requests on one channel wait for each other.
 *
 * @param storage - Where they are kept; in memory when left out, which is lost with the process.
 * @returns What `requestReceipt` takes as `books`.
 *
 * @example
 * import { createPaymentBooks } from "@assay/sdk";
 *
 * const books = createPaymentBooks({
 *   read: (key) => localStorage.getItem(key) ?? undefined,
 *   swap: (key, before, after) => {
 *     if ((localStorage.getItem(key) ?? undefined) !== before) return false;
 *     localStorage.setItem(key, after);
 *     return true;
 *   },
 * });
 */
export function createPaymentBooks(storage: BooksStorage = memoryStorage()): PaymentBooks {
  const turns = new Map<Hex, Promise<unknown>>();
  const get = async (channelId: Hex) => parse(channelId, await storage.read(keyOf(channelId)));
  return {
    get,
    change: async (channelId, change) => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const before = await storage.read(keyOf(channelId));
        const after = change(parse(channelId, before));
        if (await storage.swap(keyOf(channelId), before, stringifyJson(after))) return after;
      }
      throw new BooksBusyError({ channelId, attempts: ATTEMPTS });
    },
    inTurn: (channelId, work) => {
      const turn = (turns.get(channelId) ?? Promise.resolve()).then(work);
      const ended = turn.catch(() => {});
      turns.set(channelId, ended);
      void ended.then(() => turns.get(channelId) === ended && turns.delete(channelId));
      return turn;
    },
  };
}

/** Books that are lost with the process. */
export function memoryStorage(): BooksStorage {
  const texts = new Map<string, string>();
  return {
    read: (key) => texts.get(key),
    swap: (key, before, after) => {
      if (texts.get(key) !== before) return false;
      texts.set(key, after);
      return true;
    },
  };
}

const keyOf = (channelId: Hex): string => `assay.channel.${channelId.toLowerCase()}`;

function parse(channelId: Hex, text: string | undefined): ChannelBook {
  if (text === undefined) return empty;
  try {
    const { owed, promised, receipts, unanswered } = JSON.parse(text) as ChannelBook;
    return {
      owed: BigInt(owed),
      promised: BigInt(promised),
      receipts: receipts.map((one) => ({
        ...one,
        liability: BigInt(one.liability),
        challengeUntil: BigInt(one.challengeUntil),
      })),
      ...(unanswered && {
        unanswered: { ...unanswered, total: BigInt(unanswered.total), askedAt: BigInt(unanswered.askedAt) },
      }),
    };
  } catch {
    throw new InvalidBooksError({ channelId });
  }
}
