// What people do on the toy network, one verb each. Every verb waits until its transaction is in a block.
import { bytesToHex, byteTree, type Hex } from "@assay/sdk/protocol";
import {
  AbiCoder,
  type BaseContract,
  type ContractTransactionReceipt,
  type ContractTransactionResponse,
  type LogDescription,
} from "ethers";
import { as, type Person, type World } from "./deploy.ts";
import { descriptorTree, type Lies, stepProof, type ToyProgram, ToyTrace, toyProgram } from "./toy.ts";

export const noAddress = `0x${"00".repeat(20)}`;
export const empty: Hex = `0x${"00".repeat(32)}`;

/** The receipt of a transaction. */
export async function mined(sent: Promise<ContractTransactionResponse>): Promise<ContractTransactionReceipt> {
  const receipt = await (await sent).wait();
  if (!receipt) throw new Error("The transaction was not mined");
  return receipt;
}

/** The events of a transaction that `contract` declares, by name. */
export function eventsOf(
  receipt: ContractTransactionReceipt,
  contract: BaseContract,
  name: string,
): LogDescription[] {
  return receipt.logs
    .map((log) => contract.interface.parseLog(log))
    .filter((event) => event !== null)
    .filter((event) => event.name === name);
}

async function argument(
  sent: Promise<ContractTransactionResponse>,
  contract: BaseContract,
  event: string,
  name: string,
): Promise<Hex> {
  const [found] = eventsOf(await mined(sent), contract, event);
  if (!found) throw new Error(`No ${event} event`);
  return found.args.getValue(name) as Hex;
}

/** Publishes a toy program and returns its id. */
export async function register(world: World, program: ToyProgram, by: Person = "publisher"): Promise<Hex> {
  const registry = as(world[by], world.registry);
  const sent = registry.register(program.header, descriptorTree(program).root, empty, empty, "");
  return argument(sent, registry, "ProgramRegistered", "programId");
}

export interface RequestOptions {
  fee?: bigint;
  worker?: string;
  consumer?: string;
  callbackGas?: number;
  version?: number;
  method?: number;
  level?: number;
  input?: Uint8Array;
  /** Keeps the input off the chain. */
  hidden?: boolean;
  requester?: Person;
  salt?: bigint;
}

export const defaultFee = 10n ** 18n;
const final = 2;
let salt = 0n;

/** A request as the contracts take it. */
export type RequestStruct = ReturnType<typeof requestStruct>;

export function requestStruct({ world, programId, program }: Stage, options: RequestOptions = {}) {
  return {
    requester: world[options.requester ?? "requester"].address,
    salt: options.salt ?? ++salt,
    programId,
    inputRoot: byteTree(options.input ?? program.input).root,
    inputPosted: options.hidden !== true,
    fee: options.fee ?? defaultFee,
    version: options.version ?? 1,
    method: options.method ?? 0,
    level: options.level ?? final,
    worker: options.worker ?? noAddress,
    consumer: options.consumer ?? noAddress,
    callbackGas: options.callbackGas ?? 0,
  };
}

/** A program that is registered on a world, and a worker with stake. */
export interface Stage {
  world: World;
  program: ToyProgram;
  programId: Hex;
}

export const workerStake = 10_000n * 10n ** 18n;

export async function prepareStage(world: World, program: ToyProgram = toyProgram()): Promise<Stage> {
  await as(world.worker, world.vault).stake(world.worker, workerStake);
  return { world, program, programId: await register(world, program) };
}

/** A request that was posted; whoever acts on it brings it along. */
export interface Asked {
  asked: RequestStruct;
  requestId: Hex;
}

export async function request(stage: Stage, options: RequestOptions = {}): Promise<Asked> {
  const { world, program } = stage;
  const asked = requestStruct(stage, options);
  const market = as(world[options.requester ?? "requester"], world.market);
  const input = options.hidden === true ? new Uint8Array() : (options.input ?? program.input);
  return { asked, requestId: await argument(market.request(asked, input), market, "Requested", "requestId") };
}

export async function claim(stage: Stage, { asked }: Asked, by: Person = "worker"): Promise<void> {
  const { world } = stage;
  await mined(as(world[by], world.market).claim(asked, world[by]));
}

/** A commitment and everything that its worker says it computed. */
export interface Answer extends Stage, Asked {
  commitId: Hex;
  /** Where it stands in its batch. */
  leaf: { passes: number; outputRoot: Hex; proof: Hex[] };
  /** What the market needs to recognise it. */
  opening: string;
  trace: ToyTrace;
}

