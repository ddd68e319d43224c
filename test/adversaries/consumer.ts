// A request of mallory's that calls one of its contracts, answered by an honest worker and delivered by an honest keeper.
import { bytesToHex, type Hex, requestStruct } from "@assay/sdk/protocol";
import { getCreateAddress } from "ethers";
import type { Arena, Job, Player } from "./Arena.ts";
import type { Crew } from "./actor.ts";

/** Where the next contract of mallory's will be, after so many other transactions. */
export async function nextContract({ addresses, world }: Arena, others = 0): Promise<Hex> {
  const nonce = await world.ethers.provider.getTransactionCount(addresses.mallory);
  return getCreateAddress({ from: addresses.mallory, nonce: nonce + others }) as Hex;
}

export async function deploy(arena: Arena, code: string): Promise<void> {
  const call = { from: arena.addresses.mallory, data: code, gas: "0xe00000" };
  await arena.world.ethers.provider.send("eth_sendTransaction", [call]);
  arena.moves++;
}

/** From the answer to the second attempt to deliver it. @returns whether the consumer took it. */
export async function deliverTwice(arena: Arena, job: Job, crew: Crew & Player[]): Promise<boolean[]> {
  await arena.play(crew);
  const told: boolean[] = [];
  for (let attempt = 0; attempt < 2; attempt++) {
    const args = [requestStruct(job.request), job.leaf, bytesToHex(job.output!)];
    const { ok, events, error } = await arena.send("keeper", "market", "deliver", args);
    if (ok) told.push(events.some(({ name, args }) => name === "Delivered" && args.success === true));
    else if (error !== "AlreadyDelivered") throw new Error(`The delivery was refused: ${error}`);
  }
  return told;
}

/** A question of mallory's that names its contract. */
export const askFor = (arena: Arena, consumer: Hex): Promise<Job> =>
  arena.ask({ requester: "mallory", worker: "worker", consumer, callbackGas: 400_000 });

export async function answerRightly(arena: Arena, job: Job): Promise<void> {
  await arena.claim(job, "worker");
  await arena.commit(job, job.right);
}
