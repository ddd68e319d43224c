// The rules of form that each operator adds: for each the first one that a step breaks.
import type { OpName } from "@assay/sdk/program";
import { expect } from "chai";
import { perAxis } from "../../helpers/drafts.ts";
import { fault, type Question, t } from "../../helpers/operatorFault.ts";

const starts = (...values: number[]) => perAxis(values, () => 0);
const steps = (...values: number[]) => perAxis(values, () => 1);
const order = (...values: number[]) => perAxis(values, (axis) => axis);

const rules: Partial<Record<OpName, readonly Question[]>> = {
  Sub: [
    ["any integers", 0, () => fault("Sub", [t("u16", 4), t("u16", 1)], [], t("u16", 4))],
    ["bools", 21, () => fault("Sub", [t("bool", 4), t("bool", 4)], [], t("bool", 4))],
  ],
  Min: [["16-bit integers", 21, () => fault("Min", [t("i16", 4), t("i16", 4)], [], t("i16", 4))]],
  Clip: [
    [
      "the whole of u64 that a bound can say",
      0,
      () => fault("Clip", [t("u64", 4)], [0, 2n ** 63n - 1n], t("u64", 4)),
    ],
    ["a bound below zero for u64", 24, () => fault("Clip", [t("u64", 4)], [-1, 1], t("u64", 4))],
    ["16-bit integers", 21, () => fault("Clip", [t("u16", 4)], [0, 1], t("u16", 4))],
  ],
  Cast: [
    ["a bool to a byte", 0, () => fault("Cast", [t("bool", 4)], [], t("u8", 4))],
    ["a byte to a bool", 22, () => fault("Cast", [t("u8", 4)], [], t("bool", 4))],
  ],
  BitShift: [
    ["64 bits", 0, () => fault("BitShift", [t("u64", 4), t("u64")], [1], t("u64", 4))],
    ["signed integers", 21, () => fault("BitShift", [t("i32", 4), t("i32", 4)], [0], t("i32", 4))],
    ["a third direction", 24, () => fault("BitShift", [t("u8", 4), t("u8", 3)], [2], t("u8", 4))],
    ["shapes that do not fit", 25, () => fault("BitShift", [t("u8", 4), t("u8", 3)], [1], t("u8", 4))],
  ],
  Equal: [
    ["integers", 0, () => fault("Equal", [t("u16", 4), t("u16", 4)], [], t("bool", 4))],
    ["bools", 21, () => fault("Equal", [t("bool", 4), t("bool", 4)], [], t("bool", 4))],
    ["a byte as the outcome", 22, () => fault("Equal", [t("u16", 4), t("u16", 4)], [], t("u8", 4))],
  ],
  Where: [
    ["three shapes", 0, () => fault("Where", [t("bool", 2, 1), t("i64", 3), t("i64")], [], t("i64", 2, 3))],
    [
      "a byte as the condition",
      21,
      () => fault("Where", [t("u8", 3), t("i64", 3), t("i64")], [], t("i64", 3)),
    ],
    ["two types", 21, () => fault("Where", [t("bool", 3), t("i64", 3), t("i32")], [], t("i64", 3))],
    [
      "a type that no runtime chooses",
      21,
      () => fault("Where", [t("bool", 3), t("i8", 3), t("i8")], [], t("i8", 3)),
    ],
    [
      "another type of output",
      22,
      () => fault("Where", [t("bool", 3), t("i64", 3), t("i64")], [], t("i32", 3)),
    ],
    [
      "an output of higher rank",
      23,
      () => fault("Where", [t("bool", 3), t("u8", 3), t("u8")], [], t("u8", 1, 3)),
    ],
    ["shapes that do not fit", 25, () => fault("Where", [t("bool", 3), t("u8", 2), t("u8")], [], t("u8", 3))],
    ["another output shape", 26, () => fault("Where", [t("bool", 3), t("u8", 1), t("u8")], [], t("u8", 4))],
  ],
  Isqrt: [
    ["64 bits", 0, () => fault("Isqrt", [t("i64", 3)], [], t("i64", 3))],
    ["32 bits", 21, () => fault("Isqrt", [t("i32", 3)], [], t("i64", 3))],
    ["32 bits as the outcome", 22, () => fault("Isqrt", [t("i64", 3)], [], t("i32", 3))],
    ["another output shape", 26, () => fault("Isqrt", [t("i64", 3)], [], t("i64", 4))],
  ],
  Gather: [
    ["a scalar index", 0, () => fault("Gather", [t("bool", 3, 4), t("i32")], [0], t("bool", 4))],
    ["bytes as indices", 21, () => fault("Gather", [t("u8", 3, 4), t("u8", 2)], [0], t("u8", 2, 4))],
    ["another type of output", 22, () => fault("Gather", [t("u8", 3, 4), t("i32", 2)], [0], t("i8", 2, 4))],
    ["a scalar", 23, () => fault("Gather", [t("u8"), t("i32", 2)], [0], t("u8", 2))],
    [
      "an output of nine axes",
      23,
      () => fault("Gather", [t("u8", 3, 4), t("i32", ...new Array(8).fill(1))], [0], t("u8", 1)),
    ],
    ["an axis below zero", 24, () => fault("Gather", [t("u8", 3, 4), t("i32", 2)], [-1], t("u8", 3, 2))],
    ["another output shape", 26, () => fault("Gather", [t("u8", 3, 4), t("i32", 2)], [1], t("u8", 2, 4))],
  ],
  GatherElements: [
    [
      "more along the axis",
      0,
      () => fault("GatherElements", [t("u8", 3, 4), t("i64", 2, 9)], [1], t("u8", 2, 9)),
    ],
    ["another rank", 23, () => fault("GatherElements", [t("u8", 3, 4), t("i64", 2)], [1], t("u8", 2))],
    [
      "an axis too many",
      24,
      () => fault("GatherElements", [t("u8", 3, 4), t("i64", 2, 9)], [2], t("u8", 2, 9)),
    ],
    [
      "more beside the axis",
      25,
      () => fault("GatherElements", [t("u8", 3, 4), t("i64", 4, 1)], [1], t("u8", 4, 1)),
    ],
    [
      "another output shape",
      26,
      () => fault("GatherElements", [t("u8", 3, 4), t("i64", 2, 9)], [1], t("u8", 3, 4)),
    ],
  ],
  ScatterElements: [
    [
      "the most indices",
      0,
      () => fault("ScatterElements", [t("u8", 9), t("i32", 1024), t("u8", 1024)], [0], t("u8", 9)),
    ],
    [
      "updates of another type",
      21,
      () => fault("ScatterElements", [t("u8", 9), t("i32", 2), t("i8", 2)], [0], t("u8", 9)),
    ],
    [
      "updates of another rank",
      23,
      () => fault("ScatterElements", [t("u8", 9), t("i32", 2), t("u8", 2, 1)], [0], t("u8", 9)),
    ],
    [
      "updates of another shape",
      25,
      () => fault("ScatterElements", [t("u8", 9), t("i32", 2), t("u8", 3)], [0], t("u8", 9)),
    ],
    [
      "more beside the axis",
      25,
      () => fault("ScatterElements", [t("u8", 9, 1), t("i32", 2, 2), t("u8", 2, 2)], [0], t("u8", 9, 1)),
    ],
    [
      "another output shape",
      26,
      () => fault("ScatterElements", [t("u8", 9), t("i32", 2), t("u8", 2)], [0], t("u8", 8)),
    ],
    [
      "one index more than the most",
      27,
      () => fault("ScatterElements", [t("u8", 9), t("i32", 1025), t("u8", 1025)], [0], t("u8", 9)),
    ],
  ],
  Concat: [
    ["one operand", 0, () => fault("Concat", [t("bool", 2)], [0], t("bool", 2))],
    ["nothing", 13, () => fault("Concat", [], [0], t("u8", 2))],
    ["two types", 21, () => fault("Concat", [t("u8", 2), t("i8", 2)], [0], t("u8", 4))],
    ["two ranks", 23, () => fault("Concat", [t("u8", 2), t("u8", 2, 1)], [0], t("u8", 4))],
    ["scalars", 23, () => fault("Concat", [t("u8"), t("u8")], [0], t("u8", 2))],
    ["an axis too many", 24, () => fault("Concat", [t("u8", 2), t("u8", 2)], [1], t("u8", 4))],
    [
      "other sizes beside the axis",
      25,
      () => fault("Concat", [t("u8", 2, 1), t("u8", 2, 2)], [0], t("u8", 4, 1)),
    ],
    ["another output shape", 26, () => fault("Concat", [t("u8", 2), t("u8", 2)], [0], t("u8", 5))],
  ],
  Slice: [
    ["backwards", 0, () => fault("Slice", [t("u8", 5)], [...starts(4), ...steps(-2)], t("u8", 3))],
    ["another rank", 23, () => fault("Slice", [t("u8", 5)], [...starts(4), ...steps(-2)], t("u8", 3, 1))],
    ["beyond the first", 24, () => fault("Slice", [t("u8", 5)], [...starts(4), ...steps(-2)], t("u8", 4))],
    ["beyond the last", 24, () => fault("Slice", [t("u8", 5)], [...starts(1), ...steps(2)], t("u8", 3))],
    ["a start outside", 24, () => fault("Slice", [t("u8", 5)], [...starts(5), ...steps(-1)], t("u8", 1))],
    ["a step of nothing", 24, () => fault("Slice", [t("u8", 5)], [...starts(0), ...steps(0)], t("u8", 1))],
    [
      "a start of no axis",
      24,
      () => fault("Slice", [t("u8", 5)], [...starts(0, 1), ...steps(1)], t("u8", 5)),
    ],
    ["a step of no axis", 24, () => fault("Slice", [t("u8", 5)], [...starts(0), ...steps(1, 2)], t("u8", 5))],
    [
      "a step that leaves 64 bits",
      24,
      () => fault("Slice", [t("u8", 5)], [...starts(4), 2n ** 63n - 1n, ...new Array(7).fill(1)], t("u8", 3)),
    ],
  ],
  Pad: [
    ["on both sides", 0, () => fault("Pad", [t("i8", 2)], [...starts(1), -128], t("i8", 5))],
    ["bools", 21, () => fault("Pad", [t("bool", 2)], [...starts(1), 0], t("bool", 5))],
    ["another rank", 23, () => fault("Pad", [t("i8", 2)], [...starts(1), 0], t("i8", 5, 1))],
    ["less than nothing", 24, () => fault("Pad", [t("i8", 2)], [...starts(-1), 0], t("i8", 5))],
    ["an axis that is not there", 24, () => fault("Pad", [t("i8", 2)], [...starts(0, 1), 0], t("i8", 5))],
    ["a value beyond the type", 24, () => fault("Pad", [t("i8", 2)], [...starts(1), 128], t("i8", 5))],
    ["a value below zero for u64", 24, () => fault("Pad", [t("u64", 2)], [...starts(1), -1], t("u64", 5))],
    ["no room behind", 26, () => fault("Pad", [t("i8", 2)], [...starts(4), 0], t("i8", 5))],
  ],
  Transpose: [
    ["two axes", 0, () => fault("Transpose", [t("bool", 2, 3)], order(1, 0), t("bool", 3, 2))],
    ["another rank", 23, () => fault("Transpose", [t("u8", 2, 3)], order(1, 0), t("u8", 6))],
    ["an axis twice", 24, () => fault("Transpose", [t("u8", 2, 3)], order(1, 1), t("u8", 3, 3))],
    ["an axis that is not there", 24, () => fault("Transpose", [t("u8", 2, 3)], order(1, 2), t("u8", 3, 2))],
    [
      "an axis moved that is not there",
      24,
      () => fault("Transpose", [t("u8", 2, 3)], order(1, 0, 3, 2), t("u8", 3, 2)),
    ],
    ["another output shape", 26, () => fault("Transpose", [t("u8", 2, 3)], order(1, 0), t("u8", 2, 3))],
  ],
  Expand: [
    ["new axes", 0, () => fault("Expand", [t("u8", 3, 1)], [], t("u8", 2, 3, 4))],
    ["fewer axes", 23, () => fault("Expand", [t("u8", 1, 3)], [], t("u8", 3))],
    ["an axis that is no 1", 26, () => fault("Expand", [t("u8", 3)], [], t("u8", 6))],
    ["fewer elements", 26, () => fault("Expand", [t("u8", 3)], [], t("u8", 1))],
  ],
  ReduceSum: [
    ["the longest axis", 0, () => fault("ReduceSum", [t("i64", 32768)], [0, 0], t("i64"))],
    ["bytes", 21, () => fault("ReduceSum", [t("u8", 3)], [0, 0], t("u8"))],
    ["a wider sum", 22, () => fault("ReduceSum", [t("i32", 3)], [0, 0], t("i64"))],
    ["a scalar", 23, () => fault("ReduceSum", [t("i32")], [0, 0], t("i32"))],
    ["half kept", 24, () => fault("ReduceSum", [t("i32", 3)], [0, 2], t("i32"))],
    ["another output shape", 26, () => fault("ReduceSum", [t("i32", 3)], [0, 0], t("i32", 1))],
    ["a longer axis", 27, () => fault("ReduceSum", [t("i64", 32769)], [0, 0], t("i64"))],
  ],
  ReduceMax: [
    ["bytes", 0, () => fault("ReduceMax", [t("u8", 3, 2)], [0, 1], t("u8", 1, 2))],
    ["unsigned integers", 21, () => fault("ReduceMax", [t("u32", 3)], [0, 0], t("u32"))],
    ["a longer axis", 27, () => fault("ReduceMax", [t("i8", 32769)], [0, 0], t("i8"))],
  ],
  ArgMax: [["unsigned integers", 21, () => fault("ArgMax", [t("u32", 3)], [0, 0], t("i64"))]],
  CumSum: [
    ["from the end", 0, () => fault("CumSum", [t("i32", 2, 3)], [1, 1, 1], t("i32", 2, 3))],
    ["bytes", 21, () => fault("CumSum", [t("u8", 3)], [0, 0, 0], t("u8", 3))],
    ["half excluded", 24, () => fault("CumSum", [t("i32", 3)], [0, 2, 0], t("i32", 3))],
    ["another output shape", 26, () => fault("CumSum", [t("i32", 3)], [0, 0, 0], t("i32", 4))],
    ["a longer axis", 27, () => fault("CumSum", [t("i32", 32769)], [0, 0, 0], t("i32", 32769))],
  ],
};

describe("Rules of operators", () => {
  for (const [op, questions] of Object.entries(rules)) {
    it(`S-05: ${op} is well formed, or has the number of the first rule that it breaks`, () => {
      for (const [what, rule, ask] of questions) expect(ask(), what).to.equal(rule);
    });
  }
});