/** What was committed to, for a batch of one. */
export function answered(stage: Stage, asked: Asked, commitId: Hex, trace: ToyTrace): Answer {
  const leaf = { passes: 1, outputRoot: trace.outputTree.root, proof: [] };
  const kinds = stage.world.market.interface.getFunction("finalityOf")?.inputs ?? [];
  const opening = AbiCoder.defaultAbiCoder().encode(kinds, [asked.asked, leaf]);
  return { ...stage, ...asked, commitId, leaf, opening, trace };
}

export async function commit(
  stage: Stage,
  asked: Asked,
  lies: Lies = {},
  by: Person = "worker",
): Promise<Answer> {
  const trace = new ToyTrace(stage.program, lies);
  const market = as(stage.world[by], stage.world.market);
  const sent = market.commit([{ request: asked.asked, passes: 1, output: trace.output }]);
  return answered(stage, asked, await argument(sent, market, "Committed", "commitId"), trace);
}

/** From a request to its commitment, with `lies` in the trace or the output. */
export async function answer(stage: Stage, lies: Lies = {}, options: RequestOptions = {}): Promise<Answer> {
  const asked = await request(stage, options);
  await claim(stage, asked);
  return commit(stage, asked, lies);
}

export async function challenge(
  { world, commitId, opening }: Answer,
  by: Person = "challenger",
): Promise<Hex> {
  const game = as(world[by], world.game);
  return argument(game.challenge(commitId, opening), game, "Challenged", "disputeId");
}

export async function bind({ world, commitId, trace }: Answer, by: Person = "worker"): Promise<void> {
  await mined(as(world[by], world.game).bindTrace(commitId, trace.tree.children(0, 0)));
}

/** The next choice of a dispute that is to end at leaf `slot`. */
export async function choose(
  { world, trace }: Answer,
  disputeId: Hex,
  slot: number,
  by: Person = "challenger",
): Promise<ContractTransactionReceipt> {
  const { position } = await world.game.getDispute(disputeId);
  const depth = Number(position.depth);
  const path = Number(position.path);
  const index = trace.choices(slot)[depth];
  const children = trace.tree.children(depth, path);
  return mined(as(world[by], world.game).choose(disputeId, trace.tree.node(depth, path), children, index));
}

/** Shows the node at which a dispute stands, whoever sends it. Nothing to do when it is shown or empty. */
export async function respond(
  { world, commitId, trace }: Answer,
  disputeId: Hex,
  by: Person = "worker",
): Promise<ContractTransactionReceipt | undefined> {
  const game = as(world[by], world.game);
  const { position, node, rooted } = await game.getDispute(disputeId);
  if (!rooted || node === empty || (await game.getReveal(commitId, node)).kind !== 0n) return undefined;
  const depth = Number(position.depth);
  const path = Number(position.path);
  if (position.section === 1n) {
    if (depth < trace.outputTree.depth)
      return mined(game.reveal(commitId, trace.outputTree.children(depth, path)));
    return mined(game.revealTile(commitId, bytesToHex(trace.output.slice(path * 1024, (path + 1) * 1024))));
  }
  if (depth < trace.depth) return mined(game.reveal(commitId, trace.tree.children(depth, path)));
  return mined(game.revealTile(commitId, trace.tile(path)));
}

/** Plays both sides from the first move to the tile of leaf `slot`. */
export async function descend(
  story: Answer,
  disputeId: Hex,
  slot: number,
  by: Person = "challenger",
): Promise<void> {
  const { boundAt } = await story.world.game.getBinding(story.commitId);
  if (boundAt === 0n) await bind(story);
  for (let level = 0; level < story.trace.depth; level++) {
    await choose(story, disputeId, slot, by);
    await respond(story, disputeId);
  }
}

/** Asks the judge about the tile of leaf `slot`, where the dispute stands. */
export async function prove(
  { world, trace }: Answer,
  disputeId: Hex,
  slot: number,
  by: Person = "challenger",
): Promise<ContractTransactionReceipt> {
  const tile = trace.tile(slot);
  const node = trace.tree.node(trace.depth, slot);
  return mined(as(world[by], world.game).proveStep(disputeId, node, stepProof(tile)));
}

/** A whole won dispute about leaf `slot`. */
export async function slash(story: Answer, slot: number, by: Person = "challenger"): Promise<Hex> {
  const disputeId = await challenge(story, by);
  await descend(story, disputeId, slot, by);
  await prove(story, disputeId, slot, by);
  return disputeId;
}
