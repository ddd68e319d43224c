// What a dispute costs: transactions, gas and computing time from challenge to step proof, both sides, on the digits program.
import { createAssayClient, type Deployment } from "@assay/sdk";
import { assayTokenAbi } from "@assay/sdk/abi";
import {
  collectOutput,
  commitProgram,
  createTrace,
  encodeManifest,
  execute,
  executeFrom,
  nextMove,
  type Program,
  packInputs,
  type Revealed,
  type Tensor,
  type Trace,
  WIDTH,
} from "@assay/sdk/program";
import {
  child,
  type Hex,
  manifestHash,
  nodeHash,
  OUTPUT_ROOT,
  type Position,
  TRACE_ROOT,
  tileHash,
} from "@assay/sdk/protocol";
import { network } from "hardhat";
import { type Address, custom, parseEther, type TransactionReceipt } from "viem";
import { waitForTransactionReceipt, writeContract } from "viem/actions";
import { deployAssay } from "../deploy/deployAssay.ts";
import { digitsSamples } from "../examples/digits/digits.ts";
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

const { program, manifest } = await compileDigits();
const committed = commitProgram(program);
const { programId } = await clientOf(deployer).registerProgram({
  ...committed,
  manifestHash: manifestHash(encodeManifest(manifest)),
});
await clientOf(worker).stake({ amount: parseEther("100000") });
const input = packInputs(program, [Uint8Array.from(digitsSamples()[0]!.pixels)]);

const moves: Row[] = [];
const games: Row[] = [];
for (const lie of lies(program)) {
  const game = await play(lie);
  if (!game) continue;
  games.push(game);
  progress(
    `lie in step ${lie.slot} (${program.steps[lie.slot]!.op}): ${game.transactions} transactions, ${game.gas} gas`,
  );
}

const most = (key: string): number => Math.max(...games.map((row) => Number(row[key])));
const gasOf = (move: string): number =>
  Math.max(0, ...moves.filter((row) => row.move === move).map((row) => Number(row.gas)));
report(
  "dispute",
  [
    atMost("transactions", most("transactions"), 12, "transactions"),
    atMost("total_gas", most("gas"), 3_000_000, "gas"),
    atMost("compute_seconds", most("compute_seconds"), 10, "s"),
    atMost("reveal", gasOf("reveal"), 75_000, "gas"),
    atMost("choose", gasOf("choose"), 60_000, "gas"),
    atMost("reveal_tile", gasOf("revealTile"), 120_000, "gas"),
  ],
  [
    ...games,
    ...[...new Set(moves.map((row) => row.move))].map((move) => ({
      step: "every game",
      op: `${move}, most`,
      gas: gasOf(String(move)),
    })),
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
async function play(lie: Lie): Promise<Row | undefined> {
  const slots = lieAbout(lie);
  const output = collectOutput(program, slots);
  const [w, c, r] = [clientOf(worker), clientOf(challenger), clientOf(requester)];
  let seconds = 0;
  const timed = <T>(compute: () => T): T => {
    const from = performance.now();
    const value = compute();
    seconds += (performance.now() - from) / 1000;
    return value;
  };
  const own = timed(() => createTrace(committed, input, execute(program, input)));
  if (Buffer.compare(own.output, output) === 0) return undefined;
  const { requestId } = await r.requestInference({ programId, input, worker });
  await w.claimRequest({ requestId, worker });
  const { commitId } = await w.commitResult({ requestId, output });

  const theirs = timed(() => createTrace(committed, input, slots));
  const receipts: TransactionReceipt[] = [];
  const sent = <T extends { receipt: TransactionReceipt }>(move: string, result: T): T => {
    receipts.push(result.receipt);
    moves.push({ move, gas: Number(result.receipt.gasUsed) });
    return result;
  };
  const { disputeId } = sent("challenge", await c.challenge({ commitId }));
  sent("bindTrace", await w.bindTrace({ commitId, children: timed(() => theirs.boundChildren) }));
  const verdict = await descend({ own, theirs, commitId, disputeId, sent, timed });
  const gas = receipts.reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0);
  return {
    step: lie.slot,
    op: program.steps[lie.slot]!.op,
    verdict,
    transactions: receipts.length,
    gas,
    compute_seconds: Number(seconds.toFixed(3)),
  };
}

interface Game {
  own: Trace;
  theirs: Trace;
  commitId: Hex;
  disputeId: Hex;
  sent<T extends { receipt: TransactionReceipt }>(move: string, result: T): T;
  timed<T>(compute: () => T): T;
}

async function descend({ own, theirs, commitId, disputeId, sent, timed }: Game): Promise<string> {
  const { traceRoot, outputRoot, passes } = theirs;
  const reveals = new Map<Hex, Revealed>([[traceRoot, { kind: "inner", children: theirs.boundChildren }]]);
  const [w, c] = [clientOf(worker), clientOf(challenger)];
  let position: Position = TRACE_ROOT;
  for (;;) {
    const node = theirs.node(position);
    const descent = { position, traceRoot, outputRoot, passes, revealed: (hash: Hex) => reveals.get(hash) };
    const move = timed(() => nextMove(own, descent));
    if (move.move === "choose") {
      const shown = reveals.get(node);
      if (shown?.kind !== "inner") throw new Error("chose below what was not revealed");
      sent("choose", await c.choose({ disputeId, node, children: shown.children, index: move.index }));
      position = child(position, move.index);
    } else if (move.move === "chooseOutput") {
      sent("chooseOutput", await c.chooseOutput({ disputeId }));
      position = OUTPUT_ROOT;
    } else if (move.move === "wait") {
      const shown = timed(() => theirs.reveal(position));
      if (!shown) throw new Error("nothing to reveal");
      if (shown.kind === "inner") {
        if (nodeHash(shown.children) !== node) throw new Error("wrong children");
        sent("reveal", await w.reveal({ commitId, node, children: shown.children }));
      } else {
        if (tileHash(shown.tile) !== node) throw new Error("wrong tile");
        sent("revealTile", await w.revealTile({ commitId, node, tile: shown.tile }));
      }
      reveals.set(node, shown);
    } else if (move.move === "prove") {
      return sent("proveStep", await c.proveStep({ disputeId, node, proof: move.proof })).verdict;
    } else throw new Error("the challenger sees nothing wrong");
  }
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
