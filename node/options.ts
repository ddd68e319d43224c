// Every setting of the node, once: file key, type, default, unit, help, and which commands know it.
// Flags and environment names follow from the option's name: `dataDir`, `--data-dir`, `ASSAY_DATA_DIR`.
import type { z } from "zod";
import { providers } from "./execution/providers.ts";
import {
  address,
  amount,
  bytes32,
  decimal,
  flag,
  gwei,
  httpUrl,
  integer,
  list,
  oneOf,
  port,
  text,
} from "./optionTypes.ts";
import { watchtowerModes } from "./strategy/watchtowerModes.ts";

/** The part of the node that an option belongs to; a command knows the options of the parts it uses. */
export type Scope =
  | "all"
  | "chain"
  | "follow"
  | "send"
  | "queue"
  | "keys"
  | "http"
  | "programs"
  | "inputs"
  | "worker"
  | "defender"
  | "coverage"
  | "watchtower"
  | "monitor"
  | "keeper";

export type Option<T> = {
  /** Dotted path in `assay.yaml`. */
  key: string;
  schema: z.ZodType<T>;
  /** Undefined when there is none that suits everybody. */
  default: T | undefined;
  unit?: string;
  help: string;
  /** `value`: comes from a file or the environment only, never shown. `url`: shown without path and user. */
  secret?: "value" | "url";
  scope: Scope;
};

const option = <T>(
  scope: Scope,
  schema: z.ZodType<T>,
  fallback: NoInfer<T>,
  rest: Described,
): Option<T> & { default: T } => ({
  scope,
  schema,
  default: fallback,
  ...rest,
});

const optional = <T>(scope: Scope, schema: z.ZodType<T>, rest: Described): Option<T> => ({
  scope,
  schema,
  default: undefined,
  ...rest,
});

type Described = Pick<Option<unknown>, "key" | "help" | "unit" | "secret">;

const megabyte = 1_024 ** 2;
const gigabyte = 1_024 ** 3;

