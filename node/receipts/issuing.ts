// Answers at once: checks who pays and what stands behind it, executes, writes down, signs.
import { getChannel, getTier } from "@assay/sdk";
import type { Execution } from "@assay/sdk/program";
import {
  byteRoot,
  EMPTY,
  epochOf,
  epochSeconds,
  type Hex,
  type SessionSignature,
  type SessionSigner,
  type Tier,
  voucherHash,
} from "@assay/sdk/protocol";
import type { Address } from "viem";
import { most } from "../bigints.ts";
import { second } from "../clock.ts";
import { ConflictingAnswerError } from "../errors.ts";
import type { Executor } from "../execution/executor.ts";
import type { Conduct } from "../roles/conduct.ts";
import type { Programs, RoleContext } from "../roles/context.ts";
import { isSame } from "../strategy/claims.ts";
import type { ReceiptBook, SignedVoucher } from "./book.ts";
import type { SignedReceipt } from "./references.ts";
import { ReceiptRefusedError } from "./refusal.ts";

export type IssuingLimits = {
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
  /** True once this machine has computed two different results. */
  isHalted(): boolean;
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
  /** Of this process; there once {@link obstacle} sees none. */
  session(): { number: bigint; signer: SessionSigner };
  conduct: Conduct;
  /** Why nothing may be signed now; undefined when all is well. */
  obstacle(): string | undefined;
  /** Passed its self-test on this machine. */
  isServed(programId: Hex): boolean;
  /** Receipts that somebody has opened on the chain. */
  opened(): ReadonlySet<Hex>;
};

type Pending = { liability: bigint; fee: bigint };

export function createIssuing(options: IssuingOptions): Issuing {
  const { endpoints, deployment, clock, account, programs, fast, reference, limits, book, session } = options;
  const tiers = new Map<number, Tier>();
  /** Admitted and being executed. */
  const pending = new Map<Hex, Pending>();
  let sequence = 0n;
  let halted = false;

  const refuse = (...given: ConstructorParameters<typeof ReceiptRefusedError>): never => {
    throw new ReceiptRefusedError(...given);
  };

  async function tierOf(version: number): Promise<Tier> {
    const tier =
      tiers.get(version) ?? (await endpoints.use((client) => getTier(client, { deployment, version })));
    tiers.set(version, tier);
    return tier;
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
    const obstacle = halted ? "This machine has computed two different results." : options.obstacle();
    if (obstacle !== undefined) refuse("notReady", obstacle);
    if (!options.isServed(programId)) refuse("notServed", "The program is not served.", { programId });
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
      tierOf(version),
      channelOf(channelId),
      endpoints.head(),
    ]);
    const least = most(limits.minFee, tier.minFee);
    const fee = asked.fee ?? least;
    if (fee < least) refuse("price", "The fee is below the price.", { fee, price: least });
    if (asked.voucher) await checkVoucher(asked.voucher, channel.payer, channelId);
    const repeated = issuedBefore(asked, { version, fee });
    if (repeated) return repeated;

    const byFee = fee * BigInt(tier.lockPerFee);
    const liability = byFee > tier.minLock ? byFee : tier.minLock;
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
    pending.set(channelId, { liability: before.liability + liability, fee: before.fee + fee });
    let { output, passes }: Execution = { output: new Uint8Array(), passes: 0 };
    try {
      ({ output, passes } = await execute(asked));
    } finally {
      const now = pending.get(channelId)!;
      pending.set(channelId, { liability: now.liability - liability, fee: now.fee - fee });
    }

    const issuedAt = timeOfIssue(tier, head.timestamp, book.earliest(version));
    const number = epochOf(tier.receiptSeconds, issuedAt);
    const receipt = {
      channelId,
      session: session().number,
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
    // Only what is answered is paid: the voucher of a request that was refused is not kept.
    const { receiptId } = recorded(() =>
      book.record(receipt, { number, endsAt }, { input, output }, asked.voucher),
    );
    const signature: SessionSignature = await session().signer.sign(receiptId);
    book.sign(receiptId, signature);
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
      options.metrics.worker.samples.add({ verdict: agrees ? "agrees" : "differs" });
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
    halted = true;
    options.conduct.alarm(reason, { about });
    return refuse("notReady", "This machine has computed two different results.");
  }

  return { issue, isHalted: () => halted };
}
