// Programs that optimizers of onnxruntime once made something else of, or were suspected to.
import {
  type DType,
  type Operand,
  type OpName,
  type Program,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import { perAxis } from "./drafts.ts";
import { ProgramBuilder } from "./programs.ts";

const t = (dtype: DType, ...shape: number[]): TensorType => tensorType(dtype, shape);

function programOf(type: TensorType, make: (builder: ProgramBuilder, x: Operand) => Operand): Program {
  const builder = new ProgramBuilder([type]);
  return builder.build([make(builder, builder.input(0))]);
}

/** A border of zeros, and the greatest of each 2 × 2 elements, after a Cast if there is one. */
function paddedPool(from: DType, border: number, to: DType = from): Program {
  const size = 4 + 2 * border;
  return programOf(t(from, 1, 2, 4, 4), (builder, x) => {
    const begins = perAxis([0, 0, border, border], () => 0);
    const small = from === to ? x : builder.step("Clip", [x], [-128, 127], x.type);
    const padded = builder.step("Pad", [small], [...begins, 0], t(from, 1, 2, size, size));
    const cast = from === to ? padded : builder.step("Cast", [padded], [], t(to, 1, 2, size, size));
    return builder.step("MaxPool", [cast], [2, 2, 0, 0, 0, 0, 2, 2, 1, 1], t(to, 1, 2, size / 2, size / 2));
  });
}

/** (2 / b) · b, and the same of whatever else does not change a number. */
function quotientTimes(dtype: "i32" | "i64"): Program {
  return programOf(t(dtype, 5), (builder, x) => {
    const data = dtype === "i64" ? BigInt64Array.of(2n) : Int32Array.of(2);
    const two = builder.constant(t(dtype), data);
    const divisor = builder.step("Clip", [x], [1, 9], x.type);
    const quotient = builder.step("Div", [two, divisor], [], x.type);
    return builder.step("Mul", [quotient, divisor], [], x.type);
  });
}

/** The operator on a number that changes nothing on one side of it, in a tensor of one element. */
function withNeutral(op: OpName, neutral: number, isFirst: boolean, rank: number): Program {
  return programOf(t("i32", 2, 3), (builder, x) => {
    const number = builder.constant(t("i32", ...new Array<number>(rank).fill(1)), Int32Array.of(neutral));
    const held = builder.step("Clip", [x], [1, 99], x.type);
    const out = t("i32", ...new Array<number>(Math.max(0, rank - 2)).fill(1), 2, 3);
    const changed = builder.step(op, isFirst ? [number, held] : [held, number], [], out);
    return builder.step("BitwiseXor", [changed, held], [], out);
  });
}

/** Compared with numbers that have the same upper half. */
const compared = (op: "Min" | "Max", dtype: "i64" | "u64"): Program =>
  programOf(t(dtype, 9), (builder, x) => {
    const values = [0n, 5n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 3n, 2n ** 32n + 2n ** 31n, 7n, 1n];
    const data = dtype === "i64" ? BigInt64Array.from(values) : BigUint64Array.from(values);
    return builder.step(op, [x, builder.constant(x.type, data)], [], x.type);
  });

const clipped = (low: bigint, high: bigint): Program =>
  programOf(t("i64", 9), (builder, x) => builder.step("Clip", [x], [low, high], x.type));

/** The four quarters of an image, one behind the other. */
function quarters(dtype: DType): Program {
  const out = t(dtype, 1, 2, 2, 2);
  return programOf(t(dtype, 1, 2, 4, 4), (builder, x) => {
    const corners = [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const;
    const parts = corners.map(([top, left]) => {
      const steps = perAxis([1, 1, 2, 2], () => 1);
      return builder.step("Slice", [x], [...perAxis([0, 0, top, left], () => 0), ...steps], out);
    });
    return builder.step("Concat", parts, [1], t(dtype, 1, 8, 2, 2));
  });
}

export const fusedPrograms: Readonly<Record<string, () => Program>> = {
  "Pad before MaxPool of i8": () => paddedPool("i8", 1),
  "Pad before MaxPool of u8": () => paddedPool("u8", 1),
  "Pad wider than the window of MaxPool": () => paddedPool("u8", 2),
  "Pad before Cast and MaxPool": () => paddedPool("i32", 1, "i8"),
  "a quotient before a product of i32": () => quotientTimes("i32"),
  "a quotient before a product of i64": () => quotientTimes("i64"),
  "Min of 64-bit integers with the same upper half": () => compared("Min", "i64"),
  "Max of 64-bit integers with the same upper half": () => compared("Max", "i64"),
  "Max of unsigned 64-bit integers with the same upper half": () => compared("Max", "u64"),
  "Clip of 64-bit integers up to 32 bits": () => clipped(0n, 2n ** 32n - 1n),
  "Clip of 64-bit integers up to 52 bits": () => clipped(0n, 2n ** 52n),
  "Clip of 64-bit integers to 31 bits": () => clipped(-(2n ** 31n), 2n ** 31n - 1n),
  "a number less nothing": () => withNeutral("Sub", 0, false, 0),
  "nothing less a number": () => withNeutral("Sub", 0, true, 0),
  "nothing by a number": () => withNeutral("Div", 0, true, 1),
  "a number by one, with a new axis": () => withNeutral("Div", 1, false, 3),
  "a number and nothing, with a new axis": () => withNeutral("Add", 0, true, 3),
  "a number times nothing": () => withNeutral("Mul", 0, true, 2),
  "quarters of an image of u8": () => quarters("u8"),
  "quarters of an image of i32": () => quarters("i32"),
};
