// Names and codes of the protocol's enumerations, in the order of their Solidity definitions.

export const methods = ["optimistic", "cryptoeconomic", "zk"] as const;
export type Method = (typeof methods)[number];

export const requestStatuses = [
  "none",
  "open",
  "claimed",
  "inputMissing",
  "committed",
  "finalized",
  "slashed",
  "refunded",
  "expired",
  "cancelled",
] as const;
export type RequestStatus = (typeof requestStatuses)[number];

export const finalityLevels = ["provisional", "accepted", "final"] as const;
export type FinalityLevel = (typeof finalityLevels)[number];

export const commitmentStatuses = ["none", "open", "finalized", "slashed", "refunded"] as const;
export type CommitmentStatus = (typeof commitmentStatuses)[number];

export const inputStatuses = ["none", "open", "shown", "missed", "void"] as const;
export type InputStatus = (typeof inputStatuses)[number];

export const demandStatuses = ["none", "open", "answered", "unanswered"] as const;
export type DemandStatus = (typeof demandStatuses)[number];

/** Where commitments come from: the market's published answers, or the channels' receipts. */
export type CommitmentSource = "market" | "channels";

export const disputeStatuses = ["none", "open", "won", "lost", "void"] as const;
export type DisputeStatus = (typeof disputeStatuses)[number];

export const programStatuses = ["unknown", "active", "retired"] as const;
export type ProgramStatus = (typeof programStatuses)[number];

export const sections = ["trace", "output"] as const;
export type Section = (typeof sections)[number];

export const nodeKinds = ["unrevealed", "inner", "tile"] as const;
export type NodeKind = (typeof nodeKinds)[number];

export const verdicts = ["correct", "faulty"] as const;
export type Verdict = (typeof verdicts)[number];

/** The name of a code that a contract returned, out of one of the tables above. */
export function enumName<Name extends string>(table: readonly Name[], code: number): Name {
  const name = table[code];
  if (name === undefined) throw new RangeError(`Code ${code} is none of ${table.join(", ")}`);
  return name;
}

/** The code of a name, out of one of the tables above. */
export const enumCode = <Name extends string>(table: readonly Name[], name: Name): number =>
  table.indexOf(name);
