// Who is in an arena: honest people, who must lose nothing, and the keys of their adversaries.
import type { Address } from "viem";
import { mnemonicToAccount } from "viem/accounts";

export const honestParties = ["requester", "worker", "watchtower", "backup", "keeper"] as const;
export const hostileParties = ["mallory", "accomplice", "governor", "guardian"] as const;
export const parties = [...honestParties, ...hostileParties] as const;
export type Party = (typeof parties)[number];

/** Where the accounts lie on Hardhat's chain; the honest ones are people of the toy network. */
const places: Record<Party, number> = {
  requester: 2,
  worker: 3,
  watchtower: 4,
  backup: 5,
  keeper: 6,
  mallory: 10,
  accomplice: 11,
  governor: 12,
  guardian: 13,
};

const phrase = "test test test test test test test test test test test junk";

export const addresses = Object.fromEntries(
  parties.map((party) => [party, mnemonicToAccount(phrase, { addressIndex: places[party] }).address]),
) as Record<Party, Address>;

export const isHonest = (party: Party): boolean => (honestParties as readonly Party[]).includes(party);
