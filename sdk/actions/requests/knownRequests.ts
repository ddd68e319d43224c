// What a client has learned and need not look up again: requests by their ids, answers by theirs. Both are hashes of what
// they name, so nothing that was checked once can become untrue.
import type { Hex } from "viem";
import type { Request } from "../../protocol/request.ts";
import type { AssayTransportClient } from "../calls/parameters.ts";
import type { PublishedAnswer } from "./findAnswer.ts";

/** Entries of each kind that a client keeps; the oldest go first. */
const CAPACITY = 4096;

class Memory<value> {
  readonly #byClient = new WeakMap<object, Map<Hex, value>>();

  get(client: AssayTransportClient, id: Hex): value | undefined {
    return this.#byClient.get(client)?.get(id);
  }

  set(client: AssayTransportClient, id: Hex, value: value): void {
    const known = this.#byClient.get(client) ?? new Map<Hex, value>();
    this.#byClient.set(client, known);
    known.set(id, value);
    const [oldest] = known.keys();
    if (known.size > CAPACITY && oldest !== undefined) known.delete(oldest);
  }
}

export const knownRequests = new Memory<Request>();
export const knownAnswers = new Memory<PublishedAnswer>();
