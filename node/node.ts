// The composition root: from settings to the parts that every role shares, in the order in which they start.

import { join } from "node:path";
import { type Deployment, getProgram } from "@assay/sdk";
import { Router } from "express";
import type { Hex } from "viem";
import { createEndpoints, type EndpointSource, type Endpoints, httpSources } from "./chain/endpoints.ts";
import { decodeEvents, followed, type ProtocolEvent } from "./chain/events.ts";
import { createIntake } from "./chain/intake.ts";
import { createPoller, type Poller } from "./chain/poller.ts";
import { createSender, type Sender } from "./chain/sender.ts";
import { type Clock, second } from "./clock.ts";
import type { Config } from "./config.ts";
import { assertAffordable, ProgramTooHeavyError } from "./execution/budget.ts";
import type { Executor } from "./execution/executor.ts";
import { createFastExecutor } from "./execution/fastExecutor.ts";
import { checkKnownAnswers } from "./execution/knownAnswers.ts";
import { createReferenceExecutor } from "./execution/referenceExecutor.ts";
import { type SelfTestResult, selfTest } from "./execution/selfTest.ts";
import { createThread } from "./execution/thread.ts";
import { createHttpServer, type Health, type HttpServer } from "./http/server.ts";
import type { Signer } from "./keys/keystore.ts";
import type { Component } from "./lifecycle.ts";
import { localChainId } from "./programPlaces.ts";
import { createPrograms, type Programs } from "./programs.ts";
import { type BlobStore, createBlobStore } from "./store/blobs.ts";
import { type Database, openDatabase } from "./store/database.ts";
import { createJournal, type Journal } from "./store/journal.ts";
import { createProgramStore } from "./store/programStore.ts";
import type { Logger } from "./telemetry/logger.ts";
import type { Metrics } from "./telemetry/metrics.ts";

export type NodeOptions = {
  config: Config;
  deployment: Deployment;
  /** Endpoints other than the settings' URLs, such as a chain in the same process. */
  sources?: readonly EndpointSource[];
  /** Called with an error that the node cannot work on with; normally `lifecycle.fail`. */
  fail(error: unknown): void;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
};

export type Node = {
  deployment: Deployment;
  database: Database;
  journal: Journal;
  blobs: BlobStore;
  endpoints: Endpoints;
  poller: Poller;
  programs: Programs;
  fast: Executor;
  reference: Executor;
  http: HttpServer;
  /** More routes of the HTTP server. */
  routes: Router;
  /** More inputs that anyone may fetch by their root. */
  addInputs(inputOfRoot: (root: Hex) => Uint8Array | undefined): void;
  /** In starting order; roles and senders come after them. The journal has read the chain when the last one has started. */
  components: Component[];
  /** The sender of a key; add it to the lifecycle before the roles that use it. */
  senderOf(signer: Signer): Sender;
  /** Calls back after events were stored; returns the way to stop that. */
  onEvents(listener: (events: readonly ProtocolEvent[]) => void): () => void;
  /** Calls back with events in the transaction that stores them. */
  onStored(listener: (events: readonly ProtocolEvent[]) => void): void;
  /** Compares both executors on a program, on this machine, before stake depends on it; throws SelfTestError. */
  selfTest(programId: Hex): Promise<SelfTestResult>;
  /** Adds a reason for which the node may not be ready. */
  addReason(reason: () => string | undefined): void;
  health(): Health;
};

/** A week of 12-second blocks: until then a keeper may deliver an output, or a person look at what has ended. */
const keptBlocks = 50_400n;
/** For one program file. */
const readSeconds = 120;
/** Pruning looks at every terminal request. */
const pruneEvery = 1_000n;

/** Opens the data folder and wires the parts. Nothing runs yet, and nothing was asked of the chain. */
export function openNode(options: NodeOptions): Node {
  const { config, fail, logger, metrics, clock } = options;
  const common = { fail, logger, metrics, clock };
  const database = openDatabase({ folder: config.dataDir });
  try {
    return assemble(options, database, common);
  } catch (error) {
    database.close();
    throw error;
  }
}

type Shared = Pick<NodeOptions, "fail" | "logger" | "metrics" | "clock">;

