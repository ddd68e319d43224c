// Several RPC endpoints as one: preference order, chain id and head checks, reads that all of them must agree on.
import { createPublicClient, type Hex, http, type PublicClient, type Transport } from "viem";
import { type Clock, second } from "../clock.ts";
import { redactUrl } from "../config.ts";
import { EndpointsUnavailableError, WrongChainError } from "../errors.ts";
import type { Component } from "../lifecycle.ts";
import { backOff, createLoop } from "../loop.ts";
import { encodeJson } from "../store/json.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { agreementOf, assertAgreement } from "./agreement.ts";
import { type Block, blockAt, latestBlock } from "./blocks.ts";
import { isEndpointFailure, refusalOf } from "./rpcErrors.ts";

export type EndpointSource = { name: string; transport: Transport };

export type { Block } from "./blocks.ts";

export type EndpointStatus = {
  name: string;
  inUse: boolean;
  head: bigint | undefined;
  lagBlocks: number | undefined;
  error: string | undefined;
};

export type Endpoints = Component & {
  /** Asks the preferred endpoint, and the next one when it fails. Reverts are answers and are thrown as they are. */
  use<T>(work: (client: PublicClient) => Promise<T>): Promise<T>;
  /**
   * Asks every endpoint about one block that all of them know, for decisions that cost money. `work` must pin its reads
   * to `block`. More than half of the answers must be equal, and at least `least` of them (2, or 1 with one endpoint).
   * @throws EndpointsDisagreeError, EndpointsUnavailableError: do nothing and try again.
   */
  agree<T>(
    work: (client: PublicClient, block: Block) => Promise<T>,
    options?: { least?: number },
  ): Promise<Agreed<T>>;
  /** What every endpoint answers; those that fail are left out. */
  all<T>(work: (client: PublicClient) => Promise<T>): Promise<T[]>;
  /** Hands a signed transaction to every endpoint; one that takes or knows it is enough. */
  broadcast(raw: Hex): Promise<void>;
  chainId(): Promise<number>;
  head(): Promise<Block>;
  status(): EndpointStatus[];
};

export type Agreed<T> = { value: T; block: Block };

export type EndpointsOptions = {
  sources: readonly EndpointSource[];
  /** Refuses endpoints of other chains; without it the first answer counts. */
  chainId?: number | undefined;
  maxHeadLagBlocks: number;
  pollSeconds: number;
  /** Called whenever two endpoints differ about one block. */
  onDisagreement?: (names: string[]) => void;
  fail(error: unknown): void;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
};

type Endpoint = {
  name: string;
  client: PublicClient;
  isVerified: boolean;
  isWrongChain: boolean;
  failures: number;
  retryAt: number;
  head: bigint | undefined;
  error: string | undefined;
};

/** Each call is tried once: where it goes next is decided here, and a revert is an answer. */
const once =
  (transport: Transport): Transport =>
  (parameters) =>
    transport({ ...parameters, retryCount: 0 });

/** Endpoints from URLs. */
export function httpSources(urls: readonly string[], timeoutSeconds: number): EndpointSource[] {
  return urls.map((url) => ({
    name: redactUrl(url),
    transport: http(url, { timeout: timeoutSeconds * second }),
  }));
}

