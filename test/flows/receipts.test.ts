// Answers at once, with receipts: paid by vouchers, held to by epochs, disputed from the receipt alone (S-12).
import { signVoucher } from "@assay/sdk";
import { byteRoot, EpochTree, type Hex } from "@assay/sdk/protocol";
import { expect } from "chai";
import { parseEther } from "viem";
import { receiptOf } from "../../node/receipts/fetching.ts";
import type { SignedReceipt } from "../../node/receipts/references.ts";
import { cheatingPasses } from "../helpers/cheat.ts";
import type { Person } from "../helpers/people.ts";
import { executorOf, type Player, play, reference } from "../helpers/players.ts";
import { randomInput } from "../helpers/programs.ts";
import { Random } from "../helpers/random.ts";
import {
  joinReceiptKeeper,
  joinReceiptWatchtower,
  joinReceiptWorker,
  type ReceiptPlayer,
} from "../helpers/receiptPlayers.ts";
import { checkBooks, gain, type Stage, setStage } from "../helpers/stage.ts";

const fee = parseEther("1");
/** The least of the tier that stories are told in. */
let liability = 0n;
const flip = { slot: 0, element: 3, bit: 30 };

type Answered = SignedReceipt & { receiptId: Hex; output: Hex; input: Uint8Array };

