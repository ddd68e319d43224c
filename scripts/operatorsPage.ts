// The text of docs/operators.md, made of the operators' own definitions.
import {
  type DType,
  MAX_PROOF_BYTES,
  MAX_PROOF_GAS,
  type OpName,
  operators,
  type Program,
  type ProofBound,
  type Step,
  stepProofBound,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import { isOnnxOp, type OnnxPart, onnxForms } from "../sdk/program/onnx/forms.ts";

const SIDE = 1024;
const SLOTS = 1000;

const square = (dtype: DType): TensorType => tensorType(dtype, [SIDE, SIDE]);

function stepOf(
  op: OpName,
  types: readonly TensorType[],
  out: TensorType,
  attributes: readonly number[] = [],
): Step {
  const operands = types.map((type, index) => ({ source: { kind: "slot", index } as const, type }));
  return { op, operands, attributes: attributes.map(BigInt), out };
}

/** What one element of a program of many slots costs to prove. */
function boundOf(step: Step): ProofBound {
  const steps = new Array<Step>(SLOTS).fill(step);
  const program: Program = { operatorSet: 1, maxPasses: 1, inputs: [], steps, outputs: [0], constants: [] };
  return stepProofBound(step, program);
}

interface Reach {
  /** What is counted. */
  readonly what: string;
  step(size: number): Step;
}

const row = (op: OpName, dtype: DType, attributes: readonly number[], out?: DType): Reach => ({
  what: `${dtype} along a contiguous axis`,
  step(size) {
    const type = tensorType(dtype, [SIDE, size]);
    return stepOf(op, [type], op === "CumSum" ? type : tensorType(out ?? dtype, [SIDE]), attributes);
  },
});

/** Operators of which one element reads many, at the layout that suits them best. */
const reaches: Partial<Record<OpName, Reach>> = {
  MatMulInteger: {
    what: "products of u8 and i8, both contiguous",
    step: (size) =>
      stepOf(
        "MatMulInteger",
        [tensorType("u8", [SIDE, size]), tensorType("i8", [size, SIDE], [1, 0])],
        square("i32"),
        [0, 0],
      ),
  },
  ConvInteger: {
    what: "channels under a window of 1 × 1, channels last",
    step(size) {
      const last = [0, 2, 3, 1];
      const types = [tensorType("u8", [1, size, 32, 32], last), tensorType("u8", [64, size, 1, 1], last)];
      return stepOf("ConvInteger", types, tensorType("i32", [1, 64, 32, 32], last), [
        ...[0, 0, 0, 0, 1, 1, 1, 1, 1, 128, 128],
      ]);
    },
  },
  MaxPool: {
    what: "bytes in each of 32 rows of a window",
    step: (size) =>
      stepOf("MaxPool", [tensorType("u8", [1, 64, 32, size])], tensorType("u8", [1, 64, 1, 1]), [
        ...[32, size, 0, 0, 0, 0, 1, 1, 1, 1],
      ]),
  },
  ArgMax: row("ArgMax", "i32", [1, 0], "i64"),
  ReduceSum: row("ReduceSum", "i32", [1, 0]),
  ReduceMax: row("ReduceMax", "i32", [1, 0]),
  CumSum: row("CumSum", "i32", [1, 0, 0]),
  ScatterElements: {
    what: "indices along a contiguous axis",
    step(size) {
      const places = tensorType("i32", [SIDE, size]);
      return stepOf("ScatterElements", [square("i32"), places, places], square("i32"), [1]);
    },
  },
};

const LONGEST = 32_768;

function isAccepted(step: Step): boolean {
  if (operators[step.op].shapeFault(step) !== 0) return false;
  const { gas, calldata } = boundOf(step);
  return gas <= MAX_PROOF_GAS && calldata <= MAX_PROOF_BYTES;
}

/** The largest size that is accepted, given that every smaller one is. */
function longest({ step }: Reach): number {
  let [accepted, refused] = [1, LONGEST + 1];
  while (refused - accepted > 1) {
    const middle = Math.floor((accepted + refused) / 2);
    if (isAccepted(step(middle))) accepted = middle;
    else refused = middle;
  }
  return accepted;
}

const perAxis = (rest: (axis: number) => number): number[] =>
  Array.from({ length: 8 }, (_, axis) => rest(axis));

const pair = (op: OpName, dtype: DType, out = dtype): Step =>
  stepOf(op, [square(dtype), square(dtype)], square(out));
const same = (op: OpName, dtype: DType, attributes: readonly number[] = [], out = dtype): Step =>
  stepOf(op, [square(dtype)], square(out), attributes);

/** Operators of which one element reads one of each operand, on tensors of 1,024 × 1,024. */
const steps: Partial<Record<OpName, Step>> = {
  Add: pair("Add", "i64"),
  Sub: pair("Sub", "i64"),
  Mul: pair("Mul", "i64"),
  Div: pair("Div", "i64"),
  Mod: pair("Mod", "i64"),
  Min: pair("Min", "i64"),
  Max: pair("Max", "i64"),
  BitShift: { ...pair("BitShift", "u64"), attributes: [1n] },
  BitwiseAnd: pair("BitwiseAnd", "i64"),
  BitwiseOr: pair("BitwiseOr", "i64"),
  BitwiseXor: pair("BitwiseXor", "i64"),
  Equal: pair("Equal", "i64", "bool"),
  Less: pair("Less", "i64", "bool"),
  Clip: same("Clip", "i64", [0, 1]),
  Cast: same("Cast", "i64", [], "u8"),
  Reshape: same("Reshape", "i64"),
  Isqrt: same("Isqrt", "i64"),
  Where: stepOf("Where", [square("bool"), square("i64"), square("i64")], square("i64")),
  Gather: stepOf("Gather", [square("i64"), tensorType("i64", [SIDE])], square("i64"), [0]),
  GatherElements: stepOf("GatherElements", [square("i64"), square("i64")], square("i64"), [0]),
  Concat: stepOf("Concat", new Array(8).fill(tensorType("i64", [SIDE, 128])), square("i64"), [1]),
  Slice: same("Slice", "i64", [...perAxis(() => 0), ...perAxis(() => 1)]),
  Pad: same("Pad", "i64", [...perAxis(() => 0), 0]),
  Transpose: same(
    "Transpose",
    "i64",
    perAxis((axis) => axis),
  ),
  Expand: same("Expand", "i64"),
  Carry: pair("Carry", "i64"),
  Stop: stepOf("Stop", [tensorType("bool", [1])], tensorType("u8", [1])),
  Collect: stepOf("Collect", [square("u8")], tensorType("u8", [SIDE * SIDE])),
};

const inWords = (value: number): string => value.toLocaleString("en");

function gasRow(op: OpName): string[] {
  const reach = reaches[op];
  const size = reach && longest(reach);
  const step = reach ? reach.step(size!) : steps[op]!;
  return [`\`${op}\``, reach ? `${inWords(size!)} ${reach.what}` : "", inWords(boundOf(step).gas)];
}

function inOnnx(part: OnnxPart): { input?: string; attribute?: string } {
  switch (part.as) {
    case "int":
    case "ints":
    case "axes":
      return { attribute: part.name };
    case "choice":
      return { attribute: `${part.name} (${part.values.join(", ")})` };
    case "outputType":
      return { attribute: `${part.name} (the output's type)` };
    case "scalar":
      return { input: `a scalar of operand ${part.operand}'s type` };
    case "place":
      return { input: part.rank === 0 ? "a place as an int64 scalar" : "a place as int64[1]" };
    case "outputShape":
      return { input: "the output's shape" };
    case "slice":
      return { input: "starts, ends, axes, steps" };
    case "everyAxis":
      return { input: "all axes" };
    default:
      return { input: "pads" };
  }
}

const nodeless: Partial<Record<OpName, string>> = {
  Carry: "no node: a graph input under the slot's name; metadata `assay.carries`",
  Stop: "no node: the executor decides; metadata `assay.stop`, `assay.max_passes`",
  Collect: "no node: the graph's outputs",
};

const LESS_AND_WHERE = "of i64 a function of the file: Less, Where";
const functions: Partial<Record<OpName, string>> = {
  Isqrt: "a function of the file: Cast to double, Sqrt, Floor, Cast to int64",
  Clip: LESS_AND_WHERE,
  Min: LESS_AND_WHERE,
  Max: LESS_AND_WHERE,
};

function onnxRow(op: OpName): string[] {
  if (!isOnnxOp(op)) return [`\`${op}\``, nodeless[op] ?? "", ""];
  const parts = onnxForms[op].map(inOnnx);
  const inputs = parts.flatMap(({ input }) => input ?? []);
  const attributes = parts.flatMap(({ attribute }) => attribute ?? []);
  return [`\`${op}\``, [...inputs, functions[op] ?? []].flat().join("; "), attributes.join(", ")];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |");
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n").replaceAll("|  |", "| |");
}

export function operatorsPage(): string {
  const all = Object.values(operators).toSorted((a, b) => a.opcode - b.opcode);
  const meanings = all.map(({ opcode, name, page }) => [
    String(opcode),
    `\`${name}\``,
    page.types,
    page.element,
    page.attributes,
    page.limits,
  ]);
  return `<!-- Written by scripts/generateDocs.ts from the operators' definitions. -->

# Operators

Operator set 1. The meaning is that of ONNX's operator of the same name, unless the table says more. Values are computed in
unbounded integers; the result is wrapped to the output's type by two's complement, but \`checkProgram\` accepts a step only if its
proven range fits, so nothing ever wraps. The element function is total: it has a value also where \`checkProgram\` would refuse, so
that the judge has a verdict on every step.

Types: *integers* are u8, i8, i16, u16, i32, u32, i64 and u64; *any* is those and bool. A bool is one byte, 0 or 1, and comes
from \`Equal\` and \`Less\` alone: inputs, constants and outputs of a program are integers. Where nothing else is said, the output has
the type of the operands. Attributes are 64-bit integers.

${table(["Code", "Operator", "Types", "Output element", "Attributes", "Limits"], meanings)}

Each operator is one file per layer under one name, \`sdk/program/ops/<Operator>.ts\` and \`contracts/ops/<Operator>.sol\`, and both hold
the same element function. \`test/equality\` holds fast form, reference and judge to each other.

The limits exist because kernels differ. Signed weights beyond ±64 saturate on x86 processors without dot-product instructions;
sums of more products could leave 32 bits inside a kernel; runtimes add 64-bit integers up in doubles; dividing by zero kills a
process; negative indices count from the end; of indices that name one place twice, any may win.

## What a proof costs

The bound that \`checkProgram\` holds every step to, for one element in a program of ${inWords(SLOTS)} slots: at most
${inWords(MAX_PROOF_GAS)} gas and ${inWords(MAX_PROOF_BYTES)} bytes of calldata for the whole transaction. Operators that read along an axis are
shown at the longest that fits; the others on tensors of ${inWords(SIDE)} × ${inWords(SIDE)} of the widest type.

${table(
  ["Operator", "Reads at most", "Gas"],
  all.map(({ name }) => gasRow(name)),
)}

## In ONNX

Every slot is one node of opset 21 under the operator's name, its operands the first inputs. What the descriptor holds as
attributes is written as ONNX wants it: as constant inputs after the operands, or as attributes.

${table(
  ["Operator", "Further inputs", "Attributes"],
  all.map(({ name }) => onnxRow(name)),
)}
`;
}
