// Runs roles on a test network round by round: everybody reads, plans and acts until nobody has anything left to do.
import {
  type CommittedProgram,
  collectOutput,
  createTrace,
  executePasses,
  type Tensor,
} from "@assay/sdk/program";
import type { Hex } from "@assay/sdk/protocol";
import type { Transport } from "viem";
import { createEndpoints } from "../../node/chain/endpoints.ts";
import { decodeEvents, followed, type ProtocolEvent } from "../../node/chain/events.ts";
import { createIntake } from "../../node/chain/intake.ts";
import { createPoller, type Poller } from "../../node/chain/poller.ts";
import { createSender } from "../../node/chain/sender.ts";
import type { Executor } from "../../node/execution/executor.ts";
import { createFastExecutor } from "../../node/execution/fastExecutor.ts";
import { createSigner } from "../../node/keys/keystore.ts";
import type { RoleContext } from "../../node/roles/context.ts";
import { createDefender } from "../../node/roles/defender.ts";
import type { InputSources } from "../../node/roles/inputs.ts";
import { createKeeper } from "../../node/roles/keeper.ts";
import type { Role } from "../../node/roles/role.ts";
import type { RoleEvent } from "../../node/roles/roleEvents.ts";
import { createWatchtower, type Watchtower, type WatchtowerOptions } from "../../node/roles/watchtower.ts";
import { createWorker, type WorkerOptions } from "../../node/roles/worker.ts";
import { type Database, openDatabase } from "../../node/store/database.ts";
import { createJournal } from "../../node/store/journal.ts";
import { measuredReplyGas } from "../../node/strategy/capacity.ts";
import { createMetrics } from "../../node/telemetry/metrics.ts";
import { cheatingPasses, type Flip } from "./cheat.ts";
import { quiet, temporaryFolder } from "./nodeParts.ts";
import { type Network, type Person, privateKeyOf } from "./people.ts";

/** A role with everything that runs under it. */
export interface Player<role extends Role = Role> {
  person: Person;
  role: role;
  context: RoleContext;
  poller: Poller;
  /** What it reported, in order. */
  events: RoleEvent[];
  /** Closes its journal; nothing of it runs any more. */
  leave(): void;
}

type Parts = Pick<Player, "context" | "poller" | "events" | "leave"> & {
  onChainEvents(listener: (events: readonly ProtocolEvent[]) => void): void;
};

/** Without a folder the journal goes away with the player; with zero seconds rounds are made by {@link play} only. */
type Home = { folder?: string; pollSeconds?: number; transports?: readonly Transport[] };

const gwei = 1_000_000_000n;

/** What a role of `person` needs on that chain. With a folder, the journal of an earlier start is taken up again. */
export function openParts(
  network: Network,
  person: Person,
  { folder, pollSeconds = 0, transports }: Home = {},
): Parts {
  const home = folder === undefined ? temporaryFolder() : { path: folder, remove: () => {} };
  const database: Database = openDatabase({ folder: home.path });
  const { deployment, clock, transport } = network;
  const shared = { ...quiet(), clock };
  const journal = createJournal(database, clock);
  const takeIn = createIntake(journal, deployment);
  const sources = (transports ?? [transport]).map((one, index) => ({
    name: `test ${index}`,
    transport: one,
  }));
  const { chainId, startBlock } = deployment;
  const endpoints = createEndpoints({ ...shared, sources, chainId, maxHeadLagBlocks: 5, pollSeconds: 1 });
  const listeners: ((events: readonly ProtocolEvent[]) => void)[] = [];
  const poller = createPoller({
    ...shared,
    name: "protocol",
    addresses: followed(deployment),
    startBlock,
    decode: decodeEvents,
    apply: (found) => {
      takeIn(found);
      for (const listener of listeners) listener(found);
    },
    rollback: journal.rollback,
    confirmations: 0,
    chunkBlocks: 1_000,
    reorgBlocks: 64,
    pollSeconds,
    endpoints,
    database,
  });
  const sender = createSender({
    ...shared,
    signer: createSigner(person === "watchtower" ? "challenger" : "operator", privateKeyOf(person)),
    endpoints,
    database,
    policy: { maxFeePerGas: 100n * gwei, maxPriorityFeePerGas: gwei, urgentFeeFactor: 5 },
    pollSeconds: 0.02,
    resubmitSeconds: 1,
    finalBlocks: 64,
  });
  const events: RoleEvent[] = [];
  const context: RoleContext = {
    ...shared,
    journal,
    endpoints,
    sender,
    deployment,
    pollSeconds,
    onEvent: (event) => {
      events.push(event);
    },
  };
  const leave = () => {
    database.close();
    home.remove();
  };
  return { context, poller, events, leave, onChainEvents: (listener) => listeners.push(listener) };
}

/** Programs that everybody has at hand. */
export const shelf = (programs: ReadonlyMap<Hex, CommittedProgram>) => ({
  get: async (programId: Hex): Promise<CommittedProgram> => {
    const found = programs.get(programId);
    if (found === undefined) throw new Error(`Program ${programId} is not on the shelf`);
    return found;
  },
});

type Passes = readonly (readonly Tensor[])[];
type PassesOf = (committed: CommittedProgram, input: Uint8Array) => Passes;

