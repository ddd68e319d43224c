// The tables of docs/parameters.md, computed from the tiers as they are deployed and from the contracts' constants.
import type { Tier } from "@assay/sdk/protocol";
import { formatUnits } from "viem";
import { parameterSet, type TierName, tiers } from "../deploy/parameters.ts";
import { table, withParts } from "./generatedParts.ts";
import { constantOf } from "./solidityConstants.ts";

const names = ["fast", "standard", "devnet", "demo"] as const satisfies readonly TierName[];
const BPS = 10_000n;

const shown = names.map((name) => tiers[name]);
const unbonding = names.map((name) => parameterSet([name]).unbondingSeconds);
const heads = names.map((name) => `\`${name}\``);

const parameters = (name: string) => constantOf("Parameters", name);
const split = (name: string) => constantOf("libraries/SplitLib", name);
const moveGas = (name: string) => constantOf("libraries/MoveGasLib", name);
const posting = (name: string) => constantOf("libraries/PostingLib", name);

/** The page with its tables written anew. */
export const withParameters = (page: string): string =>
  withParts(page, {
    tiers: tiersTable(),
    time: timeTable(),
    money: moneyTable(),
    shares: sharesTable(),
    slash: slashTable(),
    limits: limitsTable(),
  });

// TIERS

type Seconds = { [key in keyof Tier]: Tier[key] extends number ? key : never }[keyof Tier];

function tiersTable(): string {
  const time = (words: string, symbol: string, key: Seconds, floor?: string): string[] => [
    words,
    symbol,
    `\`${key}\``,
    floor === undefined ? "below" : duration(parameters(floor)),
    ...shown.map((tier) => duration(tier[key])),
  ];
  const row = (words: string, key: keyof Tier, floor: string, show: (tier: Tier) => string): string[] => [
    words,
    "",
    `\`${key}\``,
    floor,
    ...shown.map(show),
  ];
  return table([
    ["", "symbol", "in `Tier`", "floor", ...heads],
    time("an open request may be claimed", "", "claimSeconds", "MIN_CLAIM"),
    time("a claimed request must be committed", "", "deliverySeconds", "MIN_DELIVERY"),
    time("challenge window", "W", "windowSeconds", "MIN_WINDOW"),
    time("a receipt may be opened", "W_r", "receiptSeconds"),
    time("an input or an epoch's receipt that was asked for must be shown", "", "inputSeconds", "MIN_INPUT"),
    time("executing again after an input was shown", "", "recheckSeconds", "MIN_RECHECK"),
    time("worker's clock in a dispute", "C_w", "workerSeconds", "MIN_CLOCK"),
    time("challenger's clock", "C_c", "challengerSeconds", "MIN_CLOCK"),
    time("least time after a move of the other side", "E", "floorSeconds", "MIN_FLOOR"),
    time("from slash to settlement", "A", "airgapSeconds", "MIN_AIRGAP"),
    row("deepest trace tree", "maxTraceDepth", "1", (tier) => String(tier.maxTraceDepth)),
    row("deepest tensor tree", "maxTensorDepth", "", (tier) => String(tier.maxTensorDepth)),
    row("least fee", "minFee", "1 unit", (tier) => tokens(tier.minFee)),
    row("least lock", "minLock", "below", (tier) => tokens(tier.minLock)),
    row("lock is at least this many fees", "lockPerFee", "1", (tier) => String(tier.lockPerFee)),
    row("bond of a challenge", "challengeBond", "below", (tier) => tokens(tier.challengeBond)),
    row("reference price of 10⁶ gas", "gasPrice", "1 unit", (tier) => tokens(tier.gasPrice * 1_000_000n)),
    row("part of the lock that a missed delivery costs", "deliveryPenaltyBps", "", (tier) =>
      percent(tier.deliveryPenaltyBps),
    ),
    row("bond of a publisher", "publisherBond", "1 unit", (tier) => tokens(tier.publisherBond)),
    ["unbonding", "U", "", duration(parameters("MIN_UNBONDING")), ...unbonding.map(duration)],
  ]);
}

// TIME

const depthOf = (tier: Tier): number => tier.maxTraceDepth + tier.maxTensorDepth;
const movesOf = (tier: Tier): number => depthOf(tier) + 2 + (depthOf(tier) + 1);
const disputeOf = (tier: Tier): number =>
  tier.workerSeconds + tier.challengerSeconds + movesOf(tier) * tier.floorSeconds;
