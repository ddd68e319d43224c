// The worker's side of receipts: signs answers, keeps its epochs, defends what was opened, redeems vouchers.
import type { Hex } from "@assay/sdk/protocol";
import { type Address, formatEther } from "viem";
import { createReceiptBooks } from "../chain/receiptBooks.ts";
import { createTiers } from "../chain/tiers.ts";
import type { Executor } from "../execution/executor.ts";
import { createConduct } from "../roles/conduct.ts";
import type { Programs, RoleContext } from "../roles/context.ts";
import { createDoubt, type Doubt } from "../roles/doubt.ts";
import { createRole, type Role } from "../roles/role.ts";
import type { Machine } from "../roles/worker.ts";
import type { OpenWork } from "../strategy/capacity.ts";
import { isSame } from "../strategy/claims.ts";
import { createReceiptBook, type OwnEpoch, type ReceiptBook } from "./book.ts";
import { createDefence, type DefenceAction, keyOfDefence } from "./defence.ts";
import { createEpochDuties, type EpochAction, keyOfEpochAction } from "./epochs.ts";
import { type Asked, createIssuing, type Issued, type IssuingLimits } from "./issuing.ts";
import { createRedeeming, type RedeemAction } from "./redeeming.ts";
import { ReceiptRefusedError } from "./refusal.ts";
import { createSessions, type SessionAction } from "./sessions.ts";

export type ReceiptWorkerLimits = IssuingLimits & {
  /** Token units that vouchers must bring together before a transaction is spent on them. */
  redeemAbove: bigint;
};

export type ReceiptWorkerOptions = RoleContext & {
  /** Whose stake backs the receipts; the sender's key acts for it. */
  account: Address;
  programs: Programs;
  fast: Executor;
  reference: Executor;
  /** Of the worker of requests beside it: what is served, and what else it stands for. */
  machine: Machine;
  /** Shared by all that answers on this machine. */
  doubt?: Doubt;
  limits: ReceiptWorkerLimits;
};

/** What is told to whoever wants to ask. */
export type Offer = {
  worker: Address;
  session: bigint | undefined;
  sessionKey: { x: Hex; y: Hex } | undefined;
  programs: readonly Hex[];
  versions: readonly number[];
  /** Token units of one answer, at least. */
  price: bigint;
};

export type ReceiptWorker = Role & {
  book: ReceiptBook;
  offer(): Offer;
  /** @throws ReceiptRefusedError */
  issue(asked: Asked): Promise<Issued>;
  /** The epoch's number and receipts, closed or not. */
  epochOf(version: number, epoch: bigint): OwnEpoch | undefined;
  /** What receipts that can still be opened would take to defend. */
  openWork(): readonly OpenWork[];
};

type Action = DefenceAction | EpochAction | RedeemAction | SessionAction;

/** Seconds between two looks at what may be forgotten. */
const pruneEvery = 60n;

