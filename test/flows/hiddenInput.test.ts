// A request carries only the root of its input (S-09): whoever needs the bytes finds them, is shown them, or is made whole.
import { byteRoot, type Hex } from "@assay/sdk/protocol";
import { expect } from "chai";
import { createHttpServer, type HttpServer } from "../../node/http/server.ts";
import { quiet, temporaryFolder } from "../helpers/nodeParts.ts";
import {
  joinCheater,
  joinDefender,
  joinKeeper,
  joinLiar,
  joinWatchtower,
  joinWorker,
  type Player,
  play,
  tick,
} from "../helpers/players.ts";
import { network, randomInput } from "../helpers/programs.ts";
import { Random } from "../helpers/random.ts";
import { fee, gain, type Stage, setStage } from "../helpers/stage.ts";

describe("an input that is kept off the chain", () => {
  let stage: Stage;
  let input: Uint8Array;
  let server: HttpServer;
  /** What the requester's server offers. */
  const offered = new Map<Hex, Uint8Array>();
  let players: Player[] = [];

  beforeEach(async () => {
    stage = await setStage({ defended: true });
    input = randomInput(stage.committed.program, new Random(77));
    players = [];
    offered.clear();
    offered.set(byteRoot(input), input);
    const inputs = { inputOfRoot: (root: Hex) => offered.get(root) };
    const port = { host: "127.0.0.1", port: 0, bodyBytes: 0, metricsHost: "127.0.0.1" };
    server = createHttpServer({ ...quiet(), ...port, health: () => ({ ready: true, reasons: [] }), inputs });
    await server.start?.(new AbortController().signal);
  });

  afterEach(async () => {
    for (const player of players) player.leave();
    await server.stop?.();
  });

  const ask = () => stage.request({ input, inputPosted: false });
  const sources = () => ({ inputSources: [`${server.url()}/inputs/{root}`] });
  const come = <player extends Player>(player: player): player => {
    players.push(player);
    return player;
  };
  const worker = (options: Parameters<typeof joinWorker>[2] = {}) =>
    come(joinWorker(stage.network, stage.library, { ...sources(), ...options }));
  const watchtower = (options: Parameters<typeof joinWatchtower>[2] = {}) =>
    come(joinWatchtower(stage.network, stage.library, options));
  const sent = ({ events }: Player, move: string) =>
    events.filter((event) => event.kind === "sent" && event.move === move).length;
  const alarms = ({ events }: Player) =>
    events.flatMap((event) => (event.kind === "alarm" ? [event.reason] : []));
  const refusals = ({ events }: Player) =>
    events.flatMap((event) => (event.kind === "refused" ? [event.reason] : []));

  /** A worker that claimed what it has never seen, as one whose journal was lost. */
  async function claimBlindly(requestId: Hex): Promise<void> {
    const { clients, addresses } = stage.network;
    await clients.worker.claimRequest({ requestId, worker: addresses.worker });
  }

  it("is fetched, checked by its root, answered, and checked by others from the same place", async () => {
    const honest = worker();
    const tower = watchtower(sources());
    const requestId = await ask();
    await play(stage.network, [honest, tower]);
    await stage.check(requestId, "committed");
    expect(tower.events.find(({ kind }) => kind === "checked")).to.include({ judgement: "valid" });
    await stage.passDeadline(requestId);
    await play(stage.network, [honest, tower]);
    await stage.check(requestId, "finalized");
    expect(sent(tower, "requestInput")).to.equal(0);
  });

  it("is not believed when other bytes come, and nothing is claimed without it", async () => {
    offered.set(byteRoot(input), randomInput(stage.committed.program, new Random(78)));
    const careful = worker();
    const requestId = await ask();
    await play(stage.network, [careful]);
    await stage.check(requestId, "open");
    expect(refusals(careful)).to.deep.equal(["input"]);
    offered.set(byteRoot(input), input);
    await stage.network.advance(6);
    await play(stage.network, [careful]);
    await stage.check(requestId, "committed");
  });

  it("is shown by a requester whose worker cannot get it; then the work goes on", async () => {
    offered.clear();
    const requestId = await ask();
    await claimBlindly(requestId);
    const blind = worker();
    await play(stage.network, [blind]);
    expect(sent(blind, "inputUnavailable"), "looked for first").to.equal(0);
    await stage.network.advance(Math.ceil(stage.network.tier.deliverySeconds / 2) + 1);
    const before = await stage.check(requestId, "claimed");
    await play(stage.network, [blind]);
    expect(sent(blind, "inputUnavailable")).to.equal(1);
    const asked = await stage.check(requestId, "inputMissing");
    const bond = -gain(before, asked, "worker");
    expect(bond > 0n).to.equal(true);
    await stage.network.clients.requester.postInput({ requestId, input });
    await play(stage.network, [blind]);
    const answered = await stage.check(requestId, "committed");
    expect(gain(asked, answered, "requester") > 0n, "the bond pays for posting").to.equal(true);
    await stage.passDeadline(requestId);
    await play(stage.network, [blind]);
    await stage.check(requestId, "finalized");
  });

  it("costs a requester that hides it half the fee, and its worker nothing", async () => {
    offered.clear();
    const requestId = await ask();
    const before = await stage.check(requestId, "open");
    await claimBlindly(requestId);
    const blind = worker();
    await stage.network.advance(Math.ceil(stage.network.tier.deliverySeconds / 2) + 1);
    await play(stage.network, [blind]);
    await stage.check(requestId, "inputMissing");
    await stage.passDeadline(requestId);
    await play(stage.network, [blind]);
    const after = await stage.check(requestId, "expired");
    expect(gain(before, after, "worker")).to.equal(fee / 2n);
    expect(gain(before, after, "requester")).to.equal(0n); // the fee was escrowed before
    const { free, locked } = await stage.network.clients.worker.getAccount({
      owner: stage.network.addresses.worker,
    });
    expect({ free, locked }).to.deep.equal({ free: stage.stake, locked: 0n });
  });

  it("is posted by a worker when a watchtower asks, and the answer is checked in the longer window", async () => {
    const honest = worker();
    const requestId = await ask();
    await play(stage.network, [honest]);
    const before = await stage.check(requestId, "committed");
    const tower = watchtower();
    await play(stage.network, [tower, honest]);
    expect(sent(tower, "requestInput")).to.equal(1);
    expect(sent(honest, "postInput")).to.equal(1);
    const after = await stage.check(requestId, "committed");
    expect(gain(before, after, "watchtower") < 0n).to.equal(true);
    expect(gain(before, after, "worker") > 0n, "paid for posting").to.equal(true);
    expect(tower.events.find(({ kind }) => kind === "checked")).to.include({ judgement: "valid" });
    await stage.passDeadline(requestId);
    await play(stage.network, [honest]);
    await stage.check(requestId, "finalized");
  });

  it("is posted in several transactions where it is large, each once, over restarts", async function () {
    this.timeout(180_000);
    stage = await setStage({ program: network(2, { channels: 3, size: 200, filters: 1, classes: 10 }) });
    input = randomInput(stage.committed.program, new Random(79));
    offered.set(byteRoot(input), input);
    const folder = temporaryFolder();
    const requestId = await ask();
    let honest = joinWorker(stage.network, stage.library, { ...sources(), folder: folder.path });
    await play(stage.network, [honest]);
    await stage.check(requestId, "committed");
    const tower = watchtower();
    await play(stage.network, [tower]);
    let posts = 0;
    for (let starts = 0; starts < 3; starts++) {
      honest.leave();
      honest = joinWorker(stage.network, stage.library, { folder: folder.path });
      await tick(honest);
      posts += sent(honest, "postInput");
    }
    expect(posts).to.equal(2); // 8 chunks
    await play(stage.network, [tower]);
    expect(tower.events.find(({ kind }) => kind === "checked")).to.include({ judgement: "valid" });
    await stage.check(requestId, "committed");
    honest.leave();
    folder.remove();
  });

  it("hides no lie: it is shown, and the lie is disputed after the first window", async () => {
    const cheater = come(
      joinCheater(stage.network, stage.library, { slot: 0, element: 3, bit: 30 }, sources()),
    );
    const requestId = await ask();
    await play(stage.network, [cheater]);
    await stage.check(requestId, "committed");
    const { deadline } = await stage.network.clients.deployer.getRequestState({ requestId });
    await stage.network.advance(Number(deadline - (await stage.network.now())) - 60);
    const tower = watchtower();
    await play(stage.network, [tower, cheater]);
    await stage.check(requestId, "slashed");
    expect(sent(cheater, "postInput")).to.equal(1);
    expect(tower.events.find(({ kind }) => kind === "stepProved")).to.include({ verdict: "faulty" });
  });

  it("costs a worker its lock when it shows nothing, and whoever asked is paid", async () => {
    const silent = worker();
    const requestId = await ask();
    await play(stage.network, [silent]);
    const before = await stage.check(requestId, "committed");
    const commitId = await stage.commitIdOf(requestId);
    const { lock } = await stage.network.clients.deployer.getCommitment({ commitId });
    const tower = watchtower();
    await play(stage.network, [tower]);
    expect(sent(tower, "requestInput")).to.equal(1);
    await stage.network.advance(stage.network.tier.inputSeconds + 1);
    await play(stage.network, [tower]);
    await stage.check(requestId, "slashed");
    await stage.network.advance(stage.network.tier.airgapSeconds + 1);
    const keeper = come(joinKeeper(stage.network));
    await play(stage.network, [tower, keeper]);
    const after = await stage.check(requestId, "slashed");
    expect(gain(before, after, "watchtower")).to.equal((lock * 15n) / 100n);
    expect(gain(before, after, "requester") >= fee).to.equal(true);
  });

  it("is timed out by a keeper where nobody else does it, and not a second early", async () => {
    const silent = worker();
    const requestId = await ask();
    await play(stage.network, [silent]);
    const tower = watchtower();
    await play(stage.network, [tower]);
    const keeper = come(joinKeeper(stage.network));
    const [asked] = tower.context.journal.inputRequests.list();
    await stage.network.advance(Number(asked!.data.postBy - (await stage.network.now())) - 1);
    await play(stage.network, [keeper]);
    await stage.check(requestId, "committed");
    await stage.network.advance(2);
    await play(stage.network, [keeper]);
    await stage.check(requestId, "slashed");
  });

  it("is shown by a defender while the worker is off, and its answer defended", async () => {
    const honest = worker();
    const requestId = await ask();
    await play(stage.network, [honest]);
    await stage.check(requestId, "committed");
    const defender = come(joinDefender(stage.network, stage.library, "worker", sources()));
    const liar = come(joinLiar(stage.network, stage.library, { slot: 5, element: 17, bit: 4 }));
    await play(stage.network, [liar, defender]);
    expect(sent(defender, "postInput")).to.equal(1);
    expect(sent(defender, "bindTrace")).to.equal(1);
    await stage.check(requestId, "committed");
    expect(liar.context.journal.disputes.count(["lost"])).to.equal(1);
  });

  it("S-10: is kept from the claim on, so that a restart in the middle of everything changes nothing", async () => {
    const folder = temporaryFolder();
    const restarts = { folder: folder.path };
    const requestId = await ask();
    let at = joinWorker(stage.network, stage.library, { ...sources(), ...restarts });
    await tick(at);
    for (let starts = 0; starts < 12; starts++) {
      at.leave();
      at = joinWorker(stage.network, stage.library, { ...restarts, ...(starts < 3 ? sources() : {}) });
      await tick(at);
      await tick(at);
      if (starts === 3) offered.clear();
    }
    await stage.check(requestId, "committed");
    const tower = watchtower();
    await play(stage.network, [tower]);
    at.leave();
    const last = come(joinWorker(stage.network, stage.library, restarts));
    await play(stage.network, [last, tower]);
    expect(alarms(last)).to.deep.equal([]);
    expect(tower.events.find(({ kind }) => kind === "checked")).to.include({ judgement: "valid" });
    folder.remove();
  });
});
