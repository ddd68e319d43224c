// Chooses how the tensors of a finished program are laid out: what an operator sums or scans over lies together.
import {
  isRowMajor,
  type Operand,
  type Program,
  rowMajor,
  type Step,
  type TensorType,
} from "@assay/sdk/program";

const REDUCING = new Set(["ReduceSum", "ReduceMax", "ArgMax", "CumSum"]);

/** `axis` innermost, the others in order. */
const innermost = (rank: number, axis: number): number[] => [
  ...rowMajor(rank).filter((other) => other !== axis),
  axis,
];

/** The axis that a step would like to find innermost in an operand. */
function wantedAxis({ op, attributes }: Step, operand: number, rank: number): number | undefined {
  if (op === "MatMulInteger") return operand === 0 ? rank - 1 : rank - 2;
  if (op === "ConvInteger") return 1;
  if (REDUCING.has(op)) return Number(attributes[0]);
  return undefined;
}

const keyOf = ({ source }: Operand): string | undefined =>
  source.kind === "input" ? undefined : `${source.kind} ${source.index}`;

/** A program without what nothing depends on, and the new number of each slot that is left. */
export interface Pruned {
  readonly program: Program;
  readonly slots: ReadonlyMap<number, number>;
}

/** Leaves out steps and constants that no output, no carry that is read, and no stop depends on. */
export function withoutUnused(program: Program): Pruned {
  const { steps, outputs, constants } = program;
  const live = new Set<number>(outputs);
  const found = [...outputs, ...steps.flatMap(({ op }, slot) => (op === "Stop" ? [slot] : []))];
  const used = new Set<number>();
  for (let slot = found.pop(); slot !== undefined; slot = found.pop()) {
    live.add(slot);
    for (const { source } of steps[slot]!.operands) {
      if (source.kind === "constant") used.add(source.index);
      if (source.kind === "slot" && !live.has(source.index)) found.push(source.index);
    }
  }
  const numbered = (kept: ReadonlySet<number>, count: number): Map<number, number> => {
    const numbers = new Map<number, number>();
    for (let index = 0; index < count; index++) if (kept.has(index)) numbers.set(index, numbers.size);
    return numbers;
  };
  const slots = numbered(live, steps.length);
  const numbers = numbered(used, constants.length);
  const moved = ({ source, type }: Operand): Operand => ({
    source:
      source.kind === "input"
        ? source
        : { kind: source.kind, index: (source.kind === "slot" ? slots : numbers).get(source.index)! },
    type,
  });
  const pruned: Program = {
    ...program,
    steps: steps
      .filter((_, slot) => live.has(slot))
      .map((step) => ({ ...step, operands: step.operands.map(moved) })),
    outputs: outputs.map((slot) => slots.get(slot)!),
    constants: constants.filter((_, index) => used.has(index)),
  };
  return { program: pruned, slots };
}

/** Rewrites the layouts of all slots and constants; inputs and outputs stay row-major. */
export function arrangeLayouts(program: Program): Program {
  const layouts = new Map<string, readonly number[]>();
  for (const step of program.steps)
    step.operands.forEach((operand, place) => {
      const key = keyOf(operand);
      const rank = operand.type.shape.length;
      const axis = wantedAxis(step, place, rank);
      if (key === undefined || axis === undefined || layouts.has(key)) return;
      layouts.set(key, innermost(rank, axis));
    });
  const arranged = (key: string | undefined, type: TensorType): TensorType => {
    const layout = key === undefined ? undefined : layouts.get(key);
    return layout
      ? { ...type, layout }
      : isRowMajor(type)
        ? type
        : { ...type, layout: rowMajor(type.shape.length) };
  };
  const steps = program.steps.map((step, slot) => ({
    ...step,
    operands: step.operands.map((operand) => ({ ...operand, type: arranged(keyOf(operand), operand.type) })),
    out: arranged(`slot ${slot}`, step.out),
  }));
  const constants = program.constants.map((constant, index) => ({
    ...constant,
    type: arranged(`constant ${index}`, constant.type),
  }));
  return { ...program, steps, constants };
}
