// From settings to whole nodes: the shared parts, the key's sender and one role, in the order in which they start.
import type { Deployment } from "@assay/sdk";
import type { Address } from "viem";
import type { EndpointSource } from "./chain/endpoints.ts";
import type { Sender } from "./chain/sender.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import { auditRoutes } from "./http/auditRoutes.ts";
import { receiptRoutes } from "./http/receiptRoutes.ts";
import type { Signer } from "./keys/keystore.ts";
import type { Component } from "./lifecycle.ts";
import { type Node, openNode } from "./node.ts";
import { createAuditor } from "./receipts/auditor.ts";
import { createReceiptDefender } from "./receipts/defender.ts";
import { createReceiptWorker, type ReceiptWorker, type ReceiptWorkerOptions } from "./receipts/worker.ts";
import { createClaiming } from "./roles/claiming.ts";
import { combineRoles } from "./roles/combined.ts";
import type { RoleContext } from "./roles/context.ts";
import { createDefender } from "./roles/defender.ts";
import { createDoubt } from "./roles/doubt.ts";
import { createKeeper } from "./roles/keeper.ts";
import { createMonitor, type Monitor } from "./roles/monitor.ts";
import { createReceiptKeeper } from "./roles/receiptKeeper.ts";
import type { Role } from "./roles/role.ts";
import type { RoleEvent } from "./roles/roleEvents.ts";
import { createWatchtower } from "./roles/watchtower.ts";
import { createWorker } from "./roles/worker.ts";
import { measuredReplyGas } from "./strategy/capacity.ts";
import type { DefenceLimits } from "./strategy/claims.ts";
import type { CoveragePolicy } from "./strategy/coverage.ts";
import { dutiesOf } from "./strategy/watchtowerModes.ts";
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
    const doubt = createDoubt();
    let receipts: ReceiptWorker | undefined;
    const worker = createWorker({
      ...shared,
      ...executorsOf(node),
      account,
      doubt,
      elsewhere: () => receipts?.openWork() ?? [],
      inputSources: config.inputSources,
      serves: config.programs,
      selfTest: node.selfTest,
      limits: {
        minFee: config.minFee,
        methods: config.methods,
        versions: config.tiers,
        maxOpen: config.maxOpen,
        ...defenceLimitsOf(config),
        marginSeconds: config.deliveryMarginSeconds,
        batchSize: config.batchSize,
        patienceSeconds: 0,
      },
      maxFeePerGas: config.maxFeePerGas,
      sampleRate: config.sampleRate,
    });
    node.onEvents((events) => void worker.observe(events));
    if (!config.receipts) return worker;
    receipts = receiptWorkerOf(node, shared, config, { account, doubt, machine: worker.machine });
    return [worker, receipts];
  });
}

const defenceLimitsOf = ({ traceShare, traceMemoryBytes }: Config): DefenceLimits => ({
  traceShare,
  traceBytes: traceMemoryBytes,
  replyGas: measuredReplyGas,
});

/** Answers with receipts, over HTTP. */
function receiptWorkerOf(
  node: Node,
  shared: RoleContext,
  config: Config,
  beside: Pick<ReceiptWorkerOptions, "account" | "doubt" | "machine">,
): ReceiptWorker {
  const { minFee, tiers: versions, sampleRate, redeemAbove } = config;
  const worker = createReceiptWorker({
    ...shared,
    ...executorsOf(node),
    ...beside,
    limits: { ...defenceLimitsOf(config), minFee, versions, sampleRate, redeemAbove },
  });
  node.routes.use(receiptRoutes(worker));
  node.addInputs(worker.book.publicInputOf);
  return worker;
}

/** @param account The worker that is defended. */
export function assembleDefender(options: AssembleOptions & { account: Address }): Assembled {
  const { config, account } = options;
  return assemble(options, openNode(options), (node, shared) => defendersOf(node, shared, config, account));
}

