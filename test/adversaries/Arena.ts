// Where honest people and adversaries meet: requests, answers, games, and everybody's books.
import type { Trace } from "@assay/sdk/program";
import {
  bytesToHex,
  encodeMarketOpening,
  type Hex,
  type Leaf,
  type Request,
  requestStruct,
  type Tier,
} from "@assay/sdk/protocol";
import { parameterSet, tiers } from "../../deploy/parameters.ts";
import { least } from "../../node/bigints.ts";
import { type DeployOptions, deployWorld, type World, wealth } from "../helpers/deploy.ts";
import type { WorkerTrees } from "../helpers/game.ts";
import { Random } from "../helpers/random.ts";
import { Chain, type Outcome, type Seen } from "./Chain.ts";
import { addresses, hostileParties, type Party, parties } from "./cast.ts";
import type { Scene } from "./scene.ts";
import { ChainViews } from "./views.ts";

/** A request and everything that became of it. */
export interface Job {
  requestId: Hex;
  request: Request;
  input: Uint8Array;
  /** What an honest execution is. */
  right: Trace;
  worker?: Party;
  /** What its worker shows; once committed. */
  told?: WorkerTrees;
  output?: Uint8Array;
  commitId?: Hex;
  leaf?: Leaf;
  opening?: Hex;
  /** Everything that was said about it on the chain, in order. */
  events: Seen[];
}

/** Somebody who moves whenever there is something to do. */
export interface Player {
  /** Sends what is due; returns how many transactions were accepted. */
  act(): Promise<number>;
  /** Unix seconds at which it wants to be asked again. */
  wakeAt?(): bigint | undefined;
}

export interface AskOptions {
  worker?: Party;
  fee?: bigint;
  hidden?: boolean;
  consumer?: Hex;
  callbackGas?: number;
  requester?: Party;
}

const zero: Hex = `0x${"00".repeat(20)}`;
export const unit = 10n ** 18n;
export const stake = 20_000n * unit;
const mostRounds = 2_000;

export class Arena extends Chain {
  readonly scene: Scene;
  readonly programId: Hex;
  readonly tier: Tier = tiers.standard;
  readonly addresses = addresses;
  readonly random: Random;
  readonly views: ChainViews;
  jobs: Job[] = [];
  /** What honest parties got their money's worth for, and what they signed away knowingly. */
  readonly spent = new Map<Party, bigint>();
  readonly #byId = new Map<string, Job>();
  #salt = 0n;

  private constructor(world: World, scene: Scene, programId: Hex, seed: number) {
    super(world);
    this.scene = scene;
    this.programId = programId;
    this.random = new Random(seed);
    this.views = new ChainViews(this);
  }

  /** Everybody has tokens; the honest worker has stake, and a backup with a key of its own. */
  static async open(scene: Scene, options: DeployOptions & { seed?: number } = {}): Promise<Arena> {
    const world = await deployWorld({
      parameters: parameterSet(["standard"]),
      governor: addresses.governor,
      guardian: addresses.guardian,
      ...(scene.judge && { factoryOf: scene.judge }),
      ...options,
    });
    const { header, descriptorsRoot, constantsRoot } = scene.committed;
    const setup = new Arena(world, scene, "0x", 0);
    for (const party of hostileParties) {
      await setup.transact(world.deployer.address, "token", "mint", [addresses[party], wealth]);
      await setup.transact(addresses[party], "token", "approve", [world.vault.target, wealth]);
    }
    for (const party of ["worker", "mallory", "accomplice"] as const)
      await setup.transact(addresses[party], "vault", "stake", [addresses[party], stake]);
    await setup.transact(addresses.worker, "vault", "setKey", [addresses.backup, 2]);
    const published = [header, descriptorsRoot, constantsRoot, `0x${"00".repeat(32)}`, ""];
    const registered = await setup.transact(world.publisher.address, "registry", "register", published);
    if (!registered.ok) throw new Error(`The program was refused: ${registered.error}`);
    const programId = registered.events.find(({ name }) => name === "ProgramRegistered")!.args
      .programId as Hex;
    return new Arena(world, scene, programId, options.seed ?? 1);
  }

  protected override note(seen: Seen): void {
    for (const id of ["requestId", "commitId", "disputeId", "id"]) {
      const job = this.#byId.get(String(seen.args[id]));
      if (job === undefined) continue;
      job.events.push(seen);
      if (typeof seen.args.disputeId === "string") this.#byId.set(seen.args.disputeId, job);
      this.views.forget(job);
      return;
    }
  }

