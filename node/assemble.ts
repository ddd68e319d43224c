// From settings to whole nodes: the shared parts, the key's sender and one role, in the order in which they start.
import { createHmac, randomBytes } from "node:crypto";
import type { Deployment } from "@assay/sdk";
import type { Address, Hex } from "viem";
import type { EndpointSource } from "./chain/endpoints.ts";
import type { Sender } from "./chain/sender.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Signer } from "./keys/keystore.ts";
import type { Component } from "./lifecycle.ts";
import { type Node, openNode } from "./node.ts";
import type { RoleContext } from "./roles/context.ts";
import { createDefender } from "./roles/defender.ts";
import { createKeeper } from "./roles/keeper.ts";
import type { Role } from "./roles/role.ts";
import type { RoleEvent } from "./roles/roleEvents.ts";
import { createWatchtower } from "./roles/watchtower.ts";
import { createWorker } from "./roles/worker.ts";
import { measuredReplyGas } from "./strategy/capacity.ts";
import type { Logger } from "./telemetry/logger.ts";
import type { Metrics } from "./telemetry/metrics.ts";

export type AssembleOptions = {
  config: Config;
  deployment: Deployment;
  /** The role's own key. */
  signer: Signer;
  sources?: readonly EndpointSource[];
  onEvent?: (event: RoleEvent) => void;
  fail(error: unknown): void;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
};

export type Assembled = {
  node: Node;
  sender: Sender;
  role: Role;
  /** For a lifecycle, in this order. */
  components: Component[];
};

/**
 * @param options.account Whose stake backs the work; the signer's key acts for it.
 * @param opened The shared parts, where they are not the usual ones.
 */
export function assembleWorker(
  options: AssembleOptions & { account: Address },
  opened: Node = openNode(options),
): Assembled {
  const { config, account } = options;
  return assemble(options, opened, (node, shared) => {
    const worker = createWorker({
      ...shared,
      ...executorsOf(node),
      account,
      inputSources: config.inputSources,
      serves: config.programs,
      selfTest: node.selfTest,
      limits: {
        minFee: config.minFee,
        methods: config.methods,
        versions: config.tiers,
        maxOpen: config.maxOpen,
        traceShare: config.traceShare,
        traceBytes: config.traceMemoryBytes,
        marginSeconds: config.deliveryMarginSeconds,
        replyGas: measuredReplyGas,
        batchSize: config.batchSize,
        patienceSeconds: 0,
      },
      maxFeePerGas: config.maxFeePerGas,
      sampleRate: config.sampleRate,
    });
    node.onEvents((events) => void worker.observe(events));
    return worker;
  });
}

/** @param account The worker that is defended. */
export function assembleDefender(options: AssembleOptions & { account: Address }): Assembled {
  const { config, account } = options;
  return assemble(options, openNode(options), (node, shared) =>
    createDefender({
      ...shared,
      account,
      inputSources: config.inputSources,
      programs: node.programs,
      executor: node.fast,
      limits: { patienceSeconds: config.defenderPatienceSeconds },
    }),
  );
}

/** @param dryRun Sends nothing and says what it would send. */
export function assembleWatchtower(options: AssembleOptions & { dryRun: boolean }): Assembled {
  const { config, dryRun } = options;
  return assemble(options, openNode(options), (node, shared) => {
    const watchtower = createWatchtower({
      ...shared,
      ...executorsOf(node),
      selfTest: node.selfTest,
      inputSources: config.inputSources,
      watches: config.watchPrograms,
      isSampled: createSampling(config.checkRate),
      limits: {
        challenge: config.challenge,
        bondBudget: config.bondBudget,
        parallelChecks: config.parallelChecks,
        marginSeconds: config.challengeMarginSeconds,
        inputTries: config.inputTries,
      },
      maxHeadAgeSeconds: config.maxHeadAgeSeconds,
      dryRun,
    });
    node.onEvents((events) => void watchtower.observe(events));
    return watchtower;
  });
}

export function assembleKeeper(options: AssembleOptions): Assembled {
  const { keeperPatienceSeconds: patienceSeconds, keeperMostTries: mostTries } = options.config;
  return assemble(options, openNode(options), (_, shared) =>
    createKeeper({ ...shared, limits: { patienceSeconds, mostTries } }),
  );
}

function assemble(
  options: AssembleOptions,
  node: Node,
  create: (node: Node, shared: RoleContext) => Role,
): Assembled {
  const { config, deployment, signer, onEvent, fail, logger, metrics, clock } = options;
  const sender = node.senderOf(signer);
  const { journal, endpoints } = node;
  const { pollSeconds } = config;
  const common = { fail, logger, metrics, clock };
  const role = create(node, { ...common, journal, endpoints, sender, deployment, pollSeconds, onEvent });
  node.onEvents(() => role.wake());
  return { node, sender, role, components: [...node.components, sender, role] };
}

const executorsOf = ({ fast, reference, programs }: Node) => ({ fast, reference, programs });

/**
 * Which commitments are checked. Secret and new at every start: a worker that knew it could search for a wrong answer
 * whose id is left out.
 */
function createSampling(rate: number): (commitId: Hex) => boolean {
  const key = randomBytes(32);
  return (commitId) => {
    if (rate >= 1) return true;
    return createHmac("sha256", key).update(commitId).digest().readUInt32BE() < rate * 2 ** 32;
  };
}
