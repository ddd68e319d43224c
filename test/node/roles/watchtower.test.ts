// What keeps a watchtower from spending: a dry run, its own contradictions, a machine or an endpoint that lies.
import { expect } from "chai";
import { custom, type EIP1193RequestFn, erc20Abi, type Transport } from "viem";
import { writeContract } from "viem/actions";
import { RetryableError, SelfTestError } from "../../../node/errors.ts";
import { cheatingPasses } from "../../helpers/cheat.ts";
import { wealth } from "../../helpers/people.ts";
import {
  executorOf,
  joinCheater,
  joinWatchtower,
  joinWorker,
  type Player,
  play,
  tick,
  watchtowerLimits,
} from "../../helpers/players.ts";
import { type Stage, setStage } from "../../helpers/stage.ts";

const flip = { slot: 8, element: 6, bit: 12 };
const lying = executorOf(({ program }, input) => cheatingPasses(program, input, flip));

describe("watchtower", () => {
  let stage: Stage;
  let players: Player[];

  beforeEach(async () => {
    stage = await setStage();
    players = [];
  });

  afterEach(() => {
    for (const player of players) player.leave();
  });

  async function answered({ rightly }: { rightly: boolean }): Promise<`0x${string}`> {
    const { network, library } = stage;
    const worker = rightly ? joinWorker(network, library) : joinCheater(network, library, flip);
    players.push(worker);
    const requestId = await stage.request();
    await play(network, [worker]);
    await stage.check(requestId, "committed");
    return stage.commitIdOf(requestId);
  }

  function watch(options: Parameters<typeof joinWatchtower>[2] = {}): Player {
    const watchtower = joinWatchtower(stage.network, stage.library, options);
    players.push(watchtower);
    return watchtower;
  }

  async function untouched(commitId: `0x${string}`): Promise<void> {
    expect((await stage.network.clients.deployer.getBinding({ commitId })).disputes).to.equal(0);
  }

  const alarms = ({ events }: Player) => events.flatMap((event) => (event.kind === "alarm" ? [event] : []));

  it("shows in a dry run what it would send, once, and sends nothing", async () => {
    const commitId = await answered({ rightly: false });
    const { network } = stage;
    const { token } = network.deployment;
    const args = [network.addresses.deployer, wealth] as const; // a watchtower that could not pay a bond
    const call = { address: token, abi: erc20Abi, functionName: "transfer", args, chain: null } as const;
    await writeContract(network.clients.friend, call);
    const watchtower = watch({ dryRun: true, person: "friend" });
    for (let round = 0; round < 5; round++) await tick(watchtower);
    const shown = watchtower.events.filter(({ kind }) => kind === "wouldSend");
    expect(shown).to.have.length(1);
    expect(shown[0]).to.include({
      move: "challenge",
      id: commitId,
      to: network.deployment.disputeGame,
    });
    await untouched(commitId);
    const { journal } = watchtower.context;
    expect(journal.decisionsAbout(commitId).map(({ action }) => action)).to.deep.equal(["challenge"]);
  });

  it("reports and spends nothing when it may not challenge", async () => {
    const commitId = await answered({ rightly: false });
    const limits = { ...watchtowerLimits, challenge: false };
    const watchtower = watch({ limits });
    for (let round = 0; round < 4; round++) await tick(watchtower);
    expect(alarms(watchtower)).to.deep.equal([
      { kind: "alarm", reason: "unchallenged", facts: { commitId, because: "disabled" } },
    ]);
    await untouched(commitId);
  });

  it("drains: checks nothing new, and is done when its disputes are paid", async () => {
    const commitId = await answered({ rightly: false });
    const watchtower = watch();
    await play(stage.network, [watchtower]);
    let isDrained = false;
    const drained = watchtower.role.drain().then(() => {
      isDrained = true;
    });
    const next = await answered({ rightly: false });
    await play(stage.network, [watchtower, ...players]);
    await untouched(next);
    expect(isDrained).to.equal(false);
    await stage.network.advance(stage.network.tier.airgapSeconds + 1);
    await play(stage.network, [watchtower]);
    await tick(watchtower);
    await drained;
    const [dispute] = watchtower.context.journal.disputesOf(commitId);
    expect(dispute?.settled).to.equal(true);
  });

  it("does not challenge what only one of its executors finds wrong", async () => {
    const commitId = await answered({ rightly: true });
    const watchtower = watch({ fast: lying });
    for (let round = 0; round < 4; round++) await tick(watchtower);
    expect(alarms(watchtower)).to.deep.equal([
      { kind: "alarm", reason: "contradiction", facts: { commitId } },
    ]);
    await untouched(commitId);
  });

  it("does not challenge when it has computed another answer to the same question before", async () => {
    const commitId = await answered({ rightly: true });
    const watchtower = watch({ fast: lying, reference: lying });
    const { journal } = watchtower.context;
    await watchtower.poller.catchUp();
    const { programId, inputRoot, outputRoot } = journal.commitments.get(commitId)!.data;
    journal.notes("outputs").put(`${programId}:${inputRoot}`, "kept", { roots: [outputRoot] });
    for (let round = 0; round < 4; round++) await tick(watchtower);
    expect(alarms(watchtower).map(({ reason }) => reason)).to.deep.equal(["contradiction"]);
    await untouched(commitId);
  });

  it("judges no answer of a program whose known answers come out wrong here", async () => {
    const commitId = await answered({ rightly: false });
    const selfTest = () => Promise.reject(new SelfTestError("wrong here"));
    const watchtower = watch({ selfTest });
    for (let round = 0; round < 4; round++) await tick(watchtower);
    const { programId } = stage;
    expect(alarms(watchtower)).to.deep.equal([{ kind: "alarm", reason: "selfTest", facts: { programId } }]);
    await untouched(commitId);
  });

  it("waits while it cannot get at a program, then checks", async () => {
    const commitId = await answered({ rightly: false });
    let isThere = false;
    const watchtower = watch({
      programs: {
        get: async (programId) => {
          if (!isThere) throw new RetryableError("nobody has it");
          return stage.library.get(programId)!;
        },
      },
    });
    for (let round = 0; round < 3; round++) await tick(watchtower);
    expect(watchtower.events.map((event) => "judgement" in event && event.judgement)).to.deep.equal([
      "unavailable",
    ]);
    await untouched(commitId);
    isThere = true;
    await stage.network.advance(11);
    for (let round = 0; round < 3; round++) await tick(watchtower);
    expect((await stage.network.clients.deployer.getBinding({ commitId })).disputes).to.equal(1);
  });

  it("does nothing while its endpoints disagree about a block", async () => {
    const commitId = await answered({ rightly: false });
    const { transport } = stage.network;
    let isLying = true;
    const watchtower = watch({ transports: [transport, tampered(transport, () => isLying)] });
    for (let round = 0; round < 4; round++) await tick(watchtower);
    expect(alarms(watchtower)[0]).to.deep.include({
      reason: "unhealthy",
      facts: { missing: "endpointsAgree" },
    });
    await untouched(commitId);
    isLying = false;
    for (let round = 0; round < 2; round++) await tick(watchtower);
    expect((await stage.network.clients.deployer.getBinding({ commitId })).disputes).to.equal(1);
  });

  it("does not act on an old head", async () => {
    const commitId = await answered({ rightly: false });
    const { clock } = stage.network;
    const late = { ...clock, now: () => clock.now() + 301_000 };
    const watchtower = watch({ maxHeadAgeSeconds: 300, clock: late });
    for (let round = 0; round < 4; round++) await tick(watchtower);
    expect(alarms(watchtower)[0]).to.deep.include({ reason: "unhealthy", facts: { missing: "headFresh" } });
    await untouched(commitId);
  });

  it("waits a round when the chain has run backwards", async () => {
    const commitId = await answered({ rightly: false });
    const watchtower = watch();
    await tick(watchtower);
    const snapshot = await stage.network.request("evm_snapshot");
    await stage.network.request("evm_mine");
    await tick(watchtower);
    await stage.network.request("evm_revert", [snapshot]);
    await tick(watchtower);
    await untouched(commitId);
    await tick(watchtower);
    expect((await stage.network.clients.deployer.getBinding({ commitId })).disputes).to.equal(1);
  });
});

/** An endpoint that changes a word of every answer to eth_call while `isLying`. */
function tampered(transport: Transport, isLying: () => boolean): Transport {
  const honest = transport({}).request as EIP1193RequestFn;
  const request = async (call: { method: string; params?: unknown }) => {
    const answer = await honest(call as Parameters<EIP1193RequestFn>[0]);
    const isCall = call.method === "eth_call" && typeof answer === "string" && answer.length > 66;
    if (!isCall || !isLying()) return answer;
    return `${answer.slice(0, 65)}${answer[65] === "1" ? "2" : "1"}${answer.slice(66)}`;
  };
  return custom({ request: request as EIP1193RequestFn });
}
