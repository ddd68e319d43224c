// A payer and a worker's server: what is bought, what is refused before anything is signed, and every lie of an answer.
import {
  createPaymentBooks,
  EscrowTooSmallError,
  FeeAboveMaximumError,
  getOffer,
  InputLengthError,
  InvalidBooksError,
  MalformedAnswerError,
  memoryStorage,
  NotOfferedError,
  NotPayerError,
  OtherWorkerError,
  PaidWithoutReceiptError,
  type PaymentBooks,
  parseReceipt,
  ReceiptFeeError,
  ReceiptLiabilityError,
  ReceiptMismatchError,
  ReceiptReplayedError,
  ReceiptSignatureError,
  ReceiptTimeError,
  ReceiptUncoveredError,
  SessionKeyNotAuthorisedError,
  stringifyJson,
  UnsettledChannelError,
  verifyReceipt,
  WorkerRefusedError,
  WorkerUnreachableError,
} from "@assay/sdk";
import {
  byteRoot,
  epochSeconds,
  generateSessionKey,
  type Hex,
  type Receipt,
  receiptId as receiptIdOf,
  type SessionSigner,
  sessionSigner,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import { bytesToHex, parseEther, stringToBytes, zeroHash } from "viem";
import { play, reference, workerLimits } from "../../helpers/players.ts";
import { randomInput } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";
import { joinReceiptWorker, type ReceiptPlayer } from "../../helpers/receiptPlayers.ts";
import { failure } from "../../helpers/scorerMarket.ts";
import { checkBooks, gain, type Stage, setStage } from "../../helpers/stage.ts";
import { type Answer, standBefore, type WrongWorker } from "../../helpers/wrongWorker.ts";

const fee = parseEther("1");

describe("requestReceipt", () => {
  let stage: Stage;
  let worker: ReceiptPlayer;
  let wrong: WrongWorker;
  let channelId: Hex;
  let books: PaymentBooks;
  let liability: bigint;
  let other: SessionSigner;
  const random = new Random(53);

  beforeEach(async () => {
    stage = await setStage();
    const { network } = stage;
    liability = network.tier.minLock;
    const { requester, worker: owner } = network.clients;
    const opened = await requester.depositToChannel({
      worker: network.addresses.worker,
      amount: parseEther("10"),
    });
    channelId = opened.channelId;
    await owner.allotStake({ channelId, amount: 4n * liability });
    const limits = { ...workerLimits, minFee: fee, sampleRate: 0, redeemAbove: 1n };
    worker = await joinReceiptWorker(network, stage.library, { limits });
    await play(network, [worker]);
    other = await sessionSigner(await generateSessionKey());
    await owner.setSessionKey({ worker: network.addresses.worker, x: other.x, y: other.y });
    wrong = await standBefore(worker.url);
    books = createPaymentBooks();
  });
  afterEach(async () => {
    await wrong.stop();
    await worker.server.stop?.();
    worker.leave();
    await stage.network.close();
  });

  const input = () => randomInput(stage.committed.program, random);
  type Asked = Partial<Parameters<Stage["network"]["clients"]["requester"]["requestReceipt"]>[0]>;
  const ask = (asked: Asked = {}) => {
    const question = { programId: stage.programId, channelId, url: wrong.url, books, input: input() };
    return stage.network.clients.requester.requestReceipt({ ...question, ...asked });
  };
  const totals = () =>
    wrong.posted.map(({ voucher }) => BigInt((voucher as { voucher: { total: string } }).voucher.total));

  it("S-12: buys an answer, and everything about it can be checked", async () => {
    const { deployment, clients, addresses } = stage.network;
    const offer = await getOffer({ url: worker.url });
    expect(offer).to.include({ worker: addresses.worker, price: fee });
    expect(offer.programs).to.deep.equal([stage.programId]);
    const given = input();
    const { receipt, signature, output, receiptId, voucher, epoch, ...rest } = await ask({ input: given });
    expect(output).to.deep.equal((await reference.run(stage.committed, given)).output);
    expect(rest.worker).to.equal(addresses.worker);
    expect(voucher.voucher).to.deep.equal({ channelId, total: fee });
    expect(epoch).to.equal(receipt.issuedAt / epochSeconds(stage.network.tier.receiptSeconds));
    const facts = await clients.stranger.getReceiptFacts({ receipt, signature });
    const { program } = stage.committed;
    const manifest = stringToBytes("{}");
    const asked = { deployment, receipt, signature, input: given, output, facts };
    const verified = await verifyReceipt({ ...asked, program, manifest });
    expect(verified.checks.filter(({ passed }) => !passed)).to.deep.equal([]);
    expect(verified.receiptId).to.equal(receiptId);
    const { owed, promised, receipts, unanswered } = await books.get(channelId);
    expect({ owed, promised, unanswered }).to.deep.equal({ owed: fee, promised: fee, unanswered: undefined });
    expect(receipts.map((one) => one.receiptId)).to.deep.equal([receiptId]);
    expect(parseReceipt(JSON.parse(stringifyJson({ receipt, signature })))).to.deep.equal({
      receipt,
      signature,
    });
  });

  it("I-54: asked at once, one follows the other, and the worker is paid for each once", async () => {
    const before = await checkBooks(stage.network);
    const answers = await Promise.all([ask(), ask(), ask({ isPrivate: true })]);
    expect(answers.map(({ voucher }) => voucher.voucher.total)).to.deep.equal([fee, 2n * fee, 3n * fee]);
    expect(answers.map(({ receipt }) => receipt.isPrivate)).to.deep.equal([false, false, true]);
    await stage.network.advance(stage.network.tier.receiptSeconds);
    await play(stage.network, [worker]);
    expect(gain(before, await checkBooks(stage.network), "worker")).to.equal(3n * fee);
  });

  it("I-54: books that survive go on where they were", async () => {
    const storage = memoryStorage();
    await ask({ books: createPaymentBooks(storage) });
    const { voucher } = await ask({ books: createPaymentBooks(storage) });
    expect(voucher.voucher.total).to.equal(2n * fee);
    const text = await storage.read(`assay.channel.${channelId}`);
    await storage.swap(`assay.channel.${channelId}`, text, "{}");
    expect(await failure(ask({ books: createPaymentBooks(storage) }))).to.be.instanceOf(InvalidBooksError);
  });

  it("I-54: books that somebody else has written meanwhile are read again", async () => {
    const kept = memoryStorage();
    let interrupted = false;
    const swap = async (key: string, before: string | undefined, after: string) => {
      if (interrupted) return kept.swap(key, before, after);
      interrupted = true;
      await createPaymentBooks(kept).change(channelId, (book) => ({ ...book, promised: 7n }));
      return kept.swap(key, before, after);
    };
    const shared = createPaymentBooks({ read: kept.read, swap });
    await shared.change(channelId, (book) => ({ ...book, owed: book.owed + 5n }));
    expect(await shared.get(channelId)).to.include({ owed: 5n, promised: 7n });
  });

  describe("refuses before anything is signed:", () => {
    const refusals: [string, new (...args: never[]) => Error, () => Asked | Promise<Asked>][] = [
      ["a fee above the maximum", FeeAboveMaximumError, () => ({ maxFee: fee - 1n })],
      ["an input of another length", InputLengthError, () => ({ input: new Uint8Array(1) })],
      ["a parameter version that is not offered", NotOfferedError, () => ({ version: 9 })],
      [
        "a channel of another payer",
        NotPayerError,
        () => ({ account: stage.network.clients.stranger.account }),
      ],
      [
        "the server of another worker",
        OtherWorkerError,
        async () => {
          const { clients, addresses } = stage.network;
          return clients.requester.depositToChannel({ worker: addresses.friend, amount: fee });
        },
      ],
      [
        "a program that is not offered",
        NotOfferedError,
        () => {
          changeOffer({ programs: [] });
          return {};
        },
      ],
      [
        "a session key that nobody authorised",
        SessionKeyNotAuthorisedError,
        async () => {
          const { x, y } = await generateSessionKey();
          changeOffer({ sessionKey: { x, y } });
          return {};
        },
      ],
      [
        "a worker without a session key",
        SessionKeyNotAuthorisedError,
        () => {
          changeOffer({ sessionKey: undefined });
          return {};
        },
      ],
      [
        "a session key whose revocation comes before the end of the challenge time",
        SessionKeyNotAuthorisedError,
        async () => {
          const { network } = stage;
          const { x, y } = other;
          changeOffer({ sessionKey: { x, y } });
          const revoked = await network.clients.worker.revokeSessionKey({
            worker: network.addresses.worker,
            x,
            y,
          });
          await network.advance(
            Number(revoked.until - (await network.now())) - network.tier.receiptSeconds + 5,
          );
          return {};
        },
      ],
      [
        "an escrow that is leaving",
        EscrowTooSmallError,
        async () => {
          await stage.network.clients.requester.requestEscrow({ channelId, amount: parseEther("9.5") });
          return {};
        },
      ],
      [
        "an allotment that is leaving",
        ReceiptUncoveredError,
        async () => {
          await stage.network.clients.worker.requestDeallot({ channelId, amount: 3n * liability + 1n });
          return {};
        },
      ],
    ];

    const changeOffer = (changes: Record<string, unknown>) => {
      wrong.change = ({ status, body }) => ({ status, body: { ...body, ...changes } });
    };

    for (const [what, error, prepare] of refusals)
      it(`S-12: ${what}`, async () => {
        const asked = await prepare();
        expect(await failure(ask(asked))).to.be.instanceOf(error);
        expect(wrong.posted).to.deep.equal([]);
        expect(await books.get(channelId)).to.include({ owed: 0n, promised: 0n });
      });

    it("S-12: more receipts than the allotment covers, as its own books add them up", async () => {
      for (let count = 0; count < 4; count++) await ask();
      expect(await failure(ask())).to.be.instanceOf(ReceiptUncoveredError);
      expect(wrong.posted.length).to.equal(4);
    });

    it("S-12: an opened receipt counts once", async () => {
      const { clients } = stage.network;
      for (let count = 0; count < 2; count++) await ask();
      const given = input();
      const { receipt, signature } = await ask({ input: given });
      await clients.stranger.challengeReceipt({ receipt, signature, input: given });
      await play(stage.network, [worker]);
      await ask();
      expect((await clients.stranger.getChannel({ channelId })).reserved).to.equal(liability);
    });

    it("a server that does not answer, or not as workers do", async () => {
      expect(await failure(ask({ url: "http://127.0.0.1:1" }))).to.be.instanceOf(WorkerUnreachableError);
      expect(await failure(ask({ url: "no address" }))).to.be.instanceOf(WorkerUnreachableError);
      wrong.change = () => ({ status: 200, body: { worker: "somebody" } });
      expect(await failure(ask())).to.be.instanceOf(MalformedAnswerError);
      wrong.change = () => ({ status: 200, body: { padding: "x".repeat(300_000) } });
      expect(await failure(ask())).to.be.instanceOf(WorkerUnreachableError);
    });
  });

  describe("I-54: does not pay for", () => {
    type Change = (receipt: Receipt) => Partial<Receipt> | Promise<Partial<Receipt>>;

    /** An answer with another receipt, signed by a key that the worker has authorised too. */
    const resigned = (change: Change, more: Record<string, unknown> = {}, signer = () => other) => {
      wrong.change = async (answer, path) => {
        if (path !== "/v1/inferences" || answer.status !== 200) return answer;
        const { receipt: given } = parseReceipt(answer.body);
        const receipt = { ...given, ...(await change(given)) };
        const { chainId, channels } = stage.network.deployment;
        const receiptId = receiptIdOf({ chainId: BigInt(chainId), channels, receipt });
        const signature = await signer().sign(receiptId);
        const body = JSON.parse(stringifyJson({ ...answer.body, receiptId, receipt, signature, ...more }));
        return { status: 200, body };
      };
    };
    const answered = (change: (body: Record<string, unknown>) => Answer | undefined) => {
      wrong.change = (answer, path) => (path === "/v1/inferences" ? change(answer.body) : answer);
    };
    const stranger = { x: zeroHash as Hex };
    const lies: [string, new (...args: never[]) => Error, () => void][] = [
      [
        "a wrong signature",
        ReceiptSignatureError,
        () =>
          answered((body) => {
            const signature = { ...(body.signature as object), r: `0x${"11".repeat(32)}` };
            return { status: 200, body: { ...body, signature } };
          }),
      ],
      [
        "a session key of somebody else",
        SessionKeyNotAuthorisedError,
        () => {
          let own: SessionSigner | undefined;
          resigned(
            async () => {
              own = await sessionSigner(await generateSessionKey());
              return {};
            },
            {},
            () => own!,
          );
        },
      ],
      [
        "another program",
        ReceiptMismatchError,
        () => resigned(() => ({ programId: `0x${"22".repeat(32)}` })),
      ],
      [
        "another channel",
        ReceiptMismatchError,
        () => resigned(() => ({ channelId: `0x${"22".repeat(32)}` })),
      ],
      ["another input", ReceiptMismatchError, () => resigned(() => ({ inputRoot: byteRoot(input()) }))],
      [
        "another output than it comes with",
        ReceiptMismatchError,
        () => resigned(() => ({ outputRoot: zeroHash })),
      ],
      [
        "an output of another length",
        ReceiptMismatchError,
        () =>
          resigned(() => ({ outputRoot: byteRoot(new Uint8Array(3)) }), {
            output: bytesToHex(new Uint8Array(3)),
          }),
      ],
      ["more passes than the program has", ReceiptMismatchError, () => resigned(() => ({ passes: 4_000 }))],
      ["no pass at all", ReceiptMismatchError, () => resigned(() => ({ passes: 0 }))],
      ["another parameter version", ReceiptMismatchError, () => resigned(() => ({ version: 2 }))],
      ["secrecy that nobody asked for", ReceiptMismatchError, () => resigned(() => ({ isPrivate: true }))],
      [
        "a receipt that goes on from another",
        ReceiptMismatchError,
        () => resigned(() => ({ previous: stranger.x.replace("00", "11") as Hex })),
      ],
      ["an id of another receipt", ReceiptMismatchError, () => resigned(() => ({}), { receiptId: zeroHash })],
      ["a fee above the agreed one", ReceiptFeeError, () => resigned(() => ({ fee: fee + 1n }))],
      [
        "a liability below the tier's",
        ReceiptLiabilityError,
        () => resigned(() => ({ liability: liability - 1n })),
      ],
      [
        "a liability above what is free of the allotment",
        ReceiptUncoveredError,
        () => resigned(() => ({ liability: 4n * liability + 1n })),
      ],
      [
        "an epoch that was over when it was asked",
        ReceiptTimeError,
        () => resigned(({ issuedAt, challengeUntil }) => moved(issuedAt, challengeUntil, -1n)),
      ],
      [
        "an epoch to come",
        ReceiptTimeError,
        () => resigned(({ issuedAt, challengeUntil }) => moved(issuedAt, challengeUntil, 2n)),
      ],
      [
        "a shorter time to challenge",
        ReceiptTimeError,
        () => resigned(({ challengeUntil }) => ({ challengeUntil: challengeUntil - 1n })),
      ],
      [
        "a longer time than the chain grants",
        ReceiptTimeError,
        () => resigned(({ challengeUntil }) => ({ challengeUntil: challengeUntil + 1n })),
      ],
      [
        "an answer without a receipt",
        MalformedAnswerError,
        () => answered(({ output }) => ({ status: 200, body: { output } })),
      ],
      [
        "a number that is none",
        MalformedAnswerError,
        () =>
          answered((body) => ({
            status: 200,
            body: { ...body, receipt: { ...(body.receipt as object), fee: "-1" } },
          })),
      ],
      [
        "a refusal",
        WorkerRefusedError,
        () => answered(() => ({ status: 503, body: { reason: "busy", error: "Later." } })),
      ],
      ["silence", WorkerUnreachableError, () => answered(() => undefined)],
    ];
    const moved = (issuedAt: bigint, challengeUntil: bigint, epochs: bigint) => {
      const by = epochs * epochSeconds(stage.network.tier.receiptSeconds) + (epochs < 0n ? -5n : 5n);
      return { issuedAt: issuedAt + by, challengeUntil: challengeUntil + by };
    };

    it("any lie, and gets the answer for the one fee in the end", async () => {
      const given = input();
      for (const [what, error, lie] of lies) {
        lie();
        expect(await failure(ask({ input: given })), what).to.be.instanceOf(error);
        expect((await books.get(channelId)).owed, what).to.equal(0n);
      }
      expect(new Set(totals())).to.deep.equal(new Set([fee]));
      wrong.change = (answer) => answer;
      const { voucher } = await ask({ input: given });
      expect(voucher.voucher.total).to.equal(fee);
      expect(worker.role.book.account(channelId).owed).to.equal(fee);
      expect(await books.get(channelId)).to.include({ owed: fee, promised: fee });
    });

    it("a receipt that it has paid for already", async () => {
      const given = input();
      let first: Answer | undefined;
      wrong.change = (answer, path) => {
        if (path !== "/v1/inferences") return answer;
        first ??= answer;
        return first;
      };
      await ask({ input: given });
      expect(await failure(ask({ input: given }))).to.be.instanceOf(ReceiptReplayedError);
      expect(await books.get(channelId)).to.include({ owed: fee, promised: 2n * fee });
      wrong.change = (answer) => answer;
      const { voucher } = await ask({ input: given });
      expect(voucher.voucher.total).to.equal(2n * fee);
    });

    it("an answer that was lost on the way, twice: the same question brings it back", async () => {
      const given = input();
      answered(() => undefined);
      expect(await failure(ask({ input: given }))).to.be.instanceOf(WorkerUnreachableError);
      wrong.change = (answer) => answer;
      await stage.network.advance(Number(epochSeconds(stage.network.tier.receiptSeconds)) + 5);
      await ask({ input: given });
      expect(totals()).to.deep.equal([fee, fee]);
      expect(worker.role.book.account(channelId).owed).to.equal(fee);
    });

    it("a lost answer when it asks something else, unless it is told to write the fee off", async () => {
      answered(() => undefined);
      expect(await failure(ask())).to.be.instanceOf(WorkerUnreachableError);
      wrong.change = (answer) => answer;
      const given = input();
      const refused = await failure(ask({ input: given }));
      expect(refused).to.be.instanceOf(UnsettledChannelError);
      expect((refused as UnsettledChannelError).facts).to.include({ demanded: 2n * fee, owed: fee });
      expect(await books.get(channelId)).to.include({ owed: 0n, promised: fee });
      await ask({ input: given, writeOff: fee });
      expect(await books.get(channelId)).to.include({ owed: 2n * fee, promised: 2n * fee });
      const { voucher } = await ask();
      expect(voucher.voucher.total).to.equal(3n * fee);
    });

    it("a second fee, after the worker has taken one without an answer", async () => {
      const { clients, addresses } = stage.network;
      answered(() => ({ status: 503, body: { reason: "notReady", error: "Not now." } }));
      expect(await failure(ask())).to.be.instanceOf(WorkerRefusedError);
      const { voucher } = wrong.posted[0] as unknown as {
        voucher: { voucher: { channelId: Hex; total: string }; signature: Hex };
      };
      const { signature } = voucher;
      await clients.worker.redeemVouchers({
        vouchers: [{ voucher: { channelId, total: BigInt(voucher.voucher.total) }, signature }],
        to: addresses.worker,
      });
      expect(await failure(ask())).to.be.instanceOf(PaidWithoutReceiptError);
      expect(wrong.posted.length).to.equal(1);
      wrong.change = (answer) => answer;
      expect((await ask({ writeOff: fee })).voucher.voucher.total).to.equal(2n * fee);
    });
  });

  it("answers pages of other origins", async () => {
    const asked = await fetch(`${worker.url}/v1/inferences`, { method: "OPTIONS" });
    expect(asked.status).to.equal(204);
    const headers = [...asked.headers];
    expect(headers).to.deep.include(["access-control-allow-origin", "*"]);
    expect(headers).to.deep.include(["access-control-allow-headers", "content-type"]);
    const offered = await fetch(`${worker.url}/v1/offer`);
    expect(offered.headers.get("access-control-allow-origin")).to.equal("*");
  });
});
