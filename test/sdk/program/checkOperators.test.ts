// What each operator needs proven beyond a well-formed step: refused with the reason and a remedy, accepted once that is done.
import {
  checkProgram,
  type DType,
  hull,
  type Operand,
  type Program,
  ProgramError,
  programRanges,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import { expect } from "chai";
import { ProgramBuilder } from "../../helpers/programs.ts";

const t = (dtype: DType, ...shape: number[]): TensorType => tensorType(dtype, shape);

/** A program on one input, of which `make` gives the output. */
function program(type: TensorType, make: (builder: ProgramBuilder, x: Operand) => Operand): Program {
  const builder = new ProgramBuilder([type]);
  return builder.build([make(builder, builder.input(0))]);
}

function refusalOf(refused: Program): ProgramError {
  try {
    checkProgram(refused);
  } catch (error) {
    if (error instanceof ProgramError) return error;
    throw error;
  }
  throw new Error("The program was accepted");
}

const clip = (builder: ProgramBuilder, x: Operand, low: number | bigint, high: number | bigint): Operand =>
  builder.step("Clip", [x], [low, high], x.type);

/** Held between two bounds, or not at all. */
type Hold = (builder: ProgramBuilder, x: Operand) => Operand;

interface Need {
  readonly reason: string;
  make(hold: Hold): Program;
  /** The remedy that the refusal names. */
  readonly hold: Hold;
}

const within =
  (low: number | bigint, high: number | bigint): Hold =>
  (builder, x) =>
    clip(builder, x, low, high);

const squares = (builder: ProgramBuilder, x: Operand): Operand => builder.step("Mul", [x, x], [], x.type);

const needs: Record<string, Need> = {
  "a divisor above zero for Mod": {
    reason: "a divisor may be -2147483648",
    make: (hold) =>
      program(t("i32", 4), (builder, x) => builder.step("Mod", [x, hold(builder, x)], [], x.type)),
    hold: within(1, 2 ** 31 - 1),
  },
  "a divisor above zero for Div of 64 bits": {
    reason: "a divisor may be 0",
    make: (hold) =>
      program(t("u64", 4), (builder, x) => builder.step("Div", [x, hold(builder, x)], [], x.type)),
    hold: within(1, 2n ** 63n - 1n),
  },
  "a quotient of one that runtimes do not merge with the product after it": {
    reason: "it divides a constant 1",
    make: (hold) =>
      program(t("i64", 3), (builder, x) => {
        const count = builder.constant(t("i64", 1), BigInt64Array.of(2n));
        const one = hold(builder, builder.step("Mod", [count, count], [], count.type));
        const divisor = clip(builder, x, 1, 9);
        const quotient = builder.step("Div", [one, divisor], [], x.type);
        return builder.step("Mul", [quotient, divisor], [], x.type);
      }),
    hold: within(2, 9),
  },
  "numbers of 32 bits for the greatest of 64 bits": {
    reason: "runtimes find the greatest of 64-bit integers only within 32 bits",
    make: (hold) =>
      program(t("i64", 3), (builder, x) =>
        builder.step("ReduceMax", [hold(builder, x)], [0, 1], t("i64", 1)),
      ),
    hold: within(-(2 ** 31), 2 ** 31 - 1),
  },
  "a shift below the width": {
    reason: "a shift may be by 255; by 8 or more it is not the same on every processor",
    make: (hold) =>
      program(t("u8", 4), (builder, x) => builder.step("BitShift", [x, hold(builder, x)], [1], x.type)),
    hold: within(0, 7),
  },
  "a root of what a double holds": {
    reason: "only those from 0 to 2^52",
    make: (hold) =>
      program(t("i64", 4), (builder, x) => builder.step("Isqrt", [hold(builder, x)], [], x.type)),
    hold: within(0, 2n ** 52n),
  },
  "an index in the axis for Gather": {
    reason: "an index may be from -2147483648 to 2147483647, outside 0..4",
    make: (hold) =>
      program(t("i32", 3), (builder, x) => {
        const table = builder.constant(t("u8", 5, 2), new Uint8Array(10));
        return builder.step("Gather", [table, hold(builder, x)], [0], t("u8", 3, 2));
      }),
    hold: within(0, 4),
  },
  "an index in the axis for GatherElements": {
    reason: "outside 0..4",
    make: (hold) =>
      program(t("i64", 3), (builder, x) => {
        const table = builder.constant(t("u8", 5), new Uint8Array(5));
        return builder.step("GatherElements", [table, hold(builder, x)], [0], t("u8", 3));
      }),
    hold: within(0, 4),
  },
  "an index in the axis for ScatterElements": {
    reason: "outside 0..4",
    make: (hold) =>
      program(t("i64", 1), (builder, x) => {
        const table = builder.constant(t("i64", 5), new BigInt64Array(5));
        return builder.step("ScatterElements", [table, hold(builder, x), x], [0], t("i64", 5));
      }),
    hold: within(0, 4),
  },
  "sums of 32 bits that no order of adding leaves": {
    reason: "sums along the axis may reach 6442450944, which runtimes add up exactly only below 2^31",
    make: (hold) =>
      program(t("i32", 3), (builder, x) =>
        builder.step("ReduceSum", [hold(builder, x)], [0, 1], t("i32", 1)),
      ),
    hold: within(-(2 ** 29), 2 ** 29),
  },
  "sums of 64 bits that a double holds": {
    reason: "add up exactly only below 2^53",
    make: (hold) =>
      program(t("i64", 3), (builder, x) =>
        builder.step("ReduceSum", [hold(builder, x)], [0, 1], t("i64", 1)),
      ),
    hold: within(-(2n ** 51n), 2n ** 51n),
  },
  "running sums that fit": {
    reason: "do not fit i32",
    make: (hold) =>
      program(t("i32", 3), (builder, x) => builder.step("CumSum", [hold(builder, x)], [0, 0, 0], x.type)),
    hold: within(-(2 ** 29), 2 ** 29),
  },
  "a product that fits": {
    reason: "do not fit i32",
    make: (hold) => program(t("i32", 3), (builder, x) => squares(builder, hold(builder, x))),
    hold: within(-46340, 46340),
  },
  "a difference that fits": {
    reason: "do not fit u8",
    make: (hold) =>
      program(t("u8", 3), (builder, x) => {
        const most = builder.constant(t("u8"), Uint8Array.of(200));
        return builder.step("Sub", [most, hold(builder, x)], [], x.type);
      }),
    hold: within(0, 200),
  },
  "a shift to the left that fits": {
    reason: "do not fit u32",
    make: (hold) =>
      program(t("u32", 3), (builder, x) => {
        const by = builder.constant(t("u32"), Uint32Array.of(4));
        return builder.step("BitShift", [hold(builder, x), by], [0], x.type);
      }),
    hold: within(0, 2 ** 28 - 1),
  },
};

const asIs: Hold = (_, x) => x;

const ofNothing = (values: number): number[] => new Array(values).fill(0);

describe("S-03: checkProgram on operators", () => {
  for (const [name, { reason, make, hold }] of Object.entries(needs)) {
    it(`demands ${name}`, () => {
      const error = refusalOf(make(asIs));
      expect(error.shortMessage).to.include(reason);
      expect(error.remedy).to.match(/Clip|Equal/);
      checkProgram(make(hold));
    });
  }

  it("demands places that differ, of one index or constant ones", () => {
    const scatter = (places: number[]): Program =>
      program(t("u8", 2), (builder, x) => {
        const data = builder.constant(t("u8", 5), new Uint8Array(5));
        const indices = builder.constant(t("i32", 2), Int32Array.from(places));
        return builder.step("ScatterElements", [data, indices, x], [0], t("u8", 5));
      });
    checkProgram(scatter([4, 0]));
    expect(refusalOf(scatter([4, 4])).reason).to.include("may name the same place");
    const computed = program(t("i32", 2), (builder, x) => {
      const data = builder.constant(t("i32", 5), new Int32Array(5));
      return builder.step("ScatterElements", [data, clip(builder, x, 0, 4), x], [0], t("i32", 5));
    });
    expect(refusalOf(computed).remedy).to.include("one index along the axis");
  });

  it("refuses what no runtime has a kernel for", () => {
    const pad = (type: TensorType, out: TensorType): Program =>
      program(type, (builder, x) => builder.step("Pad", [x], ofNothing(9), out));
    expect(refusalOf(pad(t("i16", 2), t("i16", 3))).reason).to.include("16-bit");
    expect(refusalOf(pad(t("i32"), t("i32"))).reason).to.include("scalar");
    checkProgram(pad(t("i32", 2), t("i32", 3)));
    const slice = (type: TensorType, step: number): Program =>
      program(type, (builder, x) =>
        builder.step("Slice", [x], [...ofNothing(8), step, ...new Array(7).fill(1)], x.type),
      );
    expect(refusalOf(slice(t("i32"), 1)).reason).to.include("scalar");
    expect(refusalOf(slice(t("i32", 1), 2 ** 31)).reason).to.include("longer than any axis");
    checkProgram(slice(t("i32", 1), 2 ** 31 - 1));
  });

  it("refuses bools where bytes come in or go out", () => {
    const builder = new ProgramBuilder([t("bool", 2)]);
    const one = builder.constant(t("i32", 2), new Int32Array(2));
    expect(refusalOf(builder.build([builder.step("Add", [one, one], [], t("i32", 2))])).reason).to.include(
      "bool",
    );
    const constant = program(t("i32", 2), (inner, x) => {
      inner.constant(t("bool", 1), Uint8Array.of(2));
      return inner.step("Add", [clip(inner, x, 0, 1), clip(inner, x, 0, 1)], [], x.type);
    });
    expect(refusalOf(constant).reason).to.include("constant 0 is a bool");
    const shown = program(t("i32", 2), (inner, x) => inner.step("Less", [x, x], [], t("bool", 2)));
    expect(refusalOf(shown).reason).to.include("rule 21");
  });

  it("knows that squares are not below zero, and their sums neither", () => {
    const sums = program(t("i64", 4, 8), (builder, x) => {
      const square = squares(builder, clip(builder, x, -1000, 900));
      const sum = builder.step("ReduceSum", [square], [1, 1], t("i64", 4, 1));
      return builder.step("Isqrt", [sum], [], t("i64", 4, 1));
    });
    expect(checkProgram(sums).ranges.map(hull)).to.deep.equal([
      { min: -1000n, max: 900n },
      { min: 0n, max: 1_000_000n },
      { min: 0n, max: 8_000_000n },
      { min: 0n, max: 2828n },
    ]);
  });

  it("keeps channels apart through data movement", () => {
    const moved = program(t("u8", 2, 3), (builder, x) => {
      const wide = builder.step("Cast", [x], [], t("i32", 2, 3));
      const factors = builder.constant(t("i32", 3), Int32Array.of(1, 10, 100));
      const scaled = builder.step("Mul", [wide, factors], [], t("i32", 2, 3));
      const turned = builder.step("Transpose", [scaled], [1, 0, 2, 3, 4, 5, 6, 7], t("i32", 3, 2));
      const split = builder.step("Reshape", [turned], [], t("i32", 3, 1, 2));
      const back = [2, 0, 0, 0, 0, 0, 0, 0, -1, 1, 1, 1, 1, 1, 1, 1];
      const reversed = builder.step("Slice", [split], back, t("i32", 3, 1, 2));
      const twice = builder.step("Concat", [reversed, split], [0], t("i32", 6, 1, 2));
      const grown = builder.step("Expand", [twice], [], t("i32", 6, 4, 2));
      return builder.step("ReduceMax", [grown], [1, 0], t("i32", 6, 2));
    });
    const [last] = programRanges(moved).slice(-1);
    expect(last).to.deep.equal({
      axis: 0,
      min: new Array(6).fill(0n),
      max: [25500n, 2550n, 255n, 255n, 2550n, 25500n],
    });
  });

  it("takes of a table the rows that indices reach, and keeps its columns apart", () => {
    const rows = program(t("i32", 1), (builder, x) => {
      const table = builder.constant(t("i32", 3, 2), Int32Array.of(1, -5, 2, -6, 3, -7));
      return builder.step("Gather", [table, clip(builder, x, 0, 2)], [0], t("i32", 1, 2));
    });
    expect(programRanges(rows)[1]).to.deep.equal({ axis: 1, min: [1n, -7n], max: [3n, -5n] });
    const some = program(t("i32", 1), (builder, x) => {
      const table = builder.constant(t("i32", 4), Int32Array.of(1, 20, 30, 1000));
      return builder.step("Gather", [table, clip(builder, x, 1, 2)], [0], t("i32", 1));
    });
    expect(programRanges(some)[1]).to.deep.equal({ axis: -1, min: [20n], max: [30n] });
  });
});

describe("S-04: checkProgram on iterated programs", () => {
  /** Counts, and stops at a limit; `bound` says up to where the counter is held. */
  function counting(maxPasses: number, outputs: readonly number[] = [2], bound = 100): Program {
    const builder = new ProgramBuilder([t("i32", 1)]);
    const count = builder.carry(builder.constant(t("i32", 1), Int32Array.of(0)));
    const held =
      bound > 0 ? clip(builder, count, 0, bound) : builder.step("Reshape", [count], [], count.type);
    const next = builder.step("Add", [held, builder.constant(t("i32", 1), Int32Array.of(1))], [], count.type);
    builder.setNext(count, next);
    builder.stop(builder.step("Less", [builder.input(0), next], [], t("bool", 1)));
    return { ...builder.build([next], maxPasses), outputs };
  }

  it("accepts up to 65,536 passes", () => {
    expect(checkProgram(counting(65_536)).header.maxPasses).to.equal(65_536);
    for (const maxPasses of [65_537, 0, 1.5]) {
      expect(refusalOf(counting(maxPasses)).reason, String(maxPasses)).to.include("65536 times");
    }
  });

  it("refuses a program that has Stop and is not repeated, or is repeated and has none", () => {
    expect(refusalOf(counting(1)).reason).to.include("rule 12");
    const { steps, ...rest } = counting(9);
    expect(refusalOf({ ...rest, steps: steps.slice(0, -1) }).reason).to.include("rule 12");
  });

  it("takes what is carried to be anything that its type holds", () => {
    expect(refusalOf(counting(9, [2], 0)).reason).to.include("do not fit i32");
  });

  it("refuses an output that Carry or Stop holds", () => {
    expect(refusalOf(counting(9, [0])).reason).to.include("Carry or Stop");
    expect(refusalOf(counting(9, [4])).reason).to.include("Carry or Stop");
    checkProgram(counting(9, [1, 2]));
  });
});