export const options = {
  config: optional("all", text, {
    key: "config",
    help: "Configuration file; assay.yaml in the working folder if there is one",
  }),
  dataDir: option("all", text, ".assay", {
    key: "dataDir",
    help: "Folder of the journal, the blobs and the keys; one process at a time",
  }),
  logLevel: option("all", oneOf("debug", "info", "warn", "error", "fatal"), "info", {
    key: "log.level",
    help: "Least level that is logged",
  }),
  logFormat: option("all", oneOf("auto", "json", "pretty"), "auto", {
    key: "log.format",
    help: "One JSON object a line, or lines for people; auto looks for a terminal",
  }),
  graceSeconds: option("all", decimal({ max: 3_600 }), 10, {
    key: "graceSeconds",
    unit: "seconds",
    help: "How long each part may take to stop",
  }),

  rpcUrls: option("chain", list(httpUrl), ["http://127.0.0.1:8545"], {
    key: "chain.rpcUrls",
    secret: "url",
    help: "JSON-RPC endpoints, the preferred one first; with two or more, reads that decide about money are compared",
  }),
  chainId: optional("chain", integer({ min: 1 }), {
    key: "chain.id",
    help: "Chain that the endpoints must serve",
  }),
  deployment: optional("chain", text, {
    key: "chain.deployment",
    help: "JSON file with the contract addresses, for chains that the SDK does not know",
  }),
  rpcTimeoutSeconds: option("chain", decimal({ min: 0.1, max: 300 }), 10, {
    key: "chain.rpcTimeoutSeconds",
    unit: "seconds",
    help: "How long one RPC call may take",
  }),
  maxHeadLagBlocks: option("follow", integer(), 5, {
    key: "chain.maxHeadLagBlocks",
    unit: "blocks",
    help: "An endpoint further behind the best one is not used",
  }),
  maxHeadAgeSeconds: option("follow", integer(), 300, {
    key: "chain.maxHeadAgeSeconds",
    unit: "seconds",
    help: "Not ready when the newest block is older; 0 for chains that mine on demand",
  }),
  pollSeconds: option("follow", decimal({ min: 0.01, max: 600 }), 4, {
    key: "chain.pollSeconds",
    unit: "seconds",
    help: "Time between looks at the chain",
  }),
  confirmations: option("follow", integer({ max: 10_000 }), 0, {
    key: "chain.confirmations",
    unit: "blocks",
    help: "Blocks on top before events are read; re-organisations are rolled back in any case",
  }),
  chunkBlocks: option("follow", integer({ min: 1, max: 100_000 }), 2_000, {
    key: "chain.chunkBlocks",
    unit: "blocks",
    help: "Most blocks asked for in one query while catching up",
  }),
  reorgBlocks: option("follow", integer({ min: 1, max: 10_000 }), 128, {
    key: "chain.reorgBlocks",
    unit: "blocks",
    help: "Deepest re-organisation that is rolled back",
  }),

  maxFeePerGas: option("send", gwei, 100_000_000_000n, {
    key: "fees.maxPerGas",
    unit: "gwei",
    help: "Most that is paid for a unit of gas, except by dispute moves near their deadline",
  }),
  maxPriorityFeePerGas: option("send", gwei, 2_000_000_000n, {
    key: "fees.maxPriorityPerGas",
    unit: "gwei",
    help: "Most of it that goes to the block's proposer",
  }),
  urgentFeeFactor: option("queue", decimal({ min: 1, max: 1_000 }), 5, {
    key: "fees.urgentFactor",
    help: "How many times the maximum a dispute move may pay when its deadline is there",
  }),
  resubmitSeconds: option("queue", decimal({ min: 0.05, max: 86_400 }), 24, {
    key: "fees.resubmitSeconds",
    unit: "seconds",
    help: "A transaction not mined by then is replaced with a higher fee",
  }),
  claimAbove: optional("queue", amount, {
    key: "claims.above",
    unit: "base units",
    help: "Credit of the node's own key is paid out to it once it is as much; never if not given",
  }),
  finalBlocks: option("queue", integer({ min: 1, max: 10_000 }), 12, {
    key: "fees.finalBlocks",
    unit: "blocks",
    help: "A mined transaction is watched until this many blocks hold it",
  }),

  keystoreDir: optional("keys", text, {
    key: "keys.folder",
    help: "Folder of the key files; keys in the data folder if not given",
  }),
  ownerKey: option("keys", text, "owner", {
    key: "keys.owner",
    help: "Key that holds the stake; not needed by running nodes",
  }),
  operatorKey: option("keys", text, "operator", {
    key: "keys.operator",
    help: "Key that claims, commits, binds and reveals",
  }),
  defenderKey: option("keys", text, "defender", {
    key: "keys.defender",
    help: "Key that may only bind and reveal",
  }),
  requesterKey: option("keys", text, "requester", {
    key: "keys.requester",
    help: "Key that pays for requests",
  }),
  challengerKey: option("keys", text, "challenger", {
    key: "keys.challenger",
    help: "Key that pays bonds and plays disputes",
  }),
  password: optional("keys", text, {
    key: "keys.password",
    secret: "value",
    help: "Password of the key files; the file that holds it has mode 0600",
  }),
  keyCost: option("keys", integer({ min: 10, max: 22 }), 17, {
    key: "keys.cost",
    unit: "log2 of scrypt's N",
    help: "Work to try one password on a new key file",
  }),
  account: optional("keys", address, {
    key: "account",
    help: "Account whose stake backs the work; the owner key's address if not given",
  }),

  httpHost: option("http", text, "127.0.0.1", {
    key: "http.host",
    help: "Address of the HTTP server; loopback unless you mean it",
  }),
  httpPort: option("http", port, 8_480, {
    key: "http.port",
    help: "Port of the HTTP server; 0 takes a free one",
  }),
  httpBodyBytes: option("http", integer({ max: gigabyte }), 1_048_576, {
    key: "http.bodyBytes",
    unit: "bytes",
    help: "Largest request body",
  }),
  metricsHost: option("http", text, "127.0.0.1", {
    key: "metrics.host",
    help: "Address of the metrics server",
  }),
  metricsPort: optional("http", port, {
    key: "metrics.port",
    help: "Port of /metrics; on the HTTP server if not given",
  }),

  blobSources: option("programs", list(httpUrl), [], {
    key: "programs.sources",
    secret: "url",
    help: "Nodes and mirrors from which programs are fetched, tried in order; published URIs come after them, and may name private addresses only if they are listed here. A public name that resolves to a private address is not found out: where that matters, block it in the network",
  }),
  maxBlobBytes: option("programs", integer({ max: 16 * gigabyte }), 64 * megabyte, {
    key: "programs.maxBytes",
    unit: "bytes",
    help: "Largest program file that is fetched",
  }),
  keepBlobBytes: option("programs", integer(), 4 * gigabyte, {
    key: "programs.keepBytes",
    unit: "bytes",
    help: "Most that fetched programs take on disk; those used longest ago make room, served ones never",
  }),
  inputSources: option("inputs", list(httpUrl), [], {
    key: "inputs.sources",
    secret: "url",
    help: "Where inputs that are kept off the chain are looked for, in order: nodes, or URLs with {root} in them",
  }),
  threads: option("programs", integer({ max: 1_024 }), 0, {
    key: "programs.threads",
    help: "Threads for one execution; 0 leaves it to onnxruntime",
  }),
  provider: option("programs", oneOf(...providers), "cpu", {
    key: "programs.provider",
    help: "Execution provider; taken only if it gives every known answer of a program bit for bit",
  }),
  maxProgramProducts: option("programs", integer({ min: 1 }), 4_000_000_000, {
    key: "programs.maxProducts",
    help: "Most products that one execution may compute; a heavier program is neither served nor checked",
  }),
  maxProgramBytes: option("programs", integer({ min: 1 }), 2 * gigabyte, {
    key: "programs.maxTensorBytes",
    unit: "bytes",
    help: "Most bytes that all tensors of one execution may take; a larger program is neither served nor checked",
  }),
  referenceSeconds: option("programs", decimal({ min: 1, max: 86_400 }), 900, {
    key: "programs.referenceSeconds",
    unit: "seconds",
    help: "How long one execution by the reference executor may take; less than the windows that are watched",
  }),
  sessions: option("programs", integer({ min: 1, max: 10_000 }), 4, {
    key: "programs.sessions",
    help: "Programs kept loaded",
  }),

  programs: option("worker", list(bytes32), [], {
    key: "worker.programs",
    help: "Program ids that the worker serves",
  }),
  minFee: option("worker", amount, 0n, {
    key: "worker.minFee",
    unit: "base units",
    help: "Requests that pay less are left alone",
  }),
  maxOpen: option("worker", integer({ min: 1, max: 1_000_000 }), 64, {
    key: "worker.maxOpen",
    help: "Most requests claimed or committed at a time",
  }),
  traceShare: option("worker", decimal({ min: 0.01, max: 1 }), 0.5, {
    key: "worker.traceShare",
    help: "Part of the dispute clock that tracing all open commitments may take; no claims beyond it",
  }),
  traceMemoryBytes: option("worker", integer({ max: 1_024 * gigabyte }), 4 * gigabyte, {
    key: "worker.traceMemoryBytes",
    unit: "bytes",
    help: "Memory for the traces of all open commitments, should they be challenged at once; no claims beyond it",
  }),
  batchSize: option("worker", integer({ min: 1, max: 1_024 }), 1, {
    key: "worker.batchSize",
    help: "Requests for one program that are executed together, where its samples come out the same as alone",
  }),
  sampleRate: option("worker", decimal({ max: 1 }), 0.01, {
    key: "worker.sampleRate",
    help: "Part of the answers that the reference executor computes again",
  }),

  receipts: option("worker", flag, false, {
    key: "worker.receipts",
    help: "Answer over HTTP at once, with receipts that channels back",
  }),
  redeemAbove: option("worker", amount, 10n ** 18n, {
    key: "worker.redeemAbove",
    unit: "base units",
    help: "What vouchers must bring together before a transaction is spent on them",
  }),

  tiers: option("worker", list(integer({ min: 1, max: 65_535 })), [1], {
    key: "worker.tiers",
    help: "Parameter versions that the worker accepts",
  }),
  methods: option("worker", list(oneOf("optimistic", "cryptoeconomic", "zk")), ["optimistic"], {
    key: "worker.methods",
    help: "Verification methods that the worker accepts",
  }),
  deliveryMarginSeconds: option("worker", integer({ max: 86_400 }), 5, {
    key: "worker.deliveryMarginSeconds",
    unit: "seconds",
    help: "Kept between the end of an execution and the delivery deadline",
  }),

  defenderPatienceSeconds: option("defender", integer({ max: 86_400 }), 0, {
    key: "defender.patienceSeconds",
    unit: "seconds",
    help: "How long the defender leaves a reply to the worker itself; less than the tier's shortest turn",
  }),

  watchPrograms: option("coverage", list(bytes32), [], {
    key: "coverage.programs",
    help: "Program ids whose answers are checked; all that can be fetched if empty",
  }),
  watchWorkers: option("coverage", list(address), [], {
    key: "coverage.workers",
    help: "Workers whose answers are checked; all if empty",
  }),
  receiptWorkers: option("coverage", list(httpUrl), [], {
    key: "coverage.receiptWorkers",
    secret: "url",
    help: "URLs of the workers whose receipts are fetched and checked",
  }),
  leastLock: option("coverage", amount, 0n, {
    key: "coverage.leastLock",
    unit: "base units",
    help: "Answers with less stake behind them are not checked",
  }),
  checkRate: option("coverage", decimal({ max: 1 }), 1, {
    key: "coverage.rate",
    help: "Part of the rest that is executed again; which part is secret, and stays the same over restarts",
  }),
  parallelChecks: option("coverage", integer({ min: 1, max: 1_024 }), 2, {
    key: "coverage.parallelChecks",
    help: "Commitments that are executed at a time",
  }),

  mode: option("watchtower", oneOf(...watchtowerModes), "defend", {
    key: "watchtower.mode",
    help: "watch: only report, without a key. defend: challenge what is wrong. resolve: also end what has run out of time, as a keeper does. full: also answer challenges for the workers of watchtower.backs",
  }),
  backs: option("watchtower", list(address), [], {
    key: "watchtower.backs",
    help: "Accounts of the workers that are backed up in mode full; each has to authorize the challenger key as a defender",
  }),
  bondBudget: optional("watchtower", amount, {
    key: "watchtower.bondBudget",
    unit: "base units",
    help: "Most that may be locked in challenge bonds at a time; no limit if not given",
  }),
  mostDisputes: optional("watchtower", integer({ min: 1 }), {
    key: "watchtower.mostDisputes",
    help: "Most disputes of its own at a time; no limit if not given",
  }),
  gasBudget: optional("watchtower", amount, {
    key: "watchtower.gasBudget",
    unit: "base units of the chain's coin",
    help: "Most that gas may cost in a day (UTC), with what open disputes may still need; then nothing new is challenged. No limit if not given",
  }),
  inputTries: option("watchtower", integer({ min: 1, max: 1_000 }), 3, {
    key: "watchtower.inputTries",
    help: "How often an input is looked for in vain before its worker is made to post it, for a bond",
  }),
  challengeMarginSeconds: option("watchtower", integer({ max: 86_400 }), 2, {
    key: "watchtower.marginSeconds",
    unit: "seconds",
    help: "A window that closes sooner is too late for a challenge to be included",
  }),

  auditSeconds: option("monitor", integer({ min: 1, max: 86_400 }), 600, {
    key: "monitor.auditSeconds",
    unit: "seconds",
    help: "Time between two readings of every account in the vault",
  }),

  keeperPatienceSeconds: option("keeper", integer({ max: 86_400 }), 600, {
    key: "keeper.patienceSeconds",
    unit: "seconds",
    help: "How long an answer is left to its worker after its window: the worker's own call pays it at once",
  }),
  keeperMostTries: option("keeper", integer({ max: 1_000 }), 6, {
    key: "keeper.mostTries",
    help: "Calls of one consumer before it is left to others; the time between them doubles",
  }),
} as const;

export type Options = typeof options;

export type OptionName = keyof Options;

type Value<T> = T extends Option<infer V> & { default: infer D }
  ? undefined extends D
    ? V | undefined
    : V
  : never;

/** Every option, resolved. */
export type Config = { readonly [name in OptionName]: Value<Options[name]> };
