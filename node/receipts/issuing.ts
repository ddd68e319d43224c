// Answers at once: checks who pays and what stands behind it, executes, writes down, signs.
import { getChannel } from "@assay/sdk";
import type { Execution } from "@assay/sdk/program";
import {
  byteRoot,
  EMPTY,
  epochOf,
  epochSeconds,
  type Hex,
  type SessionSignature,
  type Tier,
  voucherHash,
} from "@assay/sdk/protocol";
import type { Address } from "viem";
import { most } from "../bigints.ts";
import type { Tiers } from "../chain/tiers.ts";
import { second } from "../clock.ts";
import { ConflictingAnswerError } from "../errors.ts";
import type { Executor } from "../execution/executor.ts";
import type { Conduct } from "../roles/conduct.ts";
import type { Programs, RoleContext } from "../roles/context.ts";
import type { Doubt } from "../roles/doubt.ts";
import type { Machine } from "../roles/worker.ts";
import { lockFor, type OpenWork } from "../strategy/capacity.ts";
import { type DefenceLimits, isSame, shortOf } from "../strategy/claims.ts";
import type { ReceiptBook, SignedVoucher } from "./book.ts";
import type { SignedReceipt } from "./references.ts";
import { ReceiptRefusedError } from "./refusal.ts";
import type { Session } from "./sessions.ts";

export type IssuingLimits = DefenceLimits & {
  /** Token units. */
  minFee: bigint;
  /** Parameter versions on offer; the first one where none is asked for. */
  versions: readonly number[];
  /** Part of the answers that the reference executor computes again. */
  sampleRate: number;
};

/** A request for an answer with a receipt. */
export type Asked = {
  programId: Hex;
  input: Uint8Array;
  channelId: Hex;
  /** Of the channel; the last one counts where none is given. */
  voucher?: SignedVoucher | undefined;
  version?: number | undefined;
  /** What is offered; the worker's price where none is named. */
  fee?: bigint | undefined;
  isPrivate?: boolean | undefined;
  previous?: Hex | undefined;
};

export type Issued = SignedReceipt & { receiptId: Hex; output: Uint8Array };

export type Issuing = {
  /** @throws ReceiptRefusedError */
  issue(asked: Asked): Promise<Issued>;
  /** What receipts that can still be opened would take to defend. */
  openWork(now: bigint): OpenWork[];
};

export type IssuingOptions = Pick<
  RoleContext,
  "journal" | "endpoints" | "deployment" | "clock" | "logger" | "metrics"
> & {
  /** Whose stake and channels they are. */
  account: Address;
  programs: Programs;
  fast: Executor;
  reference: Executor;
  limits: IssuingLimits;
  book: ReceiptBook;
  tiers: Tiers;
  machine: Machine;
  doubt: Doubt;
  /** That signs; undefined while there is none. */
  session(): Session | undefined;
  conduct: Conduct;
  /** Nothing new is taken on. */
  isDraining(): boolean;
  /** Receipts that somebody has opened on the chain, by their commitments. */
  opened(): readonly Hex[];
};

type Pending = { liability: bigint; fee: bigint };

type Terms = Pending & { version: number; tier: Tier /** Of the newest block, unix seconds. */; now: bigint };