  /** Takes blocks back, from `block` on, and what was said in them. */
  forgetFrom(block: number): void {
    for (const job of this.jobs) {
      job.events = job.events.filter((seen) => seen.block < block);
      this.views.forget(job);
    }
  }

  // REQUESTS AND ANSWERS

  async ask(options: AskOptions = {}): Promise<Job> {
    const { hidden = false, requester = "requester" } = options;
    const input = this.scene.input(this.random);
    const right = this.scene.right(input);
    const request: Request = {
      requester: addresses[requester],
      salt: ++this.#salt,
      programId: this.programId,
      inputRoot: right.inputRoot,
      inputPosted: !hidden,
      fee: options.fee ?? unit,
      version: 1,
      method: "optimistic",
      level: "final",
      worker: options.worker ? addresses[options.worker] : zero,
      consumer: options.consumer ?? zero,
      callbackGas: options.callbackGas ?? 0,
    };
    const args = [requestStruct(request), hidden ? "0x" : bytesToHex(input)];
    const { ok, error, events } = await this.send(requester, "market", "request", args);
    if (!ok) throw new Error(`The request was refused: ${error}`);
    const requested = events.find(({ name }) => name === "Requested")!;
    const job: Job = {
      requestId: requested.args.requestId as Hex,
      request,
      input,
      right,
      events: [requested],
    };
    this.#byId.set(job.requestId, job);
    this.jobs.push(job);
    return job;
  }

  async claim(job: Job, worker: Party): Promise<Outcome> {
    job.worker = worker;
    return this.send(worker, "market", "claim", [requestStruct(job.request), addresses[worker]]);
  }

  /** Publishes what `told` comes to. */
  async commit(
    job: Job,
    told: Trace | (WorkerTrees & { output: Uint8Array }),
    at?: bigint,
  ): Promise<Outcome> {
    const answers = [{ request: requestStruct(job.request), passes: 1, output: told.output }];
    const outcome = await this.send(job.worker!, "market", "commit", [answers], at);
    const committed = outcome.events.find(({ name }) => name === "Committed");
    if (committed === undefined) return outcome;
    job.told = told;
    job.output = told.output;
    job.commitId = committed.args.commitId as Hex;
    job.leaf = { passes: 1, outputRoot: told.outputRoot, proof: [] };
    job.opening = encodeMarketOpening(job.request, job.leaf);
    this.#byId.set(job.commitId, job);
    return outcome;
  }

  /** From the request to the honest worker's right answer. */
  async honestJob(options: AskOptions = {}): Promise<Job> {
    const job = await this.ask({ worker: "worker", ...options });
    await this.claim(job, "worker");
    await this.commit(job, job.right);
    return job;
  }

  /** From the request to a wrong answer of `worker`; `told` where the scene's own lies are not what is wanted. */
  async wrongJob(
    worker: Party = "mallory",
    told?: (job: Job) => WorkerTrees & { output: Uint8Array },
  ): Promise<Job> {
    const job = await this.ask({ worker });
    await this.claim(job, worker);
    await this.commit(job, told?.(job) ?? this.lieAbout(job));
    return job;
  }

  lieAbout({ input }: Job): Trace {
    for (;;) {
      const lie = this.scene.wrong(input, this.random);
      if (lie !== undefined) return lie;
    }
  }

  // GAMES

  /** Everybody moves until nobody has anything to do; then time goes on to the next deadline, until there is none. */
  async play(players: readonly Player[]): Promise<void> {
    for (let round = 0; round < mostRounds; round++) {
      let accepted = 0;
      for (const player of players) accepted += await player.act();
      if (accepted > 0) continue;
      const now = await this.now();
      const wakes = [...(await this.views.deadlines()), ...players.map((player) => player.wakeAt?.())];
      const due = wakes.filter((time): time is bigint => time !== undefined && time > now);
      const [first, ...others] = due;
      if (first === undefined) return;
      await this.jump(least(first, ...others));
    }
    throw new Error("The players do not come to rest");
  }

  // BOOKS

  /** All that a party has: wallet, stake, credit, and what lies in its channels. */
  async wealthOf(party: Party): Promise<bigint> {
    const { token, vault } = this.world;
    const { free, locked, unbonding, credit } = await vault.account(addresses[party]);
    return ((await token.balanceOf(addresses[party])) as bigint) + free + locked + unbonding + credit;
  }

  async books(): Promise<Record<Party, bigint>> {
    const books: Partial<Record<Party, bigint>> = {};
    for (const party of parties) books[party] = await this.wealthOf(party);
    return books as Record<Party, bigint>;
  }

  allow(party: Party, amount: bigint): void {
    this.spent.set(party, (this.spent.get(party) ?? 0n) + amount);
  }
}
