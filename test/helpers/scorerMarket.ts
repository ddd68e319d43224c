// The scorer on the market: registered, with a staked worker, and the usual ways to go on from there.
import { type Hex, parseEther } from "viem";
import { type AssayNetwork, type AssayNetworkOptions, createAssayNetwork } from "./assayNetwork.ts";
import { sample, scorerId, scorerManifestHash, scorerTrees } from "./scorer.ts";

export interface ScorerMarket extends AssayNetwork {
  /** Posts the sample. */
  request(): Promise<Hex>;
  claim(requestId: Hex): Promise<void>;
  /** Commits an output, the right one unless told otherwise. */
  commit(requestId: Hex, output?: Uint8Array): Promise<Hex>;
  /** Posts, claims and commits. */
  answer(output?: Uint8Array): Promise<{ requestId: Hex; commitId: Hex }>;
}

export async function createScorerMarket(options: AssayNetworkOptions = {}): Promise<ScorerMarket> {
  const network = await createAssayNetwork(options);
  const { publisher, requester, worker } = network.clients;
  await publisher.registerProgram({ ...scorerTrees, manifestHash: scorerManifestHash, uri: "ipfs://scorer" });
  await worker.stake({ amount: parseEther("1000") });

  const request = async () =>
    (await requester.requestInference({ programId: scorerId, input: sample.input })).requestId;
  const claim = async (requestId: Hex) => {
    await worker.claimRequest({ requestId, worker: network.addresses.worker });
  };
  const commit = async (requestId: Hex, output: Uint8Array = sample.output) =>
    (await worker.commitResult({ requestId, output })).commitId;
  const answer = async (output?: Uint8Array) => {
    const requestId = await request();
    await claim(requestId);
    return { requestId, commitId: await commit(requestId, output) };
  };
  return { ...network, request, claim, commit, answer };
}

/** Runs each test of a suite from the state in which its first one began. */
export function isolated(marketOf: () => Pick<ScorerMarket, "connection">): void {
  let restore: () => Promise<void>;
  before(async () => {
    restore = (await marketOf().connection.networkHelpers.takeSnapshot()).restore;
  });
  afterEach(() => restore());
}

/** What a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}