const inputOf = (tier: Tier): number => tier.inputSeconds + tier.recheckSeconds;
const beforeOf = (tier: Tier): number => Math.max(tier.deliverySeconds, tier.receiptSeconds);
const openOf = (tier: Tier): number => tier.windowSeconds + inputOf(tier) + disputeOf(tier);
const spanOf = (tier: Tier): number => beforeOf(tier) + openOf(tier) + tier.airgapSeconds;
const requiredOf = (tier: Tier): number =>
  spanOf(tier) + Math.ceil(spanOf(tier) / parameters("MARGIN_DIVISOR"));
const changeOf = (seconds: number): number =>
  seconds + Math.floor(seconds / parameters("CHANGE_DIVISOR")) + 1;

const epochOf = (tier: Tier): number =>
  Math.max(1, Math.floor(tier.receiptSeconds / constantOf("Epochs", "EPOCHS_PER_CHALLENGE_TIME")));

function timeTable(): string {
  const row = (words: string, show: (tier: Tier) => string | number): string[] => [
    words,
    ...shown.map((tier) => {
      const value = show(tier);
      return typeof value === "string" ? value : duration(value);
    }),
  ];
  return table([
    ["", ...heads],
    row("moves D_w + D_c", (tier) => String(movesOf(tier))),
    row("T_dispute", disputeOf),
    row("T_in", inputOf),
    row("max(delivery, W_r)", beforeOf),
    row("sum of the formula", spanOf),
    row("**least U**", requiredOf),
    ["**U as deployed**", ...unbonding.map(duration)],
    row("undisputed: final after the commitment", ({ windowSeconds }) => windowSeconds),
    row("asked for its input and disputed: ended after at most", openOf),
    row("and a slash distributed after at most", (tier) => openOf(tier) + tier.airgapSeconds),
    ["a new version is active after", ...unbonding.map((seconds) => duration(changeOf(seconds)))],
    row("an epoch", epochOf),
    row(
      "from the answer to a timely `demandReceipt` to the end of that receipt's challenge time, at least",
      (tier) => {
        const left = tier.receiptSeconds - 2 * epochOf(tier) - tier.inputSeconds;
        return left > 0 ? left : "none";
      },
    ),
  ]);
}

// MONEY

const workerGas = (tier: Tier): number =>
  moveGas("BIND") + depthOf(tier) * moveGas("REVEAL") + moveGas("REVEAL_TILE");
const challengerGas = (tier: Tier): number =>
  moveGas("CHALLENGE") + depthOf(tier) * moveGas("CHOOSE") + moveGas("PROVE_STEP") + moveGas("JUDGE_MAX");
const covering = (gas: number, tier: Tier, share: number): bigint => {
  const [dividend, divisor] = [BigInt(gas) * tier.gasPrice * BPS, BigInt(share)];
  return (dividend + divisor - 1n) / divisor;
};
const leastBond = (tier: Tier): bigint => covering(workerGas(tier), tier, split("WORKER_BOND_BPS"));
const leastLock = (tier: Tier): bigint => {
  const forGas = covering(2 * challengerGas(tier), tier, split("GAS_POT_BPS"));
  return max(forGas, tier.challengeBond);
};
const chunkBytes =
  constantOf("libraries/MerkleLib", "ARITY") * constantOf("libraries/MerkleLib", "TILE_BYTES");
const inputBond = (tier: Tier, bytes: number): bigint => {
  const gas =
    posting("END_GAS") + Math.ceil(bytes / chunkBytes) * posting("CHUNK_GAS") + bytes * posting("BYTE_GAS");
  return covering(gas, tier, split("WORKER_BOND_BPS"));
};

