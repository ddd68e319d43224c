// The books of the vault: that they sum up, and what a flow changed in them.
import { expect } from "chai";
import { type Person, people, type World } from "./deploy.ts";

export interface Account {
  free: bigint;
  locked: bigint;
  unbonding: bigint;
  credit: bigint;
}

export async function accountOf(world: World, person: Person): Promise<Account> {
  const { free, locked, unbonding, credit } = await world.vault.account(world[person]);
  return { free, locked, unbonding, credit };
}

export const creditOf = async (world: World, person: Person): Promise<bigint> =>
  (await accountOf(world, person)).credit;

/** I-01 and I-03: every unit that came in is in exactly one account, in an escrow, or waits to be burned. */
export async function checkLedger(world: World): Promise<void> {
  const { vault, token } = world;
  let sum = (await vault.pendingBurn()) as bigint;
  for (const module of (await vault.modules()) as string[]) sum += (await vault.escrow(module)) as bigint;
  for (const person of people) {
    const { free, locked, unbonding, credit } = await accountOf(world, person);
    sum += free + locked + unbonding + credit;
  }
  expect(await token.balanceOf(vault), "what the vault holds").to.equal(sum);
}

/** Once everything has ended and is settled: no escrow is left but publishers' bonds. */
export async function checkNothingLeft(world: World): Promise<void> {
  for (const role of ["market", "game", "channels", "receiptGame", "epochs", "inputRequests"] as const)
    expect(await world.vault.escrow(world[role]), `the escrow of ${role}`).to.equal(0n);
}