export function createReceiptWorker(options: ReceiptWorkerOptions): ReceiptWorker {
  const { journal, endpoints, deployment, account, machine, limits } = options;
  const book = createReceiptBook(journal, deployment, account);
  const books = createReceiptBooks(journal);
  const conduct = createConduct(options);
  const tiers = createTiers(options);
  const sessions = createSessions({ ...options, tiers }, conduct);
  const epochs = createEpochDuties({ ...options, book, tiers }, conduct);
  const redeeming = createRedeeming({ ...options, book, redeemAbove: limits.redeemAbove }, conduct);
  const defence = createDefence(
    {
      ...options,
      executor: options.fast,
      limits: { patienceSeconds: 0 },
      receiptOf: book.ofCommitment,
      inputOf: async ({ receiptId }) => book.inputOf(receiptId),
    },
    conduct,
  );
  const issuing = createIssuing({
    ...options,
    doubt: options.doubt ?? createDoubt(),
    book,
    tiers,
    conduct,
    session: sessions.current,
    isDraining: () => draining,
    opened: () => books.receipts().map(({ commitId }) => commitId),
  });
  let draining = false;
  let now = 0n;
  let prunedAt = 0n;

  async function plan(): Promise<Action[]> {
    const { number: blockNumber, timestamp } = await endpoints.head();
    now = timestamp;
    for (const { version } of book.openCounts(now)) await tiers.get(version);
    if (now > prunedAt + pruneEvery) await prune();
    show();
    return [
      ...(await defence.plan({ blockNumber, now })),
      ...epochs.plan(now),
      ...(await sessions.plan(now)),
      ...redeeming.plan(now, draining),
    ];
  }

  function show(): void {
    const { worker } = options.metrics;
    const channels = books.channelsOf(account);
    const open = channels.map(({ channelId }) => book.openLiability(channelId, now, []));
    worker.liability.set({ state: "open" }, tokens(sum(open)));
    worker.liability.set({ state: "allotted" }, tokens(sum(channels.map(({ allotment }) => allotment))));
    worker.unredeemed.set({}, tokens(redeeming.due()));
    worker.unposted.set({}, book.epochs("open", "closed").filter(({ endsAt }) => now >= endsAt).length);
    worker.receiptDisputes.set({}, defence.disputed());
  }

  /** INVARIANT (S-10, S-11): what can still be asked for is kept, and what can still be charged is remembered. */
  async function prune(): Promise<void> {
    prunedAt = now;
    const versions = new Set(book.epochs("posted").map(({ version }) => version));
    const before = new Map<number, bigint>();
    for (const version of versions)
      before.set(version, now - 2n * BigInt((await tiers.get(version)).receiptSeconds));
    const asked = books.demands().some(({ worker }) => isSame(worker, account));
    if (!asked) book.prune((version) => before.get(version) ?? 0n, books.isOpen);
    for (const number of await sessions.matured(now)) {
      journal.forgetAnswers(number);
      sessions.forget(number);
    }
  }

  function act(action: Action, signal: AbortSignal): Promise<void> {
    switch (action.kind) {
      case "authorise":
      case "revoke":
        return sessions.act(action, signal);
      case "postEpoch":
      case "answerDemand":
        return epochs.act(action, signal);
      case "redeem":
        return redeeming.redeem(action, signal);
      default:
        return defence.act(action, signal);
    }
  }

  /** What it has signed may be disputed until then. */
  const isIdle = (): boolean =>
    defence.disputed() === 0 &&
    book.openCounts(now).length === 0 &&
    book.epochs("open", "closed").length === 0;

  const role = createRole<Action>({
    ...options,
    name: "receipt worker",
    seconds: options.pollSeconds,
    plan,
    act,
    keyOf,
    isIdle,
    onDrain: () => {
      draining = true;
    },
  });
  return {
    ...role,
    book,
    offer: () => {
      const session = sessions.current();
      return {
        worker: account,
        session: session?.number,
        sessionKey: session && { x: session.signer.x, y: session.signer.y },
        programs: [...machine.served].flatMap(([id, { ready, offered }]) => (ready && offered ? [id] : [])),
        versions: limits.versions,
        price: limits.minFee,
      };
    },
    issue: async (asked) => {
      const { receipts } = options.metrics.worker;
      try {
        const issued = await issuing.issue(asked);
        receipts.add({ outcome: "issued" });
        return issued;
      } catch (error) {
        receipts.add({ outcome: error instanceof ReceiptRefusedError ? error.reason : "failed" });
        throw error;
      }
    },
    epochOf: (version, epoch) => book.epoch(version, epoch),
    openWork: () => issuing.openWork(now),
  };
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, one) => total + one, 0n);
const tokens = (amount: bigint): number => Number(formatEther(amount));

function keyOf(action: Action): string {
  switch (action.kind) {
    case "authorise":
    case "revoke":
      return `${action.kind}:${action.x}`;
    case "redeem":
      return action.kind;
    case "postEpoch":
    case "answerDemand":
      return keyOfEpochAction(action);
    default:
      return keyOfDefence(action);
  }
}
