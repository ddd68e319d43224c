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
