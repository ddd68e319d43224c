// A transformer of a billion parameters on one machine: compiled, committed, executed, and one wrong bit proven to the judge.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkProgram,
  commitProgram,
  elementCount,
  executePass,
  type PassStart,
  recordTrace,
  type Step,
  type Tensor,
  unpackInputs,
} from "@assay/sdk/program";
import { leafIndex } from "@assay/sdk/protocol";
import { floatStep, generationProgram, readDecoder } from "../node/compiler/generation/index.ts";
import { readGraph } from "../node/compiler/graph/index.ts";
import { ProgramSession } from "../node/execution/programSession.ts";
import { startHarness } from "../test/equality/harness.ts";
import { playDispute } from "../test/helpers/game.ts";
import { type LlamaSize, parametersOf, writeLlama } from "./lib/llama.ts";
import { promptInput } from "./lib/programs.ts";
import { atLeast, atMost, progress, type Row, report, round } from "./lib/report.ts";

/** 1.04 billion parameters, shaped like small Llamas. */
const SIZE: LlamaSize = {
  layers: 19,
  width: 2048,
  heads: 16,
  hidden: 5632,
  vocabulary: 16_384,
  context: 64,
};
const CALIBRATION = [
  [5, 812, 16_001, 77],
  [9, 3, 12_345, 4000],
];
const PROMPT = [17, 4242];
const TOKENS = 2;

const rows: Row[] = [];
const kilobytes = (line: string): number =>
  Number(new RegExp(`^${line}:\\s+(\\d+) kB`, "m").exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
const gigabytes = (line: string): number => kilobytes(line) / 2 ** 20;

async function timed<T>(step: string, work: () => T | Promise<T>): Promise<T> {
  const from = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const seconds = round((performance.now() - from) / 1000);
  const { user, system } = process.cpuUsage(before);
  rows.push({
    step,
    seconds,
    processor_seconds: round((user + system) / 1e6),
    memory_gb: round(gigabytes("VmRSS")),
    peak_gb: round(gigabytes("VmHWM")),
  });
  progress(`${step}: ${seconds} s, peak ${round(gigabytes("VmHWM"))} GB`);
  return result;
}

const folder = mkdtempSync(join(tmpdir(), "assay-scale-"));
const harness = await startHarness();
try {
  const { program, committed } = await compiled();
  const input = promptInput(program, PROMPT);
  const tensors = unpackInputs(program, input);
  const session = await timed("load the fast form", () => ProgramSession.open(program));
  const { passes } = await timed("generate", () => session.execute(tensors));
  await session.close();
  const tracing = await timed("load the trace form", () => ProgramSession.open(program, { form: "trace" }));
  const own = await timed("trace, onnxruntime", () =>
    recordTrace(committed, input, (start) => tracing.runPass(tensors, start)),
  );
  await tracing.close();

  const lie = { pass: 1, slot: wrongSlot(program.steps), element: 1234, bit: 11 };
  const slots: (readonly Tensor[])[] = [];
  const theirs = await timed("trace of a lie, reference", () =>
    recordTrace(committed, input, async (start) => {
      const told = lyingPass(start);
      slots[start.pass] = told;
      return told;
    }),
  );
  const { question, choices, result } = await timed("dispute", () => playDispute(own, theirs));
  if (!question) throw new Error("The challenger proved nothing");
  const verdict = await timed("judge", () => harness.verify({ name: "scale", ...question }));
  if (leafIndex(question.position, own.depth) !== BigInt(lie.pass * program.steps.length + lie.slot))
    throw new Error("The challenger proved something else than the lie");
  if (result !== "faulty" || verdict.name !== "faulty") throw new Error(`The judge says ${verdict.name}`);
  rows.push({ step: `${program.steps.length} steps, ${passes} passes, ${choices} choices: ${verdict.name}` });
  report(
    "scale",
    [
      atMost("peak_memory_gb", gigabytes("VmHWM"), 8, "GB"),
      atLeast("parameters", parametersOf(SIZE), 1e9, "weights"),
    ],
    rows,
  );

  function lyingPass(start: PassStart): Tensor[] {
    const honest = executePass(program, input, start);
    if (start.pass !== lie.pass) return honest;
    const { type, data } = honest[lie.slot]!;
    const wrong = (data as Int32Array).slice();
    wrong[lie.element]! ^= 1 << lie.bit;
    return executePass(program, input, start, [...honest.slice(0, lie.slot), { type, data: wrong }]);
  }
} finally {
  await harness.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function compiled() {
  const path = await timed("write the float model", () => writeLlama(folder, SIZE));
  const graph = await timed("read it", () => readGraph({ path }));
  const step = await timed("calibrate", () =>
    floatStep({ decoder: readDecoder(graph), sequences: CALIBRATION }),
  );
  const program = await timed("quantize", () =>
    generationProgram(step, { prompt: PROMPT.length, tokens: TOKENS }),
  );
  await timed("check", () => checkProgram(program));
  return { program, committed: await timed("commit", () => commitProgram(program)) };
}

/** The product in the middle among those that make a whole row of the network. */
function wrongSlot(steps: readonly Step[]): number {
  const products = steps.flatMap(({ op, out }, slot) =>
    op === "MatMulInteger" && elementCount(out) >= SIZE.width ? [slot] : [],
  );
  return products[products.length >> 1]!;
}
