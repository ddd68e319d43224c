// A market under a storm: an honest worker, a cheater, a watchtower, a liar and a keeper behind endpoints that fail, with
// clocks that are wrong, on a chain that runs backwards. Counts at the end what must never happen.
import type { Hex } from "@assay/sdk/protocol";
import { http } from "viem";
import { second } from "../../node/clock.ts";
import { createLifecycle, type Lifecycle } from "../../node/lifecycle.ts";
import { createKeeper } from "../../node/roles/keeper.ts";
import { silentLogger } from "../../node/telemetry/logger.ts";
import { type AnvilNetwork, createAnvilNetwork } from "./anvilNetwork.ts";
import { type Asked, audit, type ChaosAudit, isDisputed, isOver, standing } from "./chaosAudit.ts";
import { createChaosChain } from "./chaosChain.ts";
import { type ChaosRpc, type Faults, startChaosRpc } from "./chaosRpc.ts";
import { cheatingPasses } from "./cheat.ts";
import { type Network, readBooks } from "./people.ts";
import { executorOf, joinWatchtower, joinWorker, openParts, type Player, reference } from "./players.ts";
import { Random } from "./random.ts";
import { type Stage, setStage } from "./stage.ts";

export interface ChaosOptions {
  seed: number;
  /** Half of them are answered wrongly. */
  requests: number;
  /** Re-organisations while they are answered and disputed; as many again while they are paid. */
  reorgs: number;
  faults?: Faults;
}

export interface ChaosOutcome extends ChaosAudit {
  /** How deep each of them was. */
  reorgs: readonly number[];
  /** Faults of endpoints. */
  faults: number;
  seconds: number;
}

const pollSeconds = 0.05;
/** The most that a role's clock is wrong: less than what is left of the shortest clock that it looks at. */
const skewSeconds = 240;
/** Longer than any role waits before it tries again what has failed. */
const restSeconds = 90;
const flip = { slot: 0, element: 3, bit: 30 };
const lying = executorOf(({ program }, input) => cheatingPasses(program, input, flip));
/** False alarms about everything: a bit that is lower down. */
const mistaken = executorOf(({ program }, input) =>
  cheatingPasses(program, input, { slot: 8, element: 6, bit: 12 }),
);

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Cast {
  rpcs: ChaosRpc[];
  players: Player[];
  lifecycles: Lifecycle[];
}

type Joining = (
  network: Network,
  home: { transports: ReturnType<typeof http>[]; pollSeconds: number },
) => Player;

export async function playChaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const from = Date.now();
  const network = await createAnvilNetwork();
  const cast: Cast = { rpcs: [], players: [], lifecycles: [] };
  try {
    const stage = await setStage({ network });
    await network.clients.stranger.stake({ amount: stage.stake });
    await enter(cast, network, stage, options);
    return { ...(await storm(cast, network, stage, options)), seconds: (Date.now() - from) / second };
  } finally {
    for (const lifecycle of cast.lifecycles) await lifecycle.stop().catch(() => {});
    for (const player of cast.players) player.leave();
    for (const rpc of cast.rpcs) await rpc.stop();
    await network.close();
  }
}

/** Everybody behind an endpoint of its own, with a clock of its own. */
async function enter(cast: Cast, network: AnvilNetwork, { library }: Stage, { seed, faults }: ChaosOptions) {
  const random = new Random(seed);
  const roles: Joining[] = [
    (chain, home) => joinWorker(chain, library, { ...home, fast: reference }),
    (chain, home) => joinWorker(chain, library, { ...home, person: "stranger", fast: lying }),
    (chain, home) => joinWatchtower(chain, library, { ...home, fast: reference }),
    (chain, home) =>
      joinWatchtower(chain, library, { ...home, person: "friend", fast: mistaken, reference: mistaken }),
    (chain, home) => {
      const parts = openParts(chain, "keeper", home);
      const role = createKeeper({ ...parts.context, limits: { patienceSeconds: 0, mostTries: 3 } });
      return { ...parts, person: "keeper", role };
    },
  ];
  for (const [index, join] of roles.entries()) {
    const rpc = await startChaosRpc({
      target: network.url,
      seed: seed * 100 + index,
      ...(faults && { faults }),
    });
    cast.rpcs.push(rpc);
    const skew = random.integer(-skewSeconds, skewSeconds) * second;
    const clock = { ...network.clock, now: () => network.clock.now() + skew };
    const transports = [http(rpc.url, { timeout: 400 })];
    const player = join({ ...network, clock }, { transports, pollSeconds });
    cast.players.push(player);
    const lifecycle = createLifecycle({ logger: silentLogger });
    lifecycle.done.catch(() => {});
    lifecycle.add(
      { name: "history", start: (signal) => player.poller.catchUp(signal) },
      player.poller,
      player.context.sender,
      player.role,
    );
    cast.lifecycles.push(lifecycle);
    await lifecycle.start();
  }
}

async function storm(
  { rpcs }: Cast,
  network: AnvilNetwork,
  stage: Stage,
  { seed, requests, reorgs }: ChaosOptions,
): Promise<Omit<ChaosOutcome, "seconds">> {
  const random = new Random(seed);
  const chain = createChaosChain(network, random, ["requester", "deployer"]);
  const before = await readBooks(network);
  const asked: Asked = new Map<Hex, "worker" | "stranger">();
  const ask = async (index: number) => {
    const worker = index % 2 === 0 ? "worker" : "stranger";
    asked.set(await stage.request({ worker, seed: seed * 1_000 + index }), worker);
  };
  const weather = async (between: () => Promise<void>) => {
    for (const rpc of rpcs) rpc.storm();
    for (let round = 0; round < reorgs; round++) {
      await between();
      await sleep(random.integer(50, 600));
      await chain.reorganise();
    }
    for (const rpc of rpcs) await rpc.heal();
  };

  await chain.anchor();
  await weather(async () => {
    const share = Math.ceil(requests / reorgs);
    for (let turn = 0; turn < share && asked.size < requests; turn++) await ask(asked.size);
  });
  await until(
    () => isDisputed(network, asked),
    () => standing(network, asked),
  );

  await network.advance(network.tier.windowSeconds + 60);
  await chain.anchor();
  await weather(async () => {});
  await until(
    () => isOver(network, asked),
    () => standing(network, asked),
  );
  const outcome = await audit(network, stage, asked, before);
  const faults = rpcs.flatMap((rpc) => [...rpc.faults.values()]).reduce((sum, count) => sum + count, 0);
  return { ...outcome, reorgs: chain.depths, faults };
}

/** @param told What to say when it never holds: when nothing has happened on the chain for a while. */
async function until(holds: () => Promise<boolean>, told: () => Promise<string>): Promise<void> {
  for (let [before, since] = ["", Date.now()]; !(await holds()); await sleep(200)) {
    const now = await told();
    if (now !== before) [before, since] = [now, Date.now()];
    if (Date.now() - since > restSeconds * second) throw new Error(`The market has come to a halt: ${now}`);
  }
}
