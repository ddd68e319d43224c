// Proves that this machine computes what the judge computes, before stake depends on it: run by doctor and at every start.
import {
  bytesOf,
  type CommittedProgram,
  commitProgram,
  elementCount,
  ONLY_PASS,
  operators,
  type Program,
  packInputs,
  rowMajor,
  type Step,
  type Tensor,
  type TensorData,
  type TensorType,
  type Trace,
  wrap,
} from "@assay/sdk/program";
import { leafPosition, programRoot } from "@assay/sdk/protocol";
import { type Clock, second, systemClock } from "../clock.ts";
import { SelfTestError } from "../errors.ts";
import type { Executor } from "./executor.ts";
import { extremes, fill, randomData } from "./testData.ts";

/** How long one execution takes here; what a worker may promise follows from it. */
export type SelfTestResult = { executeSeconds: number; traceSeconds: number };

/** Operators whose kernels differ between machines and shapes: saturation, vector tails, depthwise forms (S-06). */
const kernelOps: readonly Step["op"][] = ["MatMulInteger", "ConvInteger"];

/** Elements of a large output that are recomputed one by one: its borders and a spread between them. */
const sampledElements = 48;

/**
 * Compares two executors on one program: the whole program on extreme and random inputs, tensor by tensor, and every
 * shape of its matrix products and convolutions with all operands at their least and greatest.
 *
 * @throws SelfTestError naming the case and the step.
 */
export async function selfTest(
  committed: CommittedProgram,
  fast: Executor,
  reference: Executor,
  clock: Clock = systemClock,
): Promise<SelfTestResult> {
  const shortened = cutShort(committed);
  for (const [name, input] of wholeInputs(committed.program))
    await compareRun(name, shortened, input, fast, reference);
  for (const step of distinctShapes(committed.program)) await compareShape(step, fast);
  return measure(committed, fast, clock);
}

/** Passes of an iterated program that are compared: all run the same steps, and each run begins with the first. */
const comparedPasses = 4;

/** The same program that stops after few passes. */
function cutShort(committed: CommittedProgram): CommittedProgram {
  const maxPasses = Math.min(committed.program.maxPasses, comparedPasses);
  const header = { ...committed.header, maxPasses };
  return {
    ...committed,
    program: { ...committed.program, maxPasses },
    header,
    programRoot: programRoot(header, committed.descriptorsRoot, committed.constantsRoot),
  };
}

function wholeInputs(program: Program): [string, Uint8Array][] {
  const inputOf = (data: (type: TensorType, index: number) => TensorData) =>
    packInputs(program, program.inputs.map(data));
  return [
    ["all inputs least", inputOf((type) => fill(type, extremes(type.dtype).least))],
    ["all inputs greatest", inputOf((type) => fill(type, extremes(type.dtype).greatest))],
    ["random inputs 1", inputOf((type, index) => randomData(type, 1 + index))],
    ["random inputs 2", inputOf((type, index) => randomData(type, 101 + index))],
  ];
}

async function compareRun(
  name: string,
  committed: CommittedProgram,
  input: Uint8Array,
  fast: Executor,
  reference: Executor,
): Promise<void> {
  const [ours, right] = await Promise.all([fast.trace(committed, input), reference.trace(committed, input)]);
  if (ours.traceRoot !== right.traceRoot) throw firstMismatch(fast.name, name, ours, right);
  const { output, passes } = await fast.run(committed, input);
  if (!sameBytes(output, right.output) || passes !== right.passes)
    throw mismatch(fast.name, name, undefined, { form: "fast", passes, expectedPasses: right.passes });
}

function firstMismatch(executor: string, name: string, ours: Trace, right: Trace): SelfTestError {
  const { slots } = right.shape;
  for (let leaf = 0; leaf < slots * right.passes; leaf++) {
    const position = leafPosition(leaf, right.depth);
    const slot = leaf % slots;
    if (ours.node(position) !== right.node(position))
      return mismatch(executor, name, right.committed.program.steps[slot], {
        slot,
        pass: Math.floor(leaf / slots),
      });
  }
  return mismatch(executor, name, undefined, { passes: ours.passes, expectedPasses: right.passes });
}

