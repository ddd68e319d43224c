// What an account has earned and lost in each of its roles, out of the events that name it.
import type { Deployment } from "@assay/sdk";
import { disputeGameAbi, inferenceMarketAbi, stakeVaultAbi } from "@assay/sdk/abi";
import { type Address, isAddressEqual, type PublicClient } from "viem";
import { readEvents } from "./logs.ts";

/** Token units; `net` is what came in less what went out. Bonds of open disputes have gone out. */
export type Earnings = {
  worker: {
    /** Of finalized requests, and of vouchers. */
    fees: bigint;
    vouchers: bigint;
    /** Its part of the bonds of lost challenges and of answered demands. */
    bonds: bigint;
    /** Stake lost to slashes and penalties, less what was given back. */
    slashed: bigint;
    net: bigint;
  };
  challenger: {
    bondsPaid: bigint;
    bondsReturned: bigint;
    /** Repaid for the moves of won disputes. */
    gasRepaid: bigint;
    rewards: bigint;
    net: bigint;
  };
  requester: { paid: bigint; returned: bigint; net: bigint };
  net: bigint;
};

type Range = { fromBlock: bigint; chunkBlocks: number; signal: AbortSignal };

export async function readEarnings(
  client: Pick<PublicClient, "getBlockNumber" | "getContractEvents">,
  deployment: Deployment,
  account: Address,
  range: Range,
): Promise<Earnings> {
  const { inferenceMarket: market, channels, stakeVault } = deployment;
  const games = [deployment.disputeGame, deployment.receiptGame, deployment.epochs, deployment.inputRequests];
  const vault = { address: stakeVault, abi: stakeVaultAbi, ...range } as const;
  const [credited, paid, escrowed, slashed, restored, finalized] = await Promise.all([
    readEvents(client, { ...vault, eventName: "Credited", args: { account } }),
    readEvents(client, { ...vault, eventName: "Paid", args: { to: account } }),
    readEvents(client, { ...vault, eventName: "Escrowed", args: { from: account } }),
    readEvents(client, { ...vault, eventName: "Slashed", args: { account } }),
    readEvents(client, { ...vault, eventName: "Restored", args: { account } }),
    readEvents(client, {
      ...{ address: market, abi: inferenceMarketAbi, ...range },
      ...{ eventName: "Finalized", args: { worker: account } },
    } as const),
  ]);
  const settled = await Promise.all(
    [deployment.disputeGame, deployment.receiptGame].map((address) =>
      readEvents(client, {
        ...{ address, abi: disputeGameAbi, ...range },
        ...{ eventName: "DisputeSettled", args: { challenger: account } },
      } as const),
    ),
  );
  const from = (
    events: readonly { args: { module: Address; amount: bigint } }[],
    modules: readonly Address[],
  ) =>
    sum(
      events.filter(({ args }) => modules.some((module) => isAddressEqual(module, args.module))),
      ({ args }) => args.amount,
    );
  const own = settled.flat();
  const bondsReturned = sum(own, ({ args }) => args.bond);
  const gasRepaid = sum(own, ({ args }) => args.gas);
  const rewards = sum(own, ({ args }) => args.reward);
  const fees = sum(finalized, ({ args }) => args.fee);
  const feesCredited = sum(
    finalized.filter(({ args }) => BigInt(args.to) === 0n),
    ({ args }) => args.fee,
  );

  const worker = {
    fees,
    vouchers: from(paid, [channels]),
    bonds: from(credited, games) - bondsReturned - gasRepaid,
    slashed: sum(slashed, ({ args }) => args.amount) - sum(restored, ({ args }) => args.amount),
  };
  const challenger = { bondsPaid: from(escrowed, games), bondsReturned, gasRepaid, rewards };
  const requester = {
    paid: from(escrowed, [market, channels]),
    returned: from(credited, [market, channels]) - feesCredited - rewards,
  };
  const net = {
    worker: worker.fees + worker.vouchers + worker.bonds - worker.slashed,
    challenger: bondsReturned + gasRepaid + rewards - challenger.bondsPaid,
    requester: requester.returned - requester.paid,
  };
  return {
    worker: { ...worker, net: net.worker },
    challenger: { ...challenger, net: net.challenger },
    requester: { ...requester, net: net.requester },
    net: net.worker + net.challenger + net.requester,
  };
}

const sum = <event>(events: readonly event[], value: (event: event) => bigint): bigint =>
  events.reduce((total, event) => total + value(event), 0n);
