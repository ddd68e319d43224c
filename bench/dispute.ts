// What a dispute costs: transactions, gas and computing time from challenge to step proof, both sides: one on every step of the
// digits program, and some about one bit of a language model's fortieth token of 64.
import { createAssayClient, type Deployment } from "@assay/sdk";
import { assayTokenAbi } from "@assay/sdk/abi";
import {
  type CommittedProgram,
  collectOutput,
  commitProgram,
  createTrace,
  encodeManifest,
  execute,
  executeFrom,
  type OpName,
  type Program,
  packInputs,
  type Tensor,
  WIDTH,
} from "@assay/sdk/program";
import { type Hex, manifestHash } from "@assay/sdk/protocol";
import { network } from "hardhat";
import { type Address, custom, parseEther } from "viem";
import { waitForTransactionReceipt, writeContract } from "viem/actions";
import { deployAssay } from "../deploy/deployAssay.ts";
import { digitsSamples } from "../examples/digits/digits.ts";
import { tellStory, tellWrongly } from "../test/helpers/story.ts";
import { type Contest, playContest } from "./lib/contest.ts";
import { compileDigits } from "./lib/digits.ts";
import { atMost, progress, type Row, report } from "./lib/report.ts";

type Client = ReturnType<typeof createAssayClient>;

/** One bit of one element of what one step made. */
interface Lie {
  slot: number;
  element: number;
  bit: number;
}

const network31337 = await network.create("node");
const deployment = await deployAssay(network31337, { tiers: ["devnet"] });
const accounts = (await network31337.provider.request({ method: "eth_accounts" })) as Address[];
const transport = custom(network31337.provider, { retryCount: 0 });
const clientOf = (account: Address): Client =>
  createAssayClient({ transport, account, deployment, pollingInterval: 5 });
const [deployer, worker, challenger, requester] = accounts as [Address, Address, Address, Address];
await fund(deployment, [deployer, worker, challenger, requester]);

await clientOf(worker).stake({ amount: parseEther("100000") });
const { program, manifest } = await compileDigits();
const committed = commitProgram(program);
const programId = await register(committed, encodeManifest(manifest));
const input = packInputs(program, [Uint8Array.from(digitsSamples()[0]!.pixels)]);

const games: Row[] = [];
const gasByMove = new Map<string, number>();
for (const lie of lies(program)) {
  const game = await playDigits(lie);
  if (game) games.push(game);
}
const digitsMoves = new Map(gasByMove);
const stories = await playStories(64, 40, ["MatMulInteger", "ScatterElements", "Gather", "ArgMax"]);

const most = (of: readonly Row[], key: string): number => Math.max(...of.map((row) => Number(row[key])));
const gasOf = (move: string): number => digitsMoves.get(move) ?? 0;
report(
  "dispute",
  [
    atMost("transactions", most(games, "transactions"), 12, "transactions"),
    atMost("total_gas", most(games, "gas"), 3_000_000, "gas"),
    atMost("compute_seconds", most(games, "compute_seconds"), 10, "s"),
    atMost("reveal", gasOf("reveal"), 75_000, "gas"),
    atMost("choose", gasOf("choose"), 60_000, "gas"),
    atMost("reveal_tile", gasOf("revealTile"), 120_000, "gas"),
    atMost("lm_transactions", most(stories, "transactions"), 16, "transactions"),
    atMost("lm_total_gas", most(stories, "gas"), 5_000_000, "gas"),
  ],
  [
    ...games,
    ...stories,
    ...[...gasByMove].map(([move, gas]) => ({ program: "all", op: `${move}, most`, gas })),
  ],
);
await network31337.close();

/** One lie in what every step makes: a high bit of an element in the middle, so that the answer changes. */
function lies({ steps }: Program): Lie[] {
  return steps.map(({ out }, slot) => {
    const count = out.shape.reduce((a, b) => a * b, 1);
    const bits = WIDTH[out.dtype] === 4 ? 20 : out.dtype === "u8" ? 7 : 3;
    return { slot, element: Math.floor(count / 2), bit: bits };
  });
}

function lieAbout(lie: Lie): Tensor[] {
  const slots = execute(program, input);
  const honest = slots[lie.slot]!;
  const data = honest.data.slice() as Tensor["data"];
  const bytes = new Uint8Array(data.buffer);
  const at = lie.element * data.BYTES_PER_ELEMENT + (lie.bit >> 3);
  bytes[at] = bytes[at]! ^ (1 << (lie.bit & 7));
  slots[lie.slot] = { ...honest, data };
  return executeFrom(program, input, slots, lie.slot + 1);
}

/** Plays one dispute; undefined when the lie leaves the answer as it was. */
async function playDigits(lie: Lie): Promise<Row | undefined> {
  const slots = lieAbout(lie);
  const output = collectOutput(program, slots);
  const own = () => createTrace(committed, input, execute(program, input));
  if (Buffer.compare(own().output, output) === 0) return undefined;
  const theirs = () => createTrace(committed, input, slots);
  return play({ programId, input, output, passes: 1, own, theirs }, "digits", program, lie.slot);
}

/** One dispute for each operator, about one bit of what it makes on the way to one token. */
async function playStories(tokens: number, wrongToken: number, ops: readonly OpName[]): Promise<Row[]> {
  const story = await tellStory(tokens);
  const told = commitProgram(story.program);
  const id = await register(told, new TextEncoder().encode("{}"));
  const rows: Row[] = [];
  for (const op of ops) {
    const wrong = await tellWrongly(story, wrongToken, op);
    const contest: Contest = {
      programId: id,
      input: story.input,
      output: wrong.output,
      passes: wrong.passes.length,
      own: () => createTrace(told, story.input, story.passes, story.output),
      theirs: () => createTrace(told, story.input, wrong.passes, wrong.output),
    };
    rows.push(await play(contest, "storyteller", story.program, wrong.slot));
  }
  return rows;
}

async function register(what: CommittedProgram, manifestBytes: Uint8Array): Promise<Hex> {
  const registered = await clientOf(deployer).registerProgram({
    ...what,
    manifestHash: manifestHash(manifestBytes),
  });
  return registered.programId;
}

/** Plays a contest about that slot. */
async function play(contest: Contest, name: string, { steps }: Program, slot: number): Promise<Row> {
  const parties = {
    requester: clientOf(requester),
    worker: clientOf(worker),
    challenger: clientOf(challenger),
    workerAddress: worker,
  };
  const { verdict, moves, gas, computeSeconds } = await playContest(parties, contest);
  for (const { move, receipt } of moves)
    gasByMove.set(move, Math.max(gasByMove.get(move) ?? 0, Number(receipt.gasUsed)));
  const { op } = steps[slot]!;
  progress(`${name}, lie in step ${slot} (${op}): ${moves.length} transactions, ${gas} gas`);
  return {
    program: name,
    step: slot,
    op,
    verdict,
    transactions: moves.length,
    gas,
    compute_seconds: Number(computeSeconds.toFixed(3)),
  };
}

async function fund({ token }: Deployment, owners: readonly Address[]): Promise<void> {
  const client = clientOf(deployer);
  for (const owner of owners) {
    const hash = await writeContract(client, {
      address: token,
      abi: assayTokenAbi,
      functionName: "mint",
      args: [owner, parseEther("1000000")],
      account: deployer,
      chain: null,
    });
    await waitForTransactionReceipt(client, { hash });
  }
}