export function createIssuing(options: IssuingOptions): Issuing {
  const { endpoints, deployment, clock, account, programs, fast, reference, limits, book } = options;
  const { tiers, machine, doubt, metrics } = options;
  /** Admitted and being executed. */
  const pending = new Map<Hex, Pending>();
  let sequence = 0n;
  let executing = 0;

  const refuse = (...given: ConstructorParameters<typeof ReceiptRefusedError>): never => {
    throw new ReceiptRefusedError(...given);
  };

  /** What speaks against signing anything now. */
  function requireSession(): Session {
    const session = options.session();
    if (doubt.isRaised()) return refuse("notReady", "This machine has computed two different results.");
    if (options.isDraining()) return refuse("notReady", "The worker takes on nothing new.");
    return session ?? refuse("notReady", "The session key is not authorised yet.");
  }

  function openWork(now: bigint): OpenWork[] {
    return book.openCounts(now).flatMap(({ programId, version, count }) => {
      const tier = tiers.known(version);
      return tier ? [{ programId, tier, commitBy: undefined, count }] : [];
    });
  }

  async function channelOf(channelId: Hex) {
    const channel = await endpoints
      .use((client) => getChannel(client, { deployment, channelId }))
      .catch((error: unknown) => {
        if (!(error instanceof Error) || error.name !== "ChannelNotFoundError") throw error;
        return refuse("unknownChannel", "The channel does not exist.", { channelId });
      });
    if (!isSame(channel.worker, account))
      refuse("unknownChannel", "The channel is another worker's.", { channelId, worker: channel.worker });
    return channel;
  }

  async function checkVoucher(signed: SignedVoucher, payer: Address, channelId: Hex): Promise<void> {
    const { chainId, channels } = deployment;
    const { voucher, signature } = signed;
    const hash = voucherHash({ chainId: BigInt(chainId), channels, voucher });
    const isGood =
      voucher.channelId === channelId &&
      (await endpoints.use((client) => client.verifyHash({ address: payer, hash, signature })));
    if (!isGood) refuse("voucher", "The voucher is not signed by the channel's payer.", { channelId, payer });
  }

  async function issue(asked: Asked): Promise<Issued> {
    const { programId, input, channelId } = asked;
    const version = asked.version ?? limits.versions[0]!;
    requireSession();
    const served = machine.served.get(programId);
    if (!served?.ready || !served.offered) refuse("notServed", "The program is not served.", { programId });
    if (!limits.versions.includes(version))
      refuse("version", "The tier is not on offer.", { version, offered: limits.versions });
    const committed = await programs.get(programId);
    const { inputBytes } = committed.header;
    if (input.length !== inputBytes)
      refuse("inputLength", "The input has another length than the program reads.", {
        given: input.length,
        required: inputBytes,
      });
    const [tier, channel, head] = await Promise.all([
      tiers.get(version),
      channelOf(channelId),
      endpoints.head(),
    ]);
    const least = most(limits.minFee, tier.minFee);
    const fee = asked.fee ?? least;
    if (fee < least) refuse("price", "The fee is below the price.", { fee, price: least });
    if (asked.voucher) await checkVoucher(asked.voucher, channel.payer, channelId);
    const repeated = issuedBefore(asked, { version, fee });
    if (repeated) return repeated;

    const liability = lockFor(tier, fee);
    // From here to `pending` nothing waits: two requests never count on the same stake or the same money.
    const before = pending.get(channelId) ?? { liability: 0n, fee: 0n };
    const owed = book.account(channelId).owed + before.fee + fee;
    const promised = [book.account(channelId).voucher, asked.voucher].map((one) => one?.voucher.total ?? 0n);
    const total = promised.reduce((largest, one) => most(one, largest));
    if (total < owed)
      refuse("voucher", "No voucher covers what is owed.", { channelId, owed, promised: total });
    const escrow = channel.escrow - channel.escrowLeaving;
    if (owed - channel.paid > escrow)
      refuse("escrow", "The escrow does not cover what is owed.", {
        channelId,
        owed,
        paid: channel.paid,
        escrow,
      });
    const open = book.openLiability(channelId, head.timestamp, options.opened());
    const free = channel.backing - channel.reserved - open - before.liability;
    // INVARIANT (S-12): no more is signed than the channel's own allotment stands for.
    if (free < liability)
      refuse("allotment", "The channel's allotment does not cover another receipt.", {
        channelId,
        liability,
        free: free > 0n ? free : 0n,
      });
    // INVARIANT (S-10): all that is open can be defended at once, and this as well.
    const one = { programId, tier, commitBy: undefined, count: 1 + executing };
    const work = [...machine.openWork(), ...openWork(head.timestamp), one];
    const short = shortOf(work, machine.served, machine.gas(), limits);
    if (short !== undefined) refuse("busy", "The worker could not defend more at once.", { short });
    pending.set(channelId, { liability: before.liability + liability, fee: before.fee + fee });
    executing++;
    try {
      return await answer(asked, { version, tier, fee, liability, now: head.timestamp });
    } finally {
      executing--;
      const now = pending.get(channelId)!;
      pending.set(channelId, { liability: now.liability - liability, fee: now.fee - fee });
    }
  }

  /** Executes, writes down, signs. */
  async function answer(asked: Asked, { version, tier, fee, liability, now }: Terms): Promise<Issued> {
    const { programId, input, channelId } = asked;
    const { output, passes } = await execute(asked);
    const session = requireSession();
    const issuedAt = timeOfIssue(tier, now, book.earliest(version));
    const number = epochOf(tier.receiptSeconds, issuedAt);
    const receipt = {
      channelId,
      session: session.number,
      sequence: sequence++,
      programId,
      inputRoot: byteRoot(input),
      outputRoot: byteRoot(output),
      passes,
      version,
      isPrivate: asked.isPrivate ?? false,
      fee,
      liability,
      issuedAt,
      challengeUntil: issuedAt + BigInt(tier.receiptSeconds),
      previous: asked.previous ?? EMPTY,
    };
    const endsAt = (number + 1n) * epochSeconds(tier.receiptSeconds);
    const { receiptId } = recorded(() => book.record(receipt, { number, endsAt }, { input, output }));
    let signature: SessionSignature;
    try {
      signature = await session.signer.sign(receiptId);
    } catch (error) {
      book.abandon(receiptId);
      throw error;
    }
    // Only what is answered is paid: the voucher of a request that was refused is not kept.
    book.sign(receiptId, signature, asked.voucher);
    options.logger.info("Receipt issued", { receiptId, channelId, programId, fee, liability });
    return { receiptId, receipt, signature, output };
  }

  /** The receipt that this very voucher paid for, to this very question: its answer may have been lost on the way. */
  function issuedBefore(
    asked: Asked,
    { version, fee }: { version: number; fee: bigint },
  ): Issued | undefined {
    const { programId, input, isPrivate = false, previous = EMPTY, voucher } = asked;
    const known = voucher && book.paidBy(voucher.voucher);
    const output = known && book.outputOf(known.receiptId);
    if (known?.signature === undefined || output === undefined) return undefined;
    const { receipt, receiptId, signature } = known;
    const isSameQuestion =
      receipt.programId === programId &&
      receipt.inputRoot === byteRoot(input) &&
      receipt.version === version &&
      receipt.isPrivate === isPrivate &&
      receipt.previous === previous &&
      receipt.fee === fee;
    return isSameQuestion ? { receiptId, receipt, signature, output } : undefined;
  }

  /** The chain's time, which nobody has to wait for; this machine's where the chain stands still for half an epoch. */
  function timeOfIssue({ receiptSeconds }: Tier, head: bigint, earliest: bigint): bigint {
    const own = BigInt(Math.floor(clock.now() / second));
    const time = own > head + epochSeconds(receiptSeconds) / 2n ? own : head;
    return time > earliest ? time : earliest;
  }

  async function execute({ programId, input }: Asked): Promise<Execution> {
    const committed = await programs.get(programId);
    const execution = await fast.run(committed, input);
    if (Math.random() < limits.sampleRate) {
      const right = await reference.run(committed, input);
      const agrees =
        byteRoot(right.output) === byteRoot(execution.output) && right.passes === execution.passes;
      metrics.worker.samples.add({ verdict: agrees ? "agrees" : "differs" });
      if (!agrees) halt("sampleDiffers", programId);
    }
    return execution;
  }

  function recorded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof ConflictingAnswerError) return halt("answersDiffer", error.facts);
      throw error;
    }
  }

  function halt(reason: string, about: unknown): never {
    doubt.raise();
    options.conduct.alarm(reason, { about });
    return refuse("notReady", "This machine has computed two different results.");
  }

  return { issue, openWork };
}
