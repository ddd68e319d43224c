// Defences whose loss the random histories of the named actors notice, and what they say then.
import type { Guard } from "./switches.ts";

/** A guard that the campaign tries: it passes on the contracts and fails on the mutant. */
export interface Noticed extends Guard {
  says: string;
}

export const noticed: readonly Noticed[] = [
  { guard: "I-14", contract: "StakeVault", says: "I-01" },
  { guard: "I-50", contract: "StakeVault", says: "I-50: a governor moved what is another's" },
  { guard: "I-50.guardian", contract: "Commitments", says: "I-50: a governor moved what is another's" },
];