describe("S-12: receipts", () => {
  let stage: Stage;
  let players: (Player & { server?: ReceiptPlayer["server"] })[] = [];
  const random = new Random(41);
  const totals = new Map<Hex, bigint>();
  const channels: Partial<Record<Person, Hex>> = {};

  beforeEach(async () => {
    stage = await setStage();
    liability = stage.network.tier.minLock;
    players = [];
    totals.clear();
  });

  afterEach(async () => {
    for (const player of players) {
      await player.server?.stop?.();
      player.leave();
    }
  });

  const come = <player extends Player>(player: player): player => {
    players.push(player as Player);
    return player;
  };
  const worker = async (options: Parameters<typeof joinReceiptWorker>[2] = {}) => {
    const joined = come(await joinReceiptWorker(stage.network, stage.library, options));
    await play(stage.network, [joined]);
    return joined;
  };
  const cheater = () =>
    worker({ fast: executorOf(({ program }, input) => cheatingPasses(program, input, flip)) });
  const watchtower = (options: Parameters<typeof joinReceiptWatchtower>[2] = {}) =>
    come(joinReceiptWatchtower(stage.network, stage.library, options));
  const sent = ({ events }: Player, move: string) =>
    events.filter((event) => event.kind === "sent" && event.move === move).length;

  async function openChannel(payer: Person, allotment: bigint): Promise<Hex> {
    const { clients, addresses } = stage.network;
    const { channelId } = await clients[payer].depositToChannel({
      worker: addresses.worker,
      amount: parseEther("100"),
    });
    await clients.worker.allotStake({ channelId, amount: allotment });
    channels[payer] = channelId;
    return channelId;
  }

  async function post(
    at: ReceiptPlayer,
    body: unknown,
  ): Promise<{ status: number; body: Record<string, never> }> {
    const response = await fetch(`${at.url}/v1/inferences`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  }

  async function bodyFor(payer: Person, input: Uint8Array, more: Record<string, unknown> = {}) {
    const channelId = channels[payer]!;
    const total = (totals.get(channelId) ?? 0n) + fee;
    const client = stage.network.clients[payer];
    const { deployment } = stage.network;
    const signed = await signVoucher(client, { deployment, channelId, total, account: client.account });
    return {
      programId: stage.programId,
      channelId,
      input: Buffer.from(input).toString("base64"),
      fee: String(fee),
      voucher: { voucher: { channelId, total: String(total) }, signature: signed.signature },
      ...more,
    };
  }

  async function ask(at: ReceiptPlayer, payer: Person, given?: Uint8Array, more = {}): Promise<Answered> {
    const input = given ?? randomInput(stage.committed.program, random);
    const { status, body } = await post(at, await bodyFor(payer, input, more));
    expect(status, JSON.stringify(body)).to.equal(200);
    const channelId = channels[payer]!;
    totals.set(channelId, (totals.get(channelId) ?? 0n) + fee);
    const { signature, receiptId, output } = body;
    return { receipt: receiptOf(body.receipt!), signature, receiptId, output, input } as unknown as Answered;
  }

  const toEpochEnd = async ({ receipt }: Answered, epochs = 1n) => {
    const seconds = await stage.network.clients.deployer.getEpochSeconds({ version: 1 });
    const endsAt = (receipt.issuedAt / seconds + epochs) * seconds;
    const left = endsAt - (await stage.network.now());
    if (left > 0n) await stage.network.advance(Number(left));
  };

  const allotmentOf = async (payer: Person) =>
    (await stage.network.clients.deployer.getChannel({ channelId: channels[payer]! })).allotment;

  it("twenty are issued at once, posted in one root, shown to anybody and paid in one transaction", async () => {
    const { clients, addresses } = stage.network;
    const channelId = await openChannel("requester", 20n * liability);
    const honest = await worker();
    const input = randomInput(stage.committed.program, random);
    const answers: Answered[] = [];
    for (let count = 0; count < 20; count++)
      answers.push(await ask(honest, "requester", count ? undefined : input));
    const [first] = answers;
    const { output } = await reference.run(stage.committed, input);
    expect(byteRoot(output)).to.equal(first!.receipt.outputRoot);
    expect(new Set(answers.map(({ receiptId }) => receiptId)).size).to.equal(20);

    const more = await post(honest, await bodyFor("requester", input));
    expect(more.status).to.equal(409);
    expect(more.body).to.include({ reason: "allotment" });

    const { worker: w } = addresses;
    await toEpochEnd(answers.at(-1)!);
    const before = await checkBooks(stage.network);
    await play(stage.network, [honest]);
    const after = await checkBooks(stage.network);
    expect(gain(before, after, "worker")).to.equal(20n * fee);
    expect(sent(honest, "redeem")).to.equal(1);
    const seconds = await clients.deployer.getEpochSeconds({ version: 1 });
    const numbers = new Set(answers.map(({ receipt }) => receipt.issuedAt / seconds));
    let listed = 0;
    for (const epoch of numbers) {
      const { root, count } = await clients.deployer.getEpoch({ worker: w, version: 1, epoch });
      const response = await fetch(`${honest.url}/v1/epochs/1/${epoch}`);
      const { receipts } = (await response.json()) as {
        receipts: { receiptId: Hex; receipt: Record<string, never> }[];
      };
      expect(receipts.length).to.equal(count);
      listed += count;
      const leaves = receipts.map(({ receiptId, receipt }) => ({
        receiptId,
        channelId,
        liability: receiptOf(receipt).liability,
      }));
      expect(new EpochTree(leaves).root).to.equal(root);
    }
    expect(listed).to.equal(20);
    expect((await fetch(`${honest.url}/inputs/${first!.receipt.inputRoot}`)).status).to.equal(200);
  });

  it("are handed out again to whoever repeats a question with its voucher, and paid once", async () => {
    await openChannel("requester", 4n * liability);
    const honest = await worker();
    const input = randomInput(stage.committed.program, random);
    const body = await bodyFor("requester", input);
    const first = await post(honest, body);
    expect(first.status).to.equal(200);
    expect(await post(honest, body)).to.deep.equal(first);
    const another = randomInput(stage.committed.program, random);
    const refused = await post(honest, { ...body, input: Buffer.from(another).toString("base64") });
    expect(refused.body).to.include({ reason: "voucher" });
    const open = await post(honest, { ...body, private: true });
    expect(open.body).to.include({ reason: "voucher" });
    expect(honest.role.book.account(channels.requester!).owed).to.equal(fee);
  });

  it("are refused with a reason: no money, no stake, another length, another program", async () => {
    await openChannel("requester", 2n * liability);
    const honest = await worker();
    const input = randomInput(stage.committed.program, random);
    const body = await bodyFor("requester", input);
    const cases: [Record<string, unknown>, number, string][] = [
      [{ ...body, voucher: undefined }, 402, "voucher"],
      [{ ...body, fee: "1" }, 402, "price"],
      [{ ...body, input: "0x00" }, 400, "inputLength"],
      [{ ...body, programId: `0x${"11".repeat(32)}` }, 404, "notServed"],
      [{ ...body, channelId: `0x${"11".repeat(32)}` }, 404, "unknownChannel"],
      [{ ...body, channelId: 7 }, 400, "malformed"],
      [{ ...body, fee: String(fee * 2n) }, 402, "voucher"],
      [{ ...body, voucher: { ...body.voucher, signature: `0x${"22".repeat(65)}` } }, 402, "voucher"],
    ];
    for (const [given, status, reason] of cases) {
      const refused = await post(honest, given);
      expect(refused.body).to.include({ reason });
      expect(refused.status).to.equal(status);
    }
    expect(honest.role.book.epochs("open", "closed", "posted")).to.deep.equal([]);
  });

  it("that lie are disputed by their payer from the receipt alone, and cost that channel only", async () => {
    await openChannel("requester", 3n * liability);
    await openChannel("friend", 3n * liability);
    const liar = await cheater();
    const { receipt, signature, input } = await ask(liar, "requester");
    await ask(liar, "friend");
    const payer = watchtower({ person: "requester" });
    const { worker: account } = stage.network.addresses;
    await payer.poller.catchUp();
    await payer.role.hand({ receipt, signature }, input);
    await play(stage.network, [payer, liar]);
    expect(sent(payer, "challenge")).to.equal(1);
    expect(sent(liar, "bindTrace")).to.equal(1);
    expect(sent(payer, "proveStep")).to.equal(1);
    expect(await allotmentOf("requester")).to.equal(2n * liability);
    expect(await allotmentOf("friend")).to.equal(3n * liability);
    const before = await checkBooks(stage.network);
    await stage.network.advance(stage.network.tier.airgapSeconds + 1);
    await play(stage.network, [payer, liar]);
    const after = await checkBooks(stage.network);
    expect(gain(before, after, "requester") > stage.network.tier.challengeBond).to.equal(true);
    const { locked } = await stage.network.clients.worker.getAccount({ owner: account });
    expect(locked).to.equal(5n * liability);
  });

  it("that lie are found by a watchtower through their epoch; the honest ones stand", async () => {
    await openChannel("requester", 4n * liability);
    const folderless = await cheater();
    const wrong = await ask(folderless, "requester");
    await toEpochEnd(wrong);
    await play(stage.network, [folderless]);
    expect(sent(folderless, "postEpoch")).to.equal(1);
    const tower = watchtower({ urls: [folderless.url] });
    await play(stage.network, [tower, folderless]);
    expect(sent(tower, "challenge")).to.equal(1);
    expect(await allotmentOf("requester")).to.equal(3n * liability);
    await checkBooks(stage.network);
  });

  it("of an honest worker pass the watchtower, and nobody pays anything", async () => {
    await openChannel("requester", 4n * liability);
    const honest = await worker();
    const answer = await ask(honest, "requester");
    await ask(honest, "requester", undefined, { private: true });
    await toEpochEnd(answer);
    await play(stage.network, [honest]);
    const tower = watchtower({ urls: [honest.url] });
    await play(stage.network, [tower, honest]);
    const judged = tower.events.flatMap((event) => (event.kind === "checked" ? [event.judgement] : []));
    expect(judged).to.deep.equal(["valid"]);
    expect(sent(tower, "challenge") + sent(tower, "requestInput")).to.equal(0);
  });

  it("whose worker hides them are asked for on the chain, and shown", async () => {
    await openChannel("requester", 4n * liability);
    const honest = await worker();
    const tower = watchtower({ urls: [honest.url] });
    await play(stage.network, [tower]);
    const answer = await ask(honest, "requester");
    await toEpochEnd(answer);
    await play(stage.network, [honest]);
    await honest.server.stop?.();
    for (let round = 0; round < 3; round++) {
      await play(stage.network, [tower, honest]);
      await stage.network.advance(6);
    }
    expect(sent(tower, "demandReceipt")).to.equal(1);
    expect(sent(honest, "answerDemand")).to.equal(1);
    expect(sent(tower, "requestInput")).to.equal(1);
    expect(sent(honest, "postInput")).to.equal(1);
    const judged = tower.events.flatMap((event) => (event.kind === "checked" ? [event.judgement] : []));
    expect(judged).to.deep.equal(["valid"]);
  });

  it("that are left out of their epoch cost their liability; those that are in it are shown", async () => {
    const channelId = await openChannel("requester", 4n * liability);
    const { clients, addresses } = stage.network;
    const dishonest = await worker();
    const kept = await ask(dishonest, "requester");
    const left = await ask(dishonest, "requester");
    await toEpochEnd(left);
    const seconds = await clients.deployer.getEpochSeconds({ version: 1 });
    const epoch = left.receipt.issuedAt / seconds;
    const inIt = kept.receipt.issuedAt / seconds === epoch ? [kept] : [];
    const tree = new EpochTree([
      ...inIt.map(({ receiptId }) => ({ receiptId, channelId, liability })),
      { receiptId: `0x${"33".repeat(32)}`, channelId, liability },
    ]);
    const { root, count } = tree;
    await clients.worker.postEpoch({ worker: addresses.worker, version: 1, epoch, root, count });
    await toEpochEnd(left, 2n);
    const { receipt, signature } = left;
    await clients.requester.demandInclusion({ receipt, signature });
    await play(stage.network, [dishonest]);
    expect(await allotmentOf("requester")).to.equal(4n * liability);
    await stage.network.advance(stage.network.tier.inputSeconds + 1);
    const keeper = come(joinReceiptKeeper(stage.network));
    await play(stage.network, [keeper]);
    expect(await allotmentOf("requester")).to.equal(3n * liability);
  });

  it("in their epoch are shown by an honest worker when somebody asks", async () => {
    await openChannel("requester", 4n * liability);
    const honest = await worker();
    const { receipt, signature, ...rest } = await ask(honest, "requester");
    await toEpochEnd({ receipt, signature, ...rest }, 2n);
    await play(stage.network, [honest]);
    const { demandId } = await stage.network.clients.stranger.demandInclusion({ receipt, signature });
    await play(stage.network, [honest]);
    expect((await stage.network.clients.deployer.getDemand({ demandId })).status).to.equal("answered");
  });

  it("S-11: two different ones for one question are exposed without a dispute", async () => {
    await openChannel("requester", 4n * liability);
    const input = randomInput(stage.committed.program, random);
    const honest = await worker();
    const truth = await ask(honest, "requester", input);
    const liar = await cheater(); // the same worker with another journal
    totals.clear();
    const lie = await ask(liar, "requester", input);
    expect(lie.receipt.outputRoot).to.not.equal(truth.receipt.outputRoot);
    const tower = watchtower();
    await tower.poller.catchUp();
    await tower.role.hand(truth);
    await tower.role.hand(lie);
    await play(stage.network, [tower]);
    expect(sent(tower, "expose")).to.equal(1);
    expect(await allotmentOf("requester")).to.equal(2n * liability);
  });
});
