// The worker's side of receipts: signs answers, posts epochs, answers demands, defends what was opened, redeems vouchers.
import {
  getChannel,
  getSessionKey,
  getTier,
  postEpochCall,
  redeemVouchersCall,
  setSessionKeyCall,
  showAbsenceCall,
  showInclusionCall,
  showReceiptCall,
} from "@assay/sdk";
import type { Trace } from "@assay/sdk/program";
import {
  chunkCount,
  epochOf,
  generateSessionKey,
  type Hex,
  type SessionKey,
  type SessionSigner,
  sessionSigner,
} from "@assay/sdk/protocol";
import { type Address, keccak256, stringToBytes } from "viem";
import { least } from "../bigints.ts";
import { createReceiptBooks, type OpenDemand } from "../chain/receiptBooks.ts";
import type { SendRequest } from "../chain/sender.ts";
import { second } from "../clock.ts";
import { RetryableError } from "../errors.ts";
import type { Executor } from "../execution/executor.ts";
import { postInputSend } from "../roles/calls.ts";
import { createConduct } from "../roles/conduct.ts";
import type { Programs, RoleContext } from "../roles/context.ts";
import { createReplying, keyOfReply } from "../roles/replying.ts";
import { createRole, type Role } from "../roles/role.ts";
import { isSame } from "../strategy/claims.ts";
import { type Reply, replies } from "../strategy/replies.ts";
import { createReceiptBook, type OwnEpoch, type ReceiptBook } from "./book.ts";
import { type Asked, createIssuing, type Issued, type IssuingLimits } from "./issuing.ts";
import { idOf, onChannels, readReceiptView } from "./references.ts";

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
  /** Programs on offer. */
  serves: readonly Hex[];
  /** Known answers on this machine; throws when one comes out wrong. */
  selfTest(programId: Hex): Promise<unknown>;
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
};

type Action =
  | { kind: "authorise" }
  | { kind: "prepare"; programId: Hex }
  | { kind: "postEpoch"; version: number; epoch: bigint }
  | { kind: "answerDemand"; demand: OpenDemand }
  | { kind: "postReceiptInput"; commitId: Hex; receiptId: Hex; firstChunk: number; deadline: bigint }
  | { kind: "redeem" }
  | Reply;

/** Seconds after which escrows are looked at again though there is little to redeem: their payers may be leaving. */
const lookEvery = 60n;
/** Vouchers in one transaction. */
const mostVouchers = 64;

