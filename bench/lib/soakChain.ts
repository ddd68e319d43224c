// A real chain on which a worker answers thousands of requests, one in a thousand of them wrongly: batches of 64, time in jumps.
import {
  claimRequestCall,
  collectCall,
  commitResultsCall,
  encodeCall,
  requestInferenceCall,
} from "@assay/sdk";
import { assayTokenAbi } from "@assay/sdk/abi";
import { collectOutput, execute } from "@assay/sdk/program";
import { byteRoot, type Request, requestId } from "@assay/sdk/protocol";
import { type Address, type Hex, http, maxUint256, parseEther, zeroAddress } from "viem";
import { writeContract } from "viem/actions";
import { parameterSet } from "../../deploy/parameters.ts";
import { deployContracts } from "../../node/devnet/deployContracts.ts";
import { type Anvil, startAnvil } from "../../test/helpers/anvil.ts";
import { accountOf, type Network, openNetwork } from "../../test/helpers/people.ts";
import { scorer, scorerId, scorerManifestHash, scorerTrees } from "../../test/helpers/scorer.ts";

export const batchSize = 64;

/** A request with the answer that the worker gives. */
export interface Given {
  request: Request;
  requestId: Hex;
  input: Uint8Array;
  output: Uint8Array;
  isLie: boolean;
}

export interface SoakChain {
  network: Network;
  anvil: Anvil;
  /** Requests, claims and answers in one block, and with them the money for earlier ones. */
  publish(given: readonly Given[], collected: readonly Given[]): Promise<void>;
  give(from: number, count: number, isLie: (index: number) => boolean): Given[];
  /** Mines what is in the pool. */
  mine(): Promise<void>;
  /** So many blocks so many seconds apart. */
  jump(blocks: number, seconds: number): Promise<void>;
}

type Sent = { from: Address; to: Address; data: Hex; gas: Hex; nonce: Hex };

/** Blocks whose transactions anvil still has. */
const keptBlocks = 10_000;

const gasOf = { request: 250_000, claim: 150_000, commit: 3_000_000, collect: 3_000_000 };
const hex = (value: number): Hex => `0x${value.toString(16)}`;

export async function openSoakChain(): Promise<SoakChain> {
  const base = await startAnvil();
  const anvil = await startAnvil(
    ...["--fork-url", base.url, "--no-storage-caching", "--no-rate-limit"],
    ...["--order", "fifo", "--gas-limit", "300000000"],
    ...["--prune-history", "--transaction-block-keeper", String(keptBlocks)],
  );
  const { url } = anvil;
  const stop = async () => void (await Promise.all([anvil.stop(), base.stop()]));
  const parameters = parameterSet(["fast"]);
  const deployment = await deployContracts({ rpcUrl: url, deployer: accountOf("deployer"), ...parameters });
  const network = await openNetwork({ deployment, tier: "fast", transport: http(url), close: stop });
  const { clients, addresses, tier } = network;
  await clients.publisher.registerProgram({ ...scorerTrees, manifestHash: scorerManifestHash });
  await clients.worker.stake({ amount: parseEther("500000") });
  const hash = await writeContract(clients.requester, {
    address: deployment.token,
    abi: assayTokenAbi,
    functionName: "approve",
    args: [deployment.stakeVault, maxUint256],
    chain: null,
  });
  await clients.requester.waitForTransactionReceipt({ hash });
  await network.request("evm_setAutomine", [false]);

  async function send(transactions: readonly Sent[]): Promise<void> {
    const calls = transactions.map((one, id) => ({
      ...{ jsonrpc: "2.0", id, method: "eth_sendTransaction" },
      params: [one],
    }));
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(calls) });
    const answers = (await response.json()) as { error?: { message: string } }[];
    const refused = answers.find(({ error }) => error !== undefined)?.error;
    if (refused) throw new Error(`A transaction was refused: ${refused.message}`);
  }

  const nonces = new Map<Address, number>();
  for (const address of [addresses.requester, addresses.worker])
    nonces.set(address, await clients.deployer.getTransactionCount({ address }));

  function by(from: Address, gas: number, call: Parameters<typeof encodeCall>[0]): Sent {
    const nonce = nonces.get(from) ?? 0;
    nonces.set(from, nonce + 1);
    return { from, gas: hex(gas), nonce: hex(nonce), ...encodeCall(call) };
  }

  return {
    network,
    anvil,
    give: (from, count, isLie) =>
      Array.from({ length: count }, (_, offset) => {
        const index = from + offset;
        const input = new Uint8Array(Uint32Array.of(Math.imul(index, 2_654_435_761)).buffer);
        const request: Request = {
          requester: addresses.requester,
          salt: BigInt(index),
          programId: scorerId,
          inputRoot: byteRoot(input),
          inputPosted: true,
          fee: tier.minFee,
          version: 1,
          method: "optimistic",
          level: "final",
          worker: addresses.worker,
          consumer: zeroAddress,
          callbackGas: 0,
        };
        const output = collectOutput(scorer, execute(scorer, input));
        const lie = isLie(index);
        if (lie) output[0] = output[0]! ^ 1;
        const [chainId, market] = [BigInt(deployment.chainId), deployment.inferenceMarket];
        return { request, requestId: requestId({ chainId, market, request }), input, output, isLie: lie };
      }),
    publish: async (given, collected) => {
      const { requester, worker } = addresses;
      const requests = collected.map(({ request }) => request);
      // Each of them is in the pool before the next ones are sent: it is first in, first out.
      await send(
        given.map((one) => by(requester, gasOf.request, requestInferenceCall({ deployment, ...one }))),
      );
      await send(
        given.map(({ request }) =>
          by(worker, gasOf.claim, claimRequestCall({ deployment, request, worker })),
        ),
      );
      await send([
        by(worker, gasOf.commit, commitResultsCall({ deployment, answers: given })),
        ...(requests.length > 0
          ? [by(worker, gasOf.collect, collectCall({ deployment, requests, to: worker }))]
          : []),
      ]);
      await network.request("evm_mine");
      const last = given.at(-1)!;
      const { status } = await clients.deployer.getRequestState({ requestId: last.requestId });
      if (status !== "committed") throw new Error(`A batch was not published: its last request is ${status}`);
    },
    mine: async () => {
      const { pending } = (await network.request("txpool_status")) as { pending: Hex };
      if (BigInt(pending) > 0n) await network.request("evm_mine");
    },
    jump: async (blocks, seconds) => {
      await network.request("anvil_mine", [hex(blocks), hex(seconds)]);
    },
  };
}
