// What stops new challenges, and what goes on all the same: endpoints that differ, an endpoint that lags, an old head, a
// machine that computes wrong.
import { expect } from "chai";
import { custom, type EIP1193RequestFn, type Transport } from "viem";
import { SelfTestError } from "../../../node/errors.ts";
import { joinCheater, joinWatchtower, joinWorker, type Player, play, tick } from "../../helpers/players.ts";
import { type Stage, setStage } from "../../helpers/stage.ts";

const flip = { slot: 8, element: 6, bit: 12 };

describe("failing closed", () => {
  let stage: Stage;
  let players: Player[];

  beforeEach(async () => {
    stage = await setStage();
    players = [];
  });

  afterEach(() => {
    for (const player of players) player.leave();
  });

  /** A wrong answer inside its window. */
  async function wrongAnswer(): Promise<`0x${string}`> {
    const cheater =
      players.find(({ person }) => person === "worker") ?? joinCheater(stage.network, stage.library, flip);
    if (!players.includes(cheater)) players.push(cheater);
    const requestId = await stage.request();
    await play(stage.network, [cheater]);
    return stage.commitIdOf(requestId);
  }

  const disputesOn = async (commitId: `0x${string}`) =>
    (await stage.network.clients.deployer.getBinding({ commitId })).disputes;
  const movesOf = ({ events }: Player) =>
    events.flatMap((event) => (event.kind === "sent" ? [event.move] : []));
  const alarmsOf = ({ events }: Player) =>
    events.flatMap((event) => (event.kind === "alarm" ? [event.reason] : []));
  async function halted({ context }: Player): Promise<string[]> {
    const { text } = await context.metrics.render();
    return [...text.matchAll(/^assay_watchtower_halted_state\{reason="(\w+)"\} 1$/gm)].map(
      ([, reason]) => reason!,
    );
  }

  /** A watchtower that plays one dispute; then its second endpoint changes, and there is another wrong answer. */
  async function inTheMiddle(bad: (honest: Transport, isBad: () => boolean) => Transport) {
    const { network, library } = stage;
    const first = await wrongAnswer();
    let isBad = false;
    const transports = [network.transport, bad(network.transport, () => isBad)];
    const watchtower = joinWatchtower(network, library, { transports });
    players.push(watchtower);
    await play(network, [watchtower], async () => (await disputesOn(first)) === 1);
    isBad = true;
    const second = await wrongAnswer();
    const before = movesOf(watchtower).length;
    for (let round = 0; round < 12; round++) for (const player of players) await tick(player);
    const moves = movesOf(watchtower).slice(before);
    return { watchtower, first, second, moves, recover: () => (isBad = false) };
  }

  const stories = [
    { what: "two endpoints that disagree", bad: tampered },
    { what: "an endpoint that lags", bad: lagging },
    { what: "an endpoint that is gone", bad: gone },
  ];
  for (const { what, bad } of stories)
    it(`begins nothing new with ${what}, plays on what is open, and calls for help`, async () => {
      const { watchtower, first, second, moves, recover } = await inTheMiddle(bad);
      expect(moves).to.include("choose");
      expect(moves).to.include("proveStep");
      expect((await stage.network.clients.deployer.getCommitment({ commitId: first })).status).to.equal(
        "slashed",
      );
      expect(moves).not.to.include("challenge");
      expect(await disputesOn(second)).to.equal(0);
      expect(alarmsOf(watchtower)).to.include("unhealthy");
      expect(await halted(watchtower)).to.deep.equal(["endpoints"]);
      recover();
      for (let round = 0; round < 6; round++) await tick(watchtower);
      expect(await disputesOn(second)).to.equal(1);
      expect(await halted(watchtower)).to.deep.equal([]);
    });

  it("begins nothing new on a machine that fails its known answers, and calls for help", async () => {
    const commitId = await wrongAnswer();
    const selfTest = () => Promise.reject(new SelfTestError("wrong here"));
    const watchtower = joinWatchtower(stage.network, stage.library, { selfTest });
    players.push(watchtower);
    for (let round = 0; round < 4; round++) await tick(watchtower);
    expect(await disputesOn(commitId)).to.equal(0);
    expect(alarmsOf(watchtower)).to.deep.equal(["selfTest"]);
    expect(await halted(watchtower)).to.deep.equal(["selfTest"]);
  });

  it("defends what it has answered, though its endpoints disagree and its machine fails its known answers", async () => {
    const { network, library, programId } = stage;
    const honest = joinWorker(network, library);
    const requestId = await stage.request();
    await play(network, [honest]);
    honest.leave();
    const commitId = await stage.commitIdOf(requestId);
    const transports = [network.transport, tampered(network.transport, () => true)];
    const failing = joinWorker(network, library, {
      transports,
      selfTest: () => Promise.reject(new SelfTestError("wrong here")),
    });
    players.push(failing);
    await network.clients.friend.challenge({ commitId });
    for (let round = 0; round < 4; round++) await tick(failing);
    expect(movesOf(failing)).to.include("bindTrace");
    await stage.request();
    for (let round = 0; round < 3; round++) await tick(failing);
    expect(movesOf(failing)).not.to.include("claim");
    expect(alarmsOf(failing)).to.include("selfTest");
    expect(failing.context.journal.programs.get(programId)).to.not.equal(undefined);
  });
});

type Request = EIP1193RequestFn;
type Call = Parameters<Request>[0];

const wrapped = (
  transport: Transport,
  answer: (honest: Request, call: Call) => Promise<unknown>,
): Transport => {
  const honest = transport({}).request as Request;
  return custom({ request: ((call: Call) => answer(honest, call)) as Request });
};

/** Changes a word of every answer to eth_call while `isBad`. */
function tampered(transport: Transport, isBad: () => boolean): Transport {
  return wrapped(transport, async (honest, call) => {
    const answer = await honest(call);
    const isCall = call.method === "eth_call" && typeof answer === "string" && answer.length > 66;
    if (!isCall || !isBad()) return answer;
    return `${answer.slice(0, 65)}${answer[65] === "1" ? "2" : "1"}${answer.slice(66)}`;
  });
}

/** Knows no block but the first few while `isBad`. */
function lagging(transport: Transport, isBad: () => boolean): Transport {
  return wrapped(transport, async (honest, call) => {
    const [tag] = (call.params ?? []) as unknown[];
    if (isBad() && call.method === "eth_getBlockByNumber" && tag === "latest")
      return honest({ method: "eth_getBlockByNumber", params: ["0x1", false] } as Call);
    if (isBad() && call.method === "eth_blockNumber") return "0x1";
    return honest(call);
  });
}

/** Answers nothing while `isBad`. */
function gone(transport: Transport, isBad: () => boolean): Transport {
  return wrapped(transport, async (honest, call) => {
    if (isBad()) throw Object.assign(new Error("connection refused"), { code: -32_603 });
    return honest(call);
  });
}
