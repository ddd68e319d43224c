// Steps whose element reads as much as checkProgram lets it, in programs that run as often as any may: the longest are searched.
import {
  checkProgram,
  type Operand,
  type OpName,
  type Program,
  ProgramError,
  packedOffsets,
  type Step,
  stepProofBound,
  tensorType,
} from "@assay/sdk/program";
import { laidOut, programOf } from "../../test/helpers/proofs.ts";
import { Random } from "../../test/helpers/random.ts";
import { opNames, randomCase } from "../../test/helpers/steps.ts";

export interface LongStep {
  readonly op: OpName;
  readonly name: string;
  /** Its last input is a byte that stops it. */
  readonly program: Program;
  /** Where the step is. */
  readonly slot: number;
}

/** Passes that a program is registered with at most. */
const MAX_PASSES = 65_536;

/** The program as one that may be run 65,536 times, so that the paths in its trace are long. */
function iterated({ inputs, steps, ...program }: Program): Program {
  const type = tensorType("u8", [1]);
  const all = [...inputs, type];
  const { offsets } = packedOffsets(all);
  const given: Operand = { source: { kind: "input", offset: offsets.at(-1)!.start }, type };
  const stop: Operand = { source: { kind: "slot", index: steps.length }, type };
  return {
    ...program,
    maxPasses: MAX_PASSES,
    inputs: all,
    steps: [
      ...steps,
      { op: "Cast", operands: [given], attributes: [], out: type },
      { op: "Stop", operands: [stop], attributes: [], out: type },
    ],
  };
}

const longStep = (op: OpName, name: string, program: Program): LongStep => ({
  ...{ op, name },
  program: iterated(program),
  slot: program.steps.length - 1,
});

/** A kind of step that can be made longer. */
interface Family {
  readonly op: OpName;
  readonly name: string;
  readonly most: number;
  make(size: number): Program;
}

/** The same, the first operand being a tensor of the trace, laid out like that. */
function computed(program: Program, layout?: readonly number[]): Program {
  const [step] = program.steps as [Step];
  const [first, ...others] = step.operands as [Operand, ...Operand[]];
  const type = tensorType(first.type.dtype, first.type.shape, layout);
  return {
    ...program,
    steps: [
      { op: "Cast", operands: [first], attributes: [], out: type },
      { ...step, operands: [{ source: { kind: "slot", index: 0 }, type }, ...others] },
    ],
    outputs: [1],
  };
}

const product = (dtype: "u8" | "i8", inner: number, columns: number, layout?: number[]): Program =>
  computed(
    programOf(
      "MatMulInteger",
      [tensorType("u8", [2, inner]), tensorType(dtype, [inner, columns], layout)],
      tensorType("i32", [2, columns]),
      [128, dtype === "u8" ? 128 : 0],
      [1],
    ),
  );

/** Kernels of a side; images a little larger, so that windows begin anywhere in a tile. */
function conv(channels: number, kernel: number, last: boolean): Program {
  const layout = last ? [0, 2, 3, 1] : undefined;
  const size = kernel + 3;
  const types = [
    tensorType("u8", [1, channels, size, size]),
    tensorType("u8", [4, channels, kernel, kernel], layout),
  ];
  const attributes = [0, 0, 0, 0, 1, 1, 1, 1, 1, 128, 128];
  return computed(programOf("ConvInteger", types, tensorType("i32", [1, 4, 4, 4]), attributes, [1]), layout);
}

/** Along an axis of two numbers times `size`, which lies innermost or outermost in the bytes. */
function along(op: OpName, dtype: "u8" | "i8" | "i32" | "i64", size: number, outermost: boolean): Program {
  const type = tensorType(dtype, [2, size], outermost ? [1, 0] : [0, 1]);
  const out =
    op === "CumSum" ? tensorType(dtype, [2, size]) : tensorType(op === "ArgMax" ? "i64" : dtype, [2]);
  return laidOut({
    op,
    operands: [{ source: { kind: "slot", index: 0 }, type }],
    attributes: (op === "CumSum" ? [1, 0, 0] : [1, 0]).map(BigInt),
    out,
  });
}