function moneyTable(): string {
  const row = (words: string, show: (tier: Tier) => string): string[] => [words, ...shown.map(show)];
  const input = (words: string, bytes: number): string[] =>
    row(`bond for asking for an input of ${words}`, (tier) => tokens(inputBond(tier, bytes)));
  return table([
    ["", ...heads],
    row("gas of a worker's replies in the deepest dispute", (tier) => count(workerGas(tier))),
    row("least challenge bond: 60 % of it pays for those replies", (tier) => tokens(leastBond(tier))),
    row("**challenge bond**", ({ challengeBond }) => tokens(challengeBond)),
    row("gas that a challenger can be repaid", (tier) => count(challengerGas(tier))),
    row("least lock: 15 % of it pays for two challengers, and it covers a bond", (tier) =>
      tokens(leastLock(tier)),
    ),
    row("**least lock of the tier**", ({ minLock }) => tokens(minLock)),
    row("fee above which the lock grows", ({ minLock, lockPerFee }) => tokens(minLock / BigInt(lockPerFee))),
    input("1 KiB", 1024),
    input("64 KiB", 65_536),
    input("4 MiB", posting("MAX_BYTES")),
    row("bond of a demand about an epoch", (tier) =>
      tokens(
        max(covering(constantOf("Epochs", "ANSWER_GAS"), tier, split("WORKER_BOND_BPS")), tier.challengeBond),
      ),
    ),
  ]);
}

// SHARES

function sharesTable(): string {
  const most = ["REPORTER_BPS", "GAS_POT_BPS", "COMPENSATION_BPS", "AUDIT_BPS"].map(split);
  const burned = Number(BPS) - most.reduce((sum, share) => sum + share, 0);
  const [reporter = 0, gas = 0, compensation = 0, audit = 0] = most;
  const fees = split("COMPENSATION_FEES");
  return table([
    ["Of", "share", "to"],
    ["a slashed lock", percent(reporter), "the reporter"],
    [
      "",
      `up to ${percent(gas)}`,
      "challengers that did not lose, for the gas of their moves; what they do not need burns",
    ],
    [
      "",
      `up to ${percent(compensation)}`,
      `the requester or payer, besides its fee; at most ${fees} × the fee`,
    ],
    ["", percent(audit), "the audit pool; burned where the deployment names none"],
    ["", `at least ${percent(burned)}`, "burned"],
    ["the bond of a lost dispute", percent(split("WORKER_BOND_BPS")), "the worker; the rest burns"],
    [
      "the bond of an input that was shown",
      percent(split("WORKER_BOND_BPS")),
      "whoever had to show it; the rest burns",
    ],
    [
      "the bond of a demand that was answered",
      percent(split("WORKER_BOND_BPS")),
      "the worker; the rest burns",
    ],
    ["a forfeited allotment", percent(reporter), "the reporter; the rest burns"],
    ["the bond of a malformed program", "50 %", "the prover; the rest burns"],
    ["the fee of a requester that hid its input", "50 %", "the worker; the rest burns"],
  ]);
}

const part = (amount: bigint, share: string): bigint => (amount * BigInt(split(share))) / BPS;

/** What a slash over a request with that fee distributes, with an audit pool and the whole gas pot spent. */
function slashOf({ minLock, lockPerFee }: Tier, fee: bigint) {
  const lock = max(fee * BigInt(lockPerFee), minLock);
  const [reporter, gasPot, audit] = [
    part(lock, "REPORTER_BPS"),
    part(lock, "GAS_POT_BPS"),
    part(lock, "AUDIT_BPS"),
  ];
  const compensation = min(fee * BigInt(split("COMPENSATION_FEES")), part(lock, "COMPENSATION_BPS"));
  return {
    lock,
    reporter,
    gasPot,
    compensation,
    audit,
    burned: lock - reporter - gasPot - compensation - audit,
  };
}

const ONE = 10n ** 18n;

function slashTable(): string {
  const rows = names.flatMap((name) =>
    [1n, 100n].map((fee) => [
      `\`${name}\``,
      String(fee),
      ...Object.values(slashOf(tiers[name], fee * ONE)).map(tokens),
    ]),
  );
  return table([
    ["tier", "fee", "lock", "reporter", "gas pot", "requester", "audit pool", "burned at least"],
    ...rows,
  ]);
}

/** docs/protocol.md with its example of a slash written anew. */
export const withExample = (page: string): string => withParts(page, { slash: slashExample() });