/** An executor out of a function that computes all slots of all passes; the SDK's own is the reference. */
export function executorOf(
  passesOf: PassesOf = ({ program }, input) => [...executePasses(program, input)],
): Executor {
  return {
    name: "test",
    run: async (committed, input) => {
      const passes = passesOf(committed, input);
      return { output: collectOutput(committed.program, passes.at(-1)!), passes: passes.length };
    },
    trace: async (committed, input) => createTrace(committed, input, passesOf(committed, input)),
    close: async () => {},
  };
}

export const reference = executorOf();

const onnxruntime = () =>
  createFastExecutor({
    sessions: 4,
    threads: 1,
    metrics: createMetrics(),
    clock: { now: () => 0, sleep: async () => {} },
  });
let sharedFast: Executor | undefined;

/** One onnxruntime for the whole test file. */
export function fast(): Executor {
  sharedFast ??= onnxruntime();
  return sharedFast;
}

export type Library = ReadonlyMap<Hex, CommittedProgram>;
type Join = Home & { person?: Person };

export const workerLimits: WorkerOptions["limits"] = {
  minFee: 0n,
  methods: ["optimistic"],
  versions: [1],
  maxOpen: 64,
  traceShare: 0.5,
  traceBytes: 1e9,
  marginSeconds: 2,
  replyGas: measuredReplyGas,
  patienceSeconds: 0,
};

export const watchtowerLimits: WatchtowerOptions["limits"] = {
  challenge: true,
  bondBudget: undefined,
  parallelChecks: 2,
  marginSeconds: 1,
  inputTries: 1,
};

export function joinWorker(
  network: Network,
  library: Library,
  { person = "worker", ...changed }: Partial<WorkerOptions> & Join = {},
): Player {
  const parts = openParts(network, person, changed);
  const role = createWorker({
    ...parts.context,
    account: network.addresses[person],
    inputSources: [],
    serves: [...library.keys()],
    programs: shelf(library),
    fast: fast(),
    reference,
    selfTest: async () => ({ executeSeconds: 0.1, traceSeconds: 0.1 }),
    limits: workerLimits,
    maxFeePerGas: 100n * gwei,
    sampleRate: 0,
    ...changed,
  });
  parts.onChainEvents((events) => void role.observe(events));
  return { ...parts, person, role };
}

export function joinDefender(
  network: Network,
  library: Library,
  account: Person = "worker",
  { inputSources = [] }: Partial<InputSources> = {},
): Player {
  const parts = openParts(network, "defender");
  const role = createDefender({
    ...parts.context,
    account: network.addresses[account],
    inputSources,
    programs: shelf(library),
    executor: fast(),
    limits: { patienceSeconds: 0 },
  });
  return { ...parts, person: "defender", role };
}

export function joinWatchtower(
  network: Network,
  library: Library,
  { person = "watchtower", ...changed }: Partial<WatchtowerOptions> & Join = {},
): Player<Watchtower> {
  const parts = openParts(network, person, changed);
  const role = createWatchtower({
    ...parts.context,
    fast: fast(),
    reference,
    programs: shelf(library),
    selfTest: async () => {},
    inputSources: [],
    coverage: { programs: [], workers: [], leastLock: 0n, share: 1 },
    limits: watchtowerLimits,
    maxFeePerGas: 100n * gwei,
    maxHeadAgeSeconds: 0,
    ...changed,
  });
  parts.onChainEvents((events) => void role.observe(events));
  return { ...parts, person, role };
}

/** A watchtower that computes one bit wrong, whichever way it looks: to it every right answer is a lie. */
export function joinLiar(
  network: Network,
  library: Library,
  flip: Flip,
  folder?: string,
): Player<Watchtower> {
  const lying = executorOf(({ program }, input) => cheatingPasses(program, input, flip));
  return joinWatchtower(network, library, {
    person: "friend",
    fast: lying,
    reference: lying,
    ...(folder !== undefined && { folder }),
  });
}

/** A worker that computes one bit wrong and does not know. */
export function joinCheater(
  network: Network,
  library: Library,
  flip: Flip,
  changed: Partial<InputSources> = {},
): Player {
  return joinWorker(network, library, {
    ...changed,
    fast: executorOf(({ program }, input) => cheatingPasses(program, input, flip)),
  });
}

export function joinKeeper(network: Network): Player {
  const parts = openParts(network, "keeper");
  return {
    ...parts,
    person: "keeper",
    role: createKeeper({ ...parts.context, limits: { patienceSeconds: 0, mostTries: 3 } }),
  };
}

const mostRounds = 120;

/** One round of one player: read to the head, plan, act, and wait until every move is in a block. */
export async function tick(player: Player): Promise<string[]> {
  const { role, poller, context } = player;
  await poller.catchUp();
  const started = await role.tick();
  let isDone = false;
  const settled = role.settled().finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await context.sender.track();
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 5))]);
  }
  return started;
}

/** Rounds until nobody starts anything new and no block is mined, or until `until` holds. */
export async function play(
  network: Network,
  players: readonly Player[],
  until: () => Promise<boolean> = async () => false,
): Promise<void> {
  let before = "";
  for (let round = 0; round < mostRounds; round++) {
    const started: string[] = [];
    for (const player of players) {
      started.push(...(await tick(player)).map((key) => `${player.person} ${key}`));
      if (await until()) return;
    }
    const now = `${await network.request("eth_blockNumber")} ${started.join()}`;
    if (started.length === 0 || now === before) return;
    before = now;
  }
  throw new Error(`The players do not come to rest: ${before}`);
}
