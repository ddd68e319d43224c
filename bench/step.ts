// What proving one step costs at most: the longest rows of every operator, each in a dispute through the contracts.
import {
  type CommittedProgram,
  commitProgram,
  createTrace,
  elementCount,
  execute,
  executeFrom,
  type Program,
  type Tensor,
} from "@assay/sdk/program";
import { type Hex, manifestHash } from "@assay/sdk/protocol";
import { parseEther } from "viem";
import { createAnvilNetwork } from "../test/helpers/anvilNetwork.ts";
import { randomInput } from "../test/helpers/programs.ts";
import { proofOf } from "../test/helpers/proofs.ts";
import { Random } from "../test/helpers/random.ts";
import { type Contest, playContest } from "./lib/contest.ts";
import { type LongStep, longSteps } from "./lib/longSteps.ts";
import { atMost, progress, type Row, report } from "./lib/report.ts";

const network = await createAnvilNetwork();
const { publisher, requester, worker, watchtower } = network.clients;
await worker.stake({ amount: parseEther("500000") });

const rows: Row[] = [];
try {
  for (const step of longSteps()) {
    const row = await prove(step);
    rows.push(row);
    progress(`${row.op}, ${row.step}: ${row.gas} gas, ${row.calldata} bytes`);
  }
} finally {
  await network.close();
}
const most = (key: string): number => Math.max(...rows.map((row) => Number(row[key])));
const gasOf = (name: string): number => Number(rows.find(({ step }) => step === name)?.gas);
report(
  "step",
  [
    atMost("matmul_k4096", gasOf("matmul_k4096"), 800_000, "gas"),
    atMost("conv_k4096", gasOf("conv_k4096"), 1_000_000, "gas"),
    atMost("max_any", most("gas"), 6_000_000, "gas"),
    atMost("max_calldata", most("calldata"), 98_304, "bytes"),
  ],
  rows,
);

/** A dispute about the element whose proof is the largest of some. */
async function prove({ op, name, program, slot }: LongStep): Promise<Row> {
  const committed = commitProgram(program);
  const { programId } = await publisher.registerProgram({
    ...committed,
    manifestHash: manifestHash(new TextEncoder().encode(name)),
  });
  const contest = contestOf(committed, programId, slot);
  const parties = {
    requester,
    worker,
    challenger: watchtower,
    workerAddress: network.addresses.worker,
  };
  const { verdict, moves } = await playContest(parties, contest);
  const { receipt } = moves.at(-1)!;
  const { input } = await requester.getTransaction({ hash: receipt.transactionHash });
  return { op, step: name, verdict, gas: Number(receipt.gasUsed), calldata: input.length / 2 - 1 };
}

function contestOf(committed: CommittedProgram, programId: Hex, slot: number): Contest {
  const { program } = committed;
  const input = randomInput(program, new Random(3));
  // the byte that stops it, padded to eight
  input.fill(1, -8);
  const slots = execute(program, input);
  const own = createTrace(committed, input, slots);
  const run = { program, committed, input, slots, trace: own };
  const sizeOf = (element: number): number =>
    proofOf(run, slot, element).proof.operands.reduce((sum, { tiles }) => sum + tiles.length, 0);
  const element = candidates(program, slot).reduce((best, one) => (sizeOf(one) > sizeOf(best) ? one : best));
  const told = executeFrom(program, input, slots.with(slot, wrong(slots[slot]!, element)), slot + 1);
  const theirs = createTrace(committed, input, told);
  return { programId, input, output: theirs.output, passes: 1, own: () => own, theirs: () => theirs };
}

/** Elements all over the tensor that a step makes. */
function candidates({ steps }: Program, slot: number): number[] {
  const count = elementCount(steps[slot]!.out);
  const numbers = Array.from({ length: 32 }, (_, part) => Math.floor(((count - 1) * part) / 31));
  return [...new Set(numbers)];
}

function wrong({ type, data }: Tensor, element: number): Tensor {
  const copy = data.slice() as Tensor["data"];
  const bytes = new Uint8Array(copy.buffer);
  bytes[element * copy.BYTES_PER_ELEMENT]! ^= 1;
  return { type, data: copy };
}