function assemble({ config, deployment, sources }: NodeOptions, database: Database, common: Shared): Node {
  const { logger, clock } = common;
  const { chainId, startBlock, inferenceMarket } = deployment;
  const journal = createJournal(database, clock);
  journal.bindTo({ chainId, market: inferenceMarket });
  const blobs = createBlobStore(join(config.dataDir, "blobs"));
  const store = createProgramStore(config.dataDir, blobs);
  const endpoints = createEndpoints({
    ...common,
    ...config,
    chainId,
    sources: sources ?? httpSources(config.rpcUrls, config.rpcTimeoutSeconds),
  });

  const events = createFeed<ProtocolEvent>();
  const storing: ((events: readonly ProtocolEvent[]) => void)[] = [];
  const takeIn = createIntake(journal, deployment);
  let pruneAt = 0n;
  const poller = createPoller({
    ...common,
    ...config,
    name: "protocol",
    addresses: followed(deployment),
    startBlock,
    decode: decodeEvents,
    apply: (found, { to }) => {
      takeIn(found);
      for (const take of storing) take(found);
      journal.settle(to - BigInt(config.reorgBlocks));
      if (to >= pruneAt) {
        journal.prune(to - keptBlocks);
        pruneAt = to + pruneEvery;
      }
      events.hold(found);
    },
    rollback: journal.rollback,
    endpoints,
    database,
  });
  poller.onAdvance(events.flush);

  const thread = createThread({ seconds: config.referenceSeconds });
  // Of its own: what a stranger's file holds up is the reading of files, not the executions that disputes wait for.
  const reader = createThread({ seconds: readSeconds });
  const fast = createFastExecutor({ ...common, ...config });
  const reference = createReferenceExecutor(thread);
  const programs = createPrograms({
    store,
    registered: (programId) => endpoints.use((client) => getProgram(client, { deployment, programId })),
    uriOf: (programId) => journal.programs.get(programId)?.data.uri,
    sources: config.blobSources,
    maxBytes: config.maxBlobBytes,
    keepBytes: config.keepBlobBytes,
    isServed: (programId) => config.programs.includes(programId),
    allowsPrivate: chainId === localChainId,
    read: (file) => reader.run({ job: "read", file }),
    capacity: config.sessions,
    logger,
  });

  /** Programs about which the operator has been told. */
  const refused = new Set<Hex>();

  async function testProgram(programId: Hex): Promise<SelfTestResult> {
    const committed = await programs.get(programId);
    try {
      assertAffordable(programId, committed.program, config);
    } catch (error) {
      if (error instanceof ProgramTooHeavyError && !refused.has(programId)) {
        refused.add(programId);
        logger.error("Alarm", { reason: "tooHeavy", ...error.facts });
      }
      common.metrics.execution.refused.add({ reason: "tooHeavy" });
      throw error;
    }
    const record = (passed: boolean) =>
      common.metrics.execution.selfTest.set({ program: programId }, Number(passed));
    try {
      const result = await selfTest(committed, fast, reference, clock);
      record(true);
      return result;
    } catch (error) {
      record(false);
      throw error;
    }
  }

  const reasons: (() => string | undefined)[] = [
    () => (endpoints.status().some(({ inUse }) => inUse) ? undefined : "No RPC endpoint answers."),
    () => (poller.isCaughtUp() ? undefined : "The chain's events are still being read."),
    () => headAge(poller, config, clock),
  ];
  const health = (): Health => {
    const found = reasons.map((reason) => reason()).filter((reason) => reason !== undefined);
    return { ready: found.length === 0, reasons: found };
  };
  const routes = Router();
  const inputs = [journal.inputOfRoot];
  const http = createHttpServer({
    ...common,
    host: config.httpHost,
    port: config.httpPort,
    bodyBytes: config.httpBodyBytes,
    metricsHost: config.metricsHost,
    metricsPort: config.metricsPort,
    health,
    blobs,
    programs: store,
    inputs: {
      inputOfRoot: (root) => {
        for (const inputOfRoot of inputs) {
          const input = inputOfRoot(root);
          if (input !== undefined) return input;
        }
        return undefined;
      },
    },
    routes: (app) => app.use(routes),
  });

  return {
    deployment,
    database,
    journal,
    blobs,
    endpoints,
    poller,
    programs,
    fast,
    reference,
    http,
    routes,
    addInputs: (inputOfRoot) => {
      inputs.push(inputOfRoot);
    },
    components: [
      { name: "database", stop: () => database.close() },
      {
        name: "executors",
        start: () => checkKnownAnswers(fast),
        stop: async () => void (await Promise.all([fast.close(), reference.close(), reader.close()])),
      },
      http,
      endpoints,
      { name: "history", start: (signal) => poller.catchUp(signal) },
      poller,
    ],
    senderOf: (signer) => createSender({ ...common, ...config, signer, endpoints, database, policy: config }),
    onEvents: events.listen,
    onStored: (listener) => {
      storing.push(listener);
    },
    selfTest: testProgram,
    addReason: (reason) => {
      reasons.push(reason);
    },
    health,
  };
}

function headAge(poller: Poller, { maxHeadAgeSeconds }: Config, clock: Clock): string | undefined {
  const head = poller.head();
  if (maxHeadAgeSeconds === 0 || head === undefined) return undefined;
  const age = Math.floor(clock.now() / second) - Number(head.timestamp);
  return age > maxHeadAgeSeconds ? `The newest block is ${age} seconds old.` : undefined;
}

/** Holds the events of one step back until the transaction that stored them is through. */
function createFeed<event>() {
  const listeners = new Set<(events: readonly event[]) => void>();
  let held: readonly event[] = [];
  return {
    hold: (events: readonly event[]) => {
      held = events;
    },
    flush: () => {
      const events = held;
      held = [];
      if (events.length > 0) for (const listener of listeners) listener(events);
    },
    listen: (listener: (events: readonly event[]) => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
