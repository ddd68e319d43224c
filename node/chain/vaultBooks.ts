// The vault's books kept a second time, from its events alone: what it should hold whatever its own storage says.
import type { Hex } from "@assay/sdk/protocol";
import type { Address } from "viem";
import type { Journal } from "../store/journal.ts";
import type { ProtocolEvent } from "./events.ts";

/** Sums since the vault's first block, in token units. */
export type VaultBooks = {
  /** What came in less what went out. */
  held: bigint;
  /** What was credited and not paid out. */
  credit: bigint;
  /** The protocol's contracts: what one hands to another is no new money. */
  modules: readonly Address[];
  /** Slashes that the guardian has flipped, newest last; the latest ones only. */
  flips: readonly Hex[];
  flipCount: number;
  /** Until when new requests are paused, unix seconds. */
  pausedUntil: bigint;
};

export type VaultLedger = {
  /** Takes in events in order; a roll-back of their blocks undoes it. */
  take(events: readonly ProtocolEvent[]): void;
  books(): VaultBooks;
  /** Every account that the vault has ever had anything of. */
  accounts(): Address[];
};

const empty: VaultBooks = { held: 0n, credit: 0n, modules: [], flips: [], flipCount: 0, pausedUntil: 0n };
const flipsKept = 16;
const theVault = "vault";

export function createVaultLedger(journal: Journal): VaultLedger {
  const kept = journal.notes<VaultBooks, "kept">("vaultBooks");
  const accounts = journal.notes<{ address: Address }, "seen">("vaultAccount");
  const books = () => kept.get(theVault)?.data ?? empty;

  function see(address: Address, block: bigint): void {
    const id = address.toLowerCase();
    if (accounts.get(id) === undefined) accounts.put(id, "seen", { address }, block);
  }

  function takeOne(event: ProtocolEvent): void {
    const before = books();
    const change = changeBy(event, before);
    if (change !== undefined) kept.put(theVault, "kept", { ...before, ...change }, event.blockNumber);
    if (event.eventName === "Staked" || event.eventName === "Credited" || event.eventName === "Restored")
      see(event.args.account, event.blockNumber);
  }

  return {
    take: (events) => {
      for (const event of events) takeOne(event);
    },
    books,
    accounts: () => accounts.list().map(({ data }) => data.address),
  };
}

/** Undefined where the event moves nothing in or out. */
function changeBy(event: ProtocolEvent, before: VaultBooks): Partial<VaultBooks> | undefined {
  const { held, credit } = before;
  switch (event.eventName) {
    case "ModulesSet":
      return { modules: event.args.modules };
    case "Staked":
      return { held: held + event.args.amount };
    case "Escrowed":
      return before.modules.includes(event.args.from) ? undefined : { held: held + event.args.amount };
    case "Credited":
      return { credit: credit + event.args.amount };
    case "CreditClaimed":
      return { held: held - event.args.amount, credit: credit - event.args.amount };
    case "Withdrawn":
    case "Paid":
    case "BurnSwept":
      return { held: held - event.args.amount };
    case "FlippedToRefund":
      return {
        flips: [...before.flips, event.args.commitId].slice(-flipsKept),
        flipCount: before.flipCount + 1,
      };
    case "Paused":
      return { pausedUntil: event.args.until };
    default:
      return undefined;
  }
}
