// Sets the scene of a story and checks it after every verb: who has what, what the books say, where everything stands.
import type { RequestInferenceParameters } from "@assay/sdk";
import {
  type CommittedProgram,
  commitProgram,
  createTrace,
  executePasses,
  type Program,
  packedOffsets,
  type Trace,
} from "@assay/sdk/program";
import type { Hex, RequestStatus } from "@assay/sdk/protocol";
import { expect } from "chai";
import { keccak256, parseEther, stringToBytes } from "viem";
import { type Books, type Network, type Person, people, readBooks, wealth } from "./people.ts";
import type { Library } from "./players.ts";
import { network as convolution } from "./programs.ts";
import { Random } from "./random.ts";

export interface Stage {
  network: Network;
  library: Library;
  programId: Hex;
  committed: CommittedProgram;
  /** What was staked by the worker. */
  stake: bigint;
  /** Posts a request, with random input where none is given, and returns its id. */
  request(options?: RequestOptions): Promise<Hex>;
  /** Where the request's commitment is. */
  commitIdOf(requestId: Hex): Promise<Hex>;
  statusOf(requestId: Hex): Promise<RequestStatus>;
  /** Asserts a status, and that every token is accounted for. */
  check(requestId: Hex, status: RequestStatus): Promise<Books>;
  /** What an honest execution of the request looks like. */
  traceOf(requestId: Hex): Promise<Trace>;
  /** Moves time past the deadline of the request's present status. */
  passDeadline(requestId: Hex): Promise<void>;
}

export type RequestOptions = { fee?: bigint; worker?: Person; seed?: number; input?: Uint8Array } & Pick<
  RequestInferenceParameters,
  "consumer" | "level" | "callbackGas" | "inputPosted"
>;

export const fee = parseEther("1");

export interface StageOptions {
  network?: Network;
  program?: Program;
  /** The defender's key is registered by the worker. */
  defended?: boolean;
}

// Loading Hardhat takes seconds that stories on another chain need not wait.
const createInProcess = async () => (await import("./network.ts")).createNetwork();

/** A published program and a worker with stake on a fresh chain. */
export async function setStage({
  network,
  program = convolution(1),
  defended = false,
}: StageOptions = {}): Promise<Stage> {
  const chain = network ?? (await createInProcess());
  const { clients, addresses } = chain;
  const committed = commitProgram(program);
  const manifestHash = keccak256(stringToBytes("{}"));
  const { programId } = await clients.publisher.registerProgram({ ...committed, manifestHash });
  const stake = parseEther("10000");
  await clients.worker.stake({ amount: stake });
  if (defended) await clients.worker.setKey({ key: addresses.defender, roles: ["defender"] });

  const statusOf = async (requestId: Hex) => (await clients.deployer.getRequestState({ requestId })).status;
  let seed = 1_000;
  return {
    network: chain,
    library: new Map([[programId, committed]]),
    programId,
    committed,
    stake,
    request: async ({ worker, seed: chosen, fee: offered = fee, ...asked } = {}) => {
      const random = new Random(chosen ?? seed++);
      const input = asked.input ?? random.bytes(packedOffsets(program.inputs).length);
      const { requestId } = await clients.requester.requestInference({
        ...asked,
        programId,
        input,
        fee: offered,
        ...(worker && { worker: addresses[worker] }),
      });
      return requestId;
    },
    commitIdOf: async (requestId) => {
      const { answer } = await clients.deployer.getRequest({ requestId });
      if (answer === undefined) throw new Error("The request has no answer");
      return answer.commitId;
    },
    statusOf,
    check: async (requestId, status) => {
      expect(await statusOf(requestId)).to.equal(status);
      return checkBooks(chain);
    },
    traceOf: async (requestId) => {
      const input = await clients.deployer.getInput({ requestId });
      return createTrace(committed, input, [...executePasses(program, input)]);
    },
    passDeadline: async (requestId) => {
      const { deadline } = await clients.deployer.getRequestState({ requestId });
      const left = deadline + 1n - (await chain.now());
      if (left > 0n) await chain.advance(Number(left));
    },
  };
}

/** Asserts that the vault holds what its books say, and that no token was made or lost. */
export async function checkBooks(network: Network): Promise<Books> {
  const books = await readBooks(network);
  expect(books.ledger, "the ledger").to.equal(books.vault);
  const wallets = Object.values(books.wallets).reduce((total, one) => total + one, 0n);
  const total = wallets + books.vault + books.swept;
  expect(total, "all tokens").to.equal(wealth * BigInt(people.length));
  return books;
}

/** What `person` has, in its wallet and as credit, more than before. */
export const gain = (before: Books, after: Books, person: Person): bigint =>
  after.wallets[person] + after.credits[person] - before.wallets[person] - before.credits[person];