export function createEndpoints(options: EndpointsOptions): Endpoints {
  const { sources, maxHeadLagBlocks, pollSeconds, onDisagreement, fail, logger, metrics, clock } = options;
  let expectedChainId = options.chainId;
  const endpoints: Endpoint[] = sources.map(({ name, transport }) => ({
    name,
    client: createPublicClient({ transport: once(transport), cacheTime: 0 }),
    isVerified: false,
    isWrongChain: false,
    failures: 0,
    retryAt: 0,
    head: undefined,
    error: undefined,
  }));

  const bestHead = () =>
    endpoints.reduce((best, { head }) => (head !== undefined && head > best ? head : best), 0n);
  const lagOf = ({ head }: Endpoint) => (head === undefined ? undefined : Number(bestHead() - head));
  const isBehind = (endpoint: Endpoint) => (lagOf(endpoint) ?? 0) > maxHeadLagBlocks;

  /** Best first; those that failed or lag come last instead of never, so that a bad moment is not the end. */
  function candidates(): Endpoint[] {
    const usable = endpoints.filter(({ isWrongChain }) => !isWrongChain);
    const isGood = (endpoint: Endpoint) => endpoint.retryAt <= clock.now() && !isBehind(endpoint);
    return [...usable.filter(isGood), ...usable.filter((endpoint) => !isGood(endpoint))];
  }

  async function ask<T>(endpoint: Endpoint, work: (client: PublicClient) => Promise<T>): Promise<T> {
    try {
      await verify(endpoint);
      const value = await work(endpoint.client);
      endpoint.failures = 0;
      endpoint.retryAt = 0;
      endpoint.error = undefined;
      metrics.chain.endpointUp.set({ endpoint: endpoint.name }, 1);
      return value;
    } catch (error) {
      if (isEndpointFailure(error)) blame(endpoint, error);
      throw error;
    }
  }

  function blame(endpoint: Endpoint, error: unknown): void {
    const code = error instanceof Error ? error.name : "unknown";
    endpoint.failures += 1;
    endpoint.retryAt = clock.now() + backOff(pollSeconds * second, endpoint.failures);
    endpoint.error = code;
    metrics.chain.endpointErrors.add({ endpoint: endpoint.name, code });
    metrics.chain.endpointUp.set({ endpoint: endpoint.name }, 0);
    if (endpoint.failures === 1) logger.debug("Endpoint failed", { endpoint: endpoint.name, error });
  }

  async function verify(endpoint: Endpoint): Promise<void> {
    if (endpoint.isVerified) return;
    const chainId = await endpoint.client.getChainId();
    expectedChainId ??= chainId;
    if (chainId !== expectedChainId) {
      endpoint.isWrongChain = true;
      endpoint.error = "WrongChainError";
      const facts = { endpoint: endpoint.name, chainId, expected: expectedChainId };
      logger.error("Endpoint serves another chain and is not used", facts);
      throw new WrongChainError("The endpoint serves another chain.", { facts });
    }
    endpoint.isVerified = true;
  }

  async function use<T>(work: (client: PublicClient) => Promise<T>): Promise<T> {
    let last: unknown;
    for (const endpoint of candidates()) {
      try {
        return await ask(endpoint, work);
      } catch (error) {
        if (!isEndpointFailure(error) && !(error instanceof WrongChainError)) throw error;
        last = error;
      }
    }
    if (last instanceof WrongChainError || endpoints.every(({ isWrongChain }) => isWrongChain))
      throw new WrongChainError("No endpoint serves the right chain.", {
        facts: { expected: expectedChainId, endpoints: endpoints.map(({ name }) => name) },
      });
    throw new EndpointsUnavailableError("No endpoint answered.", { cause: last });
  }

  /** The endpoints that answer, each with its head; the others are left out. */
  async function heads(): Promise<{ endpoint: Endpoint; head: Block }[]> {
    const settled = await Promise.allSettled(
      candidates().map(async (endpoint) => ({ endpoint, head: await ask(endpoint, latestBlock) })),
    );
    const found = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    for (const { endpoint, head } of found) noteHead(endpoint, head);
    return found;
  }

  function noteHead(endpoint: Endpoint, head: Block): void {
    endpoint.head = head.number;
    metrics.chain.head.set({ endpoint: endpoint.name }, Number(head.number));
  }

  async function agree<T>(
    work: (client: PublicClient, block: Block) => Promise<T>,
    { least = Math.min(2, endpoints.length) }: { least?: number } = {},
  ): Promise<Agreed<T>> {
    const known = (await heads()).filter(({ endpoint }) => !isBehind(endpoint));
    const pin = known.reduce<bigint | undefined>(
      (lowest, { head }) => (lowest === undefined || head.number < lowest ? head.number : lowest),
      undefined,
    );
    if (pin === undefined) throw new EndpointsUnavailableError("No endpoint answered.");
    const settled = await Promise.allSettled(
      known.map(async ({ endpoint }) => {
        const block = await ask(endpoint, (client) => blockAt(client, pin));
        const value = await ask(endpoint, (client) => work(client, block));
        return { name: endpoint.name, block, value, digest: encodeJson([block.hash, value]) };
      }),
    );
    const answers = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    if (answers.length === 0)
      throw firstRejection(settled) ?? new EndpointsUnavailableError("No endpoint answered.");
    if (answers.length < least)
      throw new EndpointsUnavailableError("Too few endpoints answered to compare them.", {
        facts: { answered: answers.length, required: least },
        cause: firstRejection(settled),
      });
    const agreement = agreementOf(answers);
    if (!agreement.isUnanimous) {
      const names = answers.map(({ name }) => name);
      metrics.chain.disagreements.add({});
      logger.error("Endpoints disagree about a block", { endpoints: names, block: pin });
      onDisagreement?.(names);
    }
    return assertAgreement(agreement, answers, least);
  }

  async function all<T>(work: (client: PublicClient) => Promise<T>): Promise<T[]> {
    const settled = await Promise.allSettled(candidates().map((endpoint) => ask(endpoint, work)));
    return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  }

  async function broadcast(raw: Hex): Promise<void> {
    const settled = await Promise.allSettled(
      candidates().map((endpoint) =>
        ask(endpoint, (client) => client.sendRawTransaction({ serializedTransaction: raw })),
      ),
    );
    const isTaken = settled.some((one) => one.status === "fulfilled" || refusalOf(one.reason) === "known");
    if (!isTaken) throw firstRejection(settled) ?? new EndpointsUnavailableError("There is no endpoint.");
  }

  const loop = createLoop({
    name: "endpoints",
    seconds: pollSeconds,
    work: async () => {
      await heads();
    },
    fail,
    logger,
    metrics,
    clock,
  });

  return {
    ...loop,
    use,
    agree,
    all,
    broadcast,
    head: () => use(latestBlock),
    chainId: () => use((client) => client.getChainId()),
    status: () =>
      endpoints.map((endpoint) => ({
        name: endpoint.name,
        inUse: !endpoint.isWrongChain && endpoint.retryAt <= clock.now() && !isBehind(endpoint),
        head: endpoint.head,
        lagBlocks: lagOf(endpoint),
        error: endpoint.error,
      })),
  };
}

function firstRejection(settled: readonly PromiseSettledResult<unknown>[]): unknown {
  return settled.find((one) => one.status === "rejected")?.reason;
}
