// Each kind of lie about receipts is found by a running watchtower, and each costs what it should.
import {
  byteRoot,
  EpochTree,
  generateSessionKey,
  type Hex,
  type Receipt,
  receiptId as receiptIdOf,
  type SessionSigner,
  sessionSigner,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import { parseEther, zeroHash } from "viem";
import type { ReceiptRefusedError } from "../../../node/receipts/refusal.ts";
import { errorOf } from "../../helpers/nodeParts.ts";
import { joinWorker, type Player, play, reference } from "../../helpers/players.ts";
import { joinReceiptWatchtower } from "../../helpers/receiptPlayers.ts";
import { type Stage, setStage } from "../../helpers/stage.ts";

describe("watchtower over receipts", () => {
  let stage: Stage;
  let channelId: Hex;
  let signer: SessionSigner;
  let liability = 0n;
  let players: Player[] = [];
  let input: Uint8Array;

  beforeEach(async () => {
    stage = await setStage();
    const { clients, addresses, tier } = stage.network;
    const { worker } = addresses;
    liability = tier.minLock;
    ({ channelId } = await clients.requester.depositToChannel({ worker, amount: parseEther("20") }));
    await clients.worker.allotStake({ channelId, amount: 3n * liability });
    signer = await sessionSigner(await generateSessionKey());
    await clients.worker.setSessionKey({ worker, x: signer.x, y: signer.y });
    input = new Uint8Array(stage.committed.header.inputBytes).fill(1);
    players = [];
  });
  afterEach(() => {
    for (const player of players) player.leave();
  });

  const come = <player extends Player>(player: player): player => {
    players.push(player);
    return player;
  };
  async function watchtower() {
    const tower = come(joinReceiptWatchtower(stage.network, stage.library));
    await tower.poller.catchUp();
    return tower;
  }
  const sent = ({ events }: Player, move: string) =>
    events.filter((event) => event.kind === "sent" && event.move === move).length;
  const allotment = async () => (await stage.network.clients.deployer.getChannel({ channelId })).allotment;

  async function issue(changes: Partial<Receipt> = {}, by: SessionSigner = signer) {
    const { network, programId, committed } = stage;
    const { output } = await reference.run(committed, input);
    const issuedAt = await network.now();
    const receipt: Receipt = {
      ...{ channelId, session: 1n, sequence: 1n, programId, inputRoot: byteRoot(input) },
      ...{ outputRoot: byteRoot(output), passes: 1, version: 1, isPrivate: false, fee: parseEther("1") },
      ...{
        liability,
        issuedAt,
        challengeUntil: issuedAt + BigInt(network.tier.receiptSeconds),
        previous: zeroHash,
      },
      ...changes,
    };
    const { chainId, channels } = network.deployment;
    const receiptId = receiptIdOf({ chainId: BigInt(chainId), channels, receipt });
    return { receipt, receiptId, signature: await by.sign(receiptId) };
  }

  const wrong = `0x${"77".repeat(32)}` as const;

  it("S-12: demands a handed receipt that no root has, and takes its liability when it is not shown", async () => {
    const tower = await watchtower();
    const signed = await issue();
    await tower.role.hand(signed, input);
    await play(stage.network, [tower]);
    expect(sent(tower, "demandInclusion")).to.equal(0);
    const seconds = await stage.network.clients.deployer.getEpochSeconds({ version: 1 });
    await stage.network.advance(Number(2n * seconds));
    await play(stage.network, [tower]);
    expect(sent(tower, "demandInclusion")).to.equal(1);
    await stage.network.advance(stage.network.tier.inputSeconds + 1);
    await play(stage.network, [tower]);
    expect(sent(tower, "timeoutDemand")).to.equal(1);
    expect(await allotment()).to.equal(2n * liability);
    await stage.network.advance(stage.network.tier.airgapSeconds + 1);
    await play(stage.network, [tower]);
    expect(sent(tower, "settleReceipt")).to.equal(1);
  });

  it("S-11: exposes a receipt that contradicts a published answer of the same worker", async () => {
    const { network, library } = stage;
    const honest = come(joinWorker(network, library));
    await stage.request({ input });
    await play(network, [honest]);
    const tower = await watchtower();
    await tower.role.hand(await issue({ outputRoot: wrong }));
    await play(network, [tower]);
    expect(sent(tower, "expose")).to.equal(1);
    expect(await allotment()).to.equal(2n * liability);
  });

  it("S-12: exposes an epoch that stands for more than the channel has", async () => {
    const { clients, addresses, now } = stage.network;
    const { worker } = addresses;
    const tower = await watchtower();
    const seconds = await clients.deployer.getEpochSeconds({ version: 1 });
    const signed = await issue({ liability: 4n * liability });
    const epoch = signed.receipt.issuedAt / seconds;
    const leaves = [{ receiptId: signed.receiptId, channelId, liability: 4n * liability }];
    const { root, count } = new EpochTree(leaves);
    const shown = { ...signed, receipt: signed.receipt };
    const { createServer } = await import("node:http");
    const { stringifyJson } = await import("@assay/sdk");
    const server = createServer((request, response) => {
      if (request.url === "/v1/offer") response.end(JSON.stringify({ worker }));
      else if (request.url?.startsWith("/v1/epochs/")) response.end(stringifyJson({ receipts: [shown] }));
      else if (request.url?.startsWith("/inputs/")) response.end(Buffer.from(input));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    try {
      const fetching = come(
        joinReceiptWatchtower(stage.network, stage.library, {
          person: "friend",
          urls: [`http://127.0.0.1:${port}`],
        }),
      );
      const left = (epoch + 1n) * seconds - (await now());
      if (left > 0n) await stage.network.advance(Number(left));
      await clients.worker.postEpoch({ worker, version: 1, epoch, root, count });
      await play(stage.network, [fetching]);
      expect(sent(fetching, "overCommitted")).to.equal(1);
      expect(await allotment()).to.equal(0n);
    } finally {
      server.close();
      server.closeAllConnections();
    }
    expect(sent(tower, "overCommitted")).to.equal(0);
  });

  it("S-12: takes in no receipt that binds nobody: a foreign channel, a key that was never authorised, too late", async () => {
    const tower = await watchtower();
    const stranger = await sessionSigner(await generateSessionKey());
    const issuedAt = await stage.network.now();
    const cases = [
      [await issue({ channelId: wrong }), "unknownChannel"],
      [await issue({}, stranger), "signature"],
      [{ ...(await issue()), signature: (await issue({ sequence: 2n })).signature }, "signature"],
      [await issue({ programId: wrong }), "notServed"],
      [await issue({ issuedAt: issuedAt - 200n, challengeUntil: issuedAt - 80n }), "late"],
    ] as const;
    for (const [signed, reason] of cases) {
      const error = (await errorOf(() => tower.role.hand(signed))) as ReceiptRefusedError;
      expect(error.reason).to.equal(reason);
    }
    expect(tower.role.auditor.book.list("open", "valid", "closed")).to.deep.equal([]);
  });
});