export function createReceiptWorker(options: ReceiptWorkerOptions): ReceiptWorker {
  const { journal, endpoints, deployment, account, programs, fast, serves, limits, clock } = options;
  const book = createReceiptBook(journal, deployment, account);
  const books = createReceiptBooks(journal);
  const conduct = createConduct(options);
  const traces = new Map<Hex, Trace>();
  const reply = createReplying({ ...options, deployment: onChannels(deployment) }, conduct, {
    get: (commitId) => traces.get(commitId),
    compute: computeTrace,
    keep: () => {},
  });
  let session: { number: bigint; signer: SessionSigner } | undefined;
  const ready = new Set<Hex>();
  const workers = new Map<Hex, Address>();
  let authorised = false;
  let draining = false;
  let openDisputes = 0;
  let lookAt = 0n;

  const issuing = createIssuing({
    ...options,
    book,
    conduct,
    session: () => session!,
    obstacle: () => {
      if (draining) return "The worker takes on nothing new.";
      return authorised ? undefined : "The session key is not authorised yet.";
    },
    isServed: (programId) => ready.has(programId),
    opened: () => new Set(books.receipts().map(({ commitId }) => commitId)),
  });

  async function computeTrace(commitId: Hex): Promise<Trace> {
    const one = book.ofCommitment(commitId);
    const input = one && book.inputOf(one.receiptId);
    if (one === undefined || input === undefined)
      throw new RetryableError("The input of the receipt is not at hand.", { facts: { commitId } });
    const trace = await fast.trace(await programs.get(one.receipt.programId), input);
    traces.set(commitId, trace);
    return trace;
  }

  async function plan(): Promise<Action[]> {
    const { number: blockNumber, timestamp: now } = await endpoints.head();
    session ??= await openSession();
    authorised ||= await isAuthorised(session.signer);
    const posts = book
      .epochs("open", "closed")
      .filter(({ endsAt }) => now >= endsAt)
      .map(({ version, epoch }) => ({ kind: "postEpoch", version, epoch }) as const);
    const demands: OpenDemand[] = [];
    for (const demand of books.demands())
      if (demand.deadline >= now && (await isOurs(demand))) demands.push(demand);
    return [
      ...(authorised ? [] : [{ kind: "authorise" } as const]),
      ...serves.filter((id) => !ready.has(id)).map((programId) => ({ kind: "prepare", programId }) as const),
      ...(await repliesDue(blockNumber, now)),
      ...demands.map((demand) => ({ kind: "answerDemand", demand }) as const),
      ...inputsAsked(now),
      ...posts,
      ...redeeming(now),
    ];
  }

  /** INVARIANT (S-11): the key lives in this process only, and its session number in the journal before it signs. */
  async function openSession() {
    const signer = await sessionSigner(await generateSessionKey());
    return { number: book.openSession(BigInt(Math.floor(clock.now() / second))), signer };
  }

  const isAuthorised = async ({ x, y }: SessionKey) =>
    (await endpoints.use((client) => getSessionKey(client, { deployment, worker: account, x, y })))
      .authorised;

  async function isOurs(demand: OpenDemand): Promise<boolean> {
    const channelId = demand.of === "inclusion" ? demand.receipt.channelId : demand.channelId;
    const worker =
      workers.get(channelId) ??
      (await endpoints.use((client) => getChannel(client, { deployment, channelId }))).worker;
    workers.set(channelId, worker);
    return isSame(worker, account);
  }

  async function repliesDue(blockNumber: bigint, now: bigint): Promise<Reply[]> {
    const disputed = books.receipts().flatMap(({ commitId, disputes }) => {
      const one = book.ofCommitment(commitId);
      return one && disputes.length > 0 ? [{ ...one, disputes }] : [];
    });
    openDisputes = disputed.length;
    for (const commitId of traces.keys())
      if (!disputed.some((one) => one.commitId === commitId)) traces.delete(commitId);
    const at = { deployment, blockNumber };
    const views = await endpoints.use((client) =>
      Promise.all(
        disputed.map(({ disputes, ...one }) =>
          readReceiptView(client, at, { ...one, worker: account }, disputes),
        ),
      ),
    );
    const defended = views
      .filter(({ status }) => status === "open")
      .map((view) => ({ ...view, trace: traces.get(view.commitId) }));
    return replies(defended, now, { patienceSeconds: 0 });
  }

  function inputsAsked(now: bigint): Action[] {
    return journal.inputRequests.list({ states: ["open"] }).flatMap(({ data: { id, posted, postBy } }) => {
      const one = book.ofCommitment(id);
      if (one === undefined || now > postBy) return [];
      const { receiptId } = one;
      const firstChunk = chunkCount(posted);
      return [{ kind: "postReceiptInput", commitId: id, receiptId, firstChunk, deadline: postBy }];
    });
  }

  function redeeming(now: bigint): Action[] {
    const due = redeemable().reduce((sum, { voucher, paid }) => sum + voucher.voucher.total - paid, 0n);
    if (due === 0n || (due < limits.redeemAbove && now < lookAt)) return [];
    return [{ kind: "redeem" }];
  }

  const redeemable = () =>
    book
      .accounts()
      .flatMap(({ voucher, ...one }) =>
        voucher && voucher.voucher.total > one.paid ? [{ ...one, voucher }] : [],
      );

  async function act(action: Action, signal: AbortSignal): Promise<void> {
    switch (action.kind) {
      case "authorise": {
        const { x, y } = session!.signer;
        const call = setSessionKeyCall({ deployment, worker: account, x, y });
        await conduct.send("setSessionKey", x, { key: `setSessionKey:${x}`, call }, signal);
        authorised = true;
        return;
      }
      case "prepare":
        await options.selfTest(action.programId);
        ready.add(action.programId);
        return;
      case "postEpoch":
        return postEpoch(action, signal);
      case "answerDemand":
        return answer(action.demand, signal);
      case "postReceiptInput": {
        const { receiptId, ...ask } = action;
        const input = book.inputOf(receiptId);
        if (input === undefined) return conduct.alarm("inputLost", { receiptId });
        const send = postInputSend(deployment, { ...ask, kind: "postInput", requestId: receiptId }, input);
        await conduct.send("postInput", action.commitId, send, signal);
        return;
      }
      case "redeem":
        return redeem(signal);
      default:
        return reply(action, signal);
    }
  }

  async function postEpoch(
    { version, epoch }: { version: number; epoch: bigint },
    signal: AbortSignal,
  ): Promise<void> {
    const closed = book.close(version, epoch);
    if (closed === undefined) return;
    const { root, count } = book.treeOf(closed);
    if (count > 0) {
      const call = postEpochCall({ deployment, worker: account, version, epoch, root, count });
      const key = `postEpoch:${version}:${epoch}`;
      await conduct.send("postEpoch", root, { key, call, done: ["EpochAlreadyPosted"] }, signal);
    }
    book.markPosted(version, epoch);
  }

  async function answer(demand: OpenDemand, signal: AbortSignal): Promise<void> {
    const call = await answerTo(demand);
    if (call === undefined) return;
    const { demandId, deadline } = demand;
    const key = `answerDemand:${demandId}`;
    const request: SendRequest = { key, call, deadline, urgent: true, done: ["DemandNotOpen"] };
    await conduct.send("answerDemand", demandId, request, signal);
  }

  async function answerTo(demand: OpenDemand): Promise<SendRequest["call"] | undefined> {
    const channelId = demand.of === "inclusion" ? demand.receipt.channelId : demand.channelId;
    const one = demand.of === "inclusion" ? book.get(idOf(deployment, demand.receipt)) : undefined;
    const version = demand.of === "inclusion" ? demand.receipt.version : demand.version;
    const number =
      demand.of === "inclusion" ? await epochNumber(version, demand.receipt.issuedAt) : demand.epoch;
    const epoch = book.epoch(version, number);
    if (epoch === undefined || (demand.of === "inclusion" && one === undefined)) {
      conduct.alarm("foreignReceipt", { demandId: demand.demandId, channelId });
      return undefined;
    }
    if (epoch.state !== "posted") return undefined; // its root comes first
    const tree = book.treeOf(epoch);
    const entryProof = tree.entryProof(channelId);
    const own = book.receiptsOf(epoch).filter(({ receipt }) => receipt.channelId === channelId);
    if (demand.of === "inclusion") {
      const index = own.findIndex(({ receiptId }) => receiptId === one?.receiptId);
      if (index < 0) {
        conduct.alarm("receiptLeftOut", { demandId: demand.demandId, channelId });
        return undefined;
      }
      const receiptProof = tree.receiptProof(channelId, index);
      return showInclusionCall({ deployment, receipt: demand.receipt, entryProof, receiptProof });
    }
    const { index } = demand;
    const asked = own[index];
    if (asked === undefined)
      return showAbsenceCall({ deployment, version, epoch: number, channelId, index, entryProof });
    const { receipt, signature } = asked;
    return showReceiptCall({
      deployment,
      entryProof,
      receiptProof: tree.receiptProof(channelId, index),
      receipt,
      signature,
    });
  }

  async function epochNumber(version: number, issuedAt: bigint): Promise<bigint> {
    const { receiptSeconds } = await endpoints.use((client) => getTier(client, { deployment, version }));
    return epochOf(receiptSeconds, issuedAt);
  }

  async function redeem(signal: AbortSignal): Promise<void> {
    lookAt = (await endpoints.head()).timestamp + lookEvery;
    const due: (ReturnType<typeof redeemable>[number] & { brings: bigint; leaving: boolean })[] = [];
    for (const one of redeemable()) {
      const { channelId, voucher } = one;
      const channel = await endpoints.use((client) => getChannel(client, { deployment, channelId }));
      book.setPaid(channelId, channel.paid);
      const left = voucher.voucher.total - channel.paid;
      const brings = least(left, channel.escrow);
      if (brings > 0n) due.push({ ...one, brings, leaving: channel.escrowLeaving > 0n });
    }
    const sum = due.reduce((total, { brings }) => total + brings, 0n);
    if (sum === 0n || (sum < limits.redeemAbove && !due.some(({ leaving }) => leaving))) return;
    const best = due.sort((a, b) => (a.brings < b.brings ? 1 : -1)).slice(0, mostVouchers);
    const vouchers = best.map(({ voucher }) => voucher);
    const which = vouchers.map(({ voucher }) => `${voucher.channelId}:${voucher.total}`).join();
    const key = `redeem:${keccak256(stringToBytes(which))}`;
    const call = redeemVouchersCall({ deployment, vouchers, to: account });
    await conduct.send("redeem", account, { key, call, done: ["NothingToRedeem"] }, signal);
    for (const { channelId } of best) {
      const { paid } = await endpoints.use((client) => getChannel(client, { deployment, channelId }));
      book.setPaid(channelId, paid);
    }
  }

  const role = createRole<Action>({
    ...options,
    name: "receipt worker",
    seconds: options.pollSeconds,
    plan,
    act,
    keyOf,
    isIdle: () => openDisputes === 0 && book.epochs("open", "closed").length === 0,
    onDrain: () => {
      draining = true;
    },
  });
  return {
    ...role,
    book,
    offer: () => ({
      worker: account,
      session: session?.number,
      sessionKey: session && authorised ? { x: session.signer.x, y: session.signer.y } : undefined,
      programs: [...ready],
      versions: limits.versions,
      price: limits.minFee,
    }),
    issue: issuing.issue,
    epochOf: (version, epoch) => book.epoch(version, epoch),
  };
}

function keyOf(action: Action): string {
  switch (action.kind) {
    case "authorise":
    case "redeem":
      return action.kind;
    case "prepare":
      return `prepare:${action.programId}`;
    case "postEpoch":
      return `postEpoch:${action.version}:${action.epoch}`;
    case "answerDemand":
      return `answerDemand:${action.demand.demandId}`;
    case "postReceiptInput":
      return `postInput:${action.commitId}`;
    default:
      return keyOfReply(action);
  }
}