/** The kernel steps of a program, one for each combination of attributes and operand types. */
function distinctShapes({ steps }: Program): Step[] {
  const byShape = new Map<string, Step>();
  for (const step of steps.filter(({ op }) => kernelOps.includes(op))) {
    const shape = [
      step.op,
      step.attributes.map(String),
      step.operands.map(({ type, source }) => [type.dtype, type.shape, source.kind === "constant"]),
    ];
    byShape.set(JSON.stringify(shape), step);
  }
  return [...byShape.values()];
}

async function compareShape(step: Step, fast: Executor): Promise<void> {
  const [a, b] = step.operands.map(({ type }) => extremes(type.dtype, "weights"));
  if (a === undefined || b === undefined) return;
  for (const left of [a.least, a.greatest])
    for (const right of [b.least, b.greatest]) {
      const values = [left, right];
      const { committed, input, operands } = isolate(step, values);
      const slots = (await fast.trace(committed, input)).slotsOf();
      const name = `all operands ${values.join(" and ")}`;
      const element = firstWrongElement(committed.program.steps[0]!, operands, slots[0]);
      if (element !== undefined) throw mismatch(fast.name, name, step, { element });
    }
}

/** A program of that step alone, on operands that hold one value each; constants stay constants. */
function isolate(step: Step, values: readonly bigint[]) {
  const tensors = step.operands.map(({ type }, index): Tensor => {
    const plain = { ...type, layout: rowMajor(type.shape.length) };
    return { type: plain, data: fill(plain, values[index]!) };
  });
  const isConstant = step.operands.map(({ source }) => source.kind === "constant");
  const inputs = tensors.filter((_, index) => !isConstant[index]);
  const constants = tensors.filter((_, index) => isConstant[index]);
  let offset = 0;
  const operands = tensors.map(({ type, data }, index) => {
    if (isConstant[index])
      return { type, source: { kind: "constant", index: constants.indexOf(tensors[index]!) } as const };
    const source = { kind: "input", offset } as const;
    offset = Math.ceil((offset + data.byteLength) / 8) * 8;
    return { type, source };
  });
  const program: Program = {
    operatorSet: 1,
    maxPasses: 1,
    inputs: inputs.map(({ type }) => type),
    steps: [{ ...step, operands, out: { ...step.out, layout: rowMajor(step.out.shape.length) } }],
    outputs: [0],
    constants,
  };
  const input = packInputs(
    program,
    inputs.map(({ data }) => data),
  );
  return { committed: commitProgram(program), input, operands: tensors };
}

function firstWrongElement(
  step: Step,
  operands: readonly Tensor[],
  computed: Tensor | undefined,
): number | undefined {
  const count = elementCount(step.out);
  const { element } = operators[step.op];
  const read = (operand: number, index: number) => BigInt(operands[operand]!.data[index]!);
  const third = Math.ceil(sampledElements / 3);
  const spread = Array.from({ length: third }, (_, n) => Math.floor((n * count) / third));
  const sample = new Set([
    ...range(0, Math.min(third, count)),
    ...range(Math.max(0, count - third), count),
    ...spread,
  ]);
  for (const index of sample) {
    const value = computed?.data[index];
    if (value === undefined || BigInt(value) !== wrap(element(read, step, index, ONLY_PASS), step.out.dtype))
      return index;
  }
  return undefined;
}

/** An execution that stops early is measured as if it had taken all passes. */
async function measure(committed: CommittedProgram, fast: Executor, clock: Clock): Promise<SelfTestResult> {
  const input = new Uint8Array(committed.header.inputBytes);
  const timed = async (work: () => Promise<{ passes: number }>) => {
    const from = clock.now();
    const { passes } = await work();
    return (((clock.now() - from) / second) * committed.header.maxPasses) / passes;
  };
  return {
    executeSeconds: await timed(() => fast.run(committed, input)),
    traceSeconds: await timed(() => fast.trace(committed, input)),
  };
}

function mismatch(
  executor: string,
  name: string,
  step: Step | undefined,
  facts: Readonly<Record<string, unknown>>,
): SelfTestError {
  const shapes = step?.operands.map(({ type }) => `${type.dtype} ${type.shape.join("×")}`).join(", ");
  return new SelfTestError("This machine does not compute what the judge computes.", {
    facts: { case: name, executor, ...(step && { op: step.op, operands: shapes }), ...facts },
    hint: "Serve nothing from this machine: its answers would be slashed. Check onnxruntime's version, the processor and --provider",
  });
}

function sameBytes(a: TensorData, b: TensorData | undefined): boolean {
  return b !== undefined && Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, offset) => from + offset);
