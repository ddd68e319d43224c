// Steps in a row that optimizers of runtimes look for.
import {
  type DType,
  dtypeBounds,
  elementCount,
  type Operand,
  type OpName,
  tensorType,
} from "@assay/sdk/program";
import { integers, perAxis } from "./drafts.ts";
import type { GrowingProgram } from "./growingProgram.ts";
import { addRandom, operandFor } from "./randomSteps.ts";

const image = (program: GrowingProgram, dtype: DType): Operand => {
  const { random } = program;
  const shape = [random.integer(1, 2), random.integer(1, 3), random.integer(2, 5), random.integer(2, 5)];
  const type = tensorType(dtype, shape);
  return operandFor(program, type, random.data(dtype, elementCount(type)));
};

/** Steps in a row that optimizers take for something else. */
export const motifs: readonly ((program: GrowingProgram) => void)[] = [
  function reciprocal(program) {
    const { random } = program;
    const [divisor] = program.pool.filter(({ type }) => ["i32", "i64"].includes(type.dtype));
    if (!divisor) return;
    const { type } = divisor;
    const held = program.clamped(divisor, 1n, 9n);
    const one = program.number(type.dtype, random.pick([1n, 2n]), random.pick([[], type.shape.map(() => 1)]));
    const quotient = program.tryStep("Div", [one, held], [], type);
    const other = program.clamped(program.pool.find(({ type: own }) => own === type) ?? held, -99n, 99n);
    if (quotient) program.tryStep("Mul", random.shuffle([quotient, other]), [], type);
  },
  function paddedPool(program) {
    const { random } = program;
    const given = image(program, random.pick<DType>(["u8", "i8", "i32", "i64"]));
    const [n, c, h, w] = given.type.shape as [number, number, number, number];
    const [top, left, bottom, right] = [0, 0, 0, 0].map(() => random.integer(0, 2)) as [
      number,
      number,
      number,
      number,
    ];
    const shape = [n, c, top + h + bottom, left + w + right];
    const begins = perAxis([0, 0, top, left], () => 0);
    const value = random.pick([0n, 0n, dtypeBounds(given.type.dtype).min]);
    const padded = program.tryStep("Pad", [given], [...begins, value], program.type(given.type.dtype, shape));
    if (!padded) return;
    const pooled =
      given.type.dtype.length === 2 ? padded : program.cast(padded, random.pick<DType>(["u8", "i8"]));
    const out = program.type(pooled.type.dtype, [n, c, shape[2]! - 1, shape[3]! - 1]);
    program.tryStep("MaxPool", [pooled], [2, 2, 0, 0, 0, 0, 1, 1, 1, 1], out);
  },
  function nothing(program) {
    const { random } = program;
    const [given] = program.pool.filter(({ type }) => type.dtype !== "bool");
    const { dtype, shape } = given!.type;
    const op = random.pick<OpName>(["Add", "Sub", "Mul", "Div", "BitwiseOr", "Max"]);
    const number = program.number(dtype, random.pick([0n, 1n]), random.pick([[], shape.map(() => 1)]));
    program.tryStep(op, random.shuffle([given!, number]), [], program.type(dtype, shape));
  },
  function casts(program) {
    const { random } = program;
    let [value] = program.pool.filter(({ type }) => type.dtype !== "bool");
    for (let turn = random.integer(2, 3); turn > 0; turn--)
      value = program.cast(value!, random.pick(integers));
  },
  function transposed(program) {
    const { random } = program;
    let value = image(program, random.pick<DType>(["u8", "i32", "i64"]));
    for (let turn = random.integer(1, 3); turn > 0; turn--) {
      const permutation = random.shuffle([0, 1, 2, 3]);
      const shape = permutation.map((axis) => value.type.shape[axis]!);
      const out = program.type(value.type.dtype, shape);
      value = program.step(
        "Transpose",
        [value],
        perAxis(permutation, (axis) => axis),
        out,
      );
      addRandom(program, random.pick(["Add", "Where", "Concat", "ReduceSum", "ReduceMax", "Slice", "Max"]));
    }
  },
  function quarters(program) {
    const { random } = program;
    const dtype = random.pick<DType>(["u8", "i8", "i32", "i64"]);
    const shape = [1, random.integer(1, 2), 4, 4];
    const type = tensorType(dtype, shape);
    const given = operandFor(program, type, random.data(dtype, elementCount(type)));
    const quarter = program.type(dtype, [1, shape[1]!, 2, 2]);
    const corners = [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ];
    const parts = (random.next() < 0.5 ? corners : random.shuffle(corners)).map(([y, x]) => {
      const attributes = [...perAxis([0, 0, y!, x!], () => 0), ...perAxis([1, 1, 2, 2], () => 1)];
      return program.step("Slice", [given], attributes, quarter);
    });
    program.step("Concat", parts, [1], program.type(dtype, [1, 4 * shape[1]!, 2, 2]));
  },
  function split(program) {
    const { random } = program;
    const given = image(program, random.pick<DType>(["u8", "i32", "i64"]));
    const { dtype, shape } = given.type;
    const axis = random.integer(0, 3);
    for (let place = 0; place < shape[axis]!; place++) {
      const rank = random.pick([0, 1]);
      const index = program.constant(
        tensorType("i64", rank === 0 ? [] : [1]),
        BigInt64Array.of(BigInt(place)),
      );
      program.step(
        "Gather",
        [given, index],
        [axis],
        program.type(dtype, shape.toSpliced(axis, 1, ...(rank ? [1] : []))),
      );
    }
  },
];
