// What a worker does about replies that are due: also where the passes they are about have left memory.
import {
  commitProgram,
  executePass,
  type Program,
  recordTrace,
  type Trace,
  tensorType,
  traceExecution,
  withPasses,
} from "@assay/sdk/program";
import { child, type Hex, leafPosition, type Position } from "@assay/sdk/protocol";
import { expect } from "chai";
import { createDeferred } from "../../../node/deferred.ts";
import type { Conduct } from "../../../node/roles/conduct.ts";
import { createReplying, keyOfReply } from "../../../node/roles/replying.ts";
import { type Reply, replies } from "../../../node/strategy/replies.ts";
import { quiet } from "../../helpers/nodeParts.ts";
import { ProgramBuilder } from "../../helpers/programs.ts";
import { commitmentView, disputeView, id, now } from "../strategy/views.ts";

/** Adds one to 600 numbers, pass after pass: three tiles. */
function adder(): Program {
  const [type, one] = [tensorType("i32", [600]), tensorType("u8", [1])];
  const builder = new ProgramBuilder([type]);
  const numbers = builder.carry(builder.input(0));
  const bounded = builder.step("Clip", [numbers], [0, 1_000], type);
  const next = builder.step("Add", [bounded, builder.constant(type, new Int32Array(600).fill(1))], [], type);
  builder.setNext(numbers, next);
  const zero = builder.step("Clip", [builder.constant(one, Uint8Array.of(0))], [0, 0], one);
  builder.stop(zero);
  return builder.build([next], 10);
}

const program = adder();
const input = new Uint8Array(2_400);
const nobody = `0x${"00".repeat(20)}` as const;
const deployment = { disputeGame: nobody } as never;

/** A trace of which next to nothing stays in memory, and how many passes it has computed. */
async function thinTrace(): Promise<{ trace: Trace; computed: () => number }> {
  let computed = 0;
  const compute = async (start: Parameters<Parameters<typeof recordTrace>[2]>[0]) => {
    computed++;
    return executePass(program, input, start);
  };
  const trace = await recordTrace(commitProgram(program), input, compute, {
    memory: { tensors: 1, checkpoints: 1 },
  });
  return { trace, computed: () => computed };
}

/** A tile of what slot 1 holds in a pass. */
const tileIn = (trace: Trace, pass: number): Position =>
  child(leafPosition(pass * trace.shape.slots + 1, trace.depth), 2);

describe("replying", () => {
  it("S-10: shows what every dispute waits for in one round, computing hardly more than a trace", async () => {
    const { trace, computed } = await thinTrace();
    const passes = [1, 8, 3, 6, 0, 9];
    const whole = traceExecution(trace.committed, input);
    const disputes = passes.map((pass, index) => {
      const position = tileIn(trace, pass);
      return disputeView({
        ...{ rooted: true, position, node: whole.node(position) },
        ...{ lastMoveAt: now - 50n + BigInt(index), challenger: `0x${`${index + 1}`.repeat(40)}` },
      });
    });
    const view = commitmentView({
      disputes,
      binding: { traceRoot: trace.traceRoot, boundAt: now - 60n },
      commitment: { outputRoot: trace.outputRoot, passes: trace.passes },
    });
    const shown: Hex[] = [];
    const alarms: string[] = [];
    const conduct: Conduct = {
      send: async (_, node) => {
        shown.push(node as Hex);
        return "ours";
      },
      alarm: (reason) => alarms.push(reason),
    };
    const traces = { get: () => trace, compute: async () => trace, keep: () => {} };
    const reply = createReplying({ deployment, ...quiet() }, conduct, traces);
    const due = new Map(
      replies([{ ...view, trace }], now, { patienceSeconds: 0 }).map(
        (one) => [keyOfReply(one), one] as const,
      ),
    );
    const signal = new AbortController().signal;
    const before = computed();
    await Promise.all(Array.from(due.values(), (one) => reply(one, signal)));
    const nodeOf = (pass: number): Hex => disputes[passes.indexOf(pass)]!.dispute.node;
    const order = [...[8, 9], ...[1, 3, 6], 0]; // in memory; ahead of where it begins; before that
    expect(shown).to.deep.equal(order.map(nodeOf));
    expect(computed() - before).to.be.at.most(trace.passes + 2);
    expect(alarms).to.deep.equal([]);
  });

  it("S-10: keeps no dispute waiting while another commitment is traced", async () => {
    const { trace } = await thinTrace();
    const position = tileIn(trace, 4);
    const [shown, { resolve, promise }] = [[] as string[], createDeferred<Trace>()];
    const conduct: Conduct = {
      send: async (move) => {
        shown.push(move);
        return "ours";
      },
      alarm: () => expect.fail("alarm"),
    };
    const traces = { get: () => trace, compute: () => promise, keep: () => {} };
    const reply = createReplying({ deployment, ...quiet() }, conduct, traces);
    const signal = new AbortController().signal;
    const node = await withPasses(trace, () => trace.node(position));
    const other = reply({ kind: "trace", commitId: id(9), deadline: now }, signal);
    await reply({ kind: "revealTile", commitId: id(2), node, position, deadline: now }, signal);
    expect(shown).to.deep.equal(["revealTile"]);
    resolve(trace);
    await other;
  });

  it("shows nothing of a node that it has not computed, and says so", async () => {
    const { trace } = await thinTrace();
    const position = tileIn(trace, 4);
    const alarms: string[] = [];
    const conduct: Conduct = {
      send: () => expect.fail("sent"),
      alarm: (reason) => alarms.push(reason),
    };
    const traces = { get: () => trace, compute: async () => trace, keep: () => {} };
    const foreign: Reply = { kind: "reveal", commitId: id(2), node: id(77), position, deadline: now };
    await createReplying({ deployment, ...quiet() }, conduct, traces)(foreign, new AbortController().signal);
    expect(alarms).to.deep.equal(["foreignNode"]);
  });
});