/** A watchtower, and with it whatever its mode asks for. @param dryRun Sends nothing and says what it would send. */
export function assembleWatchtower(options: AssembleOptions & { dryRun: boolean }): Assembled {
  const { config, dryRun } = options;
  const { challenges, pokes, replies } = dutiesOf(config.mode);
  return assemble(options, openNode(options), (node, shared) => {
    const auditor = createAuditor({
      ...shared,
      urls: config.receiptWorkers,
      tries: config.inputTries,
      purse: () => watchtower.purse(),
      dryRun,
    });
    const watchtower = createWatchtower({
      ...shared,
      ...executorsOf(node),
      selfTest: node.selfTest,
      inputSources: config.inputSources,
      coverage: coverageOf(config),
      limits: {
        challenge: challenges,
        bondBudget: config.bondBudget,
        mostDisputes: config.mostDisputes,
        gasBudget: config.gasBudget,
        parallelChecks: config.parallelChecks,
        marginSeconds: config.challengeMarginSeconds,
        inputTries: config.inputTries,
      },
      maxFeePerGas: config.maxFeePerGas,
      maxHeadAgeSeconds: config.maxHeadAgeSeconds,
      dryRun,
      receipts: auditor,
    });
    node.onStored(auditor.take);
    node.onEvents((events) => void watchtower.observe(events));
    node.routes.use(auditRoutes(auditor));
    const backs = replies && !dryRun ? config.backs : [];
    return [
      watchtower,
      auditor,
      ...(pokes && !dryRun ? keepersOf(shared, config) : []),
      ...backs.flatMap((account) => defendersOf(node, shared, config, account)),
    ];
  });
}

export function assembleKeeper(options: AssembleOptions): Assembled {
  return assemble(options, openNode(options), (_, shared) => keepersOf(shared, options.config));
}

/** Of requests, and of receipts. */
function keepersOf(shared: RoleContext, config: Config): Role[] {
  const { keeperPatienceSeconds: patienceSeconds, keeperMostTries: mostTries } = config;
  return [createKeeper({ ...shared, limits: { patienceSeconds, mostTries } }), createReceiptKeeper(shared)];
}

export type AssembledMonitor = Pick<Assembled, "node" | "components"> & { role: Monitor };

/** A monitor: no key, no transactions. */
export function assembleMonitor(options: Omit<AssembleOptions, "signer">): AssembledMonitor {
  const { config, deployment, fail, onEvent, logger, metrics, clock } = options;
  const node = openNode(options);
  const { journal, endpoints } = node;
  const role = createMonitor({
    ...{ journal, endpoints, deployment, fail, onEvent, logger, metrics, clock },
    ...executorsOf(node),
    pollSeconds: config.pollSeconds,
    selfTest: node.selfTest,
    inputSources: config.inputSources,
    coverage: coverageOf(config),
    parallelChecks: config.parallelChecks,
    auditSeconds: config.auditSeconds,
    maxHeadAgeSeconds: config.maxHeadAgeSeconds,
    readTo: () => node.poller.cursor(),
  });
  node.onStored((events) => role.take(events));
  node.onEvents(() => role.wake());
  return { node, role, components: [...node.components, role] };
}

export const coverageOf = ({
  watchPrograms,
  watchWorkers,
  leastLock,
  checkRate,
}: Config): CoveragePolicy => ({
  programs: watchPrograms,
  workers: watchWorkers,
  leastLock,
  share: checkRate,
});

/** Of answers to requests, and of receipts. */
function defendersOf(node: Node, shared: RoleContext, config: Config, account: Address): Role[] {
  const options = {
    ...shared,
    account,
    inputSources: config.inputSources,
    programs: node.programs,
    executor: node.fast,
    limits: { patienceSeconds: config.defenderPatienceSeconds },
  };
  return [createDefender(options), createReceiptDefender(options)];
}

function assemble(
  options: AssembleOptions,
  node: Node,
  create: (node: Node, shared: RoleContext) => Role | Role[],
): Assembled {
  const { config, deployment, signer, onEvent, fail, logger, metrics, clock } = options;
  const sender = node.senderOf(signer);
  const { journal, endpoints } = node;
  const { pollSeconds, claimAbove } = config;
  const common = { fail, logger, metrics, clock };
  const shared = { ...common, journal, endpoints, sender, deployment, pollSeconds, onEvent };
  const roles = [create(node, shared)].flat();
  const claiming = claimAbove === undefined ? [] : [createClaiming({ ...shared, claimAbove })];
  const role = combineRoles(roles[0]!.name, [...roles, ...claiming]);
  node.onEvents(() => role.wake());
  return { node, sender, role, components: [...node.components, sender, role] };
}

const executorsOf = ({ fast, reference, programs }: Node) => ({ fast, reference, programs });