function slashExample(): string {
  const [choices, judge] = [9, 600_000];
  const tier = tiers.standard;
  const { lock, reporter, compensation } = slashOf(tier, ONE);
  const moves = moveGas("CHALLENGE") + choices * moveGas("CHOOSE") + moveGas("PROVE_STEP") + judge;
  const gas = BigInt(moves) * tier.gasPrice;
  const lines = [
    ["lock", `max(${tokens(tier.minLock)}, ${tier.lockPerFee} · 1)`, lock],
    ["reporter", `${percent(split("REPORTER_BPS"))} of ${tokens(lock)}`, reporter],
    ["gas", `${count(moves)} gas`, gas],
    [
      "requester",
      `min(${percent(split("COMPENSATION_BPS"))} of ${tokens(lock)}, ${split("COMPENSATION_FEES")} · 1)`,
      compensation,
    ],
    ["burned", "what is left", lock - reporter - gas - compensation],
  ] as const;
  const example = lines.map(([name, how, amount]) =>
    `${name.padEnd(12)} ${how.padEnd(24)} = ${tokens(amount).padStart(8)}`.trimEnd(),
  );
  const gasOf = (move: string): string => count(moveGas(move));
  return `A challenger's moves are counted as ${gasOf("CHALLENGE")} gas for the challenge and ${gasOf("CHOOSE")} for each choice; as ${gasOf("NEXT_CHALLENGE")} and ${gasOf("NEXT_CHOOSE")}
where they are not the first move of their transaction; and ${gasOf("PROVE_STEP")} for the step proof besides what the judge took, of which
at most ${gasOf("JUDGE_MAX")} count. With the \`standard\` tier (${tokens(tier.gasPrice * 1_000_000n)} tokens for a million gas), no audit pool, a fee of 1 token, and one
challenger through ${choices} choices, each in a transaction of its own, to a proof that took the judge ${count(judge)} gas:

\`\`\`text
${example.join("\n")}
\`\`\`

The requester has its fee of 1 back besides.`;
}

// LIMITS

function limitsTable(): string {
  const MiB = 1024 * 1024;
  return table([
    ["What", "limit", "where"],
    ["answers in one batch", count(constantOf("InferenceMarket", "MAX_BATCH")), "`InferenceMarket`"],
    ["gas of a consumer's call", count(constantOf("Requests", "MAX_CALLBACK_GAS")), "`InferenceMarket`"],
    ["a pause", duration(constantOf("Requests", "MAX_PAUSE")), "`InferenceMarket`"],
    [
      "an input that is kept off the chain",
      `${posting("MAX_BYTES") / MiB} MiB`,
      "`InferenceMarket`, `InputRequests`",
    ],
    ["a posted chunk of an input", `${chunkBytes / 1024} KiB`, "`InputRequests`"],
    ["tranches that unbond at once", count(constantOf("StakeVault", "MAX_TRANCHES")), "`StakeVault`"],
    [
      "penalty for a missed delivery",
      `${percent(parameters("MAX_DELIVERY_PENALTY_BPS"))} of the lock`,
      "`Parameters`",
    ],
    ["trace depth and tensor depth in sum", count(parameters("MAX_PATH")), "`Parameters`"],
    ["passes of a program", count(constantOf("ProgramRegistry", "MAX_PASSES")), "`ProgramRegistry`"],
    ["depth of a tensor tree", count(constantOf("ProgramRegistry", "MAX_TENSOR_DEPTH")), "`ProgramRegistry`"],
    ["gas of the judge that is repaid", count(moveGas("JUDGE_MAX")), "`DisputeGame`"],
    ["any amount", "2⁹⁶ - 1 units", "`StakeVault`"],
  ]);
}

// TEXT

const max = (one: bigint, other: bigint): bigint => (one > other ? one : other);
const min = (one: bigint, other: bigint): bigint => (one < other ? one : other);
const count = (number: number): string => number.toLocaleString("en-US");
const percent = (bps: number): string => `${bps / 100} %`;
/** Rounded to four decimals. */
const tokens = (amount: bigint): string => String(Number(Number(formatUnits(amount, 18)).toFixed(4)));

/** In the largest unit in which the number has no more than one decimal. */
function duration(seconds: number): string {
  for (const [unit, length] of [
    ["days", 86_400],
    ["h", 3_600],
    ["min", 60],
  ] as const) {
    if (seconds < length) continue;
    const tenths = (seconds * 10) / length;
    if (!Number.isInteger(tenths)) continue;
    return `${tenths / 10} ${tenths === 10 && unit === "days" ? "day" : unit}`;
  }
  return seconds >= 86_400 ? `${Number((seconds / 86_400).toFixed(2))} days` : `${seconds} s`;
}
