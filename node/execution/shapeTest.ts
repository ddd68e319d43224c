// Compares the kernels of onnxruntime with the element functions, on operands that hold one extreme value each.
import {
  commitProgram,
  elementCount,
  ONLY_PASS,
  operators,
  type Program,
  packInputs,
  rowMajor,
  type Step,
  type Tensor,
  wrap,
} from "@assay/sdk/program";
import { SelfTestError } from "../errors.ts";
import type { Executor } from "./executor.ts";
import { extremes, fill } from "./testData.ts";

/** Operators whose kernels differ between machines and shapes: saturation, vector tails, depthwise forms (S-06). */
const kernelOps: readonly Step["op"][] = ["MatMulInteger", "ConvInteger"];

/** Elements of a large output that are recomputed one by one: its borders and a spread between them. */
const sampledElements = 48;

/** Compares every shape of a program's matrix products and convolutions with all operands at their least and greatest. */
export async function compareShapes(program: Program, fast: Executor): Promise<void> {
  for (const step of distinctShapes(program)) await compareShape(step, fast);
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

export function mismatch(
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

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, offset) => from + offset);