const pool = (side: number, columns: boolean): Program =>
  laidOut({
    op: "MaxPool",
    operands: [
      {
        source: { kind: "slot", index: 0 },
        type: tensorType("u8", [1, 2, 256, 256], columns ? [0, 1, 3, 2] : [0, 1, 2, 3]),
      },
    ],
    attributes: [side, side, 0, 0, 0, 0, 256, 256, 1, 1].map(BigInt),
    out: tensorType("u8", [1, 2, 1, 1]),
  });

/** All places but the first one are written. */
function scatter(size: number): Program {
  const places = tensorType("i32", [4, size]);
  const types = [tensorType("u8", [4, size + 1]), places, tensorType("u8", [4, size])];
  const program = programOf("ScatterElements", types, types[0]!, [1], [1]);
  const data = Int32Array.from({ length: 4 * size }, (_, index) => (index % size) + 1);
  return { ...program, constants: [{ type: places, data }] };
}

const reductions: readonly [OpName, "u8" | "i8" | "i32" | "i64"][] = [
  ["ArgMax", "u8"],
  ["ArgMax", "i64"],
  ["ReduceMax", "u8"],
  ["ReduceMax", "i64"],
  ["ReduceSum", "i32"],
  ["ReduceSum", "i64"],
  ["CumSum", "i32"],
  ["CumSum", "i64"],
];

const families: readonly Family[] = [
  ...[1, 2, 16].flatMap((columns): Family[] => [
    {
      ...{ op: "MatMulInteger", name: `i8 in rows of ${columns}`, most: 32_768 },
      make: (size) => product("i8", size, columns),
    },
  ]),
  {
    ...{ op: "MatMulInteger", name: "i8 in columns", most: 32_768 },
    make: (size) => product("i8", size, 16, [1, 0]),
  },
  {
    ...{ op: "MatMulInteger", name: "u8 in columns", most: 8192 },
    make: (size) => product("u8", size, 16, [1, 0]),
  },
  ...[1, 3, 4].flatMap((kernel): Family[] =>
    [false, true].map((last) => ({
      ...{ op: "ConvInteger", name: `${kernel} × ${kernel}${last ? ", channels last" : ""}` },
      most: Math.floor(8192 / kernel ** 2),
      make: (size: number) => conv(size, kernel, last),
    })),
  ),
  ...reductions.flatMap(([op, dtype]): Family[] =>
    [false, true].map((outermost) => ({
      ...{ op, name: `${dtype}${outermost ? ", outermost axis" : ""}`, most: 32_768 },
      make: (size: number) => along(op, dtype, size, outermost),
    })),
  ),
  ...[false, true].map(
    (columns): Family => ({
      ...{ op: "MaxPool", name: columns ? "columns" : "rows", most: 90 },
      make: (side) => pool(side, columns),
    }),
  ),
  { op: "ScatterElements", name: "constant places", most: 1024, make: scatter },
];

function isAccepted(program: Program): boolean {
  try {
    checkProgram(iterated(program));
    return true;
  } catch (error) {
    if (error instanceof ProgramError) return false;
    throw error;
  }
}

/** The longest of a family that is accepted, between one that is and one that is not. */
function longest({ op, name, most, make }: Family): LongStep {
  let [low, high] = [1, most + 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (isAccepted(make(middle))) low = middle;
    else high = middle;
  }
  return longStep(op, `${name}, ${low} long`, make(low));
}

const SHAPES = 40;

/** Of operators that read a few elements each: the dearest of some random shapes, types and layouts. */
function dearest(op: OpName): LongStep {
  const random = new Random(5);
  const programs = Array.from({ length: SHAPES }, () => laidOut(randomCase(op, random).step));
  const gasOf = (program: Program): number => stepProofBound(program.steps.at(-1)!, program).gas;
  const [first, ...others] = programs;
  const program = others.reduce((best, one) => (gasOf(one) > gasOf(best) ? one : best), first!);
  return longStep(op, `dearest of ${SHAPES} shapes`, program);
}

/** Steps that belong to the frame of an iterated program read one element at most. */
const frame: readonly OpName[] = ["Carry", "Collect", "Stop"];

export function longSteps(): LongStep[] {
  const isLong = new Set(families.map(({ op }) => op));
  const others = opNames.filter((op) => !isLong.has(op) && !frame.includes(op));
  return [
    longStep("MatMulInteger", "matmul_k4096", product("i8", 4096, 16, [1, 0])),
    longStep("ConvInteger", "conv_k4096", conv(256, 4, true)),
    ...families.map(longest),
    ...others.map(dearest),
  ];
}
